from __future__ import annotations

import numpy as np
import pytest

from sim.assembly.choices import BoolArray, IntArray
from sim.assembly.rules import (
    MEMBERSHIP,
    QUORUM,
    RULES,
    TWO_THIRDS_OF_MEMBERS,
    quorate,
    read_tally,
    tied,
    verdict,
)
from sim.report.rule import verdict_lines

SIMPLE, TWO_THIRDS, OF_MEMBERS = "simple", "two-thirds", "two-thirds-of-members"

# Official tallies, yes-no-abstain; everybody else did not vote. UN press releases and FACTS.
REAL = [
    (TWO_THIRDS, (141, 5, 35), True),  # ES-11/1
    (TWO_THIRDS, (140, 5, 38), True),  # ES-11/2
    (TWO_THIRDS, (93, 24, 58), True),  # ES-11/3: 93 >= 48, the 58 abstentions do not count
    (TWO_THIRDS, (143, 5, 35), True),  # ES-11/4
    (TWO_THIRDS, (94, 14, 73), True),  # ES-11/5
    (TWO_THIRDS, (141, 7, 32), True),  # ES-11/6
    (TWO_THIRDS, (93, 18, 65), True),  # ES-11/7
    (TWO_THIRDS, (93, 8, 73), True),  # ES-11/8
    (TWO_THIRDS, (88, 55, 23), False),  # amendment of 27 October 2023: 88 < 2 / 3 * 143 = 95.3
    (SIMPLE, (88, 55, 23), True),  # by a simple majority it would have carried
    (TWO_THIRDS, (31, 71, 0), False),  # Russian amendment of 24 February 2025
    (SIMPLE, (31, 71, 0), False),
    (SIMPLE, (100, 11, 58), True),  # 68/262
    (SIMPLE, (99, 9, 60), True),  # 78/316
    (SIMPLE, (81, 14, 80), True),  # 79/184
    (TWO_THIRDS, (151, 6, 9), True),  # Jerusalem, 30 November 2017
    (TWO_THIRDS, (128, 9, 35), True),  # ES-10/19
    (TWO_THIRDS, (121, 14, 44), True),  # ES-10/21
    (OF_MEMBERS, (128, 9, 35), False),  # one short of 129, had it amended the Charter
    (OF_MEMBERS, (143, 5, 35), True),
    (OF_MEMBERS, (93, 18, 65), False),
]

BOUNDARIES = [
    # nobody says anything: 0 >= 2 * 0 holds and yet nothing is adopted
    (SIMPLE, (0, 0, 193), False),
    (TWO_THIRDS, (0, 0, 193), False),
    (OF_MEMBERS, (0, 0, 193), False),
    (SIMPLE, (0, 0, 0), False),
    (TWO_THIRDS, (0, 0, 0), False),
    # one voice
    (SIMPLE, (1, 0, 192), True),
    (TWO_THIRDS, (1, 0, 192), True),
    (SIMPLE, (0, 1, 192), False),
    (TWO_THIRDS, (0, 1, 192), False),
    # a tie, and one off it
    (SIMPLE, (1, 1, 191), False),
    (SIMPLE, (96, 96, 1), False),
    (SIMPLE, (97, 96, 0), True),
    (SIMPLE, (96, 97, 0), False),
    (TWO_THIRDS, (96, 96, 1), False),
    # exactly two thirds, one yes short, one no over
    (TWO_THIRDS, (2, 1, 190), True),
    (TWO_THIRDS, (128, 64, 1), True),
    (TWO_THIRDS, (127, 64, 2), False),
    (TWO_THIRDS, (128, 65, 0), False),
    (TWO_THIRDS, (129, 64, 0), True),
    (TWO_THIRDS, (100, 50, 43), True),
    (TWO_THIRDS, (99, 50, 44), False),
    # 96 and 97 present, as votes and as abstentions
    (SIMPLE, (96, 0, 0), False),
    (SIMPLE, (97, 0, 0), True),
    (SIMPLE, (1, 0, 95), False),
    (SIMPLE, (1, 0, 96), True),
    (TWO_THIRDS, (64, 32, 0), False),
    (TWO_THIRDS, (64, 32, 1), True),
    # 128 and 129 of the members
    (OF_MEMBERS, (128, 0, 65), False),
    (OF_MEMBERS, (129, 0, 64), True),
    (OF_MEMBERS, (128, 65, 0), False),
    (OF_MEMBERS, (129, 64, 0), True),
    (OF_MEMBERS, (129, 0, 0), True),
    # all of one mind
    (SIMPLE, (193, 0, 0), True),
    (TWO_THIRDS, (0, 193, 0), False),
    (OF_MEMBERS, (193, 0, 0), True),
]


def tally(yes: int, no: int, abstain: int) -> IntArray:
    """Count in the order of choices, the rest of the members not voting."""
    return np.array([yes, abstain, no, MEMBERSHIP - yes - no - abstain])


@pytest.mark.parametrize(
    ("name", "counts", "adopted"),
    [*REAL, *BOUNDARIES],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_a_rule_decides_as_the_assembly_does(
    name: str, counts: tuple[int, int, int], adopted: bool
) -> None:
    assert bool(RULES[name](tally(*counts))) is adopted


def test_the_fixed_numbers_are_those_of_193_members() -> None:
    assert MEMBERSHIP == 193
    assert QUORUM == 193 // 2 + 1  # a majority
    assert TWO_THIRDS_OF_MEMBERS == -(-2 * 193 // 3)  # two thirds, rounded up


@pytest.mark.parametrize("name", RULES)
def test_many_tallies_at_once_are_decided_as_one_by_one(name: str) -> None:
    stacked = np.array([tally(*counts) for _, counts, _ in [*REAL, *BOUNDARIES]])
    together: BoolArray = RULES[name](stacked.reshape(2, -1, 4))
    assert together.shape == (2, len(stacked) // 2)
    assert together.ravel().tolist() == [bool(RULES[name](one)) for one in stacked]


@pytest.mark.parametrize("name", RULES)
def test_no_tallies_at_all_are_no_decisions(name: str) -> None:
    assert RULES[name](np.zeros((0, 4), dtype=int)).shape == (0,)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint64])
def test_small_and_unsigned_counts_do_not_wrap_around(kind: type[np.integer]) -> None:
    # 2 * 150 does not fit into a byte, and 100 - 150 into nothing unsigned
    assert not RULES[TWO_THIRDS](np.array([100, 0, 150, 0], dtype=kind))
    assert not RULES[SIMPLE](np.array([100, 0, 150, 0], dtype=kind))


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([-1, 0, 0, 194], "counts are not negative"),
        ([93.0, 65.0, 18.0, 17.0], "counts are whole numbers"),
        ([np.nan, 0, 0, 0], "counts are whole numbers"),
        ([True, False, False, False], "counts are whole numbers"),
        (["93", "65", "18", "17"], "counts are whole numbers"),
        ([93, 65, 18], r"shape \(3,\): the last axis must be the four choices"),
        ([[93, 65, 18, 17, 0]], "the last axis must be the four choices"),
        (93, "the last axis must be the four choices"),
        ([], "the last axis must be the four choices"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", RULES)
def test_what_is_no_tally_is_refused(name: str, counts: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RULES[name](np.array(counts))


def test_abstainers_are_present_and_the_absent_are_not() -> None:
    present = [tally(0, 0, 96), tally(0, 0, 97), tally(96, 0, 1), tally(0, 97, 0)]
    assert quorate(np.array(present)).tolist() == [False, True, True, True]


def test_a_smaller_body_brings_its_own_quorum() -> None:
    assert quorate(np.array([1, 1, 0, 1]), quorum=2)
    assert not quorate(np.array([1, 1, 0, 1]), quorum=3)
    assert RULES[SIMPLE](np.array([2, 0, 1, 0]), quorum=3)
    assert not RULES[SIMPLE](np.array([2, 0, 1, 0]), quorum=4)


def test_a_tie_is_as_many_yes_as_no_and_at_least_one() -> None:
    counts = [(0, 0, 193), (1, 1, 0), (96, 96, 1), (97, 96, 0), (0, 1, 0)]
    found = tied(np.array([tally(*each) for each in counts]))
    assert found.tolist() == [False, True, True, False, False]


@pytest.mark.parametrize("name", [SIMPLE, TWO_THIRDS])
def test_a_tie_is_not_adopted(name: str) -> None:
    ties = np.array([tally(each, each, 193 - 2 * each) for each in range(97)])
    assert tied(ties)[1:].all()
    assert not RULES[name](ties).any()


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_where_it_is_written(name: str) -> None:
    assert RULES[name].name == name
    assert "rule" in RULES[name].source or "Charter" in RULES[name].source


# what was missing or to spare, worked by hand from the tallies
DISTANCES = [
    (TWO_THIRDS, "88-55-23", False, 22, 11),  # 110-55, or 88-44
    (TWO_THIRDS, "93-24-58", True, -45, -22),  # 48-24, or 93-46
    (TWO_THIRDS, "93-8-73", True, -77, -38),  # 16-8, or 93-46
    (TWO_THIRDS, "31-71-59", False, None, 56),  # 31-15; 142-71 would take 213 members
    (TWO_THIRDS, "50-67-36", False, None, 42),  # 50-25; 134-67 would take 201
    (SIMPLE, "50-67-36", False, 18, 18),  # 68-67, or 50-49
    (SIMPLE, "31-71-59", False, 41, 41),
    (SIMPLE, "80-80-10", False, 1, 1),
    (SIMPLE, "35-100-42", False, None, 66),  # 35-34; 101-100 would take 201
    (OF_MEMBERS, "128-9-35", False, 1, None),
    (SIMPLE, "0-5-100", False, 6, None),  # with no yes at all, fewer no do not help
    (SIMPLE, "96-10-0", True, -85, -85),  # 96-95; 96-96 would be 192 members
    (SIMPLE, "97-10-0", True, -86, None),  # 97-97 would take 194
    (TWO_THIRDS, "143-5-35", True, -133, None),  # 143-72 would take 215
    (OF_MEMBERS, "128-65-0", False, None, None),  # 129-65 would take 194
]


@pytest.mark.parametrize(("name", "text", "adopted", "yes", "no"), DISTANCES)
def test_a_verdict_says_how_many_votes_were_missing_or_to_spare(
    name: str, text: str, adopted: bool, yes: int | None, no: int | None
) -> None:
    found = verdict(np.array(read_tally(text)), RULES[name])
    assert (found.adopted, found.yes_change, found.no_change) == (adopted, yes, no)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (SIMPLE, "97-10-0", "To spare: 86 yes; too few members are left to outvote them."),
        (SIMPLE, "96-10-0", "To spare: 85 yes, or 85 more no."),
        (OF_MEMBERS, "129-64-0", "To spare: 0 yes."),
        (OF_MEMBERS, "128-65-0", "Missing: more than either side alone could have changed."),
    ],
)
def test_a_verdict_tells_no_distance_that_there_are_no_members_for(
    name: str, text: str, says: str
) -> None:
    counts = read_tally(text)
    assert says in verdict_lines(verdict(np.array(counts), RULES[name]), counts)


@pytest.mark.parametrize("name", RULES)
def test_the_distance_is_where_the_verdict_turns(name: str) -> None:
    rule = RULES[name]
    for yes in range(1, 193):
        for no in range(0, 193 - yes, 7):
            found = verdict(np.array(tally(yes, no, 0)), rule, quorum=0)
            if found.yes_change is not None and yes >= found.yes_change > 0:
                least = yes + found.yes_change
                assert rule(np.array([least, 0, no, 0]), quorum=0)
                assert not rule(np.array([least - 1, 0, no, 0]), quorum=0)
            if found.adopted and found.no_change is not None:
                most = no - found.no_change
                assert rule(np.array([yes, 0, most, 0]), quorum=0)
                assert not rule(np.array([yes, 0, most + 1, 0]), quorum=0)


@pytest.mark.parametrize("text", ["88-55", "a-b-c", "88--55-23", "100-90-4", "-1-2-3", "88.5-1-1"])
def test_what_is_no_tally_in_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected yes-no-abstain|there are 193 members"):
        read_tally(text)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("999999999999999999999-1-1", "9" * 21),
        ("1000000000-1-1", "1000000000"),
        ("99-99-99", "297"),
    ],
)
def test_a_tally_of_too_many_votes_is_refused_with_what_was_given(text: str, given: str) -> None:
    with pytest.raises(ValueError, match=rf": {given} votes; .* 193 together at most"):
        read_tally(text)
    assert read_tally("0000000000088-55-23") == (88, 23, 55, 27)

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sim import files
from sim.assembly.administrations import is_republican
from sim.assembly.blocs import Blocs
from sim.assembly.choices import LETTERS, Choice
from sim.assembly.members import Members
from sim.assembly.rules import RULES

ASKS = {
    "accountability", "ceasefire", "condemn", "expel", "human-rights", "humanitarian",
    "lift-embargo", "negotiate", "non-recognition", "pay", "recognition", "status-of-jerusalem",
    "territorial-integrity", "withdraw",
}  # fmt: skip
TOTALS = files.read_rows(
    files.seed("roll_call_totals.csv"),
    ("symbol", "document", "date", "title", "asks", "organ", "majority", "yes", "no", "abstain",
     "non_voting", "source"),
)  # fmt: skip
VOTES = files.read_rows(files.seed("roll_calls.csv"), ("symbol", "date", "iso3", "vote"))
SPONSORS = files.read_rows(files.seed("sponsors.csv"), ("symbol", "iso3", "status", "source"))
ARTICLE_19 = files.read_rows(
    files.seed("article19.csv"),
    ("session", "iso3", "from", "until", "exempt", "confidence", "source"),
)


def published(folder: Path) -> list[dict[str, str]]:
    """The published record: a title in it has a control character, which no small table may."""
    text = files.read_text(folder / "record_1946_2024.csv.gz")
    return list(csv.DictReader(io.StringIO(text)))


def suspended(day: str) -> set[str]:
    return {
        row["iso3"]
        for row in ARTICLE_19
        if row["exempt"] == "no" and row["from"] <= day < row["until"]
    }


def votes_on(symbol: str) -> dict[str, str]:
    return {row["iso3"]: row["vote"] for row in VOTES if row["symbol"] == symbol}


@pytest.mark.parametrize("total", TOTALS, ids=lambda total: total["symbol"])
def test_the_votes_add_up_to_the_official_total(total: dict[str, str]) -> None:
    counted = Counter(votes_on(total["symbol"]).values())
    official = [int(total[name]) for name in ("yes", "abstain", "no", "non_voting")]
    assert [counted[letter] for letter in LETTERS] == official
    assert sum(official) == 193


# Yes, no, abstain as FACTS and the press reported them, typed here a second time on purpose.
@pytest.mark.parametrize(
    ("symbol", "tally"),
    [
        ("68/262", (100, 11, 58)),
        ("ES-11/1", (141, 5, 35)),
        ("ES-11/2", (140, 5, 38)),
        ("ES-11/3", (93, 24, 58)),
        ("ES-11/4", (143, 5, 35)),
        ("ES-11/5", (94, 14, 73)),
        ("ES-11/6", (141, 7, 32)),
        ("79/184", (81, 14, 80)),
        ("ES-11/7", (93, 18, 65)),
        ("ES-11/8", (93, 8, 73)),
        ("72/15", (151, 6, 9)),
        ("ES-10/19", (128, 9, 35)),
        ("71/25", (149, 7, 8)),
        ("71/5", (191, 0, 2)),
    ],
)
def test_an_official_total_is_as_reported(symbol: str, tally: tuple[int, int, int]) -> None:
    (total,) = (row for row in TOTALS if row["symbol"] == symbol)
    assert (int(total["yes"]), int(total["no"]), int(total["abstain"])) == tally


def test_every_roll_call_has_each_of_the_193_member_states_once_on_one_day() -> None:
    codes, days = defaultdict(list), defaultdict(set)
    for row in VOTES:
        codes[row["symbol"]].append(row["iso3"])
        days[row["symbol"]].add(row["date"])
        assert row["vote"] in (*LETTERS, "-")
    assert {row["symbol"]: {row["date"]} for row in TOTALS} == days
    assert all(tuple(listed) == Members.load().codes for listed in codes.values())


def test_every_roll_call_has_a_document_a_title_known_asks_and_a_known_majority() -> None:
    for row in TOTALS:
        assert row["document"] == f"A/RES/{row['symbol']}"
        assert re.fullmatch(r"(\d\d|ES-\d\d)/\d+", row["symbol"])
        assert row["title"]
        assert row["source"]
        assert row["majority"] in RULES
        assert row["organ"] in {"plenary", "emergency special session"}
        assert set(row["asks"].split("|")) <= ASKS, row["symbol"]
        assert dt.date.fromisoformat(row["date"])
    assert {tag for row in TOTALS for tag in row["asks"].split("|")} == ASKS


def test_every_ask_is_explained_in_the_sources() -> None:
    text = files.read_text(files.seed("SOURCES.md"))
    assert [tag for tag in sorted(ASKS) if f"`{tag}`" not in text] == []


def test_known_single_votes_are_right() -> None:
    # ES-11/7: the US, Hungary and Israel against; ES-11/8: the US and Ukraine abstain.
    assert {votes_on("ES-11/7")[iso3] for iso3 in ("USA", "RUS", "HUN", "ISR")} == {"N"}
    assert {votes_on("ES-11/8")[iso3] for iso3 in ("USA", "UKR")} == {"A"}
    # The nine against ES-10/19, as the press listed them.
    against = {iso3 for iso3, vote in votes_on("ES-10/19").items() if vote == "N"}
    assert against == {"GTM", "HND", "ISR", "MHL", "FSM", "NRU", "PLW", "TGO", "USA"}
    against = {iso3 for iso3, vote in votes_on("ES-11/1").items() if vote == "N"}
    assert against == {"BLR", "ERI", "PRK", "RUS", "SYR"}


def test_each_sponsor_is_a_member_state_named_once() -> None:
    assert len({(row["symbol"], row["iso3"]) for row in SPONSORS}) == len(SPONSORS)
    assert {row["iso3"] for row in SPONSORS} <= set(Members.load().codes)
    assert Counter(row["symbol"] for row in SPONSORS) == {"ES-11/1": 94, "ES-11/7": 42}
    assert all(row["source"] and row["status"] for row in SPONSORS)


def test_sponsors_voted_yes_but_for_three_who_turned() -> None:
    turned = {
        (row["symbol"], row["iso3"])
        for row in SPONSORS
        if votes_on(row["symbol"])[row["iso3"]] == "N"
    }
    assert turned == {("ES-11/7", "HUN"), ("ES-11/7", "MHL"), ("ES-11/7", "PLW")}


def test_the_united_states_sponsored_the_first_text_and_not_the_anniversary_one() -> None:
    sponsored = {row["symbol"] for row in SPONSORS if row["iso3"] == "USA"}
    assert sponsored == {"ES-11/1"}


def test_article_19_rows_are_dated_named_and_graded() -> None:
    for row in ARTICLE_19:
        assert row["iso3"] in Members.load().codes
        assert dt.date.fromisoformat(row["from"]) < dt.date.fromisoformat(row["until"])
        assert row["exempt"] in {"yes", "no"}
        assert row["confidence"] in {"documented", "inferred", "recalled"}
        assert row["source"]


@pytest.mark.parametrize("total", TOTALS, ids=lambda total: total["symbol"])
def test_a_suspended_state_did_not_vote(total: dict[str, str]) -> None:
    votes = votes_on(total["symbol"])
    assert {votes[iso3] for iso3 in suspended(total["date"])} <= {"X"}


def test_who_was_suspended_on_the_days_of_the_scenarios() -> None:
    assert suspended("2017-12-21") == set()
    assert suspended("2022-04-07") == {"VEN"}
    assert suspended("2023-02-23") == {"LBN", "VEN"}
    assert suspended("2025-02-24") == {"AFG", "BOL", "COG", "GNB", "VEN"}


def test_an_exempt_state_is_not_suspended() -> None:
    exempt = {(row["session"], row["iso3"]) for row in ARTICLE_19 if row["exempt"] == "yes"}
    barred = {(row["session"], row["iso3"]) for row in ARTICLE_19 if row["exempt"] == "no"}
    assert exempt.isdisjoint(barred)


def test_every_claim_of_the_report_informs_a_field_and_says_how_sure_it_is() -> None:
    claims = files.read_toml(files.seed("report.toml"))["claims"]
    assert len({claim["id"] for claim in claims}) == len(claims) >= 12
    for claim in claims:
        assert set(claim) == {"id", "claim", "scenario_field", "certainty", "note"}
        assert claim["certainty"] in {"stated", "sourced", "open", "reading"}
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", claim["scenario_field"])


def test_no_sentence_of_the_report_is_copied(shared_data: Path) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[a-z0-9]+", text.lower())

    report = words((shared_data.parent / "source-report.txt").read_text(encoding="utf-8"))
    runs = {tuple(report[start : start + 8]) for start in range(len(report) - 7)}
    claims = files.read_toml(files.seed("report.toml"))["claims"]
    for claim in claims:
        ours = words(claim["claim"])
        mine = {tuple(ours[start : start + 8]) for start in range(len(ours) - 7)}
        assert mine.isdisjoint(runs), claim["id"]


def test_every_bloc_has_members_and_every_membership_a_source() -> None:
    rows = files.read_rows(files.seed("blocs.csv"), ("bloc", "source"))
    assert all(row["source"] for row in rows)
    blocs = Blocs.load()
    assert blocs.matrix(dt.date(2025, 2, 24)).sum(axis=0).min() >= 3


def test_shipped_votes_are_those_of_the_public_record_but_for_the_corrections(
    shared_data: Path,
) -> None:
    rows = files.read_rows(shared_data / "ukraine_roll_calls.csv", ("resolution", "iso3", "vote"))
    recorded = {(row["resolution"], row["iso3"]): row["vote"] for row in rows}
    ours = {(row["symbol"], row["iso3"]): row["vote"] for row in VOTES}
    both = ours.keys() & recorded.keys()
    assert len(both) == 21 * 193
    assert [key for key in both if ours[key] != recorded[key]] == []


def test_no_state_has_a_recorded_vote_before_its_admission(shared_data: Path) -> None:
    rows = published(shared_data)
    early = set()
    for state in Members.load().states:
        first = min(row["date"] for row in rows if row[state.iso3] != "-")
        if int(first[:4]) < state.un_since:
            early.add(state.iso3)
    # Serbia's column continues Yugoslavia; Switzerland's has a stray cell of 1997.
    assert early == {"CHE", "SRB"}


def test_those_that_stand_with_the_united_states_are_those_that_say_no_beside_it(
    shared_data: Path,
) -> None:
    # the figures of seeds/SOURCES.md
    states = Members.load().codes
    said: dict[str, list[bool]] = defaultdict(list)
    for row in published(shared_data):
        few = sum(row[state] == LETTERS[Choice.NO] for state in states) <= 12
        if "2003" <= row["date"] < "2012" and row["USA"] == LETTERS[Choice.NO] and few:
            for state in states:
                if row[state] in LETTERS[: Choice.NON_VOTING]:
                    said[state].append(row[state] == LETTERS[Choice.NO])
    share = {state: sum(votes) / len(votes) for state, votes in said.items()}
    beside = [
        row["iso3"]
        for row in files.read_rows(files.seed("groups.csv"), ("iso3", "group"))
        if row["group"] == "with the United States"
    ]
    assert "USA" in beside
    five = [round(100 * share[state]) for state in beside if state != "USA"]
    assert (len(five), min(five), max(five)) == (5, 40, 68)
    assert round(100 * max(of for state, of in share.items() if state not in beside)) == 20


def test_administrations_follow_each_other_and_are_known_before_they_begin() -> None:
    rows = files.read_rows(
        files.seed("us_administrations.csv"), ("from", "known", "party", "president", "source")
    )
    starts = [row["from"] for row in rows]
    assert starts == sorted(set(starts))
    assert starts[0] < "1945-10-24"
    assert all(row["known"] <= row["from"] for row in rows)
    assert {row["party"] for row in rows} == {"Democratic", "Republican"}
    # who was President when the Assembly met in autumn, typed here a second time on purpose
    for years, party in (
        ((2001, 2008), "Republican"),
        ((2009, 2016), "Democratic"),
        ((2017, 2020), "Republican"),
        ((2021, 2024), "Democratic"),
        ((2025, 2025), "Republican"),
    ):
        for year in range(years[0], years[1] + 1):
            day = dt.date(year, 12, 1)
            assert is_republican(day) == (party == "Republican")


def test_an_administration_counts_from_the_day_on_which_it_was_known() -> None:
    day = dt.date(2025, 2, 24)
    assert is_republican(day, as_of=dt.date(2024, 11, 6))
    assert not is_republican(day, as_of=dt.date(2024, 11, 5))
    with pytest.raises(ValueError, match="no administration"):
        is_republican(dt.date(1900, 1, 1))

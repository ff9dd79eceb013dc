"""The record: what was known before a day, what it holds, and the file it is kept in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import files
from sim.assembly.choices import LOST, NOT_A_MEMBER, Choice
from sim.assembly.members import Members
from sim.record import (
    COLUMNS,
    OTHERS,
    Record,
    canonical_symbol,
    clean_title,
    cut_titles,
    kind_of,
    read_record,
    record_conclusion,
    record_info,
    write_record,
)
from sim.record.cited import cited_roll_calls

STATES = len(Members.load())


def record_of(*days: str, symbols: tuple[str, ...] = (), votes: np.ndarray | None = None) -> Record:
    """Return a record with one roll call on each day."""
    frame = pd.DataFrame({"key": [f"k{n:03}" for n in range(len(days))], "date": list(days)})
    frame["symbol"] = list(symbols) or ""
    frame["kind"], frame["important"] = "whole", False
    for name in COLUMNS:
        if name not in frame:
            frame[name] = ""
    if votes is None:
        votes = np.zeros((len(days), STATES), np.int8)
    return Record(frame, votes, pd.DataFrame({name: [] for name in OTHERS}))


@st.composite
def records(draw: st.DrawFn) -> Record:
    day = st.dates(dt.date(1946, 1, 1), dt.date(2030, 12, 31)).map(str)
    days = sorted(draw(st.lists(day, max_size=4)))
    frame = record_of(*days).roll_calls
    texts = st.text(max_size=12)
    for name in ("symbol", "session", "title", "agenda", "subjects", "source"):
        frame[name] = draw(st.lists(texts, min_size=len(days), max_size=len(days)))
    size = len(days) * STATES
    cells = np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8)
    gone = draw(st.lists(st.sampled_from(["YUG", "DDR"]), unique=True)) if days else []
    others = pd.DataFrame(
        {"key": ["k000"] * len(gone), "code": gone, "name": "a state", "vote": int(Choice.NO)},
        columns=list(OTHERS),
    )
    return Record(frame, (cells % 6).reshape(len(days), STATES).astype(np.int8) + LOST, others)


def test_what_was_known_before_a_day_leaves_out_the_day_itself() -> None:
    record = record_of("2025-02-21", "2025-02-24", "2025-02-24", "2025-03-04")
    assert list(record.before("2025-02-24").roll_calls["key"]) == ["k000"]
    assert len(record.before(dt.date(2025, 2, 25))) == 3
    assert len(record.before(np.datetime64("1945-01-01"))) == 0


def test_a_period_has_both_its_ends() -> None:
    record = record_of("2011-12-31", "2012-01-01", "2019-12-31", "2020-01-01")
    assert list(record.between("2012-01-01", "2019-12-31").roll_calls["key"]) == ["k001", "k002"]


def test_rows_are_taken_in_the_order_of_the_record_whatever_is_asked() -> None:
    record = record_of("2001-01-01", "2002-01-01", "2003-01-01")
    assert list(record.take([2, 0]).roll_calls["key"]) == ["k000", "k002"]
    assert list(record.take(np.array([False, True, False])).roll_calls["key"]) == ["k001"]
    assert len(record.take([])) == 0


def test_a_part_of_a_record_keeps_the_votes_of_states_no_longer_there() -> None:
    record = record_of("1980-01-01", "1981-01-01")
    others = pd.DataFrame({"key": ["k001", "k000"], "code": "DDR", "name": "GDR", "vote": [2, 0]})
    record = Record(record.roll_calls, record.votes, others)
    assert record.others["vote"].tolist() == [0, 2]
    assert record.before("1981-01-01").others["vote"].tolist() == [0]


def test_a_tally_counts_each_choice_and_neither_the_lost_nor_the_not_members() -> None:
    votes = np.full((1, STATES), NOT_A_MEMBER, np.int8)
    votes[0, :8] = [0, 0, 0, 1, 2, 2, 3, LOST]
    assert record_of("2025-02-24", votes=votes).tallies().tolist() == [[3, 1, 2, 1]]


def test_the_votes_of_a_record_and_of_its_parts_cannot_be_changed() -> None:
    record = record_of("2025-02-24", "2025-02-25")
    for part in (record, record.before("2025-02-25")):
        with pytest.raises(ValueError, match="read-only"):
            part.votes[0, 0] = 1


def test_a_roll_call_is_found_by_any_spelling_of_its_symbol() -> None:
    record = record_of("2017-12-11", "2025-02-24", symbols=("R/72/131", "A/RES/ES-11/7"))
    assert [record.row(text) for text in ("72/131", "A/RES/72/131", "ES-11/7", "k001")] == [
        0,
        0,
        1,
        1,
    ]


def test_a_symbol_of_several_roll_calls_means_the_whole_text_or_is_refused() -> None:
    both = record_of("2017-12-04", "2017-12-04", symbols=("R/72/38", "R/72/38"))
    with pytest.raises(ValueError, match="names 2 roll calls; give one key of: k000, k001"):
        both.row("72/38")
    kinds = both.roll_calls.assign(kind=["paragraph", "whole"])
    assert Record(kinds, both.votes, both.others).row("72/38") == 1


def test_a_missing_symbol_is_not_found_among_roll_calls_without_one() -> None:
    with pytest.raises(ValueError, match="no roll call ''"):
        record_of("2020-12-02").row("")


def test_a_day_and_a_title_mean_the_text_of_that_very_title_before_any_that_has_its_words() -> None:
    record = record_of("2024-11-21", "2024-11-21", "2024-11-22")
    titles = ["The Syrian Golan, and more", "The Syrian Golan", "The Syrian Golan"]
    record = replace(record, roll_calls=record.roll_calls.assign(title=titles))
    assert record.row("2024-11-21 the Syrian Golan") == 1
    assert record.row("2024-11-21 and more") == 0
    with pytest.raises(ValueError, match="no roll call"):
        record.row("2024-11-22 and more")


def test_two_records_that_share_keys_keep_each_vote_with_its_roll_call() -> None:
    gone = pd.DataFrame({"key": ["k000"], "code": ["YUG"], "name": ["Yugoslavia"], "vote": [2]})
    here, there = record_of("1990-01-01"), record_of("1985-01-01", "1995-01-01")
    frame = there.roll_calls.assign(title=["earlier", "later"])
    joined = here.joined(Record(frame, there.votes + Choice.NO, gone))
    # in order of date: of the second record, of the first, of the second
    assert joined.votes[:, 0].tolist() == [Choice.NO, Choice.YES, Choice.NO]
    assert joined.roll_calls["key"].is_unique
    assert joined.others["key"].tolist() == [joined.roll_calls["key"][0]]
    assert joined.roll_calls["key"][1] == "k000"


def test_what_another_record_lacks_is_told_by_symbol_or_day_and_counted() -> None:
    days, symbols = ("2020-01-01", "2020-01-02", "2020-01-02"), ("R/74/1", "R/74/1", "")
    here = record_of(*days, symbols=symbols)
    assert len(here.without(here)) == 0
    assert len(here.without(Record.empty())) == 3
    there = record_of("2020-01-05", "2020-01-06", symbols=("A/RES/74/1", ""))
    lacking = here.without(there)
    assert lacking.roll_calls["symbol"].tolist() == ["R/74/1", ""]
    assert lacking.dates.astype(str).tolist() == ["2020-01-02", "2020-01-02"]


def test_a_roll_call_says_what_it_was_about() -> None:
    frame = record_of("2025-02-24").roll_calls.assign(issues="nu|di", important=True)
    called = Record(frame, np.zeros((1, STATES), np.int8), record_of("2025-02-24").others)
    roll_call = called.roll_call(0)
    assert roll_call.date == dt.date(2025, 2, 24)
    assert (roll_call.issues, roll_call.important) == (("nu", "di"), True)


def test_a_record_that_does_not_fit_together_names_every_misfit() -> None:
    good = record_of("2001-01-01", "2002-01-01")
    frame = good.roll_calls.assign(key="same", kind="poem", date=["2002-01-01", "2001-01-01"])
    others = pd.DataFrame({"key": ["none"], "code": "DDR", "name": "GDR", "vote": [0]})
    with pytest.raises(ValueError, match="record: ") as caught:
        Record(frame, np.full((1, STATES), 7, np.int8), others)
    for words in ("[roll call, state]", "vote codes", "used twice: same", "order of date", "poem"):
        assert words in str(caught.value)
    assert "not there: ['none']" in str(caught.value)


@given(records())
def test_a_record_comes_back_from_its_file_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, record: Record
) -> None:
    path = tmp_path_factory.mktemp("record") / "record.parquet"
    write_record(record, path)
    back = read_record(path)
    pd.testing.assert_frame_equal(back.roll_calls, record.roll_calls)
    pd.testing.assert_frame_equal(back.others, record.others)
    np.testing.assert_array_equal(back.votes, record.votes)


def test_the_same_record_makes_the_same_bytes(tmp_path: Path) -> None:
    write_record(record_of("2025-02-24"), tmp_path / "one")
    write_record(record_of("2025-02-24"), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_file_that_holds_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("rcid,ccode,vote\n")
    with pytest.raises(files.FileError, match="not a Parquet file"):
        read_record(tmp_path / "text")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "table")
    with pytest.raises(files.FileError, match="no record of this project"):
        read_record(tmp_path / "table")


def test_a_record_of_another_version_or_other_states_is_refused(tmp_path: Path) -> None:
    write_record(record_of("2025-02-24"), tmp_path / "record")
    table = pq.read_table(tmp_path / "record")
    for key, found in ((b"version", b"version '0'"), (b"states", b"other member states")):
        metadata = {**table.schema.metadata, b"unga_sim.record." + key: b"0"}
        pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "changed")
        with pytest.raises(files.FileError, match=found.decode()):
            read_record(tmp_path / "changed")


def test_the_summary_of_a_record_counts_by_decade_and_in_all() -> None:
    info = record_info(record_of("1999-12-31", "2000-01-01", "2009-01-01"))
    assert info["roll_calls"].to_dict() == {"1990s": 1, "2000s": 2, "all": 3}
    assert info.loc["2000s", "votes"] == 2 * STATES
    assert info.loc["all", "with_title"] == 0


@pytest.mark.parametrize(
    ("published", "symbol"),
    [
        ("R/72/131", "A/RES/72/131"),
        ("A/RES/72/131", "A/RES/72/131"),
        ("72/131", "A/RES/72/131"),
        ("R/27/2932C", "A/RES/27/2932C"),
        ("A/RES/2932(XXVII)[C]", "A/RES/27/2932C"),
        ("A/RES/2932[C](XXVII)", "A/RES/27/2932C"),
        ("A/RES/31/6[D]", "A/RES/31/6D"),
        ("ESS/7/2", "A/RES/ES-7/2"),
        ("A/RES/ES-7/2", "A/RES/ES-7/2"),
        ("A/RES/997(ES-I)", "A/RES/ES-1/997"),
        ("SS/1/176A", "A/RES/S-1/176A"),
        ("R/33/116C/VII", "A/RES/33/116C/VII"),
        ("DEC/80/506", "A/DEC/80/506"),
        ("a note", "ANOTE"),
        ("", ""),
    ],
)
def test_a_symbol_has_one_spelling(published: str, symbol: str) -> None:
    assert canonical_symbol(published) == symbol


@pytest.mark.parametrize(
    "title",
    [
        "The Syrian Golan : resolution / adopted by the General Assembly",
        "The Syrian Golan : resolution /",
        "The Syrian Golan : resolution / ado",
        "THE SYRIAN  GOLAN",
        "The Syrian Golan : draft resolution",
        "The Syrian Golan.",
    ],
)
def test_titles_of_a_recurring_text_compare_equal_between_sources(title: str) -> None:
    assert clean_title(title) == "the syrian golan"


def test_letters_of_another_width_make_no_other_title() -> None:
    assert clean_title("The Syrian \uff27\uff4f\uff4c\uff41\uff4e") == "the syrian golan"


def test_what_the_president_said_is_no_title_of_a_roll_call() -> None:
    record = record_of("2017-12-04", "2017-12-04", "2017-12-04")
    titles = ["The President: I now put to the vote operative paragraph 2. A", "Nuclear war", ""]
    record = replace(record, roll_calls=record.roll_calls.assign(title=titles))
    assert record.titled.tolist() == [False, True, False]


def test_a_title_keeps_the_words_that_tell_it_apart() -> None:
    title = "Follow-up to resolution 2 : the way ahead : resolution / adopted by"
    assert clean_title(title) == "follow-up to resolution 2: the way ahead"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("The Syrian Golan : resolution /", "whole"),
        ("Amendments to the Staff Rules : resolution", "whole"),
        ("Requests Israel to respect the Geneva convention pertaining to persons", "whole"),
        ("The oral amendment has not been adopted, I put the draft resolution as a whole", "whole"),
        ("I shall now put to the vote the sixth preambular paragraph. A", "paragraph"),
        ("Draft resolution IX is entitled _Nuclear disarmament_. Separate,", "paragraph"),
        ("The Assembly will now take a decision on the draft amendment in A/71/L.37", "amendment"),
        ("The representative of Azerbaijan has submitted an oral amendment", "amendment"),
        ("TO ADOPT BOLIVIAN MOTION TO ADJOURN THE MEETING.", "motion"),
        ("the motion that no action be taken on draft resolution III", "motion"),
        ("Promotion of the right of peoples to peace", "whole"),
        ("", "whole"),
    ],
)
def test_what_was_put_to_the_vote_is_told_from_the_words(title: str, kind: str) -> None:
    assert kind_of(title) == kind


def test_a_mark_of_the_source_is_believed_before_the_words() -> None:
    assert kind_of("the motion of Cuba", amend=True) == "amendment"
    assert kind_of("The Syrian Golan", paragraph=True) == "paragraph"


def test_the_cited_roll_calls_reach_their_official_totals() -> None:
    cited = cited_roll_calls()
    row = cited.row("A/RES/ES-11/7")
    assert cited.tallies()[row].tolist() == [93, 65, 18, 17]
    assert cited.votes[row, Members.load().row("USA")] == Choice.NO
    assert "peace in Ukraine" in cited.roll_call(row).title


def test_a_cited_roll_call_that_misses_its_totals_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("roll_calls.csv", "roll_call_totals.csv"):
        text = files.read_text(files.seed(name))
        (tmp_path / name).write_text(text.replace(",141,5,35,12,", ",142,5,35,11,"))
    monkeypatch.setattr(files, "seed", lambda name: tmp_path / name)
    with pytest.raises(files.FileError, match="ES-11/1: 141 yes, the official total is 142"):
        cited_roll_calls.__wrapped__()


def titled(*titles: str) -> Record:
    """A record of one source with these titles, a day each."""
    first = np.datetime64("2001-01-01")
    found = record_of(*(str(first + number) for number in range(len(titles))))
    return replace(found, roll_calls=found.roll_calls.assign(title=list(titles), source="a.csv"))


def test_titles_that_the_source_cut_short_are_found_and_counted() -> None:
    words = "the situation in the territories and the rights of those who live there, "
    limit = [f"{number} {words * 4}"[:244] for number in range(12)]
    ended = f"{words * 4}"[:230] + " : resolution "  # 244 letters, of which the catalogue's are cut
    whole = ["Nuclear disarmament", words * 2, "x" * 100]
    record = titled(*limit, ended, *whole, "Assistance to ...", "Law of the …")
    assert np.flatnonzero(cut_titles(record)).tolist() == [*range(12), 16, 17]
    told = record_conclusion(record, dt.date(2001, 2, 1))
    assert "The source cut 14 titles short: how like such a text is goes by the words that" in told
    # as many titles of a length, and as many a little longer: no room was missing
    longer = [f"{number} {words * 4}"[: 240 + number] for number in range(10, 30)]
    assert not cut_titles(titled(*longer)).any()
    assert "short" not in record_conclusion(titled(*longer), dt.date(2001, 2, 1))

"""Published voting files: each layout is read, nothing half-read, every row accounted for."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import files
from sim.assembly.choices import LOST, NOT_A_MEMBER, Choice
from sim.assembly.members import Members
from sim.record import Record, read_record, write_record
from sim.record.importing import ImportReport, import_files, tables
from sim.record.importing.sheet import categorical
from sim.record.importing.successions import Successions

UNDL = next(
    csv.reader(
        [
            "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,"
            "meeting,title,agenda_title,subjects,vote_note,total_yes,total_no,total_abstentions,"
            "total_non_voting,total_ms,undl_link"
        ]
    )
)
GOLAN = {
    "undl_id": "1",
    "date": "2017-11-30",
    "session": "72",
    "resolution": "A/RES/72/16",
    "title": "The Syrian Golan : resolution / adopted by the General Assembly",
    "agenda_title": "Middle East",
    "subjects": "GOLAN HEIGHTS",
}
NAMES = {"ISR": "ISRAEL", "SYR": "SYRIAN ARAB REPUBLIC", "USA": "UNITED STATES", "FRA": "FRANCE"}
VOTES = {"SYR": "Y", "ISR": "N", "USA": "N", "FRA": "A"}


def undl_rows(votes: Mapping[str, str] = VOTES, **told: str) -> list[dict[str, str]]:
    """Return the rows of one roll call as the UN Digital Library lists them."""
    return [
        {**GOLAN, **told, "ms_code": code, "ms_name": NAMES.get(code, code), "ms_vote": vote}
        for code, vote in votes.items()
    ]


def csv_text(header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def imported(folder: Path, *texts: str) -> ImportReport:
    """Return the import of files with these texts, every row of which is accounted for."""
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"file{number}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    report = import_files(paths)
    accounted = report.summary[["used", "left_out", "doubled"]].sum(axis=1)
    assert (accounted == report.summary["rows"]).all()
    told = report.summary[["imported", "merged", "unusable"]].sum(axis=1)
    assert (told == report.summary["roll_calls"]).all()
    return report


def vote_of(record: Record, state: str, row: int = 0) -> int:
    return int(record.votes[row, Members.load().row(state)])


# The UN Digital Library's table


def test_the_digital_librarys_table_is_read(tmp_path: Path) -> None:
    report = imported(tmp_path, csv_text(UNDL, undl_rows()))
    assert report.problems.empty
    roll_call = report.record.roll_call(0)
    assert (roll_call.key, roll_call.session, roll_call.kind) == ("A/RES/72/16", "72", "whole")
    assert (roll_call.agenda, roll_call.subjects) == ("Middle East", "GOLAN HEIGHTS")
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]


def test_the_example_in_the_documentation_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "record.md").read_text(encoding="utf-8")
    report = imported(tmp_path, page.split("```")[1].lstrip())
    assert report.problems.empty
    assert report.record.roll_call(0).key == "A/RES/79/900"
    assert report.record.tallies().tolist() == [[1, 0, 1, 0]]


@pytest.mark.parametrize(
    "header",
    [
        [name for name in UNDL if name != "vote_note"],
        [*reversed(UNDL)],
        [*UNDL[:3], "a new column", *UNDL[3:]],
        [name.upper() for name in UNDL],
    ],
)
def test_columns_may_lack_move_or_be_new(tmp_path: Path, header: list[str]) -> None:
    rows = [{**row, **{name.upper(): text for name, text in row.items()}} for row in undl_rows()]
    report = imported(tmp_path, csv_text(header, rows))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]
    assert report.record.roll_calls["title"].iloc[0] == GOLAN["title"]


def test_the_older_plural_headers_are_read(tmp_path: Path) -> None:
    header = ["ms_codes", "ms_names", "ms_votes", "dates", "sessions", "resolutions", "titles"]
    rows = [{**row, **{f"{name}s": row.get(name, "") for name in row}} for row in undl_rows()]
    report = imported(tmp_path, csv_text(header, rows))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]


def test_not_voting_is_written_in_three_ways(tmp_path: Path) -> None:
    votes = {"SYR": "X", "ISR": "NV", "USA": "", "FRA": "nv"}
    report = imported(tmp_path, csv_text(UNDL, undl_rows(votes)))
    assert report.record.tallies().tolist() == [[0, 0, 0, 4]]


def test_packed_files_semicolons_and_breaks_inside_a_field_are_read(tmp_path: Path) -> None:
    text = csv_text(UNDL, undl_rows(title="The Syrian\nGolan"))
    with gzip.open(tmp_path / "a.csv.gz", "wt", encoding="utf-8") as stream:
        stream.write(text)
    (tmp_path / "b.csv").write_text("﻿" + text.replace(",", ";"), encoding="utf-8")
    for name in ("a.csv.gz", "b.csv"):
        report = import_files([tmp_path / name])
        assert report.record.tallies().tolist() == [[1, 1, 2, 0]]


def test_a_table_in_latin_1_is_read(tmp_path: Path) -> None:
    text = csv_text(UNDL, undl_rows(title="Türkiye"))
    (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
    assert import_files([tmp_path / "a.csv"]).record.roll_call(0).title == "Türkiye"


def test_totals_that_the_votes_do_not_reach_are_named_and_the_roll_call_kept(
    tmp_path: Path,
) -> None:
    totals = {"total_yes": "2.0", "total_no": "2", "total_abstentions": "1"}
    report = imported(tmp_path, csv_text(UNDL, undl_rows(VOTES, **totals)))
    assert report.totals[["choice", "stated", "counted"]].to_numpy().tolist() == [["yes", 2, 1]]
    assert len(report.record) == 1
    assert "yes: 2 stated, 1 counted" in report.describe()


def test_a_total_that_is_no_number_is_reported_and_the_roll_call_kept(tmp_path: Path) -> None:
    report = imported(tmp_path, csv_text(UNDL, undl_rows(total_yes="many")))
    assert report.problems["value"].tolist() == ["many"]
    assert len(report.record) == 1


def test_a_state_that_a_full_list_lacks_was_no_member_and_else_its_vote_is_lost(
    tmp_path: Path,
) -> None:
    full = imported(tmp_path, csv_text(UNDL, undl_rows(total_ms="4")))
    assert vote_of(full.record, "CUB") == NOT_A_MEMBER
    part = imported(tmp_path, csv_text(UNDL, undl_rows(total_ms="193", date="2010-12-01")))
    assert vote_of(part.record, "CUB") == LOST
    assert vote_of(part.record, "SSD") == NOT_A_MEMBER  # admitted in 2011
    # more rows than members: what the list is of is not known
    more = imported(tmp_path, csv_text(UNDL, undl_rows(total_ms="3")))
    assert vote_of(more.record, "CUB") == LOST


def test_roll_calls_without_a_number_are_told_apart_by_symbol_and_day(tmp_path: Path) -> None:
    rows = [*undl_rows(undl_id=""), *undl_rows(undl_id="", resolution="A/RES/72/15")]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert list(report.record.roll_calls["key"]) == ["A/RES/72/15", "A/RES/72/16"]


@pytest.mark.parametrize("told", ["title", "para"])
@pytest.mark.parametrize("mixed", [False, True])
def test_two_votes_under_one_symbol_are_told_apart_by_title_or_mark(
    tmp_path: Path, told: str, mixed: bool
) -> None:
    names = {"title": "To retain operative paragraph 4"} if told == "title" else {"para": "1"}
    other = {"SYR": "Y", "ISR": "Y", "USA": "Y", "FRA": "A"}
    rows = [*undl_rows(undl_id=""), *undl_rows(other, undl_id="", **names)]
    rows.append(rows[0])  # named, and in the way of nothing
    if mixed:
        rows = rows[::2] + rows[1::2]
    report = imported(tmp_path, csv_text([*UNDL, "para"], rows))
    tallies = report.record.tallies().tolist()
    assert dict(zip(report.record.roll_calls["kind"], tallies, strict=True)) == {
        "whole": [1, 1, 2, 0],
        "paragraph": [3, 1, 0, 0],
    }
    assert report.problems["reason"].tolist() == ["the state's vote a second time"]


@pytest.mark.parametrize("again", ["", "SYR", "CUB"])
def test_a_title_that_is_spelt_otherwise_in_some_rows_splits_no_roll_call(
    tmp_path: Path, again: str
) -> None:
    votes = dict.fromkeys(sorted(Members.load().codes)[:40], "Y") | VOTES | {"CUB": "Y"}
    rows = undl_rows(votes, undl_id="")
    for row in rows[5:7]:
        row["title"] = "The Syrain Golan"
    for row in rows[8:]:
        row["title"] = GOLAN["title"].upper()
    rows += undl_rows({again: votes[again]}, undl_id="", title="The Syrain Golan") if again else []
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.record.tallies().sum(axis=1).tolist() == [len(votes)]
    # and where there are two roll calls, each state has its vote in the one that lacks it
    more = undl_rows(votes, undl_id="", title="To retain operative paragraph 4")
    both = imported(tmp_path, csv_text(UNDL, [*rows[: len(votes)], *more]))
    assert both.record.tallies().sum(axis=1).tolist() == [len(votes)] * 2
    assert both.problems.empty


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("told", ["title", "mark"])
@pytest.mark.parametrize("states", [1, 6])
def test_a_second_vote_that_is_known_for_few_states_is_no_slip(
    tmp_path: Path, states: int, told: str, first: bool
) -> None:
    names = {"title": "To retain operative paragraph 4"} if told == "title" else {"para": "1"}
    codes = sorted(Members.load().codes)
    every = undl_rows(dict.fromkeys(codes, "Y"), undl_id="")
    few = undl_rows(dict.fromkeys(codes[:states], "N"), undl_id="", **names)
    report = imported(tmp_path, csv_text([*UNDL, "para"], few + every if first else every + few))
    tallies = report.record.tallies().tolist()
    assert dict(zip(report.record.roll_calls["kind"], tallies, strict=True)) == {
        "whole": [193, 0, 0, 0],
        "paragraph": [0, 0, states, 0],
    }
    assert report.problems.empty


def test_few_votes_on_each_of_two_paragraphs_are_two_roll_calls(tmp_path: Path) -> None:
    codes = sorted(Members.load().codes)
    rows = undl_rows(dict.fromkeys(codes, "Y"), undl_id="")
    for number, vote in (("4", "N"), ("5", "A")):
        title = f"To retain operative paragraph {number}"
        rows += undl_rows(dict.fromkeys(codes[:6], vote), undl_id="", title=title)
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert sorted(report.record.tallies().tolist()) == [[0, 0, 6, 0], [0, 6, 0, 0], [193, 0, 0, 0]]


def test_one_contradicted_vote_does_not_make_one_roll_call_of_two(tmp_path: Path) -> None:
    codes = sorted(Members.load().codes)
    rows = undl_rows(dict.fromkeys(codes, "Y"), undl_id="") + undl_rows({"SYR": "N"}, undl_id="")
    rows += undl_rows(dict.fromkeys(codes, "N"), undl_id="", title="To retain paragraph 4")
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert sorted(report.record.tallies().tolist()) == [[0, 0, 193, 0], [192, 0, 0, 0]]
    assert report.problems["value"].tolist() == ["SYR"]


@pytest.mark.parametrize("without", ["some", "title", "first"])
def test_a_row_without_a_number_belongs_to_the_roll_call_of_its_symbol_day_and_title(
    tmp_path: Path, without: str
) -> None:
    rows = [*undl_rows(), *undl_rows(undl_id="2", resolution="A/RES/72/15", title="A third")]
    for row in rows[:2] if without == "first" else rows[1:6:2]:
        row["undl_id"] = ""
        row["title"] = "" if without == "title" else row["title"]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]] * 2
    assert report.problems.empty


@pytest.mark.parametrize("other", ["votes", "title", "numbers"])
def test_a_row_without_a_number_belongs_to_no_other_or_doubtful_roll_call(
    tmp_path: Path, other: str
) -> None:
    bare = {"undl_id": "", **({"title": "To retain paragraph 4"} if other == "title" else {})}
    rows = [*undl_rows(), *undl_rows({"SYR": "N", "ISR": "Y"}, **bare)]
    rows += undl_rows(undl_id="2") if other == "numbers" else []
    report = imported(tmp_path, csv_text(UNDL, rows))
    tallies = report.record.tallies().tolist()
    assert tallies.count([1, 1, 2, 0]) == (2 if other == "numbers" else 1)
    assert tallies.count([1, 0, 1, 0]) == 1


@pytest.mark.parametrize("number", ["1", ""])
def test_a_day_and_a_symbol_are_one_however_they_are_spelt(tmp_path: Path, number: str) -> None:
    rows = undl_rows(undl_id=number)
    rows[1] |= {"date": "2017-11-30 00:00:00", "resolution": "a/res/72/16"}
    rows[2] |= {"date": "20171130", "resolution": "A/RES/ 72/16"}
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]
    assert report.problems.empty


# What cannot be read


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("ms_vote", "yea", "not a vote"),
        ("ms_vote", "9", "not a vote"),
        ("date", "30/11/2017", "no day"),
        ("date", "2017-02-30", "no day"),
        ("date", "", "no day"),
        ("ms_code", "XYZ", "no state"),
        ("resolution", "A/RES/72/99", "differ"),
    ],
)
def test_a_roll_call_with_a_bad_row_is_left_out_whole_and_the_row_named(
    tmp_path: Path, column: str, value: str, reason: str
) -> None:
    rows = [*undl_rows(undl_id="2", resolution="A/RES/72/15"), *undl_rows()]
    rows[6] |= {column: value, **({"ms_name": "ATLANTIS"} if column == "ms_code" else {})}
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert list(report.record.roll_calls["symbol"]) == ["A/RES/72/15"]
    named = report.problems[report.problems["line"] == 8].iloc[0]
    assert (named["file"], named["column"], named["value"]) == ("file0.csv", column, value)
    assert reason in named["reason"]
    assert report.problems["left_out"].all()
    assert report.summary["left_out"].tolist() == [4]
    assert f"line 8: {column} {value!r}" in report.describe()


@pytest.mark.parametrize("change", ["short", "long"])
def test_a_row_with_too_few_or_too_many_fields_leaves_out_its_roll_call(
    tmp_path: Path, change: str
) -> None:
    rows = [*undl_rows(undl_id="2", resolution="A/RES/72/15"), *undl_rows()]
    lines = csv_text(UNDL, rows).splitlines()
    lines[7] = lines[7] + ",more" if change == "long" else ",".join(lines[7].split(",")[:9])
    report = imported(tmp_path, "\n".join(lines) + "\n\n")
    assert list(report.record.roll_calls["symbol"]) == ["A/RES/72/15"]
    assert report.problems["line"].tolist() == [8]
    assert "not 20 fields" in report.problems["reason"].iloc[0]


def test_a_row_that_is_there_twice_counts_once_and_is_named(tmp_path: Path) -> None:
    rows = undl_rows()
    report = imported(tmp_path, csv_text(UNDL, [*rows, rows[0]]))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]
    assert report.problems[["line", "value", "left_out"]].to_numpy().tolist() == [[6, "SYR", False]]
    assert report.summary["doubled"].tolist() == [1]


def test_a_row_without_a_day_leaves_out_the_roll_call_of_its_symbol(tmp_path: Path) -> None:
    rows = [*undl_rows(undl_id="", resolution="A/RES/72/15"), *undl_rows(undl_id="")]
    rows[6]["date"] = "?"
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert list(report.record.roll_calls["symbol"]) == ["A/RES/72/15"]
    assert report.summary["unusable"].tolist() == [1]


def test_a_vote_that_is_told_twice_and_differently_is_lost_and_named_and_the_others_kept(
    tmp_path: Path,
) -> None:
    rows = [*undl_rows(), *undl_rows({"SYR": "N"})]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert vote_of(report.record, "SYR") == LOST
    assert report.record.tallies().tolist() == [[0, 1, 2, 0]]
    assert report.problems[["line", "value", "left_out"]].to_numpy().tolist() == [[6, "SYR", False]]


def test_a_further_column_of_votes_that_says_otherwise_is_named(tmp_path: Path) -> None:
    rows = [{**row, "vote": row["ms_vote"]} for row in undl_rows()]
    rows[0]["vote"], rows[1]["vote"], rows[2]["vote"] = "No", "adopted", ""
    for header in (["vote", *UNDL], [*UNDL, "vote"]):
        report = imported(tmp_path, csv_text(header, rows))
        assert report.record.tallies().tolist() == [[1, 1, 2, 0]]
        (told,) = report.problems.to_dict("records")
        assert (told["line"], told["column"], told["value"]) == (2, "vote", "No")
        assert told["reason"] == "not the vote in ms_vote; that is believed"
        assert not told["left_out"]


def test_a_further_column_of_days_that_says_otherwise_is_named(tmp_path: Path) -> None:
    rows = [{**row, "vote_date": f"{row['date']} 00:00:00"} for row in undl_rows()]
    day = rows[0]["date"]
    rows[0]["vote_date"], rows[1]["vote_date"] = "2001-02-03", ""
    for header in (["vote_date", *UNDL], [*UNDL, "vote_date"]):
        report = imported(tmp_path, csv_text(header, rows))
        assert report.record.dates.astype(str).tolist() == [day]
        (told,) = report.problems.to_dict("records")
        assert (told["line"], told["column"], told["value"]) == (2, "vote_date", "2001-02-03")
        assert told["reason"] == "not the day in date; that is believed"
    wide = "date,vote_date,symbol,FRA,BRA\n2020-01-01,2020-01-02,1/2,Y,N\n"
    (told,) = imported(tmp_path, wide).problems.to_dict("records")
    assert (told["line"], told["column"], told["value"]) == (2, "vote_date", "2020-01-02")


def test_a_report_shows_some_problems_and_counts_all(tmp_path: Path) -> None:
    report = imported(tmp_path, csv_text(UNDL, undl_rows(dict.fromkeys(VOTES, "?!"))))
    shown = report.describe(shown=1)
    assert "4 places that could not be read" in shown
    assert "... and 3 more" in shown


def test_an_unknown_header_is_refused_with_what_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(files.FileError, match="no known layout: a, b") as caught:
        imported(tmp_path, "a,b\n1,2\n")
    for words in ("UN Digital Library", "rcid, ccode", "iso3", "one column a state"):
        assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n", "date,date\n1,1\n"])
def test_a_file_without_a_good_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(files.FileError, match="line 1"):
        imported(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(files.FileError, match=r"none\.csv"):
        import_files([tmp_path / "none.csv"])


def test_a_packed_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(csv_text(UNDL, undl_rows()).encode() * 2000)
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(files.FileError, match=r"a\.csv\.gz"):
        import_files([tmp_path / "a.csv.gz"])


# What published files are like: cases made up for the purpose, one of each kind


@pytest.mark.parametrize("none", ["NA", "NULL", "nan", "None", "N/A", "<NA>", ""])
def test_missing_is_missing_however_it_is_spelt(tmp_path: Path, none: str) -> None:
    told = dict.fromkeys(("resolution", "agenda_title", "subjects", "total_ms"), none)
    first = undl_rows(**told, undl_id=none, title="A first decision", date="2017-11-30")
    second = undl_rows(**told, undl_id=none, title="A second decision", date="2017-12-04")
    report = imported(tmp_path, *(csv_text(UNDL, rows) for rows in (first, second)))
    assert list(report.record.roll_calls["key"]) == ["2017-11-30", "2017-12-04"]
    assert set(report.record.roll_calls[["symbol", "agenda", "subjects"]].to_numpy().ravel()) == {
        ""
    }
    assert report.problems.empty


@pytest.mark.parametrize("none", ["-", "--", ".", "—", "?", "NaT", "(null)", "#NULL!", "\\N"])
def test_a_sign_alone_is_no_text(tmp_path: Path, none: str) -> None:
    bare = {"undl_id": none, "resolution": none}
    rows = [*undl_rows(title="A", **bare), *undl_rows({**VOTES, "SYR": "-"}, title="B", **bare)]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0], [0, 1, 2, 0]]
    assert report.record.roll_calls["symbol"].tolist() == ["", ""]
    assert report.problems.empty


@pytest.mark.parametrize("name", ["resolution", "session", "title", "meeting", "total_yes"])
def test_what_the_first_row_lacks_is_in_the_next(tmp_path: Path, name: str) -> None:
    rows = undl_rows(meeting="A/72/PV.66", total_yes="7")
    whole = imported(tmp_path, csv_text(UNDL, rows))
    rows[0][name] = ""
    report = imported(tmp_path, csv_text(UNDL, rows))
    pd.testing.assert_frame_equal(report.record.roll_calls, whole.record.roll_calls)
    assert report.totals["stated"].tolist() == [7]
    assert report.problems.empty


def test_a_council_is_known_by_the_meeting_of_any_row(tmp_path: Path) -> None:
    rows = undl_rows(resolution="", meeting="S/PV.9866")
    rows[0]["meeting"] = ""
    assert not len(imported(tmp_path, csv_text(UNDL, rows)).record)


@pytest.mark.parametrize("body", ["GA", "UNGA", "Plenary", "UN GENERAL ASSEMBLY"])
def test_the_assembly_has_several_names(tmp_path: Path, body: str) -> None:
    report = imported(tmp_path, csv_text([*UNDL, "body"], undl_rows(body=body)))
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_of_too_many_fields_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, end: str
) -> None:
    path = tmp_path / "votes.csv"
    text = csv_text(UNDL, undl_rows()).replace("\n", end)
    monkeypatch.setattr(tables, "MOST", 200)
    path.write_bytes((text + end * 6).encode(encoding))
    with pytest.raises(files.FileError, match=r"11 lines of 20 columns; at most 200 fields"):
        import_files([path])
    path.write_bytes((text + end * 5).encode(encoding))
    assert len(import_files([path]).record) == 1


def test_a_header_without_a_line_break_is_refused_as_one(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(",".join(UNDL))
    with pytest.raises(files.FileError, match=r"no roll call in it, only a header"):
        import_files([tmp_path / "votes.csv"])


def test_a_text_beside_the_table_in_a_zip_is_not_in_the_way(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "votes.zip", "w") as packed:
        packed.writestr("votes.csv", csv_text(UNDL, undl_rows()))
        packed.writestr("README.txt", "Votes")
    assert import_files([tmp_path / "votes.zip"]).record.tallies().tolist() == [[1, 1, 2, 0]]


def test_na_is_namibia_where_states_are_and_none_where_the_name_says_another(
    tmp_path: Path,
) -> None:
    text = "resolution,date,iso2,country,ms_vote\nA/RES/72/16,2017-11-30,NA,Namibia,N\n"
    text += "A/RES/72/16,2017-11-30,NA,France,Y\nA/RES/72/16,2017-11-30,US,,N\n"
    report = imported(tmp_path, text)
    assert report.record.tallies().tolist() == [[1, 0, 2, 0]]
    assert vote_of(report.record, "NAM") == Choice.NO
    wide = "date,symbol,NA,NO,US,FR,GB,CO,ME,EC,BR,IN,CN,IS\n2017-11-30,R/72/17,N" + ",Y" * 11
    record = imported(tmp_path, wide + "\n").record
    assert record.tallies().tolist() == [[11, 0, 1, 0]]
    assert vote_of(record, "NAM") == Choice.NO


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ({"resolution": "S/RES/2900 (2025)"}, "Security Council"),
        ({"resolution": "", "permanent_member": "FALSE"}, "Security Council"),
        ({"resolution": "A/HRC/RES/55/1"}, "Human Rights Council"),
        ({"resolution": "E/RES/2024/5"}, "Economic and Social Council"),
        ({"resolution": "A/C.3/79/L.45"}, "Third Committee"),
        ({"resolution": "", "draft": "A/C.1/79/L.7"}, "First Committee"),
        ({"resolution": "", "meeting": "S/PV.9866", "draft": "A/79/L.2"}, "Security Council"),
        ({"resolution": "TD/B/RES/1"}, "body of TD"),
        ({"resolution": "WHA78.1"}, "World Health Assembly"),
        ({"resolution": "EB154.R1"}, "Executive Board of the WHO"),
        ({"resolution": "ILC.111/Resolution I"}, "International Labour Conference"),
        ({"resolution": "41 C/Resolution 5"}, "General Conference of UNESCO"),
        ({"resolution": "GC(68)/RES/14"}, "General Conference of the IAEA"),
        ({"resolution": "A42-1"}, "Assembly of ICAO"),
        ({"resolution": "A.1185(33)"}, "Assembly of the IMO"),
        ({"resolution": "ICC-ASP/21/Res.2"}, "body of ICC"),
        ({"resolution": "", "body": "World Health Assembly"}, "World Health Assembly"),
        (
            {"resolution": "", "title": "X : resolution / adopted by the World Health Assembly"},
            "World Health Assembly",
        ),
        (
            {"resolution": "", "title": "X : decision / adopted by the Executive Board of UNESCO"},
            "Executive Board Of Unesco",
        ),
        (
            {
                "resolution": "",
                "title": "A text : resolution / adopted by the Human Rights Council",
            },
            "Human Rights Council",
        ),
    ],
)
def test_roll_calls_of_another_body_are_named_left_out_and_read_apart_when_asked_for(
    tmp_path: Path, told: dict[str, str], body: str
) -> None:
    header = [*UNDL, *(name for name in ("permanent_member", "body") if name in told)]
    text = csv_text(header, undl_rows(**{"total_ms": "4"} | told))
    report = imported(tmp_path, text)
    assert len(report.record) == 0
    assert f"a vote of the {body}, not of the General Assembly" in report.problems["reason"].iloc[0]
    asked = import_files([tmp_path / "file0.csv"], body=body).record
    assert asked.tallies().tolist() == [[1, 1, 2, 0]]
    write_record(asked, tmp_path / "apart.parquet")
    assert read_record(tmp_path / "apart.parquet").roll_call(0).body == body


@pytest.mark.parametrize(
    "told",
    [
        {"resolution": "ES-11/7"},
        {"resolution": "SS/17/1"},
        {"resolution": "XX/2105"},
        {"resolution": "2105(XX)"},
        {"resolution": "UNGA/79/1"},
        {"body": "General Assembly"},
        {"body": "the United Nations Assembly"},
        {"body": "Assembly (plenary)"},
    ],
)
def test_the_assembly_is_known_however_it_is_named(tmp_path: Path, told: dict[str, str]) -> None:
    header = [*UNDL, *(name for name in ("body",) if name in told)]
    report = imported(tmp_path, csv_text(header, undl_rows(**told)))
    assert list(report.record.roll_calls["body"]) == [""]


def test_a_file_of_two_bodies_gives_the_assemblys_votes(tmp_path: Path) -> None:
    rows = [*undl_rows(undl_id="2", resolution="S/RES/2900"), *undl_rows(meeting="A/72/PV.60")]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert list(report.record.roll_calls["key"]) == ["A/RES/72/16"]
    assert report.problems[["line", "value"]].to_numpy().tolist() == [[2, "S/RES/2900"]]


def test_more_roll_calls_of_a_day_than_can_be_told_apart_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.record.importing.merging.MOST", 3)
    titles = ["On peace", "On water", "On children", "On the sea"]
    for symbol in ("A/RES/72/16", ""):
        told = {"undl_id": "", "resolution": symbol, "agenda_title": ""}
        rows = [row for title in titles for row in undl_rows(**told, title=title)]
        text = csv_text(UNDL, rows)
        with pytest.raises(files.FileError, match=r"4 roll calls of [^;]+; at most 3 are told"):
            imported(tmp_path, text)
        assert len(imported(tmp_path, csv_text(UNDL, rows[: -len(VOTES)])).record) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("above", "separator", "at"),
    [("", ",", 1), ("sep=;\n", ";", 2), ('"sep=;"\n', ";", 2), ("\n\n;;\n", ";", 4)],
)
def test_a_header_is_found_below_what_a_spreadsheet_writes_above_it(
    tmp_path: Path, encoding: str, above: str, separator: str, at: int
) -> None:
    text = above + "symbol,date,iso3,vote\n".replace(",", separator)
    for iso3, vote in (("FRA", "Y"), ("BRA", "N"), ("USA", "Q")):
        text += separator.join((f"A/RES/72/{1 + (vote == 'Q')}", "2017-11-30", iso3, vote)) + "\n"
    place = tmp_path / "votes.csv"
    place.write_bytes(text.encode(encoding))
    report = import_files([place])
    assert report.record.tallies().tolist() == [[1, 0, 1, 0]]
    # the vote that is none stands in the third row below the header
    assert list(report.problems["line"]) == [at + 3]


def test_a_header_alone_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for text in (csv_text(UNDL, []), csv_text(UNDL, []) + ",,\n\n"):
        with pytest.raises(files.FileError, match=r"file0\.csv: no roll call in it") as caught:
            imported(tmp_path, text)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ragged", [False, True])
def test_a_field_of_more_than_131072_characters_leaves_out_its_roll_call(
    tmp_path: Path, ragged: bool
) -> None:
    rows = [*undl_rows(undl_id="2", resolution="A/RES/72/15"), *undl_rows()]
    rows[6]["title"] = "x" * 140_000 + (",".join("abcd") if ragged else "")
    text = csv_text(UNDL, rows).replace('"', "")
    report = imported(tmp_path, text)
    assert list(report.record.roll_calls["symbol"]) == ["A/RES/72/15"]
    assert set(report.problems["line"]) == {8}
    assert max(map(len, report.describe().splitlines())) < 300


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv.gz", b"\x1f\x8b\x08\x00not packed at all", r"damaged|gzip"),
        ("a.csv.gz", b"resolution,date,iso3,vote\n", "Not a gzipped file"),
        ("a.csv.zip", b"PK\x03\x04 and no more", "damaged"),
        ("a.csv", b"resolution,date,iso3,vote\0\0\0\n", "byte 25: not a text table"),
        ("a.csv", b"x" * 300_000 + b",date\n1,2\n", "no known layout"),
        ("a.csv", b"x" * 2_000_000 + b",date\n1,2\n", "no column names"),
        ("a.csv", b"\xff\xfer\x00e", r"line 1|no known layout|damaged"),
        ("a.csv", b"<html>are you human</html>", "a web page, not a table"),
        ("a.csv", b"\xef\xbb\xbf\n\n <!DOCTYPE html>\n<p>Are you, a human?</p>\n", "a web page"),
        ("a.csv", b"<!-- hello,\nyou -->\n<HTML lang='en'>" + b"x" * 2_000_000, "a web page"),
        ("a.csv.gz", gzip.compress(b"<?xml version='1.0'?><html>", mtime=0), "a web page"),
        ("a.csv", "<!doctype html>\n<p>".encode("utf-16"), "a web page"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(files.FileError, match=reason) as caught:
        import_files([tmp_path / name])
    assert len(str(caught.value).splitlines()[0]) < 900


def test_a_quotation_mark_that_never_ends_leaves_nothing_read(tmp_path: Path) -> None:
    text = 'resolution,date,iso3,vote\n"A/RES/72/16,2017-11-30,USA,N\n' + "x" * 5_000_000
    report = imported(tmp_path, text)
    assert len(report.record) == 0
    assert len(report.describe()) < 2_000


def test_a_zip_gives_the_one_table_in_it_and_names_several(tmp_path: Path) -> None:
    text = csv_text(UNDL, undl_rows())
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("folder/votes.csv", text)
        packed.writestr("__MACOSX/folder/._votes.csv", b"\0\1")
    assert import_files([tmp_path / "a.zip"]).record.tallies().tolist() == [[1, 1, 2, 0]]
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as packed:
        packed.writestr("other.csv", text)
    with pytest.raises(files.FileError, match=r"one CSV .*folder/votes\.csv, other\.csv"):
        import_files([tmp_path / "a.zip"])


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8", "utf-16", "utf-8-sig"])
def test_a_ragged_accented_row_leaves_out_its_roll_call_alone_in_every_encoding(
    tmp_path: Path, encoding: str
) -> None:
    header = "undl_id,ms_code,ms_name,ms_vote,date,resolution,title\n"
    rows = "1,BRA,BRAZIL,Y,2025-03-14,A/RES/79/900,Une résolution\n"
    rows += "2,CIV,CÔTE D'IVOIRE,Y,2025-03-15,A/RES/79/901,Made up, with a comma\n"
    (tmp_path / "a.csv").write_bytes((header + rows).encode(encoding))
    report = import_files([tmp_path / "a.csv"])
    assert list(report.record.roll_calls["title"]) == ["Une résolution"]
    assert report.problems["line"].tolist() == [3]


def test_windows_quotation_marks_are_read(tmp_path: Path) -> None:
    text = "undl_id,ms_name,ms_vote,date,resolution\n1,Côte d’Ivoire,Y,2025-03-14,A/RES/79/900\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    assert vote_of(import_files([tmp_path / "a.csv"]).record, "CIV") == Choice.YES


@pytest.mark.parametrize("change", ["columns", "types", "states"])
def test_a_parquet_file_with_our_metadata_and_other_columns_is_refused(
    tmp_path: Path, change: str
) -> None:
    import pyarrow as pa

    path = tmp_path / "r.parquet"
    write_record(imported(tmp_path, csv_text(UNDL, undl_rows())).record, path)
    table = files.read_parquet(path)
    if change == "columns":
        table = table.drop_columns(["votes"])
    elif change == "types":
        table = table.set_column(2, "date", pa.array(["yesterday"]))
    else:
        metadata = dict(table.schema.metadata)
        table = table.replace_schema_metadata({b"unga_sim.record.version": metadata.popitem()[1]})
        table = table.replace_schema_metadata({b"unga_sim.record.version": b"1"})
    files.write_parquet(table, path)
    with pytest.raises(files.FileError, match="make it again with record import"):
        read_record(path)


@pytest.mark.parametrize("total", ["inf", "-1", "1e400", "nan?", "3.5", "1000000"])
def test_a_total_that_cannot_be_one_is_named_and_not_believed(tmp_path: Path, total: str) -> None:
    report = imported(tmp_path, csv_text(UNDL, undl_rows(total_yes=total, total_ms=total)))
    assert report.problems[["column", "value"]].to_numpy().tolist() == [
        ["total_ms", total],
        ["total_yes", total],
    ]
    assert report.totals.empty
    assert len(report.record) == 1


def test_the_first_editions_names_are_read_and_its_totals_checked(tmp_path: Path) -> None:
    names = {"ms_code": "ms_codes", "ms_name": "ms_names", "ms_vote": "ms_votes"}
    names |= {"total_yes": "yes", "total_no": "no", "total_abstentions": "abstentions"}
    names |= {"total_non_voting": "non-voting", "total_ms": "total-voting"}
    totals = {"total_yes": "1", "total_no": "2", "total_abstentions": "9", "total_non_voting": "8"}
    rows = undl_rows(VOTES, **totals, total_ms="4")
    text = csv_text(UNDL, rows)
    header = ",".join(names.get(name, name) for name in UNDL)
    report = imported(tmp_path, "\n".join([header, *text.splitlines()[1:]]) + "\n")
    assert report.totals[["choice", "stated", "counted"]].to_numpy().tolist() == [
        ["abstain", 9, 1],
        ["non_voting", 8, 0],
    ]
    assert vote_of(report.record, "CUB") == NOT_A_MEMBER  # the list of four is full


@pytest.mark.parametrize(
    ("more", "votes"),
    [("", "yes,Y,abstain,A,no"), ("rcid,", "1,1,2,2,3")],
)
def test_a_wide_table_of_few_states_by_two_letters_is_read(
    tmp_path: Path, more: str, votes: str
) -> None:
    number = "7," if more else ""
    text = f"date,{more}resolution,US,FR,CN,BR,DE\n2017-11-30,{number}A/RES/72/16,{votes}\n"
    report = imported(tmp_path, text)
    assert report.problems.empty
    assert [vote_of(report.record, state) for state in ("USA", "FRA", "CHN", "BRA", "DEU")] == [
        Choice.YES, Choice.YES, Choice.ABSTAIN, Choice.ABSTAIN, Choice.NO,
    ]  # fmt: skip


def test_digits_without_the_column_that_says_what_they_mean_are_explained(tmp_path: Path) -> None:
    report = imported(tmp_path, "date,resolution,US,FR,CN\n2017-11-30,A/RES/72/16,1,2,3\n")
    assert len(report.record) == 0
    assert "digits are read in Voeten's tables alone, which have the column rcid" in (
        report.describe()
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("US,FR,CN,NO", "NO: may head a state or a column of another kind; head states by three"),
        ("US,FR,CN,ID,ME", "ID, ME: may head a state or"),
        ("US,FR", "of two\n  capitals if that is a state's code in three columns or more"),
    ],
)
def test_two_letters_that_may_be_no_state_are_asked_about(
    tmp_path: Path, header: str, words: str
) -> None:
    with pytest.raises(files.FileError) as caught:
        imported(tmp_path, f"date,resolution,{header}\n2017-11-30,A/RES/72/16\n")
    assert words in str(caught.value)


def test_a_wide_table_with_words_is_read_and_its_empty_fields_are_named(tmp_path: Path) -> None:
    header = "Date,Resolution,Title,UNITED STATES,BRAZIL,FRANCE,SOUTH SUDAN"
    row = "2025-03-14,A/RES/79/900,Made up,NO,Yes,,abstain"
    silent = imported(tmp_path, f"{header}\n{row}\n")
    assert silent.record.tallies().tolist() == [[1, 1, 1, 1]]
    assert silent.blanks[["blank", "blank_as"]].to_numpy().tolist() == [[1, "not voting"]]
    # a table that writes X where a state did not vote has lost what it leaves empty
    other = "2010-03-15,A/RES/64/901,Made up,NO,NON-VOTING,,"
    marked = imported(tmp_path, f"{header}\n{row}\n{other}\n")
    assert [vote_of(marked.record, "FRA", row) for row in (0, 1)] == [LOST, LOST]
    assert vote_of(marked.record, "SSD", 0) == NOT_A_MEMBER  # admitted in 2011
    assert marked.blanks["blank"].tolist() == [1, 1]
    assert "1 empty, taken for lost" in marked.describe()


@pytest.mark.parametrize(("stated", "vote"), [("1", Choice.NON_VOTING), ("0", LOST)])
def test_a_stated_total_says_what_an_empty_field_is(tmp_path: Path, stated: str, vote: int) -> None:
    text = "Date,Resolution,total_non_voting,USA,BRA\n2025-03-14,A/RES/79/900," + stated + ",N,\n"
    assert vote_of(imported(tmp_path, text).record, "BRA") == vote


@pytest.mark.parametrize("prefix", ["", "X"])
def test_a_wide_table_keyed_by_numbers_of_the_correlates_of_war_is_read(
    tmp_path: Path, prefix: str
) -> None:
    columns = ",".join(f"{prefix}{number}" for number in (2, 140, 220, 565))
    text = (
        f"rcid,date,unres,{columns}\n1,2017-11-30,R/72/16,3,1,2,8\n2,2017-12-01,R/72/17,N,Y,A,9\n"
    )
    record = imported(tmp_path, text).record
    assert record.tallies().tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]
    assert vote_of(record, "USA") == Choice.NO
    assert vote_of(record, "NAM", 1) == NOT_A_MEMBER


@pytest.mark.parametrize("none", ["", "NA", "nan"])
def test_an_empty_vote_is_counted_and_named(tmp_path: Path, none: str) -> None:
    report = imported(tmp_path, csv_text(UNDL, undl_rows({**VOTES, "FRA": none})))
    assert vote_of(report.record, "FRA") == Choice.NON_VOTING
    assert report.blanks[["symbol", "blank", "blank_as"]].to_numpy().tolist() == [
        ["A/RES/72/16", 1, "not voting"]
    ]
    voeten = LONG.replace("666,2", f"666,{none}")
    lost = imported(tmp_path, voeten, DESCRIBED)
    assert vote_of(lost.record, "ISR") == LOST
    assert lost.blanks["blank_as"].tolist() == ["lost"]


def test_ids_with_and_without_a_fraction_are_one(tmp_path: Path) -> None:
    rows = undl_rows()
    rows[2]["undl_id"] = rows[3]["undl_id"] = "1.0"
    assert imported(tmp_path, csv_text(UNDL, rows)).record.tallies().tolist() == [[1, 1, 2, 0]]


def test_one_resolution_under_two_ids_with_one_vote_differing_is_named(tmp_path: Path) -> None:
    votes = dict.fromkeys(("SYR", "CUB", "BRA", "CHN", "IND", "IDN", "EGY", "ZAF", "MEX"), "Y")
    rows = [*undl_rows(votes | {"USA": "N"}), *undl_rows(votes | {"USA": "A"}, undl_id="2")]
    report = imported(tmp_path, csv_text(UNDL, rows))
    told = report.repeats[["key", "first", "differing"]].to_numpy().tolist()
    assert told == [["A/RES/72/16#2", "A/RES/72/16", 1]]
    assert "A/RES/72/16#2: votes as A/RES/72/16 but 1" in report.describe()


@pytest.mark.parametrize("files_", [1, 2])
def test_two_decisions_of_a_day_without_symbol_and_id_are_told_apart_by_title(
    tmp_path: Path, files_: int
) -> None:
    bare = {"undl_id": "", "resolution": ""}
    both = [undl_rows(**bare, title="First decision"), undl_rows(**bare, title="Second decision")]
    texts = [csv_text(UNDL, rows) for rows in (both if files_ == 2 else [both[0] + both[1]])]
    report = imported(tmp_path, *texts)
    assert sorted(report.record.roll_calls["title"]) == ["First decision", "Second decision"]
    assert report.repeats["differing"].tolist() == [0]


@pytest.mark.parametrize(("differing", "roll_calls"), [(0, 1), (1, 1), (2, 2), (4, 2)])
def test_roll_calls_of_one_symbol_are_one_if_nine_tenths_of_the_states_voted_alike(
    tmp_path: Path, differing: int, roll_calls: int
) -> None:
    states = ("SYR", "CUB", "BRA", "CHN", "IND", "IDN", "EGY", "ZAF", "MEX", "NPL")
    first = dict.fromkeys(states, "Y")
    second = first | dict.fromkeys(states[:differing], "N")
    texts = [csv_text(UNDL, undl_rows(votes)) for votes in (first, second)]
    report = imported(tmp_path, *texts)
    assert len(report.record) == roll_calls
    assert report.duplicates["differing"].tolist() == [differing] * (2 - roll_calls)


# Renamings and successions


@pytest.mark.parametrize(
    ("code", "name", "day", "state"),
    [
        ("SUN", "USSR", "1980-01-01", "RUS"),
        ("TUR", "TÜRKİYE", "2023-01-01", "TUR"),
        ("TUR", "TURKEY", "1990-01-01", "TUR"),
        ("SWZ", "SWAZILAND", "1990-01-01", "SWZ"),
        ("SWZ", "ESWATINI", "2020-01-01", "SWZ"),
        ("MKD", "THE FORMER YUGOSLAV REPUBLIC OF MACEDONIA", "2000-01-01", "MKD"),
        ("CPV", "CAPE VERDE", "2000-01-01", "CPV"),
        ("CZE", "CZECH REPUBLIC", "2000-01-01", "CZE"),
        ("BUR", "BURMA", "1980-01-01", "MMR"),
        ("ZAR", "ZAIRE", "1980-01-01", "COD"),
        ("HVO", "UPPER VOLTA", "1980-01-01", "BFA"),
        ("DHY", "DAHOMEY", "1970-01-01", "BEN"),
        ("", "CEYLON", "1960-01-01", "LKA"),
        ("", "DEMOCRATIC KAMPUCHEA", "1980-01-01", "KHM"),
        ("", "UNITED ARAB REPUBLIC", "1960-01-01", "EGY"),
        ("", "TANGANYIKA", "1962-01-01", "TZA"),
        ("", "CONGO (LEOPOLDVILLE)", "1962-01-01", "COD"),
        ("BYS", "BYELORUSSIAN SSR", "1970-01-01", "BLR"),
        ("", "GERMANY, FEDERAL REPUBLIC OF", "1980-01-01", "DEU"),
        ("YUG", "YUGOSLAVIA", "2001-01-01", "SRB"),
        ("SCG", "SERBIA AND MONTENEGRO", "2004-01-01", "SRB"),
        ("YEM", "YEMEN", "1970-01-01", "YEM"),
    ],
)
def test_a_renamed_state_keeps_its_place(
    tmp_path: Path, code: str, name: str, day: str, state: str
) -> None:
    row = {**GOLAN, "ms_code": code, "ms_name": name, "ms_vote": "N", "date": day}
    report = imported(tmp_path, csv_text(UNDL, [row]))
    assert report.problems.empty
    assert vote_of(report.record, state) == Choice.NO


@pytest.mark.parametrize(
    ("code", "name", "gone"),
    [
        ("YUG", "YUGOSLAVIA", "YUG"),
        ("SRB", "YUGOSLAVIA", "YUG"),
        ("CSK", "CZECHOSLOVAKIA", "CSK"),
        ("CZE", "CZECHOSLOVAKIA", "CSK"),
        ("DDR", "GERMAN DEMOCRATIC REPUBLIC", "DDR"),
        ("YMD", "DEMOCRATIC YEMEN", "YMD"),
        ("", "ZANZIBAR", "EAZ"),
    ],
)
def test_a_state_that_is_no_longer_there_is_kept_apart_and_counts_in_the_totals(
    tmp_path: Path, code: str, name: str, gone: str
) -> None:
    told = {"date": "1975-12-10", "total_yes": "1", "total_no": "3", "total_ms": "5"}
    rows = [
        *undl_rows(VOTES, **told),
        {**undl_rows(VOTES, **told)[1], "ms_code": code, "ms_name": name},
    ]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.totals.empty
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]]
    kept = report.record.others[["key", "code", "vote"]].to_numpy().tolist()
    assert kept == [["A/RES/72/16", gone, Choice.NO]]


def test_a_name_that_is_not_its_codes_is_reported_and_the_code_believed(tmp_path: Path) -> None:
    rows = undl_rows()
    rows[0]["ms_name"] = "SUDAN"
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert report.problems["value"].tolist() == ["SUDAN"]
    assert vote_of(report.record, "SYR") == Choice.YES


def test_a_name_passes_from_one_state_to_the_next_between_two_days() -> None:
    # resolution 55/12 of 1 November 2000, and 2758 (XXVI) of 25 October 1971
    table = Successions.load()
    for name, days, states in (
        ("Yugoslavia", ["2000-10-31", "2000-11-01"], ["YUG", "SRB"]),
        ("Taiwan", ["1971-10-24", "1971-10-25"], ["CHN", None]),
    ):
        numbers = table.numbers(categorical([name, name]), np.array(days, "M8[D]"))
        assert [table.codes[n] if n >= 0 else None for n in numbers] == states


def test_every_member_state_and_its_correlates_of_war_number_are_known() -> None:
    table, members = Successions.load(), Members.load()
    letters = {span[2] for spans in table.spans["cow_letters"].values() for span in spans}
    numbers = {span[2] for spans in table.spans["cow"].values() for span in spans}
    assert set(range(len(members))) <= letters
    assert set(range(len(members))) <= numbers


def test_a_spelling_that_two_states_claim_on_one_day_is_refused(tmp_path: Path) -> None:
    text = files.read_text(files.seed("successions.csv")) + "CUB,,,,,,Zaire,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(files.FileError, match="'zaire' is taken"):
        Successions.read(tmp_path / "a.csv")


# Voeten's tables

LONG = "rcid,ccode,vote\n7,2,3\n7,652,1\n7,666,2\n7,40,8\n7,345,1\n7,626,9\n"
DESCRIBED = (
    "rcid,date,session,unres,amend,para,short,descr,importantvote,me,nu,di,hr,co,ec\n"
    "6,1985-12-03,40,R/40/167,0,0,x,y,0,0,0,0,0,0,0\n"
    "7,1985-12-04,40.0,R/40/168,0,1,GOLAN,The Golan : resolution /,1,1,1,0,0,0,0\n"
)


def test_voetens_two_tables_make_one_record(tmp_path: Path) -> None:
    for texts in ((LONG, DESCRIBED), (DESCRIBED, LONG)):
        report = imported(tmp_path, *texts)
        roll_call = report.record.roll_call(0)
        assert (roll_call.symbol, roll_call.session) == ("R/40/168", "40")
        assert (roll_call.kind, roll_call.important) == ("paragraph", True)
        assert roll_call.issues == ("me", "nu")
        assert (roll_call.title, roll_call.agenda) == ("The Golan : resolution /", "GOLAN")
        assert report.record.tallies().tolist() == [[1, 1, 1, 1]]
        assert vote_of(report.record, "USA") == Choice.NO
        assert vote_of(report.record, "SSD") == NOT_A_MEMBER
        assert report.record.others["code"].tolist() == ["YUG"]


@pytest.mark.parametrize(
    ("again", "read"),
    [("1985-12-04,40,R/40/168", 1), ("1985-12-05,40,R/40/168", 0), ("1985-12-04,40,R/40/169", 0)],
)
def test_a_roll_call_that_voetens_table_describes_in_two_ways_is_left_out(
    tmp_path: Path, again: str, read: int
) -> None:
    twice = f"{DESCRIBED}7,{again},0,1,GOLAN,The Golan : resolution /,1,1,1,0,0,0,0\n"
    report = imported(tmp_path, LONG, twice)
    assert len(report.record) == read
    named = report.problems["reason"].str.contains("two rows in .* that differ in day or symbol")
    assert named.any() == (not read)


def test_voetens_table_with_all_columns_in_one_file_is_read(tmp_path: Path) -> None:
    text = (
        "rcid,ccode,Country,vote,date,unres,yes,no,abstain\n"
        "7,2,USA,3,2017-11-30,R/72/16,1,1,0\n7,652,SYR,1,2017-11-30,R/72/16,1,1,0\n"
    )
    report = imported(tmp_path, text)
    assert report.record.tallies().tolist() == [[1, 0, 1, 0]]
    assert report.totals.empty
    assert vote_of(report.record, "CUB") == LOST  # a table that lists nobody as absent is not full


@pytest.mark.parametrize(
    ("rows", "state"),
    [("AUS,3\n7,UKG,1\n7,AUL,2\n", "AUT"), ("AUS,3\n7,GBR,1\n7,AUT,2\n", "AUS")],
)
def test_letters_of_the_correlates_of_war_are_told_from_iso_codes(
    tmp_path: Path, rows: str, state: str
) -> None:
    report = imported(tmp_path, f"rcid,country,vote\n7,{rows}", DESCRIBED)
    assert vote_of(report.record, state) == Choice.NO
    assert report.record.tallies().tolist() == [[1, 1, 1, 0]]


def test_votes_in_words_and_state_names_are_read(tmp_path: Path) -> None:
    text = "rcid,country,country_code,vote\n7,United States,US,no\n7,St. Lucia,LC,abstain\n"
    report = imported(tmp_path, text, DESCRIBED)
    assert vote_of(report.record, "LCA") == Choice.ABSTAIN


@pytest.mark.parametrize(("texts", "wanted"), [((LONG,), "descriptive"), ((DESCRIBED,), "votes")])
def test_one_of_voetens_tables_alone_is_refused(
    tmp_path: Path, texts: tuple[str, ...], wanted: str
) -> None:
    with pytest.raises(files.FileError, match=f"give the .*{wanted}"):
        imported(tmp_path, *texts)


def test_a_roll_call_that_nobody_describes_is_left_out_and_named(tmp_path: Path) -> None:
    report = imported(tmp_path, LONG + "8,2,1\n", DESCRIBED)
    assert len(report.record) == 1
    assert report.problems[["line", "value"]].to_numpy().tolist() == [[8, "8"]]


# Wide tables and long tables of letters

WIDE = (
    "rcid,date,session,symbol,amend,para,importantvote,issues,short,descr,CHN,CUB,SSD,USA\n"
    "1,2017-11-30,72,R/72/16,0,0,0,me|nu,GOLAN,The Syrian Golan : resolution /,Y,?,-,N\n"
    "2,2017-11-30,72,R/72/16,1,0,0,,,,A,X,Y,\n"
)


def test_a_wide_table_is_read(tmp_path: Path) -> None:
    report = imported(tmp_path, WIDE)
    assert list(report.record.roll_calls["key"]) == ["A/RES/72/16", "A/RES/72/16/amendment"]
    assert [vote_of(report.record, state) for state in ("CHN", "CUB", "SSD", "USA")] == [
        Choice.YES,
        LOST,
        NOT_A_MEMBER,
        Choice.NO,
    ]
    assert vote_of(report.record, "USA", 1) == LOST  # an empty field of a member state
    assert report.record.roll_call(0).issues == ("me", "nu")


def test_a_column_of_a_wide_table_that_stands_for_nothing_is_named(tmp_path: Path) -> None:
    report = imported(tmp_path, WIDE.replace("USA\n", "XYZ\n"))
    assert report.problems[["line", "column"]].to_numpy().tolist() == [[1, "XYZ"]]
    assert len(report.record) == 2


def test_a_bad_field_of_a_wide_table_leaves_out_its_roll_call(tmp_path: Path) -> None:
    report = imported(tmp_path, WIDE.replace("A,X,Y,\n", "A,X,yea,\n"))
    assert list(report.record.roll_calls["key"]) == ["A/RES/72/16"]
    assert report.problems[["line", "column"]].to_numpy().tolist() == [[3, "SSD"]]


def test_a_wide_table_may_name_the_states(tmp_path: Path) -> None:
    text = "undl_id,date,resolution,total_ms,UPPER VOLTA,YUGOSLAVIA,SERBIA\n"
    text += "1,1980-12-01,A/RES/35/1,2,Y,N,\n2,2010-12-01,A/RES/65/1,1,,,A\n"
    report = imported(tmp_path, text)
    assert report.problems.empty
    assert vote_of(report.record, "BFA") == Choice.YES
    assert vote_of(report.record, "SRB", 1) == Choice.ABSTAIN
    assert report.record.others["code"].tolist() == ["YUG"]


def test_a_long_table_of_letters_is_read(tmp_path: Path) -> None:
    text = "resolution,date,iso3,vote,status\nES-11/7,2025-02-24,USA,N,as recorded\n"
    record = imported(tmp_path, text).record
    assert vote_of(record, "USA", record.row("A/RES/ES-11/7")) == Choice.NO


# Several files


def test_a_roll_call_in_two_files_is_taken_once_and_the_first_is_believed(tmp_path: Path) -> None:
    second = undl_rows({**VOTES, "CUB": "Y"}, title="Another title")
    report = imported(tmp_path, WIDE, csv_text(UNDL, second))
    assert len(report.record) == 2
    told = report.duplicates.iloc[0]
    assert (told["key"], told["file"], told["kept_from"]) == (
        "A/RES/72/16",
        "file1.csv",
        "file0.csv",
    )
    assert (told["differing"], told["filled"]) == (0, 4)  # SYR, ISR, FRA and CUB
    roll_call = report.record.roll_call(0)
    assert (roll_call.title, roll_call.subjects) == (
        "The Syrian Golan : resolution /",
        "GOLAN HEIGHTS",
    )
    assert roll_call.source == "file0.csv|file1.csv"
    assert vote_of(report.record, "CUB") == Choice.YES


def test_one_roll_call_dated_some_days_apart_is_taken_once(tmp_path: Path) -> None:
    rows = undl_rows(date="1985-12-16", resolution="A/RES/40/168")
    voeten = DESCRIBED.replace("0,1,GOLAN", "0,0,GOLAN")
    long = "rcid,ccode,vote\n7,2,3\n7,666,3\n7,652,1\n7,220,2\n"
    report = imported(tmp_path, csv_text(UNDL, rows), long, voeten)
    assert len(report.record) == 1
    assert str(report.record.dates[0]) == "1985-12-16"
    assert report.record.roll_call(0).issues == ("me", "nu")


@pytest.mark.parametrize(("day", "roll_calls"), [("1985-11-15", 1), ("1985-11-14", 2)])
def test_one_symbol_is_one_roll_call_where_it_is_at_most_31_days_apart(
    tmp_path: Path, day: str, roll_calls: int
) -> None:
    told = csv_text(UNDL, undl_rows(date="1985-12-16", resolution="A/RES/40/168"))
    wide = f"rcid,date,symbol,FRA,ISR,SYR,USA\n1,{day},R/40/168,A,N,Y,N\n"
    assert len(imported(tmp_path, told, wide).record) == roll_calls


def test_a_roll_call_without_a_symbol_is_known_by_day_and_votes(tmp_path: Path) -> None:
    wide = "rcid,date,FRA,ISR,SYR,USA\n1,2017-11-30,A,N,Y,N\n2,2017-11-30,Y,Y,Y,N\n"
    report = imported(tmp_path, wide, csv_text(UNDL, undl_rows()))
    assert list(report.record.roll_calls["key"]) == ["2017-11-30", "A/RES/72/16"]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("titles", "roll_calls"),
    [
        (("The Syrian Golan", "The Syrian Golan : resolution /"), 1),
        (("The Syrian Golan", ""), 1),
        (("", "The Syrian Golan"), 1),
        (("The Syrian Golan", "Quite another thing: decision on the seating"), 2),
        (("The Syrian Golan", "Amendment contained in A/72/L.9 to the draft resolution"), 2),
        (("", "Amendment contained in A/72/L.9 to the draft resolution"), 2),
    ],
)
def test_a_roll_call_without_a_symbol_is_none_of_another_title_or_kind(
    tmp_path: Path, titles: tuple[str, str], roll_calls: int, turned: bool
) -> None:
    told, bare = (undl_rows(title=title, agenda_title="", undl_id="") for title in titles)
    texts = [csv_text(UNDL, rows) for rows in (told, [{**row, "resolution": ""} for row in bare])]
    report = imported(tmp_path, *texts[:: -1 if turned else 1])
    assert len(report.record) == roll_calls
    assert report.record.tallies().tolist() == [[1, 1, 2, 0]] * roll_calls
    if roll_calls == 2:
        assert set(report.record.roll_calls["title"]) == set(titles)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_roll_calls_with_one_tally_the_one_of_the_same_title_is_the_same(
    tmp_path: Path, turned: bool
) -> None:
    bare = {"undl_id": "", "agenda_title": ""}
    two = [undl_rows(**bare, title=""), undl_rows(**bare, resolution="")][:: -1 if turned else 1]
    again = undl_rows(**bare, resolution="", subjects="FOUND")
    texts = [csv_text(UNDL, [*two[0], *two[1]]), csv_text(UNDL, again)]
    (row,) = imported(tmp_path, *texts).duplicates["key"]
    assert row == GOLAN["date"]


@pytest.mark.parametrize("first", ["wide", "list"])
def test_a_vote_of_yugoslavia_that_a_table_gives_to_serbia_counts_once(
    tmp_path: Path, first: str
) -> None:
    told = {"date": "1985-12-16", "total_ms": "5"}
    listed = csv_text(UNDL, undl_rows({**VOTES, "YUG": "N"}, **told))
    wide = "rcid,date,symbol,FRA,ISR,SYR,USA,SRB\n1,1985-12-03,R/72/16,A,N,Y,N,N\n"
    texts = (wide, listed) if first == "wide" else (listed, wide)
    record = imported(tmp_path, *texts).record
    assert record.tallies()[0, Choice.NO] + len(record.others) == 3


def test_one_symbol_with_unlike_votes_stays_two_roll_calls(tmp_path: Path) -> None:
    other = undl_rows({"SYR": "N", "ISR": "Y", "USA": "Y", "FRA": "A"})
    report = imported(tmp_path, csv_text(UNDL, undl_rows()), csv_text(UNDL, other))
    assert list(report.record.roll_calls["key"]) == ["A/RES/72/16", "A/RES/72/16#2"]
    assert report.duplicates.empty


def test_roll_calls_of_one_day_with_the_same_votes_are_named_and_kept(tmp_path: Path) -> None:
    rows = [*undl_rows(), *undl_rows(undl_id="2", resolution="A/RES/72/15")]
    report = imported(tmp_path, csv_text(UNDL, rows))
    assert len(report.record) == 2
    assert report.repeats[["key", "first"]].to_numpy().tolist() == [["A/RES/72/16", "A/RES/72/15"]]


# Laws

LETTERS = {"Y": 0, "A": 1, "N": 2, "X": 3, "NV": 3, "": 3, "y": 0, "?": LOST}
STATES = {"USA": "USA", "FRA": "FRA", "TURKEY": "TUR", "YUG": "YUG", "CZECHOSLOVAKIA": "CSK"}
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4", "5"]),
        st.sampled_from([*STATES, *STATES, "ATLANTIS"]),
        st.sampled_from([*LETTERS, *LETTERS, "Z"]),
        st.sampled_from([*["1980-12-01"] * 20, "1 Dec 1980"]),
    ),
    max_size=30,
)


@settings(max_examples=30)
@given(ROWS)
def test_a_roll_call_is_imported_just_as_it_was_written_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]]
) -> None:
    expected: dict[str, dict[str, int] | None] = {"9": {"FRA": 0}}
    for roll, state, letter, day in rows:
        code = LETTERS.get(letter)
        votes = expected.setdefault(roll, {})
        good = state in STATES and code is not None and day == "1980-12-01"
        if votes is not None and good:
            if votes.setdefault(STATES[state], code or 0) != code:
                votes[STATES[state]] = LOST
            continue
        expected[roll] = None
    names = ("undl_id", "ms_code", "ms_vote", "date")
    told = [dict(zip(names, row, strict=True)) for row in (*rows, ("9", "FRA", "Y", "1980-12-01"))]
    told = [{**row, "resolution": f"A/RES/35/{row['undl_id']}", "total_ms": "0"} for row in told]
    folder = tmp_path_factory.mktemp("import")
    report = imported(folder, csv_text(UNDL, told))
    assert report.summary["rows"].tolist() == [len(told)]
    record, found = report.record, {}
    for row, symbol in enumerate(record.roll_calls["symbol"]):
        gone = record.others[record.others["key"] == record.roll_calls["key"].iloc[row]]
        named = {code: vote_of(record, code, row) for code in ("USA", "FRA", "TUR")}
        votes = {code: vote for code, vote in named.items() if vote >= 0}
        votes |= dict(zip(gone["code"], gone["vote"], strict=True))
        found[symbol.split("/")[-1]] = {code: vote for code, vote in votes.items() if vote >= 0}
    usable = {roll: votes for roll, votes in expected.items() if votes is not None}
    assert found.keys() == usable.keys()
    for roll, wanted in usable.items():
        assert found[roll] == {code: vote for code, vote in wanted.items() if vote >= 0}
    write_record(record, folder / "record")
    back = read_record(folder / "record")
    pd.testing.assert_frame_equal(back.roll_calls, record.roll_calls)
    pd.testing.assert_frame_equal(back.others, record.others)
    np.testing.assert_array_equal(back.votes, record.votes)


# The full records


def test_the_open_record_is_read_whole(shared_data: Path) -> None:
    report = import_files([shared_data / "record_1946_2024.csv.gz"])
    assert report.problems.empty
    table = pd.read_csv(shared_data / "record_1946_2024.csv.gz", dtype=str, keep_default_na=False)
    assert len(report.record) == len(table) == 6550
    letters = table[list(Members.load().codes)].to_numpy().ravel()
    codes = report.record.votes.ravel()
    for letter, code in {"Y": 0, "A": 1, "N": 2, "X": 3, "-": NOT_A_MEMBER, "?": LOST}.items():
        assert (codes == code).sum() == (letters == letter).sum()


def test_the_digital_librarys_extract_equals_its_totals(shared_data: Path) -> None:
    report = import_files([shared_data / "undl_2025_02_09.csv.gz"])
    assert (len(report.record), len(report.totals), len(report.problems)) == (34, 0, 0)
    assert report.record.tallies()[report.record.row("ES-11/7")].tolist() == [93, 65, 18, 17]


def test_the_three_full_records_share_fifteen_roll_calls(shared_data: Path) -> None:
    names = ("record_1946_2024.csv.gz", "ukraine_roll_calls.csv", "undl_2025_02_09.csv.gz")
    report = import_files([shared_data / name for name in names])
    assert report.summary["roll_calls"].tolist() == [6550, 22, 34]
    # Thirteen of the 22 on Ukraine are in the open record, ES-11/7 and /8 in the extract.
    assert report.summary["merged"].tolist() == [0, 13, 2]
    assert report.duplicates["differing"].sum() == 0
    assert len(report.record) == 6550 + 9 + 32

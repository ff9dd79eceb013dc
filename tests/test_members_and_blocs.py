from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sim import files
from sim.assembly.blocs import Blocs, parse_day
from sim.assembly.choices import Choice
from sim.assembly.draft import DraftResolution
from sim.assembly.members import SIZE_OF_GROUP, Members

ANNIVERSARY = dt.date(2025, 2, 24)
BEFORE = dt.timedelta(days=1)


def test_there_are_193_member_states_in_order_of_their_codes() -> None:
    members = Members.load()
    assert len(members) == 193 == 54 + 54 + 23 + 33 + 29
    assert list(members.codes) == sorted(set(members.codes))


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("turkiye", "TUR"),
        ("usa", "USA"),
        ("The United States", "USA"),
        ("Bolivia", "BOL"),
        ("Côte d’Ivoire", "CIV"),
        ("ivory coast", "CIV"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Congo", "COG"),
        ("DRC", "COD"),
        ("north korea", "PRK"),
        ("Republic of Korea", "KOR"),
        ("Niger", "NER"),
        ("Dominica", "DMA"),
        ("Czech Republic", "CZE"),
    ],
)
def test_a_member_state_is_found_by_any_usual_name(text: str, iso3: str) -> None:
    assert Members.load().find(text) == iso3


def test_every_name_and_code_finds_its_own_member_state() -> None:
    members = Members.load()
    assert [members.find(name) for name in members.names] == list(members.codes)
    assert [members.find(code.lower()) for code in members.codes] == list(members.codes)


def test_an_unknown_name_is_refused_with_close_ones() -> None:
    with pytest.raises(ValueError, match=r"'Ukrane' names no member state; did you mean UKR"):
        Members.load().find("Ukrane")
    with pytest.raises(ValueError, match="'Kosovo' names no member state"):
        Members.load().find("Kosovo")


def test_a_row_is_only_given_for_an_iso_code() -> None:
    members = Members.load()
    assert members.codes[members.row("UKR")] == "UKR"
    with pytest.raises(ValueError, match=r"'UKA' is not the ISO code .*did you mean"):
        members.row("UKA")
    with pytest.raises(ValueError, match="'Ukraine' is not the ISO code"):
        members.row("Ukraine")


def test_loading_members_names_every_problem_at_once(tmp_path: Path) -> None:
    good = files.seed("members.csv").read_text(encoding="utf-8")
    bad = (
        good.replace("CHE,Switzerland,Western European", "CHE,Switzerland,Central European")
        .replace(",2011,", ",2077,")
        .replace("Swaziland", "Sweden")
    )
    path = tmp_path / "members.csv"
    path.write_text(bad, encoding="utf-8")
    with pytest.raises(files.FileError) as caught:
        Members.read(path)
    message = str(caught.value)
    assert "regional_group 'Central European and Others': must be one of African" in message
    assert "Western European and Others: 28 member states, expected 29" in message
    assert "un_since '2077'" in message
    assert "'sweden' stands for both SWE and SWZ" in message


def test_regional_groups_are_blocs_of_the_official_size_that_cover_every_state_once() -> None:
    blocs = Blocs.load()
    inside = blocs.matrix(ANNIVERSARY)
    codes = ("AFRICAN", "ASIA-PACIFIC", "EEG", "GRULAC", "WEOG")
    assert blocs.codes[:5] == codes
    assert inside[:, :5].sum(axis=0).tolist() == list(SIZE_OF_GROUP.values())
    assert np.array_equal(inside[:, :5].sum(axis=1), np.ones(193))


@pytest.mark.parametrize(
    ("code", "day", "size"),
    [
        ("EU", "2013-06-30", 27),
        ("EU", "2013-07-01", 28),
        ("EU", "2020-01-31", 28),
        ("EU", "2025-02-24", 27),
        ("NATO", "2022-03-02", 30),
        ("NATO", "2025-02-24", 32),
        ("G7", "2025-02-24", 7),
        ("FVEY", "2025-02-24", 5),
        ("BRICS", "2023-12-31", 5),
        ("BRICS", "2025-02-24", 10),
        ("SCO", "2025-02-24", 10),
        ("CSTO", "2025-02-24", 6),
        ("EAEU", "2025-02-24", 5),
        ("ASEAN", "2025-02-24", 10),
        ("GCC", "2025-02-24", 6),
        ("LAS", "2025-02-24", 21),  # 22 with Palestine
        ("AU", "2025-02-24", 54),  # 55 with the Sahrawi republic
        ("OIC", "2025-02-24", 55),  # 57 with Palestine and Syria
        ("NAM", "2025-02-24", 120),  # 121 with Palestine
        ("G77", "2015-06-01", 133),  # 134 with Palestine
        ("G77", "2025-02-24", 133),  # 134 with Palestine
        ("CARICOM", "2025-02-24", 14),  # 15 with Montserrat
        ("PIF", "2025-02-24", 14),  # 18 with the Cook Islands, Niue and the French territories
        ("ECOWAS", "2025-01-28", 15),
        ("ECOWAS", "2025-01-29", 12),
        ("AES", "2025-02-24", 3),
        ("AOSIS", "2025-02-24", 37),  # 39 with the Cook Islands and Niue
        ("COFA", "2025-02-24", 3),
    ],
)
def test_a_bloc_has_its_published_size(code: str, day: str, size: int) -> None:
    assert len(Blocs.load().members(code, dt.date.fromisoformat(day))) == size


@pytest.mark.parametrize(
    ("code", "iso3", "first_day"),
    [
        ("NATO", "FIN", "2023-04-04"),
        ("NATO", "SWE", "2024-03-07"),
        ("BRICS", "EGY", "2024-01-01"),
        ("BRICS", "IDN", "2025-01-06"),
        ("SCO", "IRN", "2023-07-04"),
        ("SCO", "BLR", "2024-07-04"),
        ("ASEAN", "TLS", "2025-10-26"),
        ("AU", "MAR", "2017-01-31"),
        ("LAS", "SYR", "2023-05-07"),
        ("OIC", "SYR", "2025-03-07"),
        ("AES", "MLI", "2023-09-16"),
        ("PIF", "KIR", "2023-01-30"),
    ],
)
def test_a_member_is_in_from_its_first_day(code: str, iso3: str, first_day: str) -> None:
    day = dt.date.fromisoformat(first_day)
    assert iso3 in Blocs.load().members(code, day)
    assert iso3 not in Blocs.load().members(code, day - BEFORE)


@pytest.mark.parametrize(
    ("code", "iso3", "first_day_out"),
    [
        ("EU", "GBR", "2020-02-01"),
        ("CIS", "GEO", "2009-08-18"),
        ("LAS", "SYR", "2011-11-16"),
        ("OIC", "SYR", "2012-08-15"),
        ("MERCOSUR", "VEN", "2016-12-02"),
        ("ECOWAS", "NER", "2025-01-29"),
        ("PIF", "KIR", "2022-07-09"),
    ],
)
def test_a_member_is_out_from_the_day_it_left(code: str, iso3: str, first_day_out: str) -> None:
    day = dt.date.fromisoformat(first_day_out)
    assert iso3 in Blocs.load().members(code, day - BEFORE)
    assert iso3 not in Blocs.load().members(code, day)


def test_no_eu_member_is_in_the_group_of_77_or_the_non_aligned_movement_today() -> None:
    blocs = Blocs.load()
    eu = set(blocs.members("EU", ANNIVERSARY))
    assert eu.isdisjoint(blocs.members("G77", ANNIVERSARY))
    assert eu.isdisjoint(blocs.members("NAM", ANNIVERSARY))


def test_the_matrix_cannot_be_changed_and_agrees_with_the_lists() -> None:
    blocs, members = Blocs.load(), Members.load()
    inside = blocs.matrix(ANNIVERSARY)
    with pytest.raises(ValueError, match="read-only"):
        inside[0, 0] = True
    row = inside[members.row("FRA")]
    assert blocs.of("FRA", ANNIVERSARY) == ("WEOG", "EU", "NATO", "G7")
    assert int(row.sum()) == 4


def test_an_unknown_bloc_is_refused_with_all_that_exist() -> None:
    with pytest.raises(ValueError, match=r"'EFTA' is not a bloc; expected one of AFRICAN"):
        Blocs.load().members("EFTA", ANNIVERSARY)


def test_loading_blocs_names_every_problem_at_once(tmp_path: Path) -> None:
    path = tmp_path / "blocs.csv"
    path.write_text(
        "bloc,iso3,joined,left,source\n"
        "EU,FRA,1958,1950,x\n"
        "EU,XKX,2008,,x\n"
        "EFTA,CHE,1960,,x\n"
        "EU,DEU,soon,,x\n"
        "NATO,USA,1949,,x\n"
        "NATO,USA,1950,,x\n",
        encoding="utf-8",
    )
    with pytest.raises(files.FileError) as caught:
        Blocs.read(files.seed("bloc_names.csv"), path)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{path}: ") for line in lines] == [
        "row 2: left 1950 is not after joined 1958",
        "row 3: iso3 'XKX': no member state",
        "row 4: bloc 'EFTA': not in the file of names",
        "row 5: 'soon' to '': a year, YYYY-MM-DD or nothing",
        "USA in NATO: spells overlap at 1950-01-01",
        "correct the rows and load again",
    ]


def test_a_year_stands_for_its_first_day_and_nothing_for_the_blank() -> None:
    assert parse_day("2016", dt.date.min) == dt.date(2016, 1, 1)
    assert parse_day("2016-05-03", dt.date.min) == dt.date(2016, 5, 3)
    assert parse_day("", dt.date.max) == dt.date.max


def test_a_draft_resolution_sorts_its_sponsors_and_keeps_what_it_was_given() -> None:
    announced = {"RUS": Choice.NO}
    draft = DraftResolution(
        "A/ES-11/L.10", "T", ANNIVERSARY, "two-thirds", ("UKR", "CAN"), announced
    )
    announced["IND"] = Choice.YES
    assert draft.sponsors == ("CAN", "UKR")
    assert draft.position("IND") is None
    with pytest.raises(TypeError):
        draft.announced["IND"] = Choice.YES  # type: ignore[index]


def test_a_draft_resolution_names_every_wrong_code_and_contradiction() -> None:
    with pytest.raises(ValueError, match="draft resolution L") as caught:
        DraftResolution(
            "L.1", "T", ANNIVERSARY, "simple", ("UKR", "UKR", "XKX"), {"UKR": Choice.ABSTAIN}
        )
    message = str(caught.value)
    assert "'XKX' is not the ISO code" in message
    assert "sponsor UKR is named twice" in message
    assert "UKR is a sponsor and has announced abstain" in message

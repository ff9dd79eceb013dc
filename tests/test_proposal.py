"""From a title to a scenario that runs, and to a forecast without a file."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.assembly.choices import Choice
from sim.cli import app
from sim.cli.propose import as_printed
from sim.record.cited import cited_roll_calls
from sim.runs.run import plan_of, run_scenario
from sim.scenario.ballots import arm_forecast
from sim.scenario.case import Case, resolve
from sim.scenario.doubts import doubts
from sim.scenario.proposal import proposal_text, propose, proposed_sponsors, whole_title
from sim.scenario.schema import ScenarioError
from sim.studies.last_votes import last_votes
from sim.vote.engine import Engine

VOTE = datetime.date(2024, 12, 17)
BEFORE = datetime.date(2024, 12, 16)
RIGHTS = (
    "Situation of human rights in the temporarily occupied territories of Ukraine, including the "
    "Autonomous Republic of Crimea and the city of Sevastopol"
)


@pytest.fixture(scope="module")
def rights() -> Case:
    """The annual text of December 2024, from its title alone."""
    return propose(RIGHTS, vote=VOTE, as_of=BEFORE, record=cited_roll_calls())


def test_the_precedents_are_the_earlier_votes_on_the_text(rights: Case) -> None:
    assert {"76/179", "77/229", "78/221"} <= {one.symbol for one in rights.precedents}
    assert "79/184" not in {one.symbol for one in rights.precedents}


def test_the_first_position_is_that_on_the_likest_text(rights: Case) -> None:
    # the United States voted yes on 78/221
    assert rights.scenario.us.reference == "yes"
    assert list(rights.scenario.arms) == ["us-yes", "us-abstain", "us-no"]


def test_the_mark_is_last_years_tally(rights: Case) -> None:
    # 78/221 was adopted 78-15-79
    assert [(mark.count, mark.at_least) for mark in rights.scenario.thresholds] == [("yes", 78)]


def test_what_is_written_runs_and_names_its_precedents(rights: Case, tmp_path: Path) -> None:
    place = tmp_path / "rights.toml"
    place.write_text(proposal_text(rights), encoding="utf-8")
    back = resolve(place, record=cited_roll_calls())
    assert back.scenario.arms == rights.scenario.arms
    # alike by the words of the titles, as they were found: no digit is lost on paper
    written, proposed = (
        {one.symbol: replace(one, row=0) for one in case.precedents} for case in (back, rights)
    )
    assert written == proposed
    assert "2023-12-19, 78-15-79, the US yes" in proposal_text(rights)


def test_what_is_written_forecasts_what_is_forecast_without_a_file(tmp_path: Path) -> None:
    # a text with many like ones: none of them is left out of the file
    draft = "Situation of human rights and implementation of the resolutions on Ukraine"
    case = propose(draft, vote=VOTE, as_of=BEFORE, record=cited_roll_calls())
    assert len(case.precedents) > 8
    place = tmp_path / "draft.toml"
    place.write_text(proposal_text(case), encoding="utf-8")
    back = resolve(place, record=cited_roll_calls())
    for arm in case.scenario.arms:
        found, written = arm_forecast(case, arm), arm_forecast(back, arm)
        assert (found.probabilities == written.probabilities).all()


def test_a_title_cut_short_is_that_of_the_one_text_it_begins(rights: Case) -> None:
    case = propose(
        "situation of human rights in the temporarily occupied territories",
        vote=VOTE,
        as_of=BEFORE,
        record=cited_roll_calls(),
    )
    assert case.scenario.resolution.title.startswith(RIGHTS[:60])
    assert case.precedents[0].likeness == pytest.approx(1)
    # too few words, or words that begin two texts, or none, are left as they were typed
    known = cited_roll_calls().before("2024-12-17")
    for typed in (
        "Situation of human rights in the temporarily occupied",
        "The use of mercenaries as a means of violation",
    ):
        assert whole_title(known, typed) == typed
    assert whole_title(known, rights.scenario.title) == rights.scenario.title


def test_positions_that_are_none_are_refused() -> None:
    with pytest.raises(ScenarioError, match="us-maybe"):
        propose(RIGHTS, vote=VOTE, as_of=BEFORE, us=["maybe"], record=cited_roll_calls())


def test_a_text_like_no_other_has_no_last_vote() -> None:
    moon = propose(
        "Mining on the Moon and taxation of asteroids",
        vote=VOTE,
        as_of=BEFORE,
        record=cited_roll_calls(),
    )
    assert last_votes(moon.question).symbols == ()
    assert moon.novelty > 0.7


def test_what_changed_is_told_since_the_last_vote_on_the_text_itself(rights: Case) -> None:
    oldest, *others = sorted(rights.precedents, key=lambda one: -one.age)
    same = replace(oldest, likeness=1.0)
    newer = [replace(one, likeness=0.6) for one in others]
    asked = replace(rights.question, precedents=(same, *newer))
    assert last_votes(asked).symbols == (oldest.symbol,)
    # of a text that was never voted on, the newest of the votes on like texts are looked at
    never = replace(asked, precedents=(replace(oldest, likeness=0.8), *newer))
    assert last_votes(never, most=1).symbols == (min(newer, key=lambda one: one.age).symbol,)


def test_a_vote_of_long_ago_on_another_text_is_no_last_vote(rights: Case) -> None:
    def looked(age: float, likeness: float) -> int:
        one = replace(rights.question.precedents[0], age=age, likeness=likeness)
        return len(last_votes(replace(rights.question, precedents=(one,))).symbols)

    assert (looked(9.9, 0.8), looked(10.1, 0.8), looked(10.1, 1.0)) == (1, 0, 1)


def test_new_writes_a_scenario_that_check_finds_fine(tmp_path: Path) -> None:
    place = tmp_path / "mine.toml"
    asked = ["new", RIGHTS, "--day", "2024-12-17", "--us", "yes", "--us", "no", "--out", str(place)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert CliRunner().invoke(app, ["check", str(place)]).exit_code == 0
    again = CliRunner().invoke(app, asked)
    assert (again.exit_code, "is there; give another name" in again.output) == (2, True)


def test_a_forecast_needs_no_file() -> None:
    told = CliRunner().invoke(app, ["forecast", RIGHTS, "--day", "2024-12-17", "--us", "no"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("If the US votes no, ")
    assert "78/221" in told.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--day", "tomorrow"], "--day: 'tomorrow': a day like 2026-12-15 is expected"),
        (["--day", "0001-01-01"], "--day: 0001-01-01: must be a day from 1945-10-24 to 2100-01-01"),
        (["--day", "9999-12-31"], "--day: 9999-12-31: must be a day from 1945-10-24 to 2100-01-01"),
        (["--as-of", "9999-12-31"], "--as-of: 9999-12-31: must be a day from 1945-10-24"),
        (["--day", "2024-12-17", "--as-of", "2024-12-17"], "must be earlier than the vote"),
        (["--agenda", "texts.csv"], "one of them is expected"),
    ],
)
def test_what_cannot_be_is_refused(options: list[str], words: str) -> None:
    told = CliRunner().invoke(app, ["forecast", "A title", *options])
    assert (told.exit_code, words in told.output) == (2, True), told.output


def test_every_text_of_an_agenda_that_cannot_be_is_named(tmp_path: Path) -> None:
    agenda = tmp_path / "texts.csv"
    agenda.write_text(f'title,us\n"{RIGHTS}",no\n"{RIGHTS}",maybe\n" ",no\n', encoding="utf-8")
    told = CliRunner().invoke(app, ["forecast", "--agenda", str(agenda), "--day", "2024-12-17"])
    assert told.exit_code == 2
    first, second = told.output.splitlines()
    assert first.startswith(f"{agenda}, text 2: us: 'maybe': must be one of yes, abstain, no, ")
    assert second == f"{agenda}, text 3: TITLE: '': the title of the draft is expected"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("title,us,us\nA text,no,yes\n", "line 1: column 'us' is given twice"),
        ("Title;US\nA text;maybe\n", "text 1: us: 'maybe': must be one of yes, abstain, no, "),
    ],
)
def test_an_agenda_is_read_as_other_small_tables_are(tmp_path: Path, rows: str, words: str) -> None:
    agenda = tmp_path / "texts.csv"
    agenda.write_text(rows, encoding="utf-8")
    told = CliRunner().invoke(app, ["forecast", "--agenda", str(agenda), "--day", "2024-12-17"])
    assert (told.exit_code, words in told.output) == (2, True), told.output


def test_an_agenda_has_the_most_doubtful_text_first(tmp_path: Path) -> None:
    agenda = tmp_path / "texts.csv"
    cuba = "Necessity of ending the embargo imposed by the United States of America against Cuba"
    agenda.write_text(
        f'title,us,majority\n"{cuba}",no,simple\n"{RIGHTS}",no,two-thirds\n', encoding="utf-8"
    )
    told = CliRunner().invoke(app, ["forecast", "--agenda", str(agenda), "--day", "2024-12-17"])
    assert told.exit_code == 0, told.output
    assert told.output.index("Situation of human") < told.output.index("Necessity of ending")


def test_an_agenda_tells_once_what_all_its_forecasts_lack(tmp_path: Path) -> None:
    agenda = tmp_path / "texts.csv"
    agenda.write_text(f'title,us,last\n"{RIGHTS}",no,new\nPeace,no,\n', encoding="utf-8")
    told = CliRunner().invoke(app, ["forecast", "--agenda", str(agenda), "--day", "2026-12-15"])
    printed = " ".join(told.output.split())
    assert printed.count("suspended: the lists of Article 19 end on") == 1
    assert printed.count("record: there is none of yours") == 1
    # what is of one text alone is told with its title
    own = "Situation of human rights in the temporarily occupied terr … : resolution.last: 'new'"
    assert own.replace(" : ", ": ") in printed.replace(" : ", ": ")


@pytest.fixture(scope="module")
def of_2026(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of a vote for which neither record nor lists reach far enough."""
    place = tmp_path_factory.mktemp("later") / "later.toml"
    asked = ["new", RIGHTS, "--day", "2026-12-15", "--us", "yes", "--us", "no", "--out", str(place)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert "suspended: the lists of Article 19 end on" in told.output
    text, rule = place.read_text(encoding="utf-8"), 'majority = "simple"\n'
    place.write_text(text.replace(rule, f'{rule}asks = ["human-rights"]\n'), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--engine", "exact", "--full"],
        ["check"],
        ["contrast", "--draws", "50"],
        ["whom", "--target", "majority", "--draws", "50"],
        ["explain"],
        ["lever"],
        ["sweep", "--over", "us.effect_scale=1", "--check", "0", "--workers", "1"],
        ["ledger", "add"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_what_a_forecast_lacks_is_told_by_every_command(
    of_2026: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = 2 if command[0] == "ledger" else 1
    asked = [*command[:words], str(of_2026), *command[words:]]
    asked += {"explain": ["Brazil"], "sweep": ["--out", "swept"]}.get(command[0], [])
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert " ".join(told.output.split()).count("suspended: the lists of Article 19 end on") == 1


@pytest.mark.parametrize("known", [[], ["--known", "BRA=no,HUN=no,CHN=yes"]])
def test_a_brief_has_at_most_25_lines_whatever_there_is_to_caution_of(
    of_2026: Path, tmp_path: Path, known: list[str]
) -> None:
    asked = ["run", str(of_2026), "--engine", "exact", "--out", str(tmp_path), *known]
    told = CliRunner(env={"COLUMNS": "80"}).invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert len(told.output.splitlines()) <= 25, told.output
    # what is most to be cautioned of comes first; what finds no room is counted
    first = "The known votes had a chance of" if known else "suspended: the lists of Article 19 end"
    assert first in told.output
    assert ("And " in told.output) == bool(known)


def test_a_like_text_whose_title_the_source_cut_is_said_to_have_been() -> None:
    record = cited_roll_calls()
    titles = record.roll_calls["title"].where(
        record.roll_calls["symbol"] != "78/221", RIGHTS[:100] + " ..."
    )
    cut = replace(record, roll_calls=record.roll_calls.assign(title=titles))
    for held, note in (
        (cut, ["precedents: the source cut the title of 78/221 short"]),
        (record, []),
    ):
        case = propose(RIGHTS, vote=VOTE, as_of=BEFORE, us=["no"], record=held)
        cautions = [one.split(".")[0] for one in doubts(case)]
        assert [one for one in cautions if one.startswith("precedents: ")] == note
    # and so is the title for which one that was typed is taken
    known = replace(cut, roll_calls=cut.roll_calls.assign(title=titles.where(
        ~titles.str.startswith("Situation of human rights in the temp"), RIGHTS[:100] + " ..."
    )))  # fmt: skip
    typed = "Situation of human rights in the temporarily occupied territories"
    case = propose(typed, vote=VOTE, as_of=BEFORE, us=["no"], record=known)
    (told,) = as_printed(case, typed)
    assert told.startswith("Taken for the title in the record (cut short by its source): Sit")


def test_sponsors_of_a_like_text_are_taken_by_one_edit(tmp_path: Path) -> None:
    day = datetime.date(2025, 12, 15)
    known, none = (
        propose(title, vote=day, as_of=day - datetime.timedelta(1), us=["no"])
        for title in ("Aggression against Ukraine", "Necessity of ending the embargo against Cuba")
    )
    assert proposed_sponsors(none) is None
    assert "# sponsors = {states = [" in proposal_text(none)
    likely, text = proposed_sponsors(known), proposal_text(known)
    assert likely is not None
    assert " ".join(text.replace("\n# ", " ").split()).count(str(likely)) == 1
    taken = tmp_path / "taken.toml"
    taken.write_text(text.replace("# sponsors =", "sponsors ="), encoding="utf-8")
    found = resolve(taken)
    assert (likely.symbol, likely.states, len(found.sponsors)) == ("ES-11/1", 94, 94)
    # what is said of them is what a run comes to
    yes = [run_scenario(one, plan=plan_of(one, engine=Engine.EXACT)) for one in (known, found)]
    means = [float(one.outcomes.arms["us-no"].states[:, Choice.YES].sum()) for one in yes]
    assert [likely.without, likely.taken] == pytest.approx(means, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "table"),
    [
        ("FRA, UKR", 'states = [\n    "FRA",\n    "UKR",\n]'),
        ("ES-11/7,BRA", 'seed = "ES-11/7"\nstates = [\n    "BRA",\n]'),
    ],
)
def test_sponsors_can_be_told_with_the_title(tmp_path: Path, given: str, table: str) -> None:
    place = tmp_path / "sponsored.toml"
    asked = ["new", RIGHTS, "--day", "2024-12-17", "--sponsors", given, "--out", str(place)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert table in place.read_text(encoding="utf-8")
    assert "strike out" not in place.read_text(encoding="utf-8")


@pytest.mark.parametrize("extra", [[], ["--known", "BRA=no,CHN=yes"], ["--sponsors", "ES-11/7"]])
def test_the_brief_of_a_title_has_25_lines_whatever_it_has_to_say(extra: list[str]) -> None:
    positions = [
        "--us",
        "no",
        "--us",
        "yes",
        "--us",
        "abstain",
        "--us",
        "silent",
        "--us",
        "co-sponsor",
    ]
    asked = ["forecast", RIGHTS, "--day", "2026-12-15", *positions, *extra]
    told = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("Every table and caution: --full. To change what it rests on: ")
    whole = CliRunner().invoke(app, [*asked, "--full"], env={"COLUMNS": "80"})
    assert whole.exit_code == 0, whole.output
    assert len(whole.output.splitlines()) > 60
    assert "The likest earlier votes" in whole.output

"""The command that makes a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.errors import BadInputError
from sim.cli.known import Known, KnownFile, known_votes
from sim.cli.results import stored_names
from sim.cli.run import RESULTS
from sim.cli.scenarios import CitedFrom, scenario_file
from sim.cli.writing import free_file, free_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.report.page import GalleryEntry
    from sim.scenario.case import Case

LEDGER = "ledger.jsonl"


def page(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="A scenario, its name, or a result folder."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to; by default NAME.html, with --all site/."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Pages of all stored results, in a folder with an index.")
    ] = False,
    known: Known = None,
    known_file: KnownFile = None,
    record: CitedFrom = None,
) -> None:
    """Write one HTML file that answers, with a what-if that is exact.

    It carries everything it needs, opens from disk and asks no server for anything.

    Example: unga-sim page anniversary-2025 --out anniversary.html
    """
    from sim import files
    from sim.report.page import computed, page_of

    if every or scenario is None:
        if scenario or known or known_file or record or not every:
            raise BadInputError("give a SCENARIO, or --all alone")
        _site(out or Path("site"))
        return
    case = _case(scenario, known, known_file, record)
    target = free_file(out or Path(f"{case.stem}.html"), inputs=case.inputs)
    files.write_text(target, page_of(computed(case)))
    typer.echo(target)


def _site(out: Path) -> None:
    """Write a folder with the page of every stored result and an index."""
    from sim import files
    from sim.cli.show import progress
    from sim.report.page import computed, entry_of, gallery_of, page_of
    from sim.scenario.case import resolve

    names, entries = stored_names(), []
    free_folder(out, mark="index.html", inputs=())
    with files.whole_folder(out) as folder, progress("pages", len(names)) as told:
        for name in names:
            run = computed(resolve(scenario_file(name)))
            entries.append(entry_of(run))
            files.write_text(folder / entries[-1].file, page_of(run, index="index.html"))
            told(1)
        entries += _tables(folder)
        files.write_text(folder / "index.html", gallery_of(entries))
    typer.echo(out / "index.html")


def _tables(folder: Path) -> Iterator[GalleryEntry]:
    """Write the ledger, where there is one, and the measured skill."""
    from sim import files
    from sim.models.measured import measured_rows
    from sim.record.cited import cited_roll_calls
    from sim.report.ledger import ledger_tables
    from sim.report.page import GalleryEntry, skill_tables, tables_page
    from sim.runs.ledger import read_ledger
    from sim.runs.resolved import score_ledger

    places = (RESULTS / LEDGER, files.shipped("results") / LEDGER)
    if (place := next((place for place in places if place.is_file()), None)) is not None:
        entries = read_ledger(place)
        tables = ledger_tables(entries, score_ledger(entries, cited_roll_calls()))
        title = "Forecasts of record"
        files.write_text(folder / "ledger.html", tables_page(title, tables))
        about = "Frozen in a chain of hashes, and scored when the vote has come."
        yield GalleryEntry("ledger.html", title, about, f"{len(entries)} entries")
    skill = skill_tables(measured_rows())
    title = "Measured skill"
    files.write_text(folder / "skill.html", tables_page(title, skill))
    about = "How past forecasts of this kind fared against the votes that followed."
    windows = "; ".join(one.title for one in skill)
    yield GalleryEntry("skill.html", title, about, windows or "Not measured yet.")


def _case(name: str, known: list[str] | None, known_file: Path | None, record: Path | None) -> Case:
    """Return the case of a scenario, or that of a result folder with its known votes."""
    from sim.runs.folder import read_summary, refuse_edited
    from sim.scenario.case import resolve

    stored = Path(name) / "summary.json"
    if not stored.is_file():
        place = scenario_file(name)
        return resolve(place, record=record, known=known_votes(place, known, known_file))
    summary = read_summary(stored.parent)
    refuse_edited(stored.parent)
    place = scenario_file(summary["scenario"])
    votes = summary.get("known", {}) | known_votes(place, known, known_file)
    return resolve(place, record=record, known=votes)

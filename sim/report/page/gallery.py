"""An index of pages, ready for any host of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim import files
from sim.report.page.build import STATIC
from sim.report.page.html import csp_hash, element, sideways, text
from sim.report.table import Table
from sim.report.words import day, short_chance
from sim.runs.run import Run

SKILL = (
    "Every roll call is forecast from what was known before its day; learned is the model of these "
    "pages, the others are simpler. US given: what the United States did is told to each. Log "
    "loss: of each state's vote; the lower the better. Votes right: as was likeliest. Yes error: "
    "how far the expected count was off. ±: one standard error."
)


@dataclass(frozen=True)
class GalleryEntry:
    """A page in the index.

    Attributes
    ----------
    file, title, answer, about : str
    """

    file: str
    title: str
    answer: str
    about: str


def entry_of(run: Run) -> GalleryEntry:
    """Return what the index says of the page of a run.

    Examples
    --------
    >>> from sim.report.page.build import computed
    >>> from sim.scenario.case import resolve
    >>> entry_of(computed(resolve("jerusalem-2017"))).file
    'jerusalem-2017.html'
    """
    scenario = run.case.scenario
    about = f"As of {day(scenario.as_of)}, for the vote of {day(scenario.resolution.date)}"
    answer = run.result.summary["sentence"]
    end = run.result.summary.get("steps", {}).get("real", {}).get("end")
    if end is not None:
        about += f". What happened: {end}"
    elif run.real is not None:
        yes, abstain, no, _ = run.real.tally
        tally = "\N{NON-BREAKING HYPHEN}".join(map(str, (yes, no, abstain)))
        about += f". What happened: {'' if run.real.adopted else 'not '}adopted {tally}"
    return GalleryEntry(f"{run.outcomes.stem}.html", scenario.title, answer, about)


def gallery_of(entries: Iterable[GalleryEntry]) -> str:
    """Return the index of some pages.

    Examples
    --------
    >>> entry = GalleryEntry("a.html", "A <draft>", "Adopted.", "2025")
    >>> gallery_of([entry]).count("A &lt;draft&gt;")
    1
    """
    listed = (
        element(
            "li",
            element("h2", element("a", element("bdi", text(one.title)), href=one.file)),
            element("p", text(one.answer)),
            element("p", text(one.about), class_="faint"),
        )
        for one in entries
    )
    title = "Forecasts of votes in the General Assembly"
    return _document(title, element("ul", *listed, class_="gallery"))


def tables_page(title: str, tables: Iterable[Table]) -> str:
    """Return a page of tables, with the way back to the index.

    Examples
    --------
    >>> page = tables_page("Skill", [Table("A <b>", ("one", "two"), (("1", "2"),))])
    >>> page.count("A &lt;b&gt;"), page.count("index.html")
    (2, 1)
    """
    parts = [sideways(one) for one in tables]
    back = element("p", element("a", "All forecasts", href="index.html"))
    return _document(title, back, *parts or [element("p", "Nothing here yet.")])


def skill_tables(rows: Sequence[Mapping[str, str]]) -> list[Table]:
    """Return what back-tests found of every forecaster, a table a window, the best first.

    Parameters
    ----------
    rows : sequence of mapping
        As ``seeds/skill.csv`` has them.

    Examples
    --------
    >>> row = {"forecaster": "a", "us": "given", "first": "2024-06-04", "last": "2025-09-19"}
    >>> row |= {"kind": "all", "unfamiliar": "all", "roll_calls": "124", "log_loss": "0.4"}
    >>> row |= {"log_loss_se": "0.05", "yes_error": "11.7", "yes_error_se": "2.4"}
    >>> row |= {"coverage_90_yes": "0.94", "accuracy": "0.868"}
    >>> [table.rows for table in skill_tables([row])]
    [(('a, US given', '0.400 ± 0.050', '86.8 %', '11.7 ± 2.4', '94 %'),)]
    >>> skill_tables([])
    []
    """
    whole = [row for row in rows if (row["kind"], row["unfamiliar"]) == ("all", "all")]
    windows = sorted({(row["first"], row["last"], row["roll_calls"]) for row in whole})
    return [
        Table(
            f"{count} roll calls, {first} to {last}",
            ("forecaster", "log loss", "votes right", "yes error [votes]", "yes in 90 % range"),
            tuple(
                _skill_row(row)
                for row in sorted(whole, key=lambda row: float(row["log_loss"] or "inf"))
                if (row["first"], row["last"], row["roll_calls"]) == (first, last, count)
            ),
            note=SKILL,
        )
        for first, last, count in windows
    ]


def _skill_row(row: Mapping[str, str]) -> tuple[str, ...]:
    def told(name: str, digits: int) -> str:
        return f"{float(row[name]):.{digits}f}" if row[name] else "–"

    us = "" if not row["us"] else f", US {row['us']}"
    share = f"{100 * float(row['accuracy']):.1f} %" if row["accuracy"] else "–"
    inside = f"{short_chance(float(row['coverage_90_yes']))} %" if row["coverage_90_yes"] else "–"
    return (
        f"{row['forecaster']}{us}",
        f"{told('log_loss', 3)} ± {told('log_loss_se', 3)}",
        share,
        f"{told('yes_error', 1)} ± {told('yes_error_se', 1)}",
        inside,
    )


def _document(title: str, *content: str) -> str:
    style = files.read_text(STATIC / "page.css")
    policy = f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'"
    return "<!doctype html>\n" + element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", text(title)),
            element("style", style),
        ),
        element("body", element("main", element("h1", text(title)), *content)),
        lang="en",
    )

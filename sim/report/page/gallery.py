"""An index of pages, ready for any host of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim import files
from sim.report.forecast import Report
from sim.report.page.build import STATIC
from sim.report.page.html import csp_hash, element, text
from sim.report.words import day
from sim.runs.run import Run


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
    answer = Report(run.outcomes, run.labels).answer()
    return GalleryEntry(f"{run.outcomes.stem}.html", scenario.title, answer, about)


def gallery_of(entries: Iterable[GalleryEntry]) -> str:
    """Return the index of some pages.

    Examples
    --------
    >>> entry = GalleryEntry("a.html", "A <draft>", "Adopted.", "2025")
    >>> gallery_of([entry]).count("A &lt;draft&gt;")
    1
    """
    style = files.read_text(STATIC / "page.css")
    listed = (
        element(
            "li",
            element("h2", element("a", element("bdi", text(one.title)), href=one.file)),
            element("p", text(one.answer)),
            element("p", text(one.about), class_="faint"),
        )
        for one in entries
    )
    policy = f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'"
    return "<!doctype html>\n" + element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", "Forecasts of votes in the General Assembly"),
            element("style", style),
        ),
        element(
            "body",
            element(
                "main",
                element("h1", "Forecasts of votes in the General Assembly"),
                element("ul", *listed, class_="gallery"),
            ),
        ),
        lang="en",
    )

"""The page of the figures, made from `scenarios/` and `results/`.

``python docs/make_gallery.py`` in a checkout writes it beside this file; a test says when it is not
that of what is committed.
"""

from __future__ import annotations

from pathlib import Path

from sim import files
from sim.scenario.schema import read_scenario

ROOT = Path(__file__).resolve().parents[1]
OPENING = """\
# Gallery

Each shipped scenario with a figure of its committed result. This page is made from the two by
`python docs/make_gallery.py`. `unga-sim plot NAME` draws the figures again;
`--figure map --arm ARM`, `--size wide` or `square` and `--title TEXT` make one for a slide or a
post. `unga-sim page --all --out site/` makes an interactive page of each, with an
index."""


def gallery() -> str:
    """Return the page as Markdown: a section for each result of a shipped scenario.

    Examples
    --------
    >>> print(gallery().splitlines()[0])
    # Gallery
    """
    places = sorted((ROOT / "scenarios").glob("*.toml"))
    kept = [place for place in places if (ROOT / "results" / place.stem / "summary.json").is_file()]
    return "\n\n".join([OPENING, *map(_section, kept)]) + "\n"


def _section(place: Path) -> str:
    scenario, name = read_scenario(place), place.stem
    figure, about = "tallies", "Counts in each arm of"
    if scenario.steps:
        figure, about = "path", "The way to the vote in"
    picture = f"![{about} {name}](../results/{name}/{figure}.png)"
    return f"## {name}\n\n{scenario.question}\n\n{picture}"


if __name__ == "__main__":
    files.write_text(Path(__file__).with_name("gallery.md"), gallery())

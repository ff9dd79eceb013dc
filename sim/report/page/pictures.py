"""Pictures of a page as SVG: counts as bars, the assembly as a map of cells."""

from __future__ import annotations

from collections.abc import Mapping

from sim.assembly.members import Members
from sim.assembly.rules import MEMBERSHIP
from sim.report.figures.cells import layout
from sim.report.page.html import element, text

CELL, ROOM = 24, 16
"""Side of a cell, and what is left above the map for the names of groups."""
BAR = 10
"""Height of a bar."""


def bar(
    ranges: Mapping[str, float], label: str, *, name: str | None = None, real: int | None = None
) -> str:
    """Return a count as its 90 and 50 % ranges and its mean, on a scale from none to all members.

    Parameters
    ----------
    ranges : mapping
        mean, q05, q25, q75 and q95 [votes].
    label : str
        What it shows, read aloud.
    name : str, optional
        By which the page's script finds it.
    real : int, optional
        The count of the real vote [votes].

    Examples
    --------
    >>> counted = {"mean": 3.5, "q05": 1, "q25": 2, "q75": 5, "q95": 6}
    >>> bar(counted, "yes").count("<rect")
    4
    """

    def part(kind: str, low: float, high: float, *, inset: int = 0) -> str:
        return element(
            "rect",
            class_=kind,
            x=f"{low:g}",
            width=f"{max(high - low, 1):g}",
            y=inset,
            height=BAR - 2 * inset,
        )

    return element(
        "svg",
        part("outer", ranges["q05"], ranges["q95"], inset=3),
        part("inner", ranges["q25"], ranges["q75"], inset=1),
        part("mean", ranges["mean"] - 0.5, ranges["mean"] + 0.5),
        ""
        if real is None
        else element(
            "polygon",
            class_="real",
            points=f"{real},0 {real + 5},{BAR / 2:g} {real},{BAR} {real - 5},{BAR / 2:g}",
        ),
        element("rect", class_="axis", x=0, y=BAR - 0.5, width=MEMBERSHIP, height=0.5, fill="#888"),
        viewBox=f"-2 0 {MEMBERSHIP + 4} {BAR}",
        preserveAspectRatio="none",
        class_="bar",
        id=name,
        role="img",
        aria_label=label,
    )


def assembly() -> str:
    """Return the map of all member states; the page's script colours it.

    On a narrow screen the script puts one group below the other.

    Examples
    --------
    >>> assembly().count('class="cell"'), assembly().count('class="group"')
    (193, 5)
    """
    members, cells = Members.load(), layout()
    rows, columns = (max(place) + 1 for place in zip(*cells.values(), strict=True))
    groups: dict[str, list[int]] = {}
    for state, group in enumerate(members.regional_groups):
        groups.setdefault(group, []).append(state)
    return element(
        "svg",
        element("title", "Map of the assembly"),
        element(
            "desc",
            "One cell for each member state, in its regional group: the letter is its likeliest "
            "vote, the colour fainter the less likely it is.",
        ),
        *(
            element(
                "g",
                _heading(group, [cells[members.codes[state]] for state in states]),
                *(
                    _cell(state, members.codes[state], cells[members.codes[state]])
                    for state in states
                ),
                class_="group",
            )
            for group, states in groups.items()
        ),
        viewBox=f"0 {-ROOM} {CELL * columns} {CELL * rows + ROOM}",
        role="group",
        aria_label="Map of the assembly: arrows move; Y, A, N and - set a vote, Delete frees it",
        id="map",
    )


def _heading(group: str, places: list[tuple[int, int]]) -> str:
    row, column = (min(each) for each in zip(*places, strict=True))
    return element("text", text(group), class_="block", x=CELL * column + 1, y=CELL * row - 4)


def _cell(state: int, code: str, place: tuple[int, int]) -> str:
    row, column = place
    left, top = CELL * column, CELL * row
    return element(
        "g",
        element("rect", x=left, y=top, width=CELL, height=CELL),
        element("text", text(code), class_="code", x=left + CELL / 2, y=top + 10),
        " ",
        element("text", class_="letter", x=left + CELL / 2, y=top + 20.5),
        id=f"cell-{state}",
        class_="cell",
        role="button",
        tabindex="-1",
        data_state=state,
        aria_label=code,
    )

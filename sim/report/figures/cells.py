"""Where each member state has its cell on the map of the assembly."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sim import files
from sim.assembly.members import Members

COLUMNS = ("iso3", "row", "column")


@functools.cache
def layout() -> Mapping[str, tuple[int, int]]:
    """Return where each member state's cell is: ISO code -> (row, column) from the upper left.

    Returns
    -------
    mapping
        Regional groups form blocks; inside a block, neighbours are where an atlas has them, as far
        as cells allow.

    Raises
    ------
    files.FileError
        If the seed file is wrong; the message names every problem.

    Examples
    --------
    >>> cells = layout()
    >>> len(cells), cells["PRT"][1] < cells["ESP"][1]
    (193, True)
    """
    return read_layout(files.seed("layout.csv"))


def read_layout(path: Path) -> Mapping[str, tuple[int, int]]:
    """Return the cells in a file like ``seeds/layout.csv``.

    Raises
    ------
    files.FileError
        Unless each member state has one cell of its own; the message names every problem.

    Examples
    --------
    >>> read_layout(files.seed("layout.csv"))["CAN"]
    (1, 0)
    """
    members = Members.load().codes
    problems: list[str] = []
    cells: dict[str, tuple[int, int]] = {}
    for line, row in files.numbered_rows(path, COLUMNS):
        iso3, places = row["iso3"], (row["row"], row["column"])
        if not all(place.isascii() and place.isdecimal() for place in places):
            problems.append(f"line {line}: {places}: row and column must be whole numbers from 0")
            continue
        cell = int(places[0]), int(places[1])
        if iso3 not in members or iso3 in cells:
            problems.append(f"line {line}: {iso3!r}: each member state once, and no other")
        if cell in cells.values():
            problems.append(f"line {line}: {cell}: the cell of another member state")
        cells[iso3] = cell
    problems += [f"{iso3}: has no cell" for iso3 in members if iso3 not in cells]
    if problems:
        lines = "\n".join(f"{path}: {problem}" for problem in problems)
        raise files.FileError(f"{lines}\ncorrect the rows and load again")
    return MappingProxyType(cells)

"""Which assumption drives the answer: variance-based sensitivity by SALib.

Of a Saltelli design: the first-order index is the part of an answer's variance that one assumption
explains alone, the total index the part that it has any share in (Saltelli et al. 2010,
doi:10.1016/j.cpc.2009.09.018).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.studies.sweep.designs import SEED, Design, problem_of

ANSWERS = ("adopted", "yes")
STILL = 1e-7
"""An answer that spreads less does not depend on anything."""
COLUMNS = (
    "answer",
    "arm",
    "against",
    "field",
    "first",
    "first_confidence",
    "total",
    "total_confidence",
)


@dataclass
class Answers:
    """The answers at every point, in the order of the design.

    Attributes
    ----------
    design : Design
    arms : tuple of str
    names : tuple of str
        Of the answers.
    values : list of tuple of float
        A tuple a point: each answer of each arm.
    """

    design: Design
    arms: tuple[str, ...]
    names: tuple[str, ...] = ANSWERS
    values: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, told: dict[str, dict[str, float]]) -> None:
        """Add the next point's arms."""
        self.values.append(tuple(told[arm][name] for arm in self.arms for name in self.names))


def sensitivities(answers: Answers) -> pd.DataFrame:
    """Return the first-order and the total index of every field, with 95% half-widths.

    Parameters
    ----------
    answers : Answers
        Of a Saltelli design.

    Returns
    -------
    DataFrame
        A row for each answer (chance of adoption, expected yes; or of each end, the one that moves
        most first), arm, arm it is compared with (empty: the arm itself) and field.

    Examples
    --------
    Of 2 a + b, with both uniform, a makes up four fifths of the variance; needs the extra
    `sensitivity`, without which there is nothing to show:

    >>> from importlib.util import find_spec
    >>> from sim.studies.sweep.designs import design_of
    >>> shown = [0.8, 0.2]
    >>> if find_spec("SALib"):
    ...     design = design_of(["a=0:1", "b=0:1"], kind="saltelli", points=1024)
    ...     answers = Answers(design, ("only",))
    ...     for a, b in design.points:
    ...         answers.add({"only": {"adopted": 2 * a + b, "yes": 0.0}})
    ...     shown = sensitivities(answers).query("answer == 'adopted'")["total"].round(1).tolist()
    >>> shown
    [0.8, 0.2]
    """
    names = answers.names
    table = np.array(answers.values).reshape(len(answers.values), len(answers.arms), len(names))
    spread = np.ptp(table, axis=0).max(axis=0)
    places = range(len(names)) if names == ANSWERS else np.argsort(-spread, kind="stable").tolist()
    rows: list[tuple[Any, ...]] = []
    for place in places:
        answer = names[place]
        for number, arm in enumerate(answers.arms):
            values = table[:, number, place]
            rows += _indices(answers.design, (answer, arm, ""), values)
            if number:
                apart = values - table[:, 0, place]
                rows += _indices(answers.design, (answer, arm, answers.arms[0]), apart)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _indices(design: Design, of: tuple[str, ...], values: np.ndarray) -> list[tuple[Any, ...]]:
    if np.ptp(values) < STILL:
        return [(*of, name, 0.0, 0.0, 0.0, 0.0) for name in design.fields]
    from SALib.analyze import sobol

    found = sobol.analyze(problem_of(design), values, calc_second_order=False, seed=SEED)
    columns = [np.round(found[name], 6).tolist() for name in ("S1", "S1_conf", "ST", "ST_conf")]
    return [(*of, *row) for row in zip(design.fields, *columns, strict=True)]

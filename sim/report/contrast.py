"""What a difference between two arms rests on, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.assembly.choices import Choice
from sim.report.forecast import SHOWN, TOP
from sim.report.table import Table
from sim.report.words import error, interval, percent, points, signed
from sim.runs.sentence import capitalised, case
from sim.studies.break_even import LARGEST_EFFECT
from sim.studies.contrast import Contrast


def contrast_sentence(
    contrast: Contrast, labels: Mapping[str, str], *, of_text: bool = False
) -> str:
    """Return in a sentence how many yes votes an arm brings or costs, and what adoption becomes.

    Parameters
    ----------
    contrast : Contrast
    labels : mapping of arm to str
        What each arm is called.
    of_text : bool
        Whether there are steps, of which it tells nothing.

    Examples
    --------
    >>> counts = {"choice": ["yes"], "computed": -5.0, "effect_q05": -7.5, "effect_q95": -2.0}
    >>> chances = {"outcome": ["adopted"], "against": 0.98, "arm": 0.95}
    >>> none = pd.DataFrame()
    >>> two = pd.DataFrame(counts), pd.DataFrame(chances)
    >>> told = Contrast("no", "yes", *two, none, none, none)
    >>> contrast_sentence(told, {"no": "US votes no", "yes": "US votes yes"})
    'If the US votes no, 5.0 fewer yes votes than if the US votes yes (90 %: 7.5 fewer to 2.0 fewer,
    by the assumed effect alone); adoption is 95.0 % likely instead of 98.0 %.'
    """
    yes, adopted = (
        {str(row[name]): row for row in table.to_dict("records")}[wanted]
        for table, name, wanted in (
            (contrast.counts, "choice", Choice.YES.column),
            (contrast.chances, "outcome", "adopted"),
        )
    )
    here, there = (case(labels[arm], arm) for arm in (contrast.arm, contrast.against))
    low, high = (_more(yes[name]) for name in ("effect_q05", "effect_q95"))
    what = "adoption of the text alone" if of_text else "adoption"
    return (
        f"{capitalised(here)}, {_more(yes['computed'])} yes votes than {there} (90 %: "
        f"{low} to {high}, by the assumed effect alone); {what} is {percent(adopted['arm'])} "
        f"likely instead of {percent(adopted['against'])}."
    )


def _more(votes: float) -> str:
    return f"{abs(votes):.1f} {'fewer' if round(votes, 1) < 0 else 'more'}"


def contrast_tables(contrast: Contrast, labels: Mapping[str, str]) -> list[Table]:
    """Return what a difference rests on, who moves and where outcomes break even.

    Parameters
    ----------
    contrast : Contrast
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> import numpy as np
    >>> from sim.studies.break_even import Curve
    >>> breaks = {"outcome": ["adopted"], "no_effect": 0.98, "assumed": 0.95, "times": 7.64}
    >>> even = pd.DataFrame(breaks).assign(what="falls")
    >>> counts, chances = pd.DataFrame({"choice": []}), pd.DataFrame({"outcome": []})
    >>> curve = Curve(("adopted",), np.zeros(1), np.zeros((1, 1)))
    >>> movers = pd.DataFrame({"name": []})
    >>> told = Contrast("no", "yes", counts, chances, movers, even, curve)
    >>> found = contrast_tables(told, {"no": "US votes no", "yes": "US votes yes"})
    >>> found[3].rows
    (('adopted', '98.0 %', '95.0 %', 'even at 7.6 times'),)
    >>> found[3].title
    'How much larger the assumed effect would have to be, if the US votes no'
    """
    arm, against = (labels[one] for one in (contrast.arm, contrast.against))
    pair = f"“{arm}” compared with “{against}”"
    return [
        _counts(contrast.counts, pair),
        _chances(contrast.chances, pair),
        _movers(contrast.movers.head(TOP), pair),
        _break_even(contrast.break_even, case(arm, contrast.arm)),
    ]


def _counts(table: pd.DataFrame, pair: str) -> Table:
    by = {row["choice"]: row for row in table.to_dict("records")}
    shown = [(choice.label, by[choice.column]) for choice in SHOWN if choice.column in by]
    return Table(
        f"What the difference of each count rests on: {pair} [votes]",
        ("count", "computed", "drawn", "90 % of draws", "90 %, effect alone", "effect", "else"),
        tuple(
            (
                label,
                signed(row["computed"]),
                signed(row["mean"]) + (f" ± {row['standard_error']:.2f}" if row["sd"] else ""),
                interval(row["q05"], row["q95"]),
                f"{signed(row['effect_q05'])} to {signed(row['effect_q95'])}",
                *_shares(row),
            )
            for label, row in shown
        ),
        note="±: sampling error of what is drawn. Effect alone: the expected difference as the "
        "size of the assumed effect and the position range. Effect and else: shares [%] of the "
        "variance over the draws, from that and from which states are on the fence.",
    )


def _chances(table: pd.DataFrame, pair: str) -> Table:
    return Table(
        f"What the change of each chance rests on: {pair} [percentage points]",
        ("outcome", "chance", "computed", "drawn", "90 %, effect alone", "lost", "gained",
         "effect", "else"),
        tuple(
            (
                row["outcome"],
                f"{percent(row['against'])}\n{percent(row['arm'])}",
                points(row["computed"]),
                f"{points(row['mean'])}\n{error(row['standard_error'])}",
                f"{points(row['effect_q05'])} to\n{points(row['effect_q95'])}",
                points(row["lost"]).lstrip("+"),
                points(row["gained"]).lstrip("+"),
                *_shares(row),
            )
            for row in table.to_dict("records")
        ),
        note="Chance: of the second case named, below it of the first. Lost and gained: of 100 "
        "draws, those in which the outcome happens in the second or the first alone. What is not "
        "from the effect is in the chance itself: which states are on the fence that day.",
    )  # fmt: skip


def _shares(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Return the shares of the variance [%]; nothing if there is none to share."""
    if not row["effect"] and not row["everything_else"]:
        return "", ""
    effect, other = (short_share(row[name]) for name in ("effect", "everything_else"))
    return effect, other


def short_share(share: float) -> str:
    """Return a share in whole per cent; one that is neither none nor all is never shown as either.

    Examples
    --------
    >>> [short_share(share) for share in (0.0, 0.004, 0.5, 0.997, 1.0)]
    ['0', '<1', '50', '>99', '100']
    """
    text = f"{100 * share:.0f}"
    if share in (0.0, 1.0):
        return text
    return {"0": "<1", "100": ">99"}.get(text, text)


def _movers(table: pd.DataFrame, pair: str) -> Table:
    return Table(
        f"States that move most: {pair}, chance of a yes [percentage points]",
        ("state", "mean", "90 % range"),
        tuple(
            (row["name"], points(row["mean"]), f"{points(row['q05'])} to {points(row['q95'])}")
            for row in table.to_dict("records")
        ),
        note="Range: from the uncertain effect alone.",
    )


def _break_even(table: pd.DataFrame, if_so: str) -> Table:
    return Table(
        f"How much larger the assumed effect would have to be, {if_so}",
        ("outcome", "no effect", "as assumed", "even chance"),
        tuple(
            (row["outcome"], percent(row["no_effect"]), percent(row["assumed"]), _when(row))
            for row in table.to_dict("records")
        ),
        note="Multiples of the assumed effect and pressure at which the chance is 50 %; 1 is as "
        "assumed. No effect: the United States itself still votes as told.",
    )


def _when(row: Mapping[Any, Any]) -> str:
    if row["what"] == "falls":
        return f"even at {row['times']:.1f} times"
    if row["what"] == "rises":
        return f"already below at no effect; rises to even at {row['times']:.1f} times"
    if row["what"] == "below":
        return f"already below at no effect, and still at {LARGEST_EFFECT:.0f} times"
    return f"not within {LARGEST_EFFECT:.0f} times"

"""The figure of what differences rest on."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from sim.assembly.choices import CHOICES
from sim.report.figures.contrast import (
    APART,
    EFFECT,
    LINES,
    _spread,
    contrast_page,
    draw_curve,
    draw_split,
    in_points,
    limits_of,
)
from sim.report.figures.style import ASSUMED, FAINT, INK, PALE, lightness
from sim.report.figures.words import texts_on
from sim.runs.simulate import simulate
from sim.scenario.case import resolve
from sim.studies.break_even import Curve, evens_of
from sim.studies.contrast import Contrast, Contrasts
from sim.studies.counterfactual import CHANCES, COUNTS

STATED = re.compile(r"(?<![\d.])(0|100)(\.0+)? ?%")
CHANGE = {
    "outcome": "yes >= 97", "against": 1.0, "arm": 0.75, "computed": -0.25, "mean": -0.24,
    "standard_error": 0.01, "gained": 0.02, "lost": 0.27, "effect_q05": -0.5, "effect_q95": 0.1,
    "effect": 0.3, "everything_else": 0.7,
}  # fmt: skip
COUNT = {
    "computed": -3.0, "mean": -3.1, "standard_error": 0.2, "sd": 4.0, "q05": -9, "q95": 2,
    "effect_q05": -6.0, "effect_q95": 0.5, "effect": 0.999, "everything_else": 0.001,
}  # fmt: skip


def curve(*ends: float) -> Curve:
    """Outcomes whose chance goes in a line from 0.9 to an end at six times the effect."""
    times = np.array([0.0, 1.0, 3.0, 6.0])
    chances = 0.9 + (np.array(ends) - 0.9) * times[:, None] / 6
    return Curve(tuple(f"yes >= {97 + place}" for place in range(len(ends))), times, chances)


@pytest.fixture(scope="module")
def page() -> Figure:
    """The page of a made-up contrast of a shipped scenario."""
    case = resolve("jerusalem-2017")
    counts = [{"choice": choice.column, **COUNT} for choice in CHOICES]
    falls = curve(0.1)
    movers = pd.DataFrame(columns=["iso3", "name", "mean", "q05", "q95"])
    one = Contrast(
        "us-lobbies",
        "us-votes-no",
        pd.DataFrame(counts, columns=COUNTS),
        pd.DataFrame([CHANGE], columns=CHANCES),
        movers,
        evens_of(falls),
        falls,
    )
    return contrast_page(Contrasts(case, simulate(case, draws=2), (one,)))


def words(figure: Figure) -> list[str]:
    """Everything that is written on a page."""
    return texts_on(figure) + [text for axes in figure.axes for text in texts_on(axes)]


def test_the_page_says_which_arms_and_what_is_assumed(page: Figure) -> None:
    written = words(page)
    assert "US votes no and threatens, compared with: US votes no, as before" in written
    assert any(ASSUMED in text for text in written)
    assert any("2 draws, seed" in text for text in written)


def test_a_difference_is_told_with_its_error_and_its_shares(page: Figure) -> None:
    written = words(page)
    assert written.count("\N{MINUS SIGN}3.0 ± 0.2") == 4
    assert written.count("effect >99 %, else <1 %") == 4
    assert "\N{MINUS SIGN}25.0 ± 1.0" in written
    assert {"yes ≥ 97", ">99.9 % to 75.0 %", "effect 30 %, else 70 %"} <= set(written)


def test_no_share_and_no_chance_is_written_as_all_or_none(page: Figure) -> None:
    assert [text for text in words(page) if STATED.search(text)] == []


def test_what_is_lost_lies_left_and_what_is_gained_right() -> None:
    row = in_points(pd.DataFrame([CHANGE])).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((-27, 2))
    assert (row["effect_q05"], row["effect_q95"]) == pytest.approx((-50, 10))


def test_bars_end_where_the_ranges_do() -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(-10, 5)
    row = {**COUNT, "label": "yes", "low": -9, "high": 2, "thin": False, "told": ""}
    draw_split(pd.DataFrame([row]), axes)
    draws, effect = ((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches)
    assert draws == (-9, 2)
    assert effect == pytest.approx((-6, 0.5))
    assert axes.patches[0].get_height() > axes.patches[1].get_height()


def test_a_break_even_is_marked_where_the_curve_is_even() -> None:
    falls = curve(0.1, 0.7)
    axes = Figure().add_subplot()
    axes.set_xlim(0, 6)
    draw_curve(falls, evens_of(falls), axes)
    # 0.9 - 0.8 times / 6 = 0.5 at 3; the other stays above
    [dot] = [line for line in axes.lines if line.get_marker() == "o"]
    assert float(dot.get_xdata()[0]) == pytest.approx(3.0)
    assert [text for text in texts_on(axes) if "×" in text] == ["3.0×"]


def test_names_of_curves_stand_apart_and_in_their_order() -> None:
    for ends in ([0.5, 0.5, 0.5], [0.1, 0.12, 0.9, 0.11], [0.0]):
        places = _spread(np.array(ends))
        order = np.argsort(ends, kind="stable")
        for lower, upper in itertools.pairwise(order):
            assert places[upper] - places[lower] >= 0.9 * APART
        assert places.mean() == pytest.approx(np.mean(ends))


def test_layers_and_curves_are_told_apart_in_grey() -> None:
    greys = sorted(lightness(to_rgb(colour)) for colour in (INK, EFFECT, PALE))
    assert all(after - before >= 20 for before, after in itertools.pairwise(greys))
    assert lightness(to_rgb(FAINT)) + 10 < lightness(to_rgb(EFFECT))
    assert len({str(dashes) for _, dashes in LINES}) == len(LINES)


def test_zero_is_well_inside_the_limits() -> None:
    ranges = pd.DataFrame({"q05": [0.0], "q95": [0.0], "effect_q05": [0.0], "effect_q95": [30.0]})
    assert limits_of([ranges], ("q05", "q95")) == (-5.0, 31.0)

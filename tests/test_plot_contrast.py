"""The figure of what an arm changes."""

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
    draw_chances,
    draw_counts,
    draw_curve,
    limits_of,
)
from sim.report.figures.drawing.style import ASSUMED, FAINT, INK, PALE, lightness
from sim.report.figures.drawing.words import texts_on

STATED = re.compile(r"(?<![\d.])(0|100)(\.0+)? ?%")
CHANGE = {"outcome": "yes >= 97", "against": 1.0, "arm": 0.75}
COUNT = {"computed": -3.0, "q05": -9, "q95": 2, "effect_q05": -6.0, "effect_q95": 0.5}
COUNTS = [{"choice": choice.column, **COUNT} for choice in CHOICES]
TIMES = np.array([0.0, 1.0, 3.0, 6.0])


def curve(*ends: float) -> pd.DataFrame:
    """Outcomes whose chance goes in a line from 0.9 to an end at six times the effect."""
    lines = {
        f"yes >= {97 + place}": 0.9 + (end - 0.9) * TIMES / 6 for place, end in enumerate(ends)
    }
    return pd.DataFrame({"times": TIMES, **lines})


@pytest.fixture(scope="module")
def page() -> Figure:
    """The page of a made-up contrast."""
    each = {
        "arm": "silent",
        "counts": COUNTS,
        "chances": [CHANGE, {"outcome": "adopted", "against": 0.95, "arm": 0.8}],
        "break_even": [{"outcome": "yes >= 97", "times": 3.0, "what": "falls"}],
    }
    told = {
        "title": "A draft", "as_of": "2025-02-23", "draws": 2, "seed": 1, "known": {},
        "labels": {"first": "US votes yes", "silent": "US is silent"}, "against": "first",
        "contrasts": [each],
    }  # fmt: skip
    return contrast_page(told, curve(0.1).assign(arm="silent", against="first"))


def words(figure: Figure) -> list[str]:
    """Everything that is written on a page."""
    return texts_on(figure) + [text for axes in figure.axes for text in texts_on(axes)]


def test_the_page_says_what_was_found_which_arms_and_what_is_assumed(page: Figure) -> None:
    written = words(page)
    # -3 with a range that holds 0; 0.95 is very likely, 0.8 likely (IPCC)
    found = "About three fewer yes votes if the US is silent, though perhaps none"
    assert f"{found}; adoption goes from very likely to likely" in written
    assert "US is silent, compared with: US votes yes" in written
    assert any(ASSUMED in text for text in written)
    assert any("2 draws, seed" in text for text in written)


def test_a_change_is_told_in_whole_votes_with_its_range(page: Figure) -> None:
    written = words(page)
    assert written.count("\N{MINUS SIGN}3") == written.count("90 %: \N{MINUS SIGN}9 to +2") == 4
    assert {"yes ≥ 97", ">99 to 75", "95 to 80"} <= set(written)


def test_no_share_and_no_chance_is_written_as_all_or_none(page: Figure) -> None:
    assert [text for text in words(page) if STATED.search(text)] == []


def test_bars_end_where_the_ranges_do() -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(-10, 5)
    draw_counts(pd.DataFrame(COUNTS), axes)
    draws, effect = ((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches[:2])
    assert draws == (-9, 2)
    assert effect == pytest.approx((-6, 0.5))
    assert axes.patches[0].get_height() > axes.patches[1].get_height()


def test_a_chance_goes_from_its_ring_to_its_point() -> None:
    axes = Figure().add_subplot()
    draw_chances(pd.DataFrame([CHANGE]), axes)
    ring, point = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in (ring, point)] == [100, 75]
    assert ring.get_markerfacecolor() == "white"


def test_a_break_even_is_marked_where_the_curve_is_even() -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(0, 6)
    # 0.9 - 0.8 times / 6 = 0.5 at 3; the other stays above
    evens = [{"times": 3.0, "what": "falls"}, {"times": None, "what": "stays"}]
    draw_curve(curve(0.1, 0.7), pd.DataFrame(evens), axes)
    [dot] = [line for line in axes.lines if line.get_marker() == "o"]
    [first] = [
        line for line in axes.lines if len(line.get_xdata()) > 50 and line.get_linestyle() == "-"
    ]
    assert float(np.interp(-0.5, -first.get_ydata(), first.get_xdata())) == pytest.approx(
        float(dot.get_xdata()[0])
    )
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
    assert limits_of([ranges]) == (-5.0, 31.0)

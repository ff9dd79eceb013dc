from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from sim import files
from sim.assembly.choices import CHOICES, COLUMNS, Choice, FloatArray
from sim.assembly.members import SIZE_OF_GROUP, Members
from sim.report.figures import (
    DRAWINGS,
    SIZES,
    draw_assembly,
    draw_difference,
    draw_movers,
    draw_result,
    draw_stored,
    draw_tally,
    layout,
    tallies_page,
)
from sim.report.figures.assembly import FADES, HATCHES, NAMES, fade_of
from sim.report.figures.cells import read_layout
from sim.report.figures.difference import drawn_pairs
from sim.report.figures.drawing.page import CREDIT, WIDTH, place, scale
from sim.report.figures.drawing.pictures import few_colours, write
from sim.report.figures.drawing.style import (
    ASSUMED,
    COLOURS,
    Colour,
    faded,
    ink_on,
    lightness,
    steps,
    with_sign,
)
from sim.report.figures.drawing.words import Look, Words, texts_on, width_of, write_on
from sim.report.figures.movers import movers_of
from sim.report.findings import of_difference, of_movers, of_sweep
from sim.report.words import short_chance
from sim.runs import Result, read_result

MEMBERS = Members.load()
LABELS = {"with-us": "US co-sponsors", "without-us": "US is silent", "us-opposes": "US votes no"}
STATED = re.compile(r"(?<![\d.])(0|100)(\.0+)? ?%")


def result_of(*arms: str, title: str = "A draft of 193 votes", move: float = 0.2) -> Result:
    """Return a made-up result: each further arm moves a fifth of every yes to abstention."""
    frames, tallies, differences, marks = [], [], [], []
    for number, arm in enumerate(arms):
        chances = np.tile([0.55, 0.2, 0.15, 0.1], (193, 1))
        chances[::3] = [0.1, 0.8, 0.1, 0.0]
        chances[::7] = [0.0, 0.0, 0.0, 1.0]
        chances[:, Choice.ABSTAIN] += move * number * chances[:, Choice.YES]
        chances[:, Choice.YES] *= 1 - move * number
        states = pd.DataFrame({"arm": arm, "iso3": MEMBERS.codes, "name": MEMBERS.names})
        frames.append(states.join(pd.DataFrame(chances, columns=[f"p_{c}" for c in COLUMNS])))
        for choice in CHOICES:
            votes = np.arange(194)
            shape = np.exp(-((votes - 90 + 30 * choice + 5 * number) ** 2) / 200)
            share = shape / shape.sum()
            told = {"arm": arm, "choice": choice.column, "votes": votes, "probability": share}
            tallies.append(pd.DataFrame(told | {"simulated": share}))
        marks.append({"arm": arm, "choice": "yes", "at_least": 97, "exact": 1.0})
    pairs = list(itertools.combinations(arms, 2))
    for against, arm in pairs:
        for choice in CHOICES:
            told = {"arm": arm, "against": against, "choice": choice.column}
            steps = {"difference": [-2, 0, 1], "probability": [0.5, 0.25, 0.25]}
            differences.append(pd.DataFrame(told | steps))
    summary = {
        "title": title, "as_of": "2025-02-23", "draws": 4000, "seed": 1,
        "arms": {arm: {"label": LABELS.get(arm, arm), "adopted": {"exact": 1.0}} for arm in arms},
        "contrasts": [{"arm": arm, "against": against} for against, arm in pairs],
    }  # fmt: skip
    contrasts = pd.concat(differences) if differences else pd.DataFrame()
    return Result(summary, pd.concat(tallies), contrasts, pd.concat(frames), pd.DataFrame(marks))


@pytest.fixture(scope="module")
def result() -> Result:
    return result_of("with-us", "without-us")


@pytest.fixture(scope="module")
def drawn(result: Result, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.name: path for path in draw_result(result, tmp_path_factory.mktemp("figures"))}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("alone") / "figures"
    return draw_result(result_of("../out", title="Aid of $1 or $2"), folder)


def words(path: Path) -> list[str]:
    """Return every text that stands in an SVG figure."""
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def stems_of(result: Result) -> set[str]:
    """How the files of every figure begin that a result has."""
    arms = [f"-{arm}" for arm in result.summary["arms"]]
    return {
        (one.file or name) + arm
        for name, one in DRAWINGS.items()
        if one.shown(result)
        for arm in (arms if one.arms == "each" else [""])
    }


def test_every_figure_is_written_as_png_and_svg(result: Result, drawn: dict[str, Path]) -> None:
    figures = {"tallies", "difference", "movers", "assembly-with-us", "assembly-without-us"}
    assert figures <= stems_of(result) == {path.stem for path in drawn.values()}
    assert sorted(drawn) == sorted(
        f"{s}.{kind}" for s in stems_of(result) for kind in ("png", "svg")
    )
    for name, path in drawn.items():
        signature = b"\x89PNG\r\n\x1a\n" if name.endswith("png") else b"<?xml"
        assert path.read_bytes().startswith(signature)


PATH = files.shipped("results") / "path-to-peace-path-2025"


def test_words_of_a_path_stand_on_white_and_stay_text(tmp_path: Path) -> None:
    page = DRAWINGS["path"].page(read_result(PATH), title=None)
    canvas = FigureCanvasAgg(page)
    canvas.draw()
    told = [text for axes in page.axes for text in axes.texts]
    assert {"actual: not put", "adopted as amended\n92 %"} <= {text.get_text() for text in told}
    for text in told:
        plate = text.get_bbox_patch()
        assert plate is not None, text.get_text()
        assert plate.get_facecolor()[:3] == (1, 1, 1)
        assert plate.get_facecolor()[3] >= 0.75
    # no word lies on another
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in told]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    _, svg = draw_result(read_result(PATH), tmp_path, figure="path")
    assert "actual: not put" in words(svg)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_has_its_finding_as_title_a_credit_and_any_title_asked_for(
    name: str, result: Result, tmp_path: Path
) -> None:
    shown = result if DRAWINGS[name].shown(result) else read_result(PATH)
    arm = {"arm": list(shown.summary["arms"])[-1]} if DRAWINGS[name].arms != "all" else {}
    page, other = (DRAWINGS[name].page(shown, title=title, **arm) for title in (None, "Mine"))
    title, _, credit = texts_on(page)[:3]
    assert credit == CREDIT
    assert texts_on(other)[0] == "Mine"
    # a finding tells of the numbers, so it has one, or a name of what was found
    assert re.search(r"\d| (no|one|two|three|four|five|six|seven|eight|nine|ten) ", title), title
    drawn = draw_result(shown, tmp_path, figure=name, size="square", **arm)
    assert all(path.stem.endswith("-square") for path in drawn)
    with Image.open(drawn[0]) as picture:
        assert abs(picture.size[0] - picture.size[1]) <= 1
    box = re.search(r'viewBox="([^"]*)"', drawn[1].read_text(encoding="utf-8"))
    assert box
    left, _, width, height = map(float, box[1].split())
    assert (left, width) == (0, pytest.approx(height, abs=0.05))


@pytest.mark.parametrize("size", ["wide", "square"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_fills_its_size(name: str, size: str, result: Result, tmp_path: Path) -> None:
    shown = result if DRAWINGS[name].shown(result) else read_result(PATH)
    png, *_ = draw_result(shown, tmp_path, figure=name, size=size)
    with Image.open(png) as picture:
        assert picture.size[0] / picture.size[1] == pytest.approx(SIZES[size], abs=0.01)
        inked = (np.asarray(picture.convert("RGB")) < 240).any(axis=2)
    # between the title and the credit, and the left margin and the right, no part is blank
    for axis, most in ((0, 0.1), (1, 0.12)):
        somewhere = np.flatnonzero(inked.any(axis=axis))
        gaps = np.diff(somewhere, prepend=0, append=inked.shape[1 - axis])
        assert gaps.max() <= most * inked.shape[1 - axis]


def test_names_of_states_stay_inside_their_cells() -> None:
    states = {"arm": "a", "iso3": list(layout()), "name": "", "p_yes": 0.9}
    states |= {"p_abstain": 0.1, "p_no": 0.0, "p_non_voting": 0.0}
    axes = place(Figure(figsize=(WIDTH, 8.0)), (0.3, 0.8, 10.75, 6.45))
    draw_assembly(pd.DataFrame(states), axes, arm="a")
    written = texts_on(axes)
    # side by side they would touch the edges; in two lines there is room
    assert {"New", "Zealand", "Luxembourg", "Saudi", "Arabia"} <= set(written)
    assert "New Zealand" not in written
    cell = 72 * 10.75 / 25
    names = [
        width_of(line, words.look)
        for words in axes.artists
        if isinstance(words, Words) and words.look.size in NAMES
        for line in words.lines
    ]
    assert len(names) > 150
    # a cell is coloured but for 0.04 on both sides of it
    assert max(names) <= 0.9 * 0.92 * cell


def test_a_finding_changes_with_its_numbers() -> None:
    far, still = result_of("with-us", "us-opposes"), result_of("with-us", "us-opposes", move=0.0)
    assert "if the US votes no, no state" not in of_movers(far, "us-opposes")
    assert of_movers(still, "us-opposes").startswith("If the US votes no, no other state moves")
    # -2 in half, 0 in a quarter, +1 in a quarter of the draws: -0.75, and the range holds none
    assert of_difference(far) == "About one fewer yes vote if the US votes no, though perhaps none"


@pytest.mark.parametrize("figure", ["movers", "map"])
def test_a_figure_of_one_arm_tells_the_finding_of_that_arm(tmp_path: Path, figure: str) -> None:
    # the second arm moves every state by a fifth, the third, which is furthest, by two fifths
    result = result_of("with-us", "without-us", "us-opposes")
    for arm, label in (("without-us", "US is silent"), ("us-opposes", "US votes no")):
        paths = draw_result(result, tmp_path, figure=figure, arm=arm)
        title = max(words(paths[-1]), key=lambda text: "if the us" in text.lower())
        assert f"the {label}" in title


def test_the_finding_of_a_sweep_names_its_arm() -> None:
    rows = [(0, "a", 100.0), (1, "a", 100.0), (0, "b", 99.1), (1, "b", 86.3)]
    points = pd.DataFrame(rows, columns=["us.effect_scale", "arm", "yes"])
    told = of_sweep(points, ["us.effect_scale"], {"a": "US co-sponsors", "b": "US votes no"})
    assert told == (
        "If the US votes no, expected yes moves between 86.3 and 99.1 with us.effect_scale"
    )
    alone = points[points["arm"] == "b"]
    assert of_sweep(alone, ["us.effect_scale"], {"b": "US votes no"}).startswith("Expected yes")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"figure": "pie"}, "figure 'pie': this result has tallies, difference, movers, map"),
        ({"figure": "tallies", "arm": "with-us"}, "shows all arms"),
        ({"figure": "map", "arm": "with-eu"}, "arm 'with-eu': this result has with-us, without-us"),
        ({"figure": "movers", "arm": "with-us"}, "arm 'with-us': this result has without-us"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    asked: dict[str, str], message: str, result: Result, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        draw_result(result, tmp_path, **asked)
    assert list(tmp_path.iterdir()) == []


def test_a_stored_sweep_is_drawn_again(tmp_path: Path) -> None:
    columns = ["answer", "arm", "against", "field", "first", "first_confidence", "total"]
    rows = [[name, "a", "", "us.x", 0.5, 0.1, 0.6, 0.1] for name in ("adopted", "yes")]
    table = pd.DataFrame(rows, columns=[*columns, "total_confidence"])
    table.to_csv(tmp_path / "sensitivity.csv", index=False)
    manifest = {"sweep": {"scenario": "s", "title": "A draft", "labels": {"a": "US votes no"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    drawn = draw_stored(tmp_path, tmp_path / "again", size="wide")
    assert [path.name for path in drawn] == ["sensitivity-wide.png", "sensitivity-wide.svg"]
    assert "us.x drives the chance of adoption most" in words(drawn[1])
    with pytest.raises(ValueError, match="figure 'map': this folder has sensitivity"):
        draw_stored(tmp_path, tmp_path, figure="map")


def test_the_real_vote_is_marked_where_there_is_one(result: Result) -> None:
    real = {"symbol": "ES-11/7", "tally": {"yes": 93, "abstain": 65, "no": 18, "non_voting": 17}}
    figure = tallies_page(replace(result, actual=real))
    marks = [
        {float(across) for across in line.get_xdata()}
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() == "D"
    ]
    assert marks == [{93.0}, {65.0}, {18.0}, {17.0}]
    assert any("real vote, ES-11/7" in text for text in texts_on(figure))
    assert not any("real vote" in text for text in texts_on(tallies_page(result)))


def test_a_single_arm_has_no_difference_and_no_movers(alone: list[Path]) -> None:
    stems = {path.stem.partition("-")[0] for path in alone}
    assert {"tallies", "assembly"} <= stems
    assert not {"difference", "movers"} & stems


def test_whatever_an_arm_is_called_its_figure_stays_in_the_folder(alone: list[Path]) -> None:
    (folder,) = {path.parent for path in alone}
    assert [path.name for path in folder.parent.iterdir()] == ["figures"]
    assert len(list(folder.iterdir())) == len(alone) >= 4


def test_a_dollar_sign_in_a_title_is_a_dollar_sign(alone: list[Path]) -> None:
    assert any(text.startswith("Aid of $1 or $2  ·") for text in words(alone[1]))


def test_the_same_result_gives_the_same_bytes_twice(
    result: Result, drawn: dict[str, Path], tmp_path: Path
) -> None:
    again = draw_result(result, tmp_path)
    assert [path.name for path in again] == list(drawn)
    assert [path.name for path in again if path.read_bytes() != drawn[path.name].read_bytes()] == []


def test_a_figure_tells_no_day_of_drawing_and_no_version(drawn: dict[str, Path]) -> None:
    for name in ("tallies.svg", "movers.svg"):
        text = drawn[name].read_text(encoding="utf-8")
        assert "<dc:date>" not in text
        assert mpl.__version__ not in text
    assert mpl.__version__.encode() not in drawn["tallies.png"].read_bytes()


def test_every_page_says_of_what_as_of_when_and_whether_it_was_drawn(
    drawn: dict[str, Path],
) -> None:
    about = "A draft of 193 votes  ·  as of 2025-02-23  ·  "
    for name in drawn:
        if name.endswith("svg"):
            made = "4,000 draws, seed 1" if name == "difference.svg" else "computed without draws"
            assert about + made in words(drawn[name]), name


def test_every_page_that_shows_the_effect_says_that_it_is_assumed(drawn: dict[str, Path]) -> None:
    for name in ("tallies.svg", "difference.svg", "movers.svg", "assembly-without-us.svg"):
        assert any(ASSUMED in text for text in words(drawn[name])), name


def test_no_chance_is_written_as_0_or_100_percent(drawn: dict[str, Path]) -> None:
    # the made-up result has chances of exactly 0 and 1 in every table
    for name in ("tallies.svg", "difference.svg", "movers.svg", "assembly-with-us.svg"):
        assert [text for text in words(drawn[name]) if STATED.search(text)] == [], name
    assert {"<1", ">99"} == {short_chance(0.0), short_chance(1.0)}
    assert all(short_chance(p) not in ("0", "100") for p in np.linspace(0, 1, 2001))


def test_all_193_member_states_stand_on_the_map_by_their_codes(drawn: dict[str, Path]) -> None:
    written = words(drawn["assembly-with-us.svg"])
    assert sorted(text for text in written if re.fullmatch("[A-Z]{3}", text)) == list(MEMBERS.codes)


def test_each_member_state_has_one_cell_of_its_own() -> None:
    rows = files.read_rows(files.seed("layout.csv"), ("iso3", "row", "column"))
    assert [row["iso3"] for row in rows] == list(MEMBERS.codes)
    assert len({(row["row"], row["column"]) for row in rows}) == 193
    assert dict(layout()) == {r["iso3"]: (int(r["row"]), int(r["column"])) for r in rows}


def test_each_regional_group_has_a_block_of_its_own() -> None:
    blocks = {}
    for group in SIZE_OF_GROUP:
        cells = [layout()[s.iso3] for s in MEMBERS.states if s.regional_group == group]
        blocks[group] = np.min(cells, axis=0), np.max(cells, axis=0)
    for (_, (low, high)), (_, (start, end)) in itertools.combinations(blocks.items(), 2):
        assert (high < start).any() or (end < low).any()


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("FRA,3,2", "", "FRA: has no cell"),
        ("FRA,3,2", "FRA,1,0", "line 60: (1, 0): the cell of another member state"),
        ("FRA,3,2", "ATL,3,2", "line 60: 'ATL': each member state once, and no other"),
        (
            "FRA,3,2",
            "FRA,3,-2",
            "line 60: ('3', '-2'): row and column must be whole numbers",
        ),
    ],
)
def test_a_wrong_layout_is_refused(wrong: str, right: str, message: str, tmp_path: Path) -> None:
    text = files.seed("layout.csv").read_text(encoding="utf-8")
    assert wrong in text
    path = tmp_path / "layout.csv"
    path.write_text(text.replace(wrong + "\n", right + "\n" if right else ""), encoding="utf-8")
    with pytest.raises(files.FileError, match=re.escape(message)):
        read_layout(path)


def test_an_unknown_arm_is_refused(result: Result) -> None:
    axes = Figure().add_subplot()
    known = "this result has with-us, without-us"
    with pytest.raises(ValueError, match=f"arm 'with-eu': {known}"):
        draw_assembly(result.states, axes, arm="with-eu")
    with pytest.raises(ValueError, match=f"arm 'with-eu': {known}"):
        draw_assembly(result.states, axes, arm="with-us", against="with-eu")
    with pytest.raises(ValueError, match=f"arm 'with-eu': {known}"):
        draw_movers(result.states, axes, arm="with-us", against="with-eu")
    with pytest.raises(ValueError, match="this result compares without-us against with-us"):
        draw_difference(result.differences, axes, arm="with-us", against="without-us")


def test_the_colours_of_the_choices_differ_in_grey() -> None:
    greys = sorted(lightness(colour) for colour in COLOURS.values())
    assert all(after - before >= 10 for before, after in itertools.pairwise(greys))


def test_lightness_is_that_of_the_standard() -> None:
    # CIE L* of middle grey #777777 is 50.03 (relative luminance 0.1845): 116 * 0.1845**(1/3) - 16
    assert lightness((0x77 / 255,) * 3) == pytest.approx(50.03, abs=0.01)


def test_where_shades_are_alike_in_grey_the_hatch_differs() -> None:
    assert len(set(HATCHES.values())) == len(CHOICES)


# Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1.0
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour: Colour) -> FloatArray:
    parts = np.array(colour)
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: FloatArray) -> FloatArray:
    """Return CIELAB of linear sRGB, white point D65 (IEC 61966-2-1)."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(to_xyz @ np.clip(light, 0.001, 1) / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_colours_of_the_choices_differ_with_any_colour_vision(deficiency: str) -> None:
    seen = [lab(DEFICIENCIES[deficiency] @ linear(colour)) for colour in COLOURS.values()]
    # 20 is near ten times the least difference that is noticed
    assert all(np.linalg.norm(one - other) > 20 for one, other in itertools.combinations(seen, 2))


@pytest.mark.parametrize("choice", CHOICES)
def test_letters_stand_out_on_every_shade(choice: Choice) -> None:
    for least, *_ in FADES:
        shade = faded(COLOURS[choice], fade_of(least))
        luminance = float(linear(shade) @ [0.2126, 0.7152, 0.0722])
        ink = 1.0 if ink_on(shade) == "#ffffff" else 0.0
        light, dark = max(luminance, ink), min(luminance, ink)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, success criterion 1.4.3


def test_a_cell_is_paler_the_less_sure_the_choice() -> None:
    strengths = [fade_of(top) for top in (1.0, 0.9, 0.89, 0.7, 0.69, 0.5, 0.49, 0.25)]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == 1.0
    assert len(set(strengths)) == len(FADES)


def test_movers_come_in_order_of_what_lands_on_another_choice() -> None:
    # total variation by hand: AUT |-.1|+|.1| over 2 = .1; BEL (.3+.2+.1)/2 = .3; CHE none
    columns = ["arm", "iso3", "name", *(f"p_{name}" for name in COLUMNS)]
    rows = [
        ("a", "AUT", "Austria", 0.9, 0.1, 0.0, 0.0), ("b", "AUT", "Austria", 0.8, 0.2, 0.0, 0.0),
        ("a", "BEL", "Belgium", 0.6, 0.2, 0.1, 0.1), ("b", "BEL", "Belgium", 0.3, 0.4, 0.2, 0.1),
        ("a", "CHE", "Switzerland", 0.5, 0.5, 0, 0), ("b", "CHE", "Switzerland", 0.5, 0.5, 0, 0),
    ]  # fmt: skip
    table = movers_of(pd.DataFrame(rows, columns=columns), "b", "a")
    assert list(table.index) == ["BEL", "AUT"]
    assert table["moved"].to_numpy() == pytest.approx([0.3, 0.1])
    assert table[["yes", "abstain", "no", "non_voting"]].loc["BEL"].to_numpy() == pytest.approx(
        [-0.3, 0.2, 0.1, 0.0]
    )


def test_movers_that_differ_in_the_last_digits_alone_come_by_their_codes() -> None:
    columns = ["arm", "iso3", "name", *(f"p_{name}" for name in COLUMNS)]
    rows = [
        ("a", "AUT", "Austria", 0.9, 0.1, 0.0, 0.0), ("b", "AUT", "Austria", 0.6, 0.4, 0.0, 0.0),
        ("a", "BEL", "Belgium", 0.9, 0.1, 0.0, 0.0),
        ("b", "BEL", "Belgium", 0.6 - 1e-10, 0.4 + 1e-10, 0.0, 0.0),
    ]  # fmt: skip
    assert list(movers_of(pd.DataFrame(rows, columns=columns), "b", "a").index) == ["AUT", "BEL"]


def test_arms_that_move_nobody_can_be_drawn() -> None:
    states = result_of("with-us", "without-us", move=0.0).states
    axes = Figure().add_subplot()
    draw_movers(states, axes, arm="without-us", against="with-us")
    assert "no member state moves so far" in texts_on(axes)


def test_a_difference_is_told_by_mean_range_and_direction(result: Result) -> None:
    axes = Figure().add_subplot()
    draw_difference(result.differences, axes, arm="without-us", against="with-us", draws=4000)
    # -2 in half, 0 in a quarter, +1 in a quarter of the draws: mean -1 + 0.25
    told = texts_on(axes)
    assert told.count("mean \N{MINUS SIGN}0.8") == 4
    first = told.index("90 %: \N{MINUS SIGN}2 to +1")
    assert told[first + 1 : first + 3] == ["fewer: 50 %", "more: 25 %"]


def test_a_tally_is_told_by_what_is_expected_and_ranges() -> None:
    share = [0.02, 0.22, 0.2, 0.1, 0.02, 0.02, 0.42]
    votes = {"arm": "a", "choice": "no", "votes": range(7), "probability": share}
    axes = Figure().add_subplot()
    draw_tally(pd.DataFrame(votes), axes, choice=Choice.NO)
    # summed: .02 .24 .44 .54 .56 .58 1, so the median is 3; the mean is 3.62
    assert texts_on(axes)[:3] == ["expected 4", "50 % range 2–6", "90 % range 1–6"]


def test_of_many_pairs_those_against_the_first_arm_are_drawn() -> None:
    assert len(drawn_pairs(result_of("with-us", "without-us", "us-opposes"))) == 3
    arms = "abcd"
    assert drawn_pairs(result_of(*arms)) == [("b", "a"), ("c", "a"), ("d", "a")]


def test_drawing_changes_no_table_and_no_setting(tmp_path: Path) -> None:
    def settings() -> dict[str, object]:
        # to look at the backend is to choose one
        return {name: mpl.rcParams[name] for name in mpl.rcParams if name != "backend"}

    result, earlier = result_of("with-us"), settings()
    names = ("distribution", "differences", "states", "thresholds")
    before = {name: getattr(result, name).copy() for name in names}
    draw_result(result, tmp_path)
    assert settings() == earlier
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(result, name), table)


def test_no_state_of_pyplot_is_made() -> None:
    program = (
        "import sys; from sim.report.figures import draw_result\n"
        "from sim.report.figures.drawing.style import style\n"
        "with style(): sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("number", "digits", "told"),
    [(2.34, 1, "+2.3"), (-2.0, 0, "\N{MINUS SIGN}2"), (-0.04, 1, "0.0"), (0, 0, "0")],
)
def test_a_change_has_its_sign(number: float, digits: int, told: str) -> None:
    assert with_sign(number, digits=digits) == told


# What a run that drew nothing leaves


def nothing_drawn(*arms: str) -> Result:
    """Return the made-up result as computed alone: no draws, and no column of what was drawn."""
    drawn = result_of(*arms)
    summary = {key: told for key, told in drawn.summary.items() if key not in ("draws", "seed")}
    distribution = drawn.distribution.drop(columns="simulated")
    none = drawn.differences.iloc[:0]
    return Result(summary, distribution, none, drawn.states, drawn.thresholds)


def test_without_draws_all_is_drawn_but_the_differences_from_draw_to_draw(tmp_path: Path) -> None:
    nothing = nothing_drawn("with-us", "without-us")
    drawn = draw_result(nothing, tmp_path)
    stems = {path.stem for path in drawn}
    assert {"tallies", "movers", "assembly-with-us", "assembly-without-us"} <= stems
    assert stems == stems_of(nothing)
    assert "difference" not in stems
    for path in drawn:
        if path.suffix == ".svg":
            assert any(text.endswith("computed without draws") for text in words(path)), path.name


def test_a_result_of_0_draws_is_one_without_draws(tmp_path: Path) -> None:
    bare = nothing_drawn("with-us")
    told = {**bare.summary, "draws": 0, "seed": 1}
    zero = Result(told, bare.distribution, pd.DataFrame(), bare.states, pd.DataFrame())
    drawn = draw_result(zero, tmp_path)
    assert not any("0 draws" in text for path in drawn[1::2] for text in words(path))


# Letters


@pytest.mark.parametrize("text", ["AVA", "Y\u203a>99", "T\u00fcrkiye", "90 %: \u22129 to +2"])
@pytest.mark.parametrize("bold", [False, True])
def test_words_are_as_wide_as_matplotlib_sets_them(text: str, bold: bool) -> None:
    figure = Figure(dpi=160)
    canvas = FigureCanvasAgg(figure)
    own = figure.text(0.1, 0.8, text, size=8, weight="bold" if bold else "normal")
    write_on(figure, text, (0.1, 0.2), look=Look(8, bold=bold))
    canvas.draw()
    inked = np.asarray(canvas.buffer_rgba())[..., 0] < 128
    upper, lower = (np.flatnonzero(half.any(axis=0)) for half in np.array_split(inked, 2))
    assert np.abs(upper[[0, -1]] - lower[[0, -1]]).max() <= 1, own


def test_words_of_one_look_are_one_artist() -> None:
    figure = Figure()
    for text, size in (("a", 8), ("b", 9), ("c", 8)):
        write_on(figure, text, (0.5, 0.5), look=Look(size))
    assert [words.lines for words in figure.artists if isinstance(words, Words)] == [
        ["a", "c"],
        ["b"],
    ]


def test_a_script_that_joins_its_letters_is_set_by_matplotlib(tmp_path: Path) -> None:
    title = "\u0642\u0631\u0627\u0631"
    figure = Figure()
    write_on(figure, title, (0.5, 0.5), look=Look(8))
    assert [text.get_text() for text in figure.texts] == [title] == texts_on(figure)
    drawn = draw_result(result_of("with-us", title=title), tmp_path)
    assert any(title in text for text in words(drawn[1]))


def test_a_map_of_the_assembly_has_few_artists() -> None:
    # 193 member states with two texts each: one artist for each text would be 386 and more
    axes = Figure().add_subplot()
    draw_assembly(result_of("a", "b").states, axes, arm="b", against="a")
    assert len(axes.artists) + len(axes.texts) + len(axes.collections) + len(axes.lines) < 50


# Shapes and scales


def test_a_scale_has_round_numbers_within_its_limits() -> None:
    axes = place(Figure(figsize=(WIDTH, 4.0)), (1.0, 1.0, 7.9, 2.0))
    axes.set_xlim(48.5, 169.5)
    scale(axes, "member states")
    assert texts_on(axes) == ["60", "80", "100", "120", "140", "160", "member states"]


@pytest.mark.parametrize("most", range(7, 60))
def test_a_scale_of_votes_counts_whole_ones(most: int) -> None:
    axes = place(Figure(figsize=(WIDTH, 4.0)), (1.0, 1.0, 1.8, 2.0))
    axes.set_xlim(-1.5, most + 1.5)
    scale(axes, "member states")
    # a tick at 2.5, written without its decimal, would be one at 2
    ticks = [int(text) for text in texts_on(axes)[:-1]]
    assert len(ticks) >= 2
    assert np.unique(np.diff(ticks)).size == 1


def test_a_stepped_shape_holds_the_area_of_its_steps() -> None:
    across, up = steps(2, np.array([1.0, 4.0, 2.0]), base=0.0).T
    # the shoelace formula, against widths of 1: 1 + 4 + 2
    area = abs(across @ np.roll(up, 1) - up @ np.roll(across, 1)) / 2
    assert area == pytest.approx(7)


# Files


def test_a_picture_of_few_colours_is_kept_as_it_is() -> None:
    picture = np.full((3, 5, 4), 255, dtype=np.uint8)
    picture[1, :, 0] = [0, 1, 2, 2, 250]
    numbers, colours = few_colours(picture)
    np.testing.assert_array_equal(colours[numbers], picture[..., :3])
    assert len(colours) == 5


def test_of_many_colours_the_common_stay_and_each_other_becomes_the_nearest() -> None:
    red, green = np.meshgrid(np.arange(0, 256, 4), np.arange(0, 256, 4))
    shades = np.stack([red, green, 0 * red, 0 * red], axis=-1).astype(np.uint8)  # 4,096 of them
    plain = np.full((64, 64, 4), [10, 20, 30, 255], dtype=np.uint8)
    picture = np.concatenate([shades, plain])
    numbers, colours = few_colours(picture)
    assert len(colours) == len(np.unique(colours, axis=0)) == 256
    np.testing.assert_array_equal(colours[numbers[64:]], plain[..., :3])
    wide = picture[..., None, :3].astype(int) - colours.astype(int)
    away = (wide**2).sum(axis=-1)
    np.testing.assert_array_equal(
        np.take_along_axis(away, numbers[..., None].astype(int), axis=-1)[..., 0], away.min(-1)
    )


def test_figures_are_written_with_a_palette_and_for_print(drawn: dict[str, Path]) -> None:
    with Image.open(drawn["assembly-with-us.png"]) as picture:
        assert picture.mode == "P"
        assert picture.info["Software"] == "unga-sim"
        assert picture.info["dpi"] == pytest.approx((160, 160), abs=0.1)
        # A4 on its side, 11.69 by 8.27 inches
        assert picture.size == (int(11.69 * 160), int(8.27 * 160))


def test_no_place_in_an_svg_is_told_finer_than_a_hundredth_of_a_point(
    drawn: dict[str, Path],
) -> None:
    places = re.findall(r' (?:d|x|y)="([^"]*)"', drawn["tallies.svg"].read_text(encoding="utf-8"))
    assert places
    assert not any(re.search(r"\.\d{3}", place) for place in places)


def test_a_number_in_a_text_of_an_svg_keeps_its_digits(tmp_path: Path) -> None:
    figure = Figure()
    write_on(figure, "p = 0.123456 < 1", (0.5, 0.5), look=Look(8))
    assert words(write(figure, tmp_path / "one")[1]) == ["p = 0.123456 < 1"]

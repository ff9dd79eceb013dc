"""A path of votes stands twice, in Python and in the page: both give the same numbers."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.report.page import computed
from sim.report.page.way import steps_section
from sim.report.page.way_parameters import committees_of, way_parameters
from sim.scenario.case import Case, resolve
from sim.scenario.path import path_of
from sim.vote.chance import evenly
from sim.vote.exact.path import ArmPath, mean_and_error, solve_path
from sim.vote.exact.path.points import POINTS

RUNNER = Path(__file__).parent / "page" / "way.mjs"
PATHS = (
    "chemical-weapons-2016",
    "crimea-rights-2018",
    "gaza-amendment-2023",
    "path-to-peace-path-2025",
    "rival-draft-2022",
)
AGREE = 1e-6
"""How near chances are; Python holds them in single precision."""

Known = Mapping[int, Mapping[str, Choice]]
"""Votes that are set, by the number of the step and the code of the state."""

NEEDS_NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def answers(case: Case, questions: list[tuple[int, Known]]) -> Any:
    """What the page says of arms with votes of steps set."""
    row = Members.load().row
    asked = [
        {
            "arm": arm,
            "steps": {
                step: {row(code): int(choice) for code, choice in votes.items()}
                for step, votes in known.items()
            },
        }
        for arm, known in questions
    ]
    told = json.dumps({"way": way_parameters(case), "questions": asked})
    run = subprocess.run(
        ["node", str(RUNNER)], input=told, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def in_python(case: Case, known: Known) -> list[ArmPath]:
    """What Python says of every arm with them set."""
    tables = case.scenario.model_dump()
    for step, votes in known.items():
        told = {code: choice.column for code, choice in votes.items()}
        stands = tables["steps"][step]["known"] if step in committees_of(case) else None
        tables["steps"][step]["known"] = {**(stands or {}), **told}
    path = path_of(resolve(tables, record=case.record))
    return list(solve_path(path, seed=case.scenario.seed, most=POINTS).values())


@NEEDS_NODE
@pytest.mark.parametrize("name", PATHS)
def test_ends_steps_and_tallies_are_those_of_python(name: str) -> None:
    case = resolve(name)
    may = [at for at, step in enumerate(case.scenario.steps) if step.kind != "committee"]
    first: Known = {may[0]: {"BRA": Choice.YES, "IND": Choice.ABSTAIN}}
    both: Known = {**first, may[-1]: {**first.get(may[-1], {}), "ZAF": Choice.NON_VOTING}}
    last = len(case.scenario.arms) - 1
    agree(case, [(0, {}), (0, first), (0, both), (last, first)])


@NEEDS_NODE
def test_votes_set_in_a_committee_hold_on_the_text_as_in_python() -> None:
    case = resolve("crimea-rights-2018")
    set_there = {
        "BRA": Choice.YES,
        "FRA": Choice.NO,
        "IDN": Choice.ABSTAIN,
        "CAN": Choice.NON_VOTING,
    }
    with_text: Known = {0: set_there, 1: {"BRA": Choice.NO}}
    agree(case, [(0, {0: set_there}), (1, with_text), (1, {0: {"BRA": Choice.YES}}), (0, {})])
    [free, told] = (in_python(case, known)[0] for known in ({}, {0: set_there}))
    assert abs(told.tallies[1] - free.tallies[1]).max() > 1e-3


@NEEDS_NODE
def test_a_committee_of_which_nobody_says_how_often_it_holds_cannot_be_set() -> None:
    tables = resolve("crimea-rights-2018").scenario.model_dump()
    for field in ("holds", "holds_range", "known"):
        del tables["steps"][0][field]
    case = resolve(tables)
    told = way_parameters(case)
    assert told is not None
    assert [step["may_know"] for step in told["steps"]] == [False, True]
    agree(case, [(0, {1: {"BRA": Choice.NO}})])


def agree(case: Case, questions: list[tuple[int, Known]]) -> None:
    """Ends, errors, flows, tallies and the chance of what is known are those of Python."""
    solved: dict[str, list[ArmPath]] = {}  # every arm at once
    for (arm, known), found in zip(questions, answers(case, questions), strict=True):
        if repr(known) not in solved:
            solved[repr(known)] = in_python(case, known)
        expected = solved[repr(known)][arm]
        ends, errors = mean_and_error(expected.ends, expected.known)
        flows, _ = mean_and_error(expected.flows, expected.known)
        assert np.abs([one["chance"] for one in found["ends"]] - ends).max() < AGREE
        assert np.abs([one["error"] for one in found["ends"]] - errors).max() < AGREE
        assert np.abs(np.array(found["flows"]) - flows).max() < AGREE
        assert np.abs(np.array(found["tallies"]) - expected.tallies).max() < AGREE
        assert found["known"] == pytest.approx(expected.known.mean(), abs=AGREE)


@NEEDS_NODE
def test_what_no_vote_tells_is_all_that_all_points_weigh() -> None:
    case = resolve("gaza-amendment-2023")
    free, told = answers(case, [(0, {}), (0, {1: {"BRA": Choice.NO}})])
    points = way_parameters(case)
    assert points is not None
    assert free["effective"] == pytest.approx(points["points"]["sets"] * points["points"]["points"])
    assert told["effective"] < free["effective"]


def test_a_few_vectors_span_all_points() -> None:
    case = resolve("gaza-amendment-2023")
    found = way_parameters(case)
    assert found is not None
    told = found["points"]
    whole = np.frombuffer(base64.b64decode(told["spanned"]), "<u4")
    sets = whole.reshape(told["sets"], -1, told["dimensions"])
    here, points = sets[3, 0].copy(), [sets[3, 0]]
    for number in range(1, told["points"]):
        lowest = (number & -number).bit_length()
        here = here ^ sets[3, lowest]
        points.append(here)
    seed = case.scenario.seed * told["sets"] + 3
    cube = evenly(seed, points=told["points"], dimensions=told["dimensions"])
    np.testing.assert_allclose(np.array(points) / 2**30, cube, atol=2**-40)


def test_the_ends_stand_under_the_labels_of_the_arms_in_whole_per_cents() -> None:
    page = steps_section(computed(resolve("crimea-rights-2018")))
    ends = page[page.index('id="ends"') :].split("</table>")[0]
    assert "us-votes-yes" not in ends
    heads = re.sub(r"<[^>]*>", "", ends.split("<thead>")[1].split("</thead>")[0])
    assert heads == "endUS votes yesUS abstains"
    cells = re.findall(r"<td>([^<]*)</td>", ends)
    assert len(cells) == 4
    assert all(re.fullmatch(r"([<>]|&[lg]t;)?\d+\u00a0%", cell) for cell in cells), cells

"""The law stands twice, in Python and in the page: both give the same numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import files
from sim.assembly.choices import Choice, FloatArray
from sim.assembly.members import US, Members
from sim.report.page import parameters_of
from sim.runs.simulate import exact_arm
from sim.scenario.ballots import ballots
from sim.scenario.case import resolve
from sim.studies.break_even import with_effect
from sim.vote.ballot import Ballot
from sim.vote.exact import solve as exact
from sim.vote.outcomes import ArmChances

RUNNER = Path(__file__).parent / "page" / "answer.mjs"
SCENARIOS = sorted(path.stem for path in files.shipped("scenarios").glob("*.toml"))
KNOWN = (1, 40, 3, 10, 30, 20, 2, 60, 5)
"""How many votes are known, scenario by scenario, beside none."""
AGREE = 1e-6

NEEDS_NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def answers(case_parameters: dict[str, Any], questions: Sequence[dict[str, Any]]) -> Any:
    """What the page's engine says."""
    asked = json.dumps({"parameters": case_parameters, "questions": questions})
    run = subprocess.run(
        ["node", str(RUNNER)], input=asked, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def question(arm: int, *, known: dict[int, Choice] | None = None, **more: Any) -> dict[str, Any]:
    """What is asked of it."""
    votes = {str(row): int(choice) for row, choice in (known or {}).items()}
    return {"arm": arm, "positions": None, "scale": 1, "known": votes, "counts": False, **more}


def some_known(ballot: Ballot, count: int, rng: np.random.Generator) -> dict[int, Choice]:
    """Votes of some states, drawn from their own probabilities."""
    may = np.flatnonzero(ballot.probabilities[:, Choice.NON_VOTING] < 1)
    rows = rng.permutation(may[may != Members.load().row(US)])[:count].tolist()
    return {row: Choice(int(rng.choice(4, p=ballot.probabilities[row]))) for row in rows}


def agree(found: dict[str, Any], states: FloatArray) -> None:
    """The same probabilities of all states."""
    off = np.abs(np.array(found["states"]).reshape(states.shape) - states)
    assert off.max() < AGREE, f"state {off.max(axis=1).argmax()} off by {off.max():.1e}"


def agree_on_counts(found: dict[str, Any], expected: ArmChances) -> None:
    """The same counts and the same chance of adoption."""
    for choice in Choice:
        off = np.abs(np.array(found["tally"][choice]) - expected.tallies[choice])
        assert off.max() < AGREE, f"{choice.label} off by {off.max():.1e}"
    assert abs(found["adopted"] - expected.adopted) < AGREE


@NEEDS_NODE
@pytest.mark.parametrize(("place", "name"), [*enumerate(SCENARIOS)])
def test_states_and_counts_are_those_of_python(place: int, name: str) -> None:
    case, rng = resolve(name), np.random.default_rng(place)
    arms, rule = [*ballots(case).values()], case.rule
    known = some_known(arms[0], KNOWN[place % len(KNOWN)], rng)
    counted = place % len(arms)
    questions, expected = [], []
    for arm, ballot in enumerate(arms):
        for votes in ({}, known):
            # all counts of one arm, with nothing known or with a few votes, for they take long
            both = arm == counted and len(votes) == (len(known) if len(known) < 20 else 0)
            held = replace(ballot, known=votes)
            questions.append(question(arm, known=votes, counts=both))
            expected.append(exact_arm(held, rule) if both else exact.marginals(held))
    for found, wanted in zip(answers(parameters_of(case), questions), expected, strict=True):
        if isinstance(wanted, ArmChances):
            agree(found, wanted.states)
            agree_on_counts(found, wanted)
        else:
            agree(found, wanted)


@NEEDS_NODE
def test_a_stronger_effect_and_other_chances_of_positions_are_those_of_python() -> None:
    case = resolve("anniversary-2025")
    ballot = ballots(case)["us-opposes"]
    tables = case.scenario.model_dump()
    tables["arms"] = {"mixed": {"us": {"no": 0.25, "silent": 0.75}}}
    mixed = ballots(resolve(tables))["mixed"]
    found = answers(
        parameters_of(case),
        [
            question(2, scale=1.7),
            question(0, positions={"no": 1, "silent": 3}),
            question(2, scale=0, known={3: Choice.YES}),
        ],
    )
    agree(found[0], exact.marginals(with_effect(ballot, 1.7)))
    agree(found[1], exact.marginals(mixed))
    still = replace(with_effect(ballot, 0.0), known={3: Choice.YES})
    agree(found[2], exact.marginals(still))


@NEEDS_NODE
def test_the_chance_of_what_was_set_is_that_of_python() -> None:
    case = resolve("rights-2024")
    ballot = replace(next(iter(ballots(case).values())), known={5: Choice.NO, 60: Choice.YES})
    [found] = answers(parameters_of(case), [question(0, known=dict(ballot.known))])
    assert np.exp(found["logKnown"]) == pytest.approx(
        exact.chance_of_known(ballot, fineness=exact.FINE), rel=1e-5
    )


@NEEDS_NODE
@pytest.mark.parametrize("goal", ["yes", "adopted"])
def test_a_call_is_worth_what_the_same_push_is_in_python(goal: str) -> None:
    case, row = resolve("rights-2024"), Members.load().row("IND")
    ballot = replace(ballots(case)["us-opposes"], known={Members.load().row("BRA"): Choice.NO})
    rule = case.rule
    target = (
        {"weights": [1, 0, 0, 0], "at_least": 130}
        if goal == "yes"
        else {"weights": [rule.yes_weight, 0, rule.no_weight, 0], "at_least": rule.at_least}
    )

    def reached(one: Ballot) -> float:
        if goal == "adopted":
            return exact.adoption(one, rule, quorum=0)[0]
        counted = exact.distribution(one, (1, 0, 0, 0))
        return counted.chance(counted.values >= 130)[0]

    pushed = np.zeros(len(ballot.probabilities))
    pushed[row] = 1.0
    moved = tuple(replace(move, pressure=move.pressure + pushed) for move in ballot.moves)
    arm = list(case.scenario.arms).index("us-opposes")
    asked = question(arm, known=dict(ballot.known), target=target, push=1.0)
    [found] = answers(parameters_of(case), [asked])
    gain = reached(replace(ballot, moves=moved)) - reached(ballot)
    assert found["gains"][row] == pytest.approx(gain, abs=2e-5, rel=0.01)
    assert gain > 1e-4

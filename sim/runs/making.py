"""From the outcomes of a run to the tables of its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.assembly.choices import CHOICES
from sim.runs.result import Result
from sim.vote.exact.joint import Joint
from sim.vote.outcomes import summary
from sim.vote.outcomes.tables import Outcomes


def result_of(outcomes: Outcomes, labels: Mapping[str, str]) -> Result:
    """Return the outcomes as the tables of a result folder.

    Parameters
    ----------
    outcomes : Outcomes
    labels : mapping of arm to str
        How figures name each arm.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> from sim.runs.simulate import simulate
    >>> outcomes = simulate(read_scenario("cuba-embargo-2016"), draws=9, engine="simulate")
    >>> result = result_of(outcomes, {arm: arm for arm in outcomes.arms})
    >>> result.summary["draws"], list(result.thresholds)
    (9, ['arm', 'threshold', 'choice', 'at_least', 'simulated', 'standard_error'])
    """
    return Result(
        summary_of(outcomes, labels),
        outcomes.distribution(),
        differences_of(outcomes),
        outcomes.states(),
        outcomes.reached(),
        outcomes.margins(),
    )


def summary_of(outcomes: Outcomes, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of ``summary.json``.

    Examples
    --------
    See `result_of`, whose `summary` it is.
    """
    arms = {
        arm: {
            "label": labels[arm],
            "adopted": outcomes.adoption(arm),
            "thresholds": outcomes.marks(arm),
            "tally": {choice.column: summary(chances.tallies[choice]) for choice in CHOICES},
        }
        for arm, chances in outcomes.arms.items()
    }
    return {
        "scenario": outcomes.stem,
        "title": outcomes.title,
        "as_of": outcomes.as_of.isoformat(),
        "draws": outcomes.draws,
        "seed": outcomes.seed,
        "arms": arms,
        "contrasts": [_contrast(outcomes, arm, against) for arm, against in outcomes.compared],
    }


def _contrast(outcomes: Outcomes, arm: str, against: str) -> dict[str, Any]:
    one, other = outcomes.adoption(arm), outcomes.adoption(against)
    return {
        "arm": arm,
        "against": against,
        "adopted": {
            kind: one[kind] - other[kind] for kind in ("simulated", "exact") if kind in one
        },
        "tally": {
            row["choice"]: {name: row[name] for name in row if name != "choice"}
            for row in outcomes.contrast(arm, against).to_dict("records")
        },
    }


def differences_of(outcomes: Outcomes) -> pd.DataFrame:
    """Return the paired differences seen: arm, against, choice, difference, probability.

    Examples
    --------
    See `result_of`, whose `differences` they are.
    """
    frames = []
    for (arm, against), pair in outcomes.pairs.items():
        for choice in CHOICES:
            weights = pair.differences[choice]
            seen = np.flatnonzero(weights)
            frames.append(
                pd.DataFrame(
                    {
                        "arm": arm,
                        "against": against,
                        "choice": choice.column,
                        "difference": seen - len(outcomes.codes),
                        "probability": weights[seen] / weights.sum(),
                    }
                )
            )
    columns = ["arm", "against", "choice", "difference", "probability"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def joint_table(joints: Mapping[str, Joint]) -> pd.DataFrame:
    """Return the joint distributions of several arms: arm, yes, no, probability.

    Parameters
    ----------
    joints : mapping of arm to Joint

    Examples
    --------
    >>> even = np.array([[0.5, 0.25], [0.25, 0.0]])  # one state: yes and no at once cannot be
    >>> joint_table({"one": Joint(even, even)})["probability"].tolist()
    [0.5, 0.25, 0.25]
    """
    frames = []
    for arm, found in joints.items():
        counts = np.arange(len(found.probability))
        yes, no = np.nonzero(np.add.outer(counts, counts) < len(counts))
        columns = {"yes": yes, "no": no, "probability": found.probability[yes, no]}
        frames.append(pd.DataFrame({"arm": arm, **columns}))
    return pd.concat(frames, ignore_index=True)

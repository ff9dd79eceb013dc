"""Precedents: a state votes as it did on like texts, and where it is silent as its blocs do.

The blocs give a prior; each vote of the state's own on a named precedent counts as one observation
times likeness and age:

    (bloc_weight * bloc stance + sum of w_j * own vote j) / (bloc_weight + sum of w_j)

which is the posterior mean of a Dirichlet prior with `bloc_weight` pseudo-votes. A state absent
from every precedent is forecast from its blocs alone.
"""

from __future__ import annotations

import numpy as np

from sim.choices import Choice, FloatArray
from sim.models.bloc_shares import (
    STANCES,
    absence,
    attendance_part,
    bloc_parts,
    mix_of_blocs,
    precedent_weights,
)
from sim.models.forecast import Forecast, Part, Question


def precedents(question: Question) -> Forecast:
    """Forecast each state from its own votes on the named precedents, pooled with its blocs.

    Parameters
    ----------
    question : Question
        At least one precedent.

    Returns
    -------
    Forecast
        One part a bloc, one a precedent, and attendance.

    Raises
    ------
    ValueError
        If no precedent is named.
    """
    if not question.precedents:
        raise ValueError("the model precedents needs at least one precedent")
    absent = absence(question)
    weights = precedent_weights(question)
    rows = [precedent.row for precedent in question.precedents]
    spoke = np.isin(question.record.votes[rows], STANCES)
    bloc_weight = question.settings["bloc_weight"]
    present = 1 - absent
    total = bloc_weight + weights @ spoke
    own = [
        Part(
            "precedent", precedent.symbol, _votes(question, precedent.row, present * weight / total)
        )
        for precedent, weight in zip(question.precedents, weights, strict=True)
    ]
    blocs = bloc_parts(question, mix_of_blocs(question), present * bloc_weight / total)
    return Forecast((*blocs, *own, attendance_part(absent)))


def _votes(question: Question, row: int, shares: FloatArray) -> FloatArray:
    adds = np.zeros((len(shares), len(Choice)))
    for choice in STANCES:
        adds[:, choice] = shares * (question.record.votes[row] == choice)
    return adds

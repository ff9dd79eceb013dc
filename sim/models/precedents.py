"""Precedents: a state votes as it did on like texts, and where it is silent as its blocs do.

The blocs give a prior; each vote of the state's own on a named precedent counts as one observation
times likeness and age:

    (bloc_weight * bloc stance + sum of w_j * own vote j) / (bloc_weight + sum of w_j)

which is the posterior mean of a Dirichlet prior with `bloc_weight` pseudo-votes. A state absent
from every precedent is forecast from its blocs alone.
"""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.models.bloc_shares import (
    SETTINGS,
    STANCES,
    absence_rates,
    attendance_part,
    bloc_parts,
    mix_of_blocs,
    precedent_weights,
)
from sim.models.forecast import Forecast, Part, Question, Setting, VoteModel


def precedents(question: Question) -> Forecast:
    """Forecast each state from its own votes on the named precedents, pooled with its blocs.

    Parameters
    ----------
    question : Question
        Without precedents a state votes as its blocs do.

    Returns
    -------
    Forecast
        One part a bloc, one a precedent, and attendance.

    Examples
    --------
    Belarus voted no on the one precedent; its bloc says yes, and counts as much as one vote:

    >>> import datetime
    >>> from sim.assembly.members import Members
    >>> from sim.models import Precedent, Stance
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day, cited = datetime.date(2022, 3, 2), cited_roll_calls()
    >>> record = cited.take([cited.row("ES-11/1")])
    >>> question = Question(
    ...     draft, day, np.ones((193, 1), dtype=bool), ("ALL",), record,
    ...     precedents=(Precedent("ES-11/1", row=0, likeness=1.0, age=0.0),),
    ...     stances={"ALL": Stance(np.array([1.0, 0.0, 0.0]), discipline=1.0)},
    ...     settings={
    ...         "bloc_weight": 1.0, "half_life": 2.0, "discipline_power": 2.0, "size_power": 0.5,
    ...         "absence_half_life": 1.5, "absence_prior": 0.0,
    ...     },
    ... )
    >>> precedents(question).probabilities[Members.load().row("BLR")]
    array([0.5, 0. , 0.5, 0. ])
    """
    absent = absence_rates(question)
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


MODEL = VoteModel(
    precedents,
    "A state votes as it did on the precedents, and as its blocs do where it was silent.",
    {
        **SETTINGS,
        "bloc_weight": Setting(
            "pseudo-votes of the blocs beside a state's own [votes]", positive=True
        ),
    },
    needs_precedents=True,
)

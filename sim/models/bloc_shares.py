"""Bloc shares: a state votes like a mix of the blocs it belongs to.

With bloc :math:`b` at stance :math:`q_b` and discipline :math:`d_b`, a member state present votes

    sum over its blocs of  m_b * (d_b * q_b + (1 - d_b) * q)

where :math:`q` is the stance of the whole assembly and the mix :math:`m_b`, which sums to 1, is
proportional to ``d_b ** discipline_power * size_b ** -size_power``: small and tight blocs count for
more. A bloc's stance is what the scenario declares, or else the votes of its members on the
precedents, pulled towards the assembly's by `bloc_prior` pseudo-votes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.choices import Choice, FloatArray
from sim.models.forecast import Forecast, Part, Question, Stance, weighted_choices

STANCES = (Choice.YES, Choice.ABSTAIN, Choice.NO)
EVEN = np.full(len(STANCES), 1 / len(STANCES))


@dataclass(frozen=True)
class BlocMix:
    """What the blocs say of each state.

    Attributes
    ----------
    mix : array [state, bloc]
        How much each bloc counts; rows sum to 1, or to 0 for a state in no bloc.
    stances : array [bloc, stance]
        Shares of yes, abstain and no after discipline.
    assembly : array [stance]
        The whole assembly's, for a state in no bloc.
    """

    mix: FloatArray
    stances: FloatArray
    assembly: FloatArray

    @property
    def expected(self) -> FloatArray:
        """Each state's stance [state, stance]."""
        alone = 1 - self.mix.sum(axis=1)
        return np.asarray(self.mix @ self.stances + alone[:, None] * self.assembly)


def bloc_shares(question: Question) -> Forecast:
    """Forecast each state from its blocs alone; its own record counts only for attendance.

    Parameters
    ----------
    question : Question
        Stances declared or precedents named; without either every stance is even.

    Returns
    -------
    Forecast
        One part a bloc, and attendance.
    """
    absent = absence(question)
    blocs = mix_of_blocs(question)
    return Forecast((*bloc_parts(question, blocs, 1 - absent), attendance_part(absent)))


def mix_of_blocs(question: Question) -> BlocMix:
    """Return how much each bloc counts for each state, and where the blocs stand."""
    size = question.blocs.sum(axis=0)
    assembly, counts = assembly_stance(question), precedent_choices(question)
    stances = [
        _stance(question, place, assembly, counts) for place in range(len(question.bloc_codes))
    ]
    discipline = np.array([stance.discipline for stance in stances])
    weight = np.where(
        size > 0,
        discipline ** question.settings["discipline_power"]
        * np.maximum(size, 1) ** -question.settings["size_power"],
        0.0,
    )
    counted = question.blocs * weight
    total = counted.sum(axis=1, keepdims=True)
    mix = np.divide(counted, total, out=np.zeros_like(counted), where=total > 0)
    shares = np.array([stance.shares for stance in stances])
    disciplined = discipline[:, None] * shares + (1 - discipline)[:, None] * assembly
    return BlocMix(mix, disciplined, assembly)


def assembly_stance(question: Question) -> FloatArray:
    """Return the shares of yes, abstain and no of the whole assembly on the precedents [stance]."""
    if not question.precedents:
        declared = [stance.shares for stance in question.stances.values()]
        return np.mean(declared, axis=0) if declared else EVEN
    counts = precedent_choices(question)[:, list(STANCES)].sum(axis=0)
    return np.asarray((counts + EVEN) / (counts.sum() + 1))


def precedent_choices(question: Question) -> FloatArray:
    """Return how often each state made each choice on the precedents, weighted [state, choice]."""
    rows = [precedent.row for precedent in question.precedents]
    return weighted_choices(question.record.votes[rows], precedent_weights(question))


def precedent_weights(question: Question) -> FloatArray:
    """Return how much each precedent counts: its likeness, halved with every half-life of age."""
    likeness = np.array([precedent.likeness for precedent in question.precedents])
    age = np.array([precedent.age for precedent in question.precedents])
    return np.asarray(likeness * 0.5 ** (age / question.settings["half_life"]))


def absence(question: Question) -> FloatArray:
    """Return each state's probability of not voting, from its own record of late [state].

    Every roll call counts, halved with each `absence_half_life` of age [years], beside
    `absence_prior` pseudo-votes at the assembly's own rate.
    """
    days = (np.datetime64(question.as_of) - question.record.dates).astype(float)
    weights = 0.5 ** (days / 365.25 / question.settings["absence_half_life"])
    counts = weighted_choices(question.record.votes, weights)
    total = counts.sum(axis=1)
    away = counts[:, Choice.NON_VOTING]
    rate = (away.sum() + 1) / (total.sum() + 20)
    prior = question.settings["absence_prior"]
    return np.asarray((away + prior * rate) / (total + prior))


def bloc_parts(question: Question, blocs: BlocMix, shares: FloatArray) -> list[Part]:
    """Return one part a bloc: `shares` [state] of each probability, split by the mix."""
    parts = [
        Part("bloc", code, _stances(shares * blocs.mix[:, place], blocs.stances[place]))
        for place, code in enumerate(question.bloc_codes)
    ]
    alone = shares * (1 - blocs.mix.sum(axis=1))
    return [*parts, Part("assembly", "all members", _stances(alone, blocs.assembly))]


def attendance_part(absent: FloatArray) -> Part:
    """Return the part that absence adds: all of it to not voting."""
    adds = np.zeros((len(absent), len(Choice)))
    adds[:, Choice.NON_VOTING] = absent
    return Part("attendance", "own record of late", adds)


def _stances(shares: FloatArray, stance: FloatArray) -> FloatArray:
    adds = np.zeros((len(shares), len(Choice)))
    adds[:, list(STANCES)] = shares[:, None] * stance
    return adds


def _stance(question: Question, place: int, assembly: FloatArray, counts: FloatArray) -> Stance:
    code = question.bloc_codes[place]
    if code in question.stances:
        return question.stances[code]
    discipline = question.discipline.get(code, question.settings["discipline"])
    if not question.precedents:
        return Stance(assembly, discipline)
    prior = question.settings["bloc_prior"]
    own = counts[question.blocs[:, place]][:, list(STANCES)].sum(axis=0)
    pooled = (own + prior * assembly) / (own.sum() + prior)
    return Stance(pooled, discipline)

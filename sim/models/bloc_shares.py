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

from sim.assembly.choices import Choice, FloatArray
from sim.models.forecast import (
    Forecast,
    Part,
    Question,
    Setting,
    Stance,
    VoteModel,
    weighted_choices,
)
from sim.models.learned.states import ATTENDANCE, StateProfile

STANCES = (Choice.YES, Choice.ABSTAIN, Choice.NO)
EVEN = np.full(len(STANCES), 1 / len(STANCES))
SETTINGS = {
    "discipline": Setting("discipline of a bloc that nothing is said of", share=True),
    "discipline_power": Setting("a bloc counts by this power of its discipline"),
    "size_power": Setting("a bloc counts by minus this power of its size"),
    "bloc_prior": Setting(
        "pseudo-votes of the whole assembly in the stance of a bloc [votes]", positive=True
    ),
    "half_life": Setting("age at which a precedent counts half [years]", positive=True),
    "absence_half_life": Setting("the same of a vote or an absence [years]", positive=True),
    "absence_prior": Setting("pseudo-votes at the state's rate before [votes]", positive=True),
}


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
        Stances declared or precedents named; without either all vote like the assembly of late.

    Returns
    -------
    Forecast
        One part a bloc, and attendance.

    Examples
    --------
    Belarus was present and is in one bloc of all members, half of which abstains:

    >>> import datetime
    >>> from sim.assembly.members import Members
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day, cited = datetime.date(2022, 3, 2), cited_roll_calls()
    >>> record = cited.take([cited.row("ES-11/1")])
    >>> question = Question(
    ...     draft, day, np.ones((193, 1), dtype=bool), ("ALL",), record,
    ...     stances={"ALL": Stance(np.array([0.5, 0.5, 0.0]), discipline=1.0)},
    ...     settings={
    ...         "discipline_power": 2.0, "size_power": 0.5, "half_life": 2.0,
    ...         "absence_half_life": 1.5, "absence_prior": 0.0,
    ...     },
    ... )
    >>> forecast = bloc_shares(question)
    >>> forecast.probabilities[Members.load().row("BLR")]
    array([0.5, 0.5, 0. , 0. ])
    >>> [part.kind for part in forecast.parts]
    ['bloc', 'assembly', 'attendance']
    """
    absent = absence_rates(question)
    blocs = mix_of_blocs(question)
    return Forecast((*bloc_parts(question, blocs, 1 - absent), attendance_part(absent)))


def mix_of_blocs(question: Question) -> BlocMix:
    """Return how much each bloc counts for each state, and where the blocs stand.

    Examples
    --------
    A bloc of four says yes and a bloc of one says no; by size to the power -1/2 they count 1 to 2:

    >>> import datetime
    >>> from sim.record import Record
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day = datetime.date(2022, 3, 2)
    >>> blocs = np.array([[1, 1], [1, 0], [1, 0], [1, 0], [0, 0]], dtype=bool)
    >>> yes, no = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    >>> question = Question(
    ...     draft, day, blocs, ("LARGE", "SMALL"), Record.empty(),
    ...     stances={"LARGE": Stance(yes, 1.0), "SMALL": Stance(no, 1.0)},
    ...     settings={"discipline_power": 2.0, "size_power": 0.5, "half_life": 2.0},
    ... )
    >>> found = mix_of_blocs(question)
    >>> found.mix[[0, 1, 4]].round(3)
    array([[0.333, 0.667],
           [1.   , 0.   ],
           [0.   , 0.   ]])
    >>> found.expected[[1, 4]]  # the last is in no bloc and votes like the assembly
    array([[1. , 0. , 0. ],
           [0.5, 0. , 0.5]])
    """
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
    """Return the shares of yes, abstain and no of the whole assembly on the precedents [stance].

    Without precedents they are the mean of the stances declared, or else of all votes of late.

    Examples
    --------
    On the one precedent 141 states said yes, 35 abstained and 5 said no:

    >>> import datetime
    >>> from sim.models import Precedent
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day, cited = datetime.date(2022, 3, 2), cited_roll_calls()
    >>> record = cited.take([cited.row("ES-11/1")])
    >>> question = Question(
    ...     draft, day, np.zeros((193, 0), dtype=bool), (), record,
    ...     precedents=(Precedent("ES-11/1", row=0, likeness=1.0, age=0.0),),
    ...     settings={"half_life": 2.0},
    ... )
    >>> assembly_stance(question).round(2)
    array([0.78, 0.19, 0.03])
    """
    if question.precedents:
        counts = precedent_choices(question)[:, list(STANCES)].sum(axis=0)
    elif question.stances:
        return np.asarray(np.mean([each.shares for each in question.stances.values()], axis=0))
    else:
        weights = _of_late(question, "half_life")
        counts = weighted_choices(question.record.votes, weights)[:, list(STANCES)].sum(axis=0)
    return np.asarray((counts + EVEN) / (counts.sum() + 1))


def precedent_choices(question: Question) -> FloatArray:
    """Return how often each state made each choice on the precedents, weighted [state, choice].

    Examples
    --------
    A precedent of half the likeness, one half-life old, counts as a quarter of a vote:

    >>> import datetime
    >>> from sim.assembly.members import Members
    >>> from sim.models import Precedent
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day, cited = datetime.date(2022, 3, 2), cited_roll_calls()
    >>> record = cited.take([cited.row("ES-11/1")])
    >>> question = Question(
    ...     draft, day, np.zeros((193, 0), dtype=bool), (), record,
    ...     precedents=(Precedent("ES-11/1", row=0, likeness=0.5, age=2.0),),
    ...     settings={"half_life": 2.0},
    ... )
    >>> precedent_choices(question)[Members.load().row("BLR")]
    array([0.  , 0.  , 0.25, 0.  ])
    """
    rows = [precedent.row for precedent in question.precedents]
    return weighted_choices(question.record.votes[rows], precedent_weights(question))


def precedent_weights(question: Question) -> FloatArray:
    """Return how much each precedent counts: its likeness, halved with every half-life of age.

    Examples
    --------
    >>> import datetime
    >>> from sim.models import Precedent
    >>> from sim.record import Record
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day = datetime.date(2022, 3, 2)
    >>> question = Question(
    ...     draft, day, np.zeros((193, 0), dtype=bool), (), Record.empty(),
    ...     precedents=(Precedent("A/2", 0, 1.0, age=4.0), Precedent("A/3", 1, 0.5, age=0.0)),
    ...     settings={"half_life": 2.0},
    ... )
    >>> precedent_weights(question)
    array([0.25, 0.5 ])
    """
    likeness = np.array([precedent.likeness for precedent in question.precedents])
    age = np.array([precedent.age for precedent in question.precedents])
    return np.asarray(likeness * 0.5 ** (age / question.settings["half_life"]))


def absence_rates(question: Question) -> FloatArray:
    """Return each state's probability of not voting, from its own record of late [state].

    Every roll call counts, halved with each `absence_half_life` of age [years], beside
    `absence_prior` pseudo-votes at the rate of the state in the year before its parameters were
    fitted, or, without any, at the assembly's.

    Examples
    --------
    Without pseudo-votes, after one roll call in which 12 states did not vote:

    >>> import datetime
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day, cited = datetime.date(2022, 3, 2), cited_roll_calls()
    >>> record = cited.take([cited.row("ES-11/1")])
    >>> question = Question(
    ...     draft, day, np.zeros((193, 0), dtype=bool), (), record,
    ...     settings={"absence_half_life": 1.5, "absence_prior": 0.0},
    ... )
    >>> found = absence_rates(question)
    >>> int((found == 1).sum()), int((found == 0).sum())
    (12, 181)
    """
    counts = weighted_choices(question.record.votes, _of_late(question, "absence_half_life"))
    total = counts.sum(axis=1)
    away = counts[:, Choice.NON_VOTING]
    rate = (away.sum() + 1) / (total.sum() + 20)
    prior = question.settings["absence_prior"]
    if question.learned is not None:
        rate = _fitted_rate(question.learned.profile, prior)
    return np.asarray((away + prior * rate) / (total + prior))


def _fitted_rate(profile: StateProfile, prior: float) -> FloatArray:
    """Return how often each state was absent in the year before a profile was made [state]."""
    cast, away = profile.attendance[ATTENDANCE.index(365.0)]
    everyone = away.sum() / max(cast.sum() + away.sum(), 1.0)
    return np.asarray((away + prior * everyone) / (cast + away + prior))


def bloc_parts(question: Question, blocs: BlocMix, shares: FloatArray) -> list[Part]:
    """Return one part a bloc: `shares` [state] of each probability, split by the mix.

    Examples
    --------
    A state present with a chance of 0.8, half in a bloc that says yes, in an assembly that
    abstains:

    >>> import datetime
    >>> from sim.record import Record
    >>> from sim.assembly.draft import DraftResolution
    >>> draft = DraftResolution("A/1", "A draft", datetime.date(2022, 3, 24), "simple")
    >>> day = datetime.date(2022, 3, 2)
    >>> question = Question(draft, day, np.ones((1, 1), dtype=bool), ("EU",), Record.empty())
    >>> yes, abstain = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    >>> blocs = BlocMix(np.array([[0.5]]), yes[None], abstain)
    >>> for part in bloc_parts(question, blocs, np.array([0.8])):
    ...     print(part.name, part.adds)
    EU [[0.4 0.  0.  0. ]]
    all members [[0.  0.4 0.  0. ]]
    """
    parts = [
        Part("bloc", code, _stances(shares * blocs.mix[:, place], blocs.stances[place]))
        for place, code in enumerate(question.bloc_codes)
    ]
    alone = shares * (1 - blocs.mix.sum(axis=1))
    return [*parts, Part("assembly", "all members", _stances(alone, blocs.assembly))]


def attendance_part(absent: FloatArray) -> Part:
    """Return the part that absence adds: all of it to not voting.

    Examples
    --------
    >>> attendance_part(np.array([0.1, 0.25])).adds
    array([[0.  , 0.  , 0.  , 0.1 ],
           [0.  , 0.  , 0.  , 0.25]])
    """
    adds = np.zeros((len(absent), len(Choice)))
    adds[:, Choice.NON_VOTING] = absent
    return Part("attendance", "own record of late", adds)


def _of_late(question: Question, half_life: str) -> FloatArray:
    """Return how much each roll call of the record counts by its age."""
    days = (np.datetime64(question.as_of) - question.record.dates).astype(float)
    return np.asarray(0.5 ** (days / 365.25 / question.settings[half_life]))


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


MODEL = VoteModel(
    bloc_shares,
    "A state votes like a mix of the blocs it is in; stances are declared, or read off precedents.",
    SETTINGS,
)

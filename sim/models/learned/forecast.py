"""The learned model: nested logits on a state's own record, like texts, and states voting alike.

What it learns, and how, is in `sim.models.learned`.
"""

from __future__ import annotations

import numpy as np

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.models.forecast import Forecast, Part, Precedent, Question, Setting, VoteModel
from sim.models.learned.asking import forecast_parts, precedents_for
from sim.models.learned.consensus import stances_if_few_oppose
from sim.models.learned.pooling import POWER
from sim.models.learned.rolling import rolling_forecasts
from sim.models.learned.source import Source, day_number

NAMES = {
    "assembly": "all members on most texts",
    "record": "own record",
    "text": "what is put to the vote, and how new it is",
    "bloc": "no bloc, so the assembly",
    "precedent": "own votes on like texts",
    "neighbours": "states that vote alike",
    "drift": "departures of late",
    "attendance": "own attendance of late",
    "position": "position of the United States",
}
"""What each part is called."""
LAST = "last adopted without a vote"


def learned(question: Question) -> Forecast:
    """Forecast each state with the fitted model.

    Parameters
    ----------
    question : Question
        With fitted parameters. The precedents it names are used with their likeness; if it names
        none, the likest earlier texts of its record are found by their words. The position of the
        United States is `us_vote`, or unknown.

    Returns
    -------
    Forecast
        One part for each group of features.

    Raises
    ------
    ValueError
        If the question has no fitted parameters, or the vote is before their date.

    Examples
    --------
    >>> import datetime
    >>> import numpy as np
    >>> from sim.models.learned.model import fit_model, panel_before
    >>> from sim.record.cited import cited_roll_calls
    >>> from sim.assembly.draft import DraftResolution
    >>> known, day = cited_roll_calls().before("2025-02-22"), day_number("2025-02-22")
    >>> source = Source.of(known)
    >>> draft = DraftResolution("A/1", "Peace in Ukraine", datetime.date(2025, 2, 24), "simple")
    >>> question = Question(
    ...     draft, datetime.date(2025, 2, 23), np.zeros((193, 0), bool), (), known,
    ...     learned=fit_model(source, panel_before(source, day), day),
    ... )
    >>> [part.kind for part in learned(question).parts][-2:]
    ['attendance', 'position']
    """
    if question.learned is None:
        raise ValueError("the model learned needs fitted parameters")
    model, resolution = question.learned, question.resolution
    day = day_number(resolution.date)
    precedents = precedents_for(
        Source.of(question.record),
        resolution.title,
        day,
        kind=question.kind,
        symbol=resolution.symbol,
        vocabulary=model.vocabulary,
        named=[(precedent.row, _by_words(precedent)) for precedent in question.precedents],
    )
    parts = forecast_parts(
        model.logits,
        model.profile.at(day),
        precedents,
        kind=question.kind,
        us=question.us_vote,
        blocs=question.blocs,
        codes=question.bloc_codes,
        republican=question.republican,
    )
    found = []
    for key, adds in parts.items():
        group, _, code = key.partition(":")
        if not code or adds.any():
            found.append(Part(group, code or NAMES[group], adds))
    return _announced(_put_to_the_vote(Forecast(tuple(found)), question), question)


def _by_words(precedent: Precedent) -> float:
    """Return the likeness of titles that gives a vote the weight of this precedent.

    The weight of an earlier vote is its likeness, where that is judged, as in the model precedents.
    """
    return precedent.likeness ** (1 / POWER if precedent.judged else 1)


def _put_to_the_vote(forecast: Forecast, question: Question) -> Forecast:
    """Return the forecast of a text that was last adopted without a vote, if it was.

    Most often few oppose it. Who is present, and the vote of the United States, stay as they are.
    """
    if question.learned is None or not question.without_a_vote:
        return forecast
    profile = question.learned.profile.at(day_number(question.resolution.date))
    stances = stances_if_few_oppose(profile.few_against, question.us_vote)
    away = forecast.probabilities[:, Choice.NON_VOTING :]
    share = np.full(len(away), question.settings["without_a_vote"])
    share[Members.load().row(US)] = 0
    return forecast.mixed("last", LAST, share, np.hstack([(1 - away) * stances, away]))


def _announced(forecast: Forecast, question: Question) -> Forecast:
    """Return the forecast after the lines that blocs have announced.

    Members that are present follow the line of their bloc as far as its discipline goes.
    """
    for code, stance in question.stances.items():
        away = forecast.probabilities[:, Choice.NON_VOTING :]
        line = np.hstack([(1 - away) * stance.shares, away])
        members = question.blocs[:, question.bloc_codes.index(code)]
        follow = np.where(members, stance.discipline, 0.0)
        forecast = forecast.mixed("bloc", f"{code}, announced line", follow, line)
    return forecast


MODEL = VoteModel(
    learned,
    "Nested logits, fitted to a record: votes on like texts, of a state, its blocs and its likes.",
    settings={
        "without_a_vote": Setting(
            "how likely few are to oppose a text that was last adopted without a vote", share=True
        )
    },
    window=rolling_forecasts,
)

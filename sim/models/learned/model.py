"""The learned model: all that a forecast needs without the record, fitted as of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.models.learned.panel import Panel, panel_of
from sim.models.learned.rolling import forecasts_from
from sim.models.learned.source import Source
from sim.models.learned.stages import Logits, first_year, fit_stages
from sim.models.learned.states import StateProfile
from sim.models.learned.texts.vocabulary import Vocabulary
from sim.models.rolling import RollingForecasts


@dataclass(frozen=True, eq=False)
class LearnedModel:
    """The vote model, and what it knows of states and words; from strictly earlier days.

    Attributes
    ----------
    logits : Logits
        For a known and for an unknown position of the United States.
    profile : StateProfile
        Of the states on the day of the fit.
    vocabulary : Vocabulary
        Of the titles.
    """

    logits: Logits
    profile: StateProfile
    vocabulary: Vocabulary


def fit_model(source: Source, panel: Panel, day: int) -> LearnedModel:
    """Return the model as of a day.

    Parameters
    ----------
    source : Source
        Roll calls of earlier days.
    panel : Panel
        Features of those of the last years.
    day : int
        [days since 1970-01-01]

    Raises
    ------
    ValueError
        If there is no titled roll call to fit to.

    Examples
    --------
    >>> from sim.models.learned.source import day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2023-01-01")), day_number("2023-01-01")
    >>> fit_model(source, panel_before(source, day), day).vocabulary.counts["ukraine"]
    15
    """
    logits = fit_stages(panel, day)
    return LearnedModel(logits, profile_of(source, panel, day), Vocabulary.of(source.words))


def panel_before(source: Source, day: int, *, jobs: int = 1) -> Panel:
    """Return the features of the years that a fit on a day needs.

    Parameters
    ----------
    source : Source
    day : int
        [days since 1970-01-01]
    jobs : int
        Workers.

    Examples
    --------
    >>> from sim.models.learned.source import day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> panel = panel_before(Source.of(cited_roll_calls()), day_number("2023-01-01"))
    >>> len(panel.rows)
    26
    """
    return panel_of(source, first=first_year(day), until=day, jobs=jobs)


def profile_of(source: Source, panel: Panel, day: int) -> StateProfile:
    """Return what the model knows of the states on a day.

    Parameters
    ----------
    source, panel, day
        As for `fit_model`.

    Examples
    --------
    >>> from sim.models.learned.source import day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2023-01-01")), day_number("2023-01-01")
    >>> profile_of(source, panel_before(source, day), day).by_us.shape
    (4, 4, 193)
    """
    attendance, season, by_us, few = (each[0] for each in source.standing(np.array([day])))
    return StateProfile(day, attendance, season, by_us, few, panel.drift, *source.likes(day))


def fit_with_forecasts(
    source: Source, day: int, *, since: int, jobs: int = 1
) -> tuple[LearnedModel, RollingForecasts]:
    """Return the model as of a day, and what it forecast of earlier roll calls before each.

    Parameters
    ----------
    source : Source
        Roll calls of earlier days.
    day, since : int
        The day of the fit, and the first of which forecasts are wanted [days since 1970-01-01].
    jobs : int
        Workers; the bytes are the same for any number.

    Examples
    --------
    >>> from sim.models.learned.source import day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> source, day = Source.of(cited_roll_calls().before("2023-01-01")), day_number("2023-01-01")
    >>> len(fit_with_forecasts(source, day, since=day_number("2022-10-01"))[1])
    3
    """
    panel = panel_of(source, first=first_year(since), until=day, jobs=jobs)
    model = fit_model(source, panel.since(first_year(day), until=day), day)
    return model, forecasts_from(panel, since, us="given", jobs=jobs)

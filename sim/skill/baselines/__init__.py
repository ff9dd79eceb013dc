"""Forecasts that anybody could make: what a model has to beat.

All but the likest text are trained once a year, on years strictly before that of the roll call, and
know of the roll call only what was put to the vote.
"""

from sim.skill.baselines.likest import likest_text
from sim.skill.baselines.rolling import BASELINES, forecast_baselines, recurs, rows_between
from sim.skill.baselines.year import Year

__all__ = ["BASELINES", "Year", "forecast_baselines", "likest_text", "recurs", "rows_between"]

"""Vote models: what is known in, each state's probabilities out.

A new model is one file here and one row in `MODELS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.models.bloc_shares import bloc_shares
from sim.models.forecast import Forecast, Part, Precedent, Question, Stance, VoteModel
from sim.models.learned.forecast import learned
from sim.models.precedents import precedents

__all__ = ["MODELS", "Forecast", "Part", "Precedent", "Question", "Stance", "VoteModel"]

MODELS: Mapping[str, VoteModel] = MappingProxyType(
    {
        "bloc-shares": bloc_shares,
        "learned": learned,
        "precedents": precedents,
    }
)
"""Every model a scenario can name."""

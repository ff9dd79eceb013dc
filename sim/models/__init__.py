"""Vote models: what is known in, each state's probabilities out; what states share; fitting both.

May touch the record, the ballot and the assembly. A new model is one file here and one row in
`MODELS`: by that it can be named in a scenario, back-tested and fitted. Start with `forecast`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sim.models import bloc_shares, precedents
from sim.models.forecast import Forecast, Part, Precedent, Question, Setting, Stance, VoteModel
from sim.models.learned import forecast as learned

if TYPE_CHECKING:
    from sim.models.fitted import fit_parameters

__all__ = [
    "MODELS",
    "Forecast",
    "Part",
    "Precedent",
    "Question",
    "Setting",
    "Stance",
    "VoteModel",
    "fit_parameters",
]

MODELS: Mapping[str, VoteModel] = MappingProxyType(
    {
        "bloc-shares": bloc_shares.MODEL,
        "learned": learned.MODEL,
        "precedents": precedents.MODEL,
    }
)
"""Every model a scenario can name."""


def __getattr__(name: str) -> Any:
    if name != "fit_parameters":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.models.fitted import fit_parameters  # heavy

    return fit_parameters

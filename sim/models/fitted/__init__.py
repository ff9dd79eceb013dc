"""Fitted parameters: what a record teaches, in one file that a scenario can name."""

from sim.models.fitted.fit import fit_parameters
from sim.models.fitted.parameters import (
    FittedParameters,
    RecordStamp,
    read_parameters,
    write_parameters,
)

__all__ = [
    "FittedParameters",
    "RecordStamp",
    "fit_parameters",
    "read_parameters",
    "write_parameters",
]

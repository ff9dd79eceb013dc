"""Monte Carlo simulator and honest forecaster of recorded votes in the UN General Assembly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.assembly.blocs import Blocs
    from sim.assembly.members import Members
    from sim.runs.simulate import simulate
    from sim.scenario.schema import Scenario, ScenarioError, read_scenario
    from sim.vote.outcomes.tables import Outcomes

__version__ = "0.2.0"

__all__ = [
    "Blocs",
    "Members",
    "Outcomes",
    "Scenario",
    "ScenarioError",
    "read_scenario",
    "simulate",
]

_HOME = {
    "Blocs": "sim.assembly.blocs",
    "Members": "sim.assembly.members",
    "Outcomes": "sim.vote.outcomes.tables",
    "Scenario": "sim.scenario.schema",
    "ScenarioError": "sim.scenario.schema",
    "read_scenario": "sim.scenario.schema",
    "simulate": "sim.runs.simulate",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value

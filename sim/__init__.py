"""Monte Carlo simulator and honest forecaster of recorded votes in the UN General Assembly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.blocs import Blocs
    from sim.members import Members
    from sim.outcomes import Outcomes
    from sim.scenario import Scenario, ScenarioError, read_scenario
    from sim.simulation import simulate

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
    "Blocs": "sim.blocs",
    "Members": "sim.members",
    "Outcomes": "sim.outcomes",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "read_scenario": "sim.scenario",
    "simulate": "sim.simulation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value

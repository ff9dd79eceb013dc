"""Monte Carlo simulator and honest forecaster of recorded votes in the UN General Assembly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.assembly import Blocs, Members
    from sim.models import fit_parameters
    from sim.record import read_record
    from sim.report.figures import plot_tallies
    from sim.runs import read_result
    from sim.runs.simulate import simulate
    from sim.scenario import Scenario, ScenarioError, read_scenario, resolve
    from sim.skill import run_backtest
    from sim.studies.contrast import contrast
    from sim.studies.explain import explain
    from sim.studies.lever import wording_lever
    from sim.studies.rank import rank_calls
    from sim.studies.sweep.sweep import sweep
    from sim.vote.outcomes.tables import Outcomes

__version__ = "0.2.0"

__all__ = [
    "Blocs",
    "Members",
    "Outcomes",
    "Scenario",
    "ScenarioError",
    "contrast",
    "explain",
    "fit_parameters",
    "plot_tallies",
    "rank_calls",
    "read_record",
    "read_result",
    "read_scenario",
    "resolve",
    "run_backtest",
    "simulate",
    "sweep",
    "wording_lever",
]

_HOME = {
    "Blocs": "sim.assembly",
    "Members": "sim.assembly",
    "Outcomes": "sim.vote.outcomes.tables",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "contrast": "sim.studies",
    "explain": "sim.studies",
    "fit_parameters": "sim.models",
    "plot_tallies": "sim.report.figures",
    "rank_calls": "sim.studies",
    "read_record": "sim.record",
    "read_result": "sim.runs",
    "read_scenario": "sim.scenario",
    "resolve": "sim.scenario",
    "run_backtest": "sim.skill",
    "simulate": "sim.runs",
    "sweep": "sim.studies",
    "wording_lever": "sim.studies",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

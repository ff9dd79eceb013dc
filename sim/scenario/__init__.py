"""A TOML file in, a resolved case and its ballots out. May touch `sim.models` and below.

Start with `schema` (every field), then `case` (what is looked up) and `ballots`.
"""

from sim.scenario.case import Case, resolve
from sim.scenario.schema import Scenario, ScenarioError, read_scenario

__all__ = ["Case", "Scenario", "ScenarioError", "read_scenario", "resolve"]

"""A scenario as the text of a TOML file that reads back as the same scenario."""

from __future__ import annotations

import tomli_w

from sim.scenario.schema import Scenario


def scenario_text(scenario: Scenario) -> str:
    r"""Return the TOML text of a scenario; fields at their default are left out.

    `sim.scenario.read_scenario` of a file with this text returns an equal scenario, its arms and
    positions in the same order.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> print(*scenario_text(read_scenario("jerusalem-2017")).splitlines()[-3:], sep="\n")
    [arms.us-lobbies]
    us = "no-and-lobbies"
    label = "US votes no and threatens"
    """
    return tomli_w.dumps(scenario.model_dump(exclude_defaults=True))

"""How the cost grows with draws, states and groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.montecarlo import chance_of, tallies
from bench.timing import best, best_once
from sim.assembly.choices import Choice
from sim.vote.ballot import Ballot
from sim.vote.chance import BLOCK
from sim.vote.dependence import Dependence, Size
from sim.vote.exact.quadrature import QUICK
from sim.vote.exact.solve import solve
from sim.vote.influence import Influence, Move

DRAWS = (1_000, 10_000, 100_000, 1_000_000)
STATES = (193, 500, 1_000, 3_000, 10_000)
SOLVED = (193, 500, 1_000)
"""States for the exact engine."""
GROUPS = (1, 10, 30, 100)


@dataclass(frozen=True)
class Curve:
    """One cost that grows.

    Attributes
    ----------
    name, grows, unit : str
    at : tuple of int
    seconds : tuple of float
        Times the unit is worth.
    """

    name: str
    grows: str
    unit: str
    at: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """Slope in logarithms between the last two points: 1 is linear."""
        (low, high), (least, most) = self.at[-2:], self.seconds[-2:]
        return float(np.log(most / least) / np.log(high / low))


def made_up(states: int, groups: int) -> Ballot:
    """Return an assembly of any size, much like the real one."""
    chance = np.random.Generator(np.random.Philox(states + groups))
    none, one = np.zeros(states), np.ones(states)
    tied = Dependence(
        tuple(f"group {number}" for number in range(groups)),
        np.arange(states) % groups,
        0.6 * one,
        0.5 * one,
        0.4 * one,
        (Size(0.8, 1.0), Size(0.2, 2.5)),
    )
    probabilities = chance.dirichlet(np.full(len(Choice), 0.7), size=states)
    return Ballot(probabilities, tied, Influence(none, none), (Move.none(states),))


def curves(ballot: Ballot) -> list[Curve]:
    """Measure all curves."""
    return [
        Curve(
            "Monte Carlo, 193 states", "draws", "s", DRAWS, tuple(_drawn(ballot, n) for n in DRAWS)
        ),
        Curve(
            "Monte Carlo, 10 groups",
            "states",
            "µs a draw",
            STATES,
            tuple(_a_draw(made_up(states, 10)) for states in STATES),
        ),
        Curve(
            "Monte Carlo, 193 states",
            "groups",
            "µs a draw",
            GROUPS,
            tuple(_a_draw(made_up(193, groups)) for groups in GROUPS),
        ),
        Curve(
            "exact (QUICK), 10 groups",
            "states",
            "ms",
            SOLVED,
            tuple(1e3 * _solved(made_up(states, 10)) for states in SOLVED),
        ),
        Curve(
            "exact (QUICK), 193 states",
            "groups",
            "ms",
            GROUPS,
            tuple(1e3 * _solved(made_up(193, groups)) for groups in GROUPS),
        ),
    ]


def _drawn(ballot: Ballot, draws: int) -> float:
    chance = chance_of(ballot, draws)

    def work() -> None:
        for number in range(chance.block_count):
            tallies(ballot, chance, number)

    return best(work, times=5) if draws <= BLOCK * 4 else best_once(work)


def _a_draw(ballot: Ballot) -> float:
    chance = chance_of(ballot)
    return 1e6 * best(lambda: tallies(ballot, chance), times=2) / BLOCK


def _solved(ballot: Ballot) -> float:
    return best(lambda: solve(ballot, fineness=QUICK), times=1)


def draw(found: list[Curve], place: Path) -> None:
    """Draw the curves, each with a line of slope 1 through its last point."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 4, figsize=(14, 3.6), layout="constrained")
    for panel, grows in zip(panels, ("draws", "states", "groups", "steps"), strict=True):
        shown = [curve for curve in found if curve.grows == grows]
        for curve, colour in zip(shown, ("#0072B2", "#D55E00"), strict=False):
            panel.loglog(
                curve.at, curve.seconds, "o-", color=colour, label=f"{curve.name} [{curve.unit}]"
            )
            through = curve.seconds[-1] / curve.at[-1]
            panel.loglog(curve.at, [through * at for at in curve.at], ":", color=colour, lw=1)
        panel.set_xlabel(grows)
        panel.legend(fontsize=7, frameon=False)
        panel.spines[["top", "right"]].set_visible(False)
    figure.supylabel("processor time [unit in the legend]", fontsize=9)
    figure.suptitle("What more draws, states and groups cost; dotted: linear")
    figure.savefig(place, dpi=130)
    plt.close(figure)

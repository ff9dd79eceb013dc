"""The exact engine: how soon it is within an error, and what a point of a sweep takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bench.montecarlo import seconds_per_draw
from bench.timing import Row, best
from sim.assembly.rules import Rule
from sim.scenario.schema import Scenario
from sim.studies.sweep.point import solve_point
from sim.vote.ballot import Ballot
from sim.vote.exact import groups as lattice
from sim.vote.exact.absence import of_absence
from sim.vote.exact.quadrature import FINE, QUICK, VERY_FINE, Fineness
from sim.vote.exact.solve import adoption, solve_counts

ERROR = 1e-4
"""Of the chance of adoption."""
CLOSER = Fineness(assembly=25, bloc=17, attendance=13, step=1.0, effect=7, aside=5)
REFERENCE = Fineness(assembly=33, bloc=17, attendance=17, step=0.7, effect=9, aside=0)
"""In place of VERY_FINE where an uncertain effect would make that take too long."""
COARSER = Fineness(assembly=13, bloc=7, attendance=3, step=3.0, aside=1, span=2.5)
LADDER = {"coarser than QUICK": COARSER, "QUICK": QUICK, "FINE": FINE, "closer than FINE": CLOSER}
POINTS, WORKERS = 10_000, 2


def rows(
    scenario: Scenario, arms: Mapping[str, Ballot], still: str, moved: str, rule: Rule
) -> list[Row]:
    """Return the lines of the table; the arms are those of `montecarlo.rows`."""
    return [
        _to_an_error(still, arms[still], rule, VERY_FINE),
        _to_an_error(moved, arms[moved], rule, REFERENCE),
        *(_of_all_counts(known_as, arms) for known_as in ("QUICK", "FINE")),
        _of_a_sweep(scenario),
    ]


def _to_an_error(name: str, ballot: Ballot, rule: Rule, reference: Fineness) -> Row:
    true, _ = adoption(ballot, rule, fineness=reference)
    errors = {
        known_as: abs(adoption(ballot, rule, fineness=fineness)[0] - true)
        for known_as, fineness in LADDER.items()
    }
    chosen = next((known_as for known_as in LADDER if errors[known_as] <= ERROR), None)
    told = "errors " + ", ".join(f"{known_as} {error:.0e}" for known_as, error in errors.items())
    draws = true * (1 - true) / ERROR**2
    what = f"exact, chance of adoption within 1e-4, `{name}`, against {draws / 1e6:.1f} M draws"
    if chosen is None:
        return Row(what, "≥ 300× faster", f"not reached: {told}", False)
    work = partial(adoption, ballot, rule, fineness=LADDER[chosen])
    seconds = best(partial(_anew, work), times=25)
    ratio = draws * seconds_per_draw(ballot) / seconds
    return Row(
        what,
        "≥ 300× faster",
        f"{ratio:.1f}× faster ({chosen}: {seconds * 1e3:,.0f} ms; {told})",
        ratio >= 300,
    )


def _anew(work: Callable[[], object]) -> None:
    """Do something with nothing kept from earlier."""
    of_absence.cache_clear()
    lattice.shared_at.cache_clear()
    work()


def _of_all_counts(known_as: str, arms: Mapping[str, Ballot]) -> Row:
    fineness = LADDER[known_as]
    each = {
        arm: best(partial(_anew, partial(solve_counts, [ballot], fineness=fineness)))
        for arm, ballot in arms.items()
    }
    return Row(
        f"exact, distribution of all counts of one arm, {known_as}",
        "about 50 ms",
        ", ".join(f"`{arm}` {seconds * 1e3:,.0f} ms" for arm, seconds in each.items()),
        max(each.values()) <= 0.06,
    )


def _of_a_sweep(scenario: Scenario) -> Row:
    seconds = best(partial(solve_point, scenario, {"us.effect_scale": 0.9}), times=2)
    minutes = seconds * POINTS / WORKERS / 60
    return Row(
        f"a point of a sweep, exact, all arms; {POINTS:,} of them on {WORKERS} cores",
        "about 5 min",
        f"{seconds * 1e3:,.0f} ms, so {minutes:,.0f} min (extrapolated)",
        minutes <= 6,
    )

"""Monte Carlo against its own random numbers, and against other ways of drawing the same votes."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.plain import by_choice, by_cumulative_sums
from bench.timing import Row, best, best_of_each
from sim.assembly.choices import IntArray
from sim.vote.ballot import Ballot, count, hold_together, thresholds
from sim.vote.chance import BLOCK, Chance
from sim.vote.influence import UNCERTAINTIES

SEED = 1


def chance_of(ballot: Ballot, draws: int = BLOCK) -> Chance:
    """Return the chance that holding the vote of a ballot takes."""
    factors = ballot.dependence.factor_count + UNCERTAINTIES
    return Chance(seed=SEED, draws=draws, states=len(ballot.probabilities), factors=factors)


def tallies(ballot: Ballot, chance: Chance, number: int = 0) -> IntArray:
    """Hold the vote in one block of draws, from its random numbers to its tallies."""
    return paired({"one": ballot}, chance, number)[0]


def seconds_per_draw(ballot: Ballot) -> float:
    """Return what one draw of one arm takes [s of processor]."""
    chance = chance_of(ballot)
    return best(lambda: tallies(ballot, chance)) / BLOCK


def paired(arms: Mapping[str, Ballot], chance: Chance, number: int = 0) -> list[IntArray]:
    """Hold the vote of all arms in one block of draws, in the same chance."""
    return [count(votes) for votes, _ in hold_together(arms, chance.block(number)).values()]


def rows(arms: Mapping[str, Ballot], still: str, moved: str, numpyro: Path | None) -> list[Row]:
    """Return the lines of the table.

    Parameters
    ----------
    arms : mapping of str to Ballot
    still, moved : str
        Arms in which nobody is moved, and in which the states respond.
    numpyro : Path, optional
        A Python that has NumPyro.
    """
    ballot, plain = arms[moved], np.random.Generator(np.random.Philox(SEED + 1))
    chance, normals = chance_of(ballot), np.random.Generator(np.random.Philox(SEED))
    block = (BLOCK, len(ballot.probabilities))
    into = np.empty(block, dtype=np.float32)
    ours, ours_still, ours_all, numbers, kept, sums = (
        seconds / BLOCK
        for seconds in best_of_each(
            [
                lambda: tallies(ballot, chance),
                lambda: tallies(arms[still], chance),
                lambda: paired(arms, chance),
                lambda: normals.standard_normal(block, dtype=np.float32),
                lambda: normals.standard_normal(dtype=np.float32, out=into),
                lambda: by_cumulative_sums(ballot, BLOCK, plain),
            ],
            times=9,
        )
    )
    loop = best(lambda: by_choice(ballot, 3, plain), times=3) / 3
    count_of_arms, normal = len(arms), f"193 float32 normals, {numbers * 1e6:.2f} µs"
    return [
        _times(f"one arm in which the others respond, against {normal}", ours, numbers),
        _times("the same, against normals written into memory that is there", ours, kept),
        _times("one arm in which nobody is moved, against the normals", ours_still, numbers),
        _faster("one arm against plain NumPy (cumulative sums, uniform)", 12, sums / ours),
        _faster(
            f"{count_of_arms} paired arms against plain NumPy for each",
            12,
            count_of_arms * sums / ours_all,
        ),
        _faster("one arm against a loop of `rng.choice` per state", 500, loop / ours),
        _faster(
            f"{count_of_arms} paired arms against such a loop for each",
            500,
            count_of_arms * loop / ours_all,
        ),
        _against_numpyro(ballot, ours, numpyro),
    ]


def _times(what: str, ours: float, numbers: float) -> Row:
    ratio = ours / numbers
    return Row(f"Monte Carlo, {what}", "≤ 2×", f"{ratio:.2f}× ({ours * 1e6:.2f} µs)", ratio <= 2)


def _faster(what: str, asked: float, ratio: float) -> Row:
    return Row(
        f"Monte Carlo, {what}",
        f"≥ {asked:,.0f}× faster",
        f"{ratio:,.1f}× faster" if ratio < 100 else f"{ratio:,.0f}× faster",
        ratio >= asked,
    )


def _against_numpyro(ballot: Ballot, a_draw: float, python: Path | None) -> Row:
    what = "Monte Carlo, against NumPyro's posterior predictive sampling, warm"
    if python is None:
        return Row(what, "faster", "not measured: no Python with NumPyro was given")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.npz"
        _write_model(ballot, model)
        script = Path(__file__).with_name("numpyro_draws.py")
        said = subprocess.run(
            [python, script, model, str(BLOCK)], check=True, capture_output=True, text=True
        ).stdout
    found = json.loads(said)
    ratio = found["seconds"] / BLOCK / a_draw
    return Row(
        what,
        "faster",
        f"{ratio:.1f}× faster (NumPyro {found['numpyro']}, JAX {found['jax']}, compiled)",
        ratio > 1,
    )


def _write_model(ballot: Ballot, place: Path) -> None:
    tied, [only], at = ballot.dependence, ballot.moves, thresholds(ballot.probabilities)
    np.savez(
        place,
        group=tied.group,
        assembly=tied.assembly,
        bloc=tied.bloc,
        attendance=tied.attendance,
        stance_chances=[size.chance for size in tied.stance_sizes],
        stance_sizes=[size.factor for size in tied.stance_sizes],
        away_chances=[size.chance for size in tied.attendance_sizes],
        away_sizes=[size.factor for size in tied.attendance_sizes],
        absent_above=at.absent_above,
        yes_above=at.yes_above,
        no_below=at.no_below,
        effect=ballot.influence.effect,
        effect_sd=ballot.influence.effect_sd,
        distance=only.distance,
        distance_sd=only.distance_sd,
        pressure=only.pressure,
        pressure_sd=only.pressure_sd,
        absence=only.absence,
    )

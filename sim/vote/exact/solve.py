"""The distribution of the tally with no sampling of votes (how: `sim.vote.exact.convolution`)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from sim.assembly.choices import Choice, FloatArray
from sim.assembly.rules import QUORUM, Rule
from sim.vote.ballot import Ballot
from sim.vote.exact.absence import absence
from sim.vote.exact.adoption import DECIDED, decide, decision_of, line_of
from sim.vote.exact.convolution import Weights, length_for, spectra
from sim.vote.exact.distribution import Distribution, inverted
from sim.vote.exact.nodes import chunks
from sim.vote.exact.posterior import Posterior, posterior_of
from sim.vote.exact.quadrature import CLOSE, FINE, Fineness
from sim.vote.exact.states import states_given, unconditional

NEGLIGIBLE, FEW_STATES = 1e-12, 40
"""A chance of no quorum below the first is none; where states are so few, another is computed
jointly with the vote instead of node by node."""
SAFETY, LUCK = 0.25, 0.005
"""The bound of adoption is the first times the difference to the coarser quadrature, and the second
times the standard deviation of whether it is adopted. That difference is the error of the coarser
one, and halving the steps of such a sum about squares its error (Trefethen & Weideman 2014,
doi:10.1137/130932132); but where states share little, coarser and finer may be off alike by luck.
The two numbers hold the errors of every arm of the shipped scenarios, with and without known votes,
against twice as many points (`tests/test_exact.py`)."""
THIN = Fineness(assembly=13, bloc=9, attendance=13, step=2.0)
"""Where the slow joint distribution with absence is needed."""

ONE_HOT: tuple[Weights, ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
"""The four counts."""


@dataclass(frozen=True)
class Solution:
    """Everything that one pass over the nodes finds.

    Attributes
    ----------
    distributions : tuple of Distribution
        One for each statistic asked for.
    states : array [state, choice]
        Each state's probabilities in the arm, given the known votes.
    adopted, error : float
        Chance of adoption and the bound of its error; nan if no rule was given.
    log_known : float
        Log probability of the known votes; 0 if there are none.
    posterior : Posterior or None
        What they say of what states share.
    """

    distributions: tuple[Distribution, ...]
    states: FloatArray
    adopted: float
    error: float
    log_known: float = 0.0
    posterior: Posterior | None = None

    @property
    def known(self) -> float:
        """Probability of the known votes; 1 if there are none."""
        return float(np.exp(self.log_known))


def solve(
    ballot: Ballot,
    statistics: Sequence[Weights] = ONE_HOT,
    *,
    rule: Rule | None = None,
    quorum: int = QUORUM,
    fineness: Fineness = FINE,
) -> Solution:
    """Return the exact distributions of weighted counts, each state's probabilities, and adoption.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    statistics : sequence of (int, int, int, int)
        What each yes, abstention, no and non-voting adds: (1, 0, 0, 0) counts the yes votes,
        (1, 0, -1, 0) is the margin. By default the four counts.
    rule : Rule, optional
        The majority needed.
    quorum : int
        Members that have to be present [states].
    fineness : Fineness
        How many points the factors are held at.

    Examples
    --------
    Two states that say yes with probability one half, each on its own:

    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> solve(two, [(1, 0, 0, 0)]).distributions[0].probability.round(12)
    array([0.25, 0.5 , 0.25])
    """
    [found] = solve_arms([ballot], statistics, rule=rule, quorum=quorum, fineness=fineness)
    return found


def solve_arms(
    ballots: Sequence[Ballot],
    statistics: Sequence[Weights] = ONE_HOT,
    *,
    rule: Rule | None = None,
    quorum: int = QUORUM,
    fineness: Fineness = FINE,
) -> tuple[Solution, ...]:
    """Return what `solve` does for several arms, which takes less time together than one by one.

    Parameters
    ----------
    ballots : sequence of Ballot
        Arms that have the dependence and the known votes in common, as those of a scenario have;
        with known votes each is solved by itself.
    statistics, rule, quorum, fineness
        As in `solve`.

    Raises
    ------
    ValueError
        If they have not.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair, sure = np.array([[0.5, 0.0, 0.5, 0.0]]), np.array([[1.0, 0.0, 0.0, 0.0]])
    >>> alone, nobody = Dependence.independent(1), Influence(np.zeros(1), np.zeros(1))
    >>> arms = [Ballot(each, alone, nobody, (Move.none(1),)) for each in (fair, sure)]
    >>> [found.states[0].tolist() for found in solve_arms(arms)]
    [[0.5, 0.0, 0.5, 0.0], [1.0, 0.0, 0.0, 0.0]]
    """
    ballot = ballots[0]
    if any(one.known != ballot.known for one in ballots):
        raise ValueError("arms solved together must share dependence and known votes")
    how = functools.partial(_solve, statistics=statistics, rule=rule, quorum=quorum)
    if ballot.known:
        return tuple(one for each in ballots for one in how([each], fineness=fineness))
    return how(ballots, fineness=fineness)


def _solve(
    ballots: Sequence[Ballot],
    *,
    statistics: Sequence[Weights],
    rule: Rule | None,
    quorum: int,
    fineness: Fineness,
) -> tuple[Solution, ...]:
    known, states = tuple(ballots[0].known.values()), len(ballots[0].probabilities)
    posterior = posterior_of(ballots[0], fineness) if known else None
    sums = {
        weights: np.zeros(
            (len(ballots), 2, length_for(weights, states - len(known)) // 2 + 1), complex
        )
        for weights in statistics
    }
    decided = np.zeros((len(ballots), DECIDED))
    asked = [*sums] if rule is None else [*dict.fromkeys([*sums, line_of(rule)])]
    for chunk in chunks(ballots, fineness, posterior=posterior) if asked else ():
        arms, nodes = len(ballots), chunk.weight.size
        by_count = dict(spectra(chunk.groups, asked, chunk.free, nodes=nodes))
        both = np.stack([chunk.by_arm(weight, arms) for weight in chunk.weights], axis=1)
        for weights, total in sums.items():
            # real and imaginary parts, summed in full precision
            parts = by_count[weights].view(by_count[weights].real.dtype).astype(float)
            total += (both.reshape(2 * arms, -1) @ parts).view(complex).reshape(total.shape)
        if rule is not None:
            decided += decide(chunk, by_count[line_of(rule)], rule, arms, quorum=quorum)
    solutions = []
    for arm, ballot in enumerate(ballots):
        of_states, log_known = closely(ballot, CLOSE.and_finer(fineness))
        counts = (
            inverted(sums[weights][arm], weights, states, known).with_mean(
                float((of_states @ np.array(weights)).sum())
            )
            for weights in statistics
        )
        adopted, error = nan, nan
        if rule is not None:
            adopted, error = _adoption(ballot, rule, quorum, decided[arm], posterior)
        solutions.append(Solution(tuple(counts), of_states, adopted, error, log_known, posterior))
    return tuple(solutions)


def solve_counts(
    ballots: Sequence[Ballot],
    choices: Sequence[Choice] = tuple(Choice),
    *,
    also: Sequence[Weights] = (),
    rule: Rule | None = None,
    fineness: Fineness = FINE,
) -> tuple[Solution, ...]:
    """Return counts, and all else that `solve_arms` finds, with absence integrated closely.

    That of non-voting is `sim.vote.exact.absence.absence`.

    Parameters
    ----------
    ballots : sequence of Ballot
        As in `solve_arms`.
    choices : sequence of Choice
        Whose counts are wanted, by default all four.
    also : sequence of (int, int, int, int)
        Further statistics, whose distributions follow those of the counts.
    rule, fineness
        As in `solve`.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair = np.array([[0.4, 0.0, 0.4, 0.2]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> [found] = solve_counts([two])
    >>> found.distributions[Choice.NON_VOTING].probability.round(12)
    array([0.64, 0.32, 0.04])
    """
    close = Choice.NON_VOTING in choices
    counts = [ONE_HOT[each] for each in choices if not (close and each == Choice.NON_VOTING)]
    solved = solve_arms(ballots, [*counts, *also], rule=rule, fineness=fineness)
    if not close:
        return solved
    place = list(choices).index(Choice.NON_VOTING)
    return tuple(
        replace(
            one,
            distributions=(
                *one.distributions[:place],
                absence(ballot, one.posterior),
                *one.distributions[place:],
            ),
        )
        for one, ballot in zip(solved, ballots, strict=True)
    )


def distribution(ballot: Ballot, weights: Weights, *, fineness: Fineness = FINE) -> Distribution:
    """Return the exact distribution of one weighted count; see `solve`.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> distribution(two, (1, 0, -1, 0)).values
    array([-2, -1,  0,  1,  2])
    """
    return solve(ballot, (weights,), fineness=fineness).distributions[0]


def chance_of_known(ballot: Ballot) -> float:
    """Return the probability of the known votes before they were known; 1 if there are none.

    Examples
    --------
    >>> from sim.assembly.choices import Choice
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair, nobody = np.array([[0.5, 0.0, 0.5, 0.0]] * 2), Influence(np.zeros(2), np.zeros(2))
    >>> both = {0: Choice.YES, 1: Choice.NO}
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),), both)
    >>> round(chance_of_known(two), 12)
    0.25
    """
    return float(np.exp(log_chance_of_known(ballot)))


def log_chance_of_known(ballot: Ballot) -> float:
    """Return the log of `chance_of_known`, which for many known votes is 0 in any number format.

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> fair, nobody = np.array([[0.5, 0.0, 0.5, 0.0]]), Influence(np.zeros(1), np.zeros(1))
    >>> one = Ballot(fair, Dependence.independent(1), nobody, (Move.none(1),), {0: Choice.YES})
    >>> round(log_chance_of_known(one), 6)  # log 0.5
    -0.693147
    """
    return closely(ballot)[1]


def marginals(ballot: Ballot) -> FloatArray:
    """Return each state's probabilities in the arm, given the known votes; see `solve`.

    Returns
    -------
    array [state, choice]

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> one = np.array([[0.2, 0.3, 0.4, 0.1]])
    >>> nobody = Influence(np.zeros(1), np.zeros(1))
    >>> marginals(Ballot(one, Dependence.independent(1), nobody, (Move.none(1),))).round(12)
    array([[0.2, 0.3, 0.4, 0.1]])
    """
    return closely(ballot)[0]


def closely(ballot: Ballot, fineness: Fineness = CLOSE) -> tuple[FloatArray, float]:
    """Return each state's probabilities [state, choice], and the log chance of the known votes.

    Both are sums, which cost little, so they are held closer than counts.

    Examples
    --------
    See `marginals` and `log_chance_of_known`.
    """
    if not ballot.known:
        return unconditional(ballot), 0.0
    posterior = posterior_of(ballot, fineness)
    return states_given(ballot, posterior), posterior.log_known


def adoption(
    ballot: Ballot, rule: Rule, *, quorum: int = QUORUM, fineness: Fineness = FINE
) -> tuple[float, float]:
    """Return the probability that the proposal is adopted, and the bound of its error.

    Parameters
    ----------
    ballot : Ballot
        The arm.
    rule : Rule
        The majority needed.
    quorum : int
        Members that have to be present [states].
    fineness : Fineness
        As in `solve`.

    Returns
    -------
    probability, error : float

    Examples
    --------
    >>> from sim.vote.dependence import Dependence
    >>> from sim.vote.influence import Influence, Move
    >>> from sim.assembly.rules import RULES
    >>> fair = np.array([[0.5, 0.0, 0.5, 0.0]] * 2)
    >>> nobody = Influence(np.zeros(2), np.zeros(2))
    >>> two = Ballot(fair, Dependence.independent(2), nobody, (Move.none(2),))
    >>> round(adoption(two, RULES["simple"], quorum=1)[0], 12)
    0.25
    """
    solution = solve(ballot, (), rule=rule, quorum=quorum, fineness=fineness)
    return solution.adopted, solution.error


def _adoption(
    ballot: Ballot, rule: Rule, quorum: int, decided: FloatArray, posterior: Posterior | None
) -> tuple[float, float]:
    states = len(ballot.probabilities)
    absent = absence(ballot, posterior)
    found = decision_of(decided, no_quorum=absent.chance(states - absent.values < quorum)[0])
    if states <= FEW_STATES and found.no_quorum > NEGLIGIBLE:
        return _quorate_chance(ballot, rule, quorum)
    adopted = _probability(found.adopted)
    coarse = abs(found.adopted - found.coarse)
    luck = LUCK * np.sqrt(adopted * (1 - adopted)) if coarse > NEGLIGIBLE else 0.0
    return adopted, float(SAFETY * coarse + luck + found.bound)


def _quorate_chance(ballot: Ballot, rule: Rule, quorum: int) -> tuple[float, float]:
    """Decide on the joint distributions with absence: slow, so on fewer nodes."""
    states = len(ballot.probabilities)
    base = (rule.yes_weight - min(rule.no_weight, 0)) * states + 1
    # one number for two counts: line + base * absent, and yes + no + base * absent
    weights: tuple[Weights, ...] = (
        (rule.yes_weight, 0, rule.no_weight, base),
        (1, 0, 1, base),
    )
    reached, silent = solve(ballot, weights, fineness=THIN).distributions
    lowest = min(rule.no_weight, 0) * states
    absent, line = np.divmod(reached.values - lowest, base)
    enough = states - absent >= quorum
    chance, error = reached.chance((line + lowest >= rule.at_least) & enough)
    if rule.at_least > 0:
        return chance, error
    absent, voting = np.divmod(silent.values, base)
    empty, also = silent.chance((voting == 0) & (states - absent >= quorum))
    return _probability(chance - empty), error + also


def _probability(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))

"""What a forecast assumes, and how it fared against the real vote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.assembly.choices import Choice
from sim.assembly.members import Members
from sim.assembly.rules import QUORUM
from sim.models.judgements import influence_seeds
from sim.report.forecast import SHOWN, wrapped
from sim.report.table import Table
from sim.report.words import day, joined, percent, where_likelier
from sim.runs.hindsight import Fall, Hindsight
from sim.scenario.ballots import ballots, moves, worlds
from sim.scenario.case import Case
from sim.scenario.schema import Scenario
from sim.studies.telling import likeliest_arm
from sim.vote.outcomes.chances import NINETY

JUDGED = {
    "discipline": "how closely blocs vote together",
    "without_a_vote": "how often few oppose a text last adopted without a vote",
    "sponsors": "how sponsors vote",
    "own_will": "how much of an improbable vote is a state's own",
    "groups": "how strongly states respond to the US",
    "positions": "what positions of the US mean",
}
"""What each dated judgement is about."""


def news_of_us(case: Case, *, mending: bool = True) -> list[str]:
    """Say where known votes are much likelier, if the United States does another thing there.

    Parameters
    ----------
    case : Case
    mending : bool
        Whether to say how the scenario reads them there, to one who can change it.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> news_of_us(resolve("anniversary-2025"))
    []
    """
    scenario = case.scenario
    if not scenario.known or scenario.known_in:
        return []
    there, times = likeliest_arm(ballots(case))
    here = next(iter(worlds(case)))
    if scenario.arms[there].us == scenario.arms[here].us:
        return []
    how = f' known_in = "{there}" in the scenario reads them there.' if mending else ""
    return [f"{told}{how}" for told in where_likelier(scenario.arms[there].label or there, times)]


def assumptions(case: Case) -> list[str]:
    """Return what a forecast assumes, one sentence a line.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> assumptions(resolve("jerusalem-2017"))[-1]
    'Of votes and texts, nothing later than 20 December 2017 is used.'
    """
    scenario, rule = case.scenario, case.rule
    found = [f"Majority {rule.name} ({rule.source}), quorum {QUORUM}.", _grounds(case)]
    if len(scenario.arms) > 1:
        found += [_effect(scenario), _steps(case)]
    found += [
        _sponsors(case),
        f"States move together through shared factors, fitted to roll calls before "
        f"{day(case.fitted.as_of)}{_times(scenario.dependence.scale)}.",
        f"How unfamiliar the text is: {case.novelty:.2f} on a scale from 0 to 1. The higher, the "
        "wider the ranges.",
    ]
    if away := case.suspended:
        found.append(f"Without a vote that day (Charter, Art. 19): {joined(names_of(away))}.")
    if scenario.known:
        told = scenario.known_choices
        votes = [
            f"{name} {choice.label}"
            for name, choice in zip(names_of(told), told.values(), strict=True)
        ]
        found.append(f"Taken as certain: {joined(votes)}.")
    if late := case.hindsight:
        judged = [f"{JUDGED[name]} ({day(made)})" for name, made in late.items()]
        found.append(f"Set with hindsight, after the day of the forecast: {joined(judged)}.")
    return [*found, f"Of votes and texts, nothing later than {day(scenario.as_of)} is used."]


def real_vote(real: Hindsight, labels: Mapping[str, str]) -> list[str]:
    """Return what the real vote was and how the forecast fared, one sentence a line.

    Parameters
    ----------
    real : Hindsight
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> from datetime import date
    >>> tally = (93, 65, 18, 17)
    >>> votes = Hindsight("ES-11/7", "", date(2025, 2, 24), tally, True, Choice.NO, {}, {}, ())
    >>> real_vote(votes, {})[0]
    'ES-11/7 of 24 February 2025 was adopted 93-18-65, 17 not voting; the United States voted no.'
    """
    yes, abstain, no, absent = real.tally

    def called(arm: str) -> str:
        return f"“{labels[arm]}”"

    us = {Choice.ABSTAIN: "abstained", Choice.NON_VOTING: "did not vote"}
    found = [
        f"{real.symbol} of {day(real.date)} was {'' if real.adopted else 'not '}adopted "
        f"{yes}-{no}-{abstain}, {absent} not voting; the United States "
        f"{us.get(real.us_vote, f'voted {real.us_vote.label}')}."
    ]
    outside = [
        f"{joined([choice.label for choice in SHOWN if not falls[choice].within_90])} in "
        f"{called(arm)}"
        for arm, falls in real.falls.items()
        if not all(fall.within_90 for fall in falls)
    ]
    found.append(f"Outside the 90 % range: {'; '.join(outside) or 'no count in any arm'}.")
    for arm in real.fits[:1]:
        surprises = [
            f"{joined(names_of([iso3]))} {choice.label} ({percent(chance)})"
            for iso3, choice, chance in real.states[arm].surprises
        ]
        found.append(
            f"The United States' vote fits {joined([called(fit) for fit in real.fits])}; least "
            f"expected in {called(arm)} were {joined(surprises)}."
        )
    return found


def real_vote_table(real: Hindsight, labels: Mapping[str, str]) -> Table:
    """Return where each real count falls in each arm's forecast.

    Parameters
    ----------
    real : Hindsight
    labels : mapping of arm to str
        What each arm is called.

    Examples
    --------
    >>> from datetime import date
    >>> tally = (93, 65, 18, 17)
    >>> votes = Hindsight("ES-11/7", "", date(2025, 2, 24), tally, True, Choice.NO, {}, {}, ())
    >>> real_vote_table(votes, {}).columns[:4]
    ('arm', 'yes: 93', 'no: 18', 'abstain: 65')
    """
    rows = []
    for arm, falls in real.falls.items():
        cells = (f"{_percentile(falls[choice])}\n{_range(falls[choice])}" for choice in SHOWN)
        named = wrapped(labels[arm])
        rows.append((named, *cells, f"{real.states[arm].right} of {real.states[arm].states}"))
    counts = (f"{choice.label}: {real.tally[choice]}" for choice in SHOWN)
    return Table(
        "Percentile of each real count, and the range it is in",
        ("arm", *counts, "states right"),
        tuple(rows),
        note="States right: those that voted as was likeliest.",
    )


def _percentile(fall: Fall) -> str:
    if fall.percentile < 1:
        return "below 1"
    return "above 99" if fall.percentile > 99 else f"{fall.percentile:.0f}"


def _range(fall: Fall) -> str:
    if fall.within_50:
        return "in 50 %"
    return "in 90 %" if fall.within_90 else "outside"


def names_of(codes: Iterable[str]) -> list[str]:
    """Return the names of states.

    Examples
    --------
    >>> names_of(["BRA", "TUR"])
    ['Brazil', 'Türkiye']
    """
    members = Members.load()
    return [members.names[members.row(code)] for code in codes]


def _grounds(case: Case) -> str:
    found, scenario = case.precedents, case.scenario
    alike = [f"{each.symbol} ({each.likeness:.2f} alike)" for each in found]
    grounds = [f"the votes on {joined(alike)}"] if found else []
    if scenario.blocs:
        grounds.append(f"the stances given for {joined(list(scenario.blocs))}")
    return f"Model {scenario.model}, from {joined(grounds) or 'no precedent'}."


def _effect(scenario: Scenario) -> str:
    scale = scenario.us.effect_scale
    sizes = []
    for name, table in influence_seeds()["groups"].items():
        middle, half = scale * table["effect"], scale * NINETY * table["effect_sd"]
        who = ", ".join((*table.get("blocs", ()), *names_of(table.get("states", ()))))
        sizes.append(
            f"{middle:z.2f} ({middle - half:z.2f} to {middle + half:z.2f}) for "
            f"{f'{name} ({who})' if who else f'all {name}'}"
        )
    return (
        "How far the US moves others is an assumption with a range, not a measured cause "
        f"(seeds/influence.toml{_times(scale)}): a full move from no to yes adds to latent "
        f"support, in standard deviations and with a 90 % range, {joined(sizes)}."
    )


def _steps(case: Case) -> str:
    """Say how far each arm's position is from the one that moves nobody."""
    steps = []
    for arm, table in case.scenario.arms.items():
        distance = sum(move.chance * move.distance for move in moves(case, arm))
        lobbied = any(move.pressure.any() for move in moves(case, arm))
        way = "from yes to no" if distance < 0 else "from no to yes"
        step = f"{abs(distance):.2f} of the way {way}" if distance else "not at all"
        pressed = " but with pressure" if lobbied else ""
        steps.append(f"{step}{pressed} in “{table.label or arm}”")
    return (
        f"The forecast takes the US to stand at {case.scenario.us.reference!r}; from there its "
        f"position moves {joined(steps)}."
    )


def _sponsors(case: Case) -> str:
    scenario = case.scenario
    known, joining = len(case.sponsors), len(scenario.sponsors.joining)
    alone = len({code for arm in scenario.arms.values() for code in arm.joining})
    if not known + joining + alone:
        return "No sponsor is taken as known."
    follows = scenario.us.sponsors_follow
    does = f"follows the US {follows:.0%} of the way" if follows else "does not follow the US"
    return (
        f"Sponsors taken as known: {known}; that may join: {joining}"
        f"{f'; in some arms alone: {alone}' if alone else ''}. A sponsor is taken to be all but "
        "sure to vote yes, and as far as its word decides its vote it moves with no other state "
        f"and {does}."
    )


def _times(scale: float) -> str:
    return "" if scale == 1 else f", times {scale:g}"

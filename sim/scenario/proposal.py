"""A scenario proposed for a title: its precedents, marks and US positions found in the record."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from sim.assembly.choices import Choice
from sim.assembly.members import US, Members
from sim.models import Precedent
from sim.models.learned.texts.titles import plain_words
from sim.record import Record, canonical_symbol, title_of
from sim.record.cited import cited_asks, sponsor_lists
from sim.scenario.ballots import ballots
from sim.scenario.case import Case, resolve, resolve_step
from sim.scenario.tables import WORDS
from sim.vote.exact.solve import marginals

POSITIONS: Mapping[str, str] = {
    "yes": "US votes yes",
    "abstain": "US abstains",
    "no": "US votes no",
    "co-sponsor": "US co-sponsors",
    "silent": "US does not co-sponsor",
    "no-and-lobbies": "US votes no and threatens",
    "rival-text": "US has a text of its own",
}
"""Label of the arm of each position."""
USUAL = ("yes", "abstain", "no")
COLUMNS = 100
"""Of a comment."""
FEWEST_WORDS, LATE = 4, 1000
"""A title of so many telling words is completed, from the titles of so many latest roll calls."""
ALIKE = 0.5
"""Likeness from which the last tally is a mark worth asking for, and sponsors are proposed."""


@dataclass(frozen=True)
class ProposedSponsors:
    """Sponsors of a like text, and the expected yes votes without and with them.

    Examples
    --------
    >>> print(ProposedSponsors("ES-11/7", 42, 96.7, 98.2))
    With the 42 sponsors of ES-11/7 expected yes votes go from 96.7 to 98.2.
    """

    symbol: str
    states: int
    without: float
    taken: float

    def __str__(self) -> str:
        """Return what they move, in a sentence."""
        return (
            f"With the {self.states} sponsors of {self.symbol} expected yes votes go from "
            f"{self.without:.1f} to {self.taken:.1f}."
        )


def propose(
    title: str,
    *,
    vote: datetime.date,
    as_of: datetime.date,
    us: Sequence[str] = (),
    symbol: str = "A/L.1",
    majority: str = "simple",
    last: str | None = None,
    sponsors: Sequence[str] = (),
    record: Record | Path | None = None,
    known: Mapping[str, Choice] | None = None,
) -> Case:
    """Return the case of a scenario for a title, with what the record says of like texts.

    Parameters
    ----------
    title : str
        Of the draft, as printed.
    vote, as_of : date
        The day of the vote, and the day before it whose knowledge is used.
    us : sequence of str
        Positions of the United States, an arm each, the expected one first. By default that on the
        likest text, then the other two votes.
    symbol, majority : str
    last : str, optional
        How it was last adopted: ``without-a-vote``, ``by-vote``, or ``new``.
    sponsors : sequence of str
        ISO codes, and perhaps the symbol of one list that is shipped.
    record : Record or Path, optional
        Where like texts are looked for; by default the user's record.
    known : mapping of ISO code to Choice, optional
        Votes taken as certain.

    Raises
    ------
    ScenarioError
        If any of it cannot be.

    Examples
    --------
    >>> day = datetime.date(2016, 10, 26)
    >>> text = "Necessity of ending the embargo imposed by the United States against Cuba"
    >>> case = propose(text, vote=day, as_of=day - datetime.timedelta(1))
    >>> case.precedents[0].symbol, list(case.scenario.arms)
    ('70/5', ['us-no', 'us-yes', 'us-abstain'])
    """
    tables: dict[str, Any] = {
        "title": title,
        "question": "How will the Assembly vote, and what does the position of the US change?",
        "source": "The title, and the votes on like texts in the record",
        "as_of": as_of,
        "seed": int(f"{vote:%Y%m%d}"),
        "model": "learned",
        "precedents": "auto",
        "resolution": {"symbol": symbol, "title": title, "date": vote, "majority": majority},
        **_arms(us or USUAL),
    }
    if last is not None:
        tables["resolution"]["last"] = last
    if sponsors:
        tables["sponsors"] = _named(sponsors)
    case = resolve(tables, record=record)
    whole = whole_title(case.record.before(np.datetime64(as_of) + 1), title)
    if whole != title:
        tables |= {"title": whole, "resolution": {**tables["resolution"], "title": whole}}
        case = resolve(tables, record=record)
    if not us:
        tables |= _arms(_likely_first(case))
    if marks := _marks(case):
        tables["thresholds"] = marks
    return resolve(tables, record=record, known=known)


def whole_title(record: Record, title: str) -> str:
    """Return the one title of late that begins with the words typed; else what was typed.

    Titles of texts that return are long, and a forecast knows a text again by its whole title.

    Parameters
    ----------
    record : Record
        Of nothing later than is known.
    title : str
        Of the draft, perhaps cut short.

    Examples
    --------
    >>> from sim.record.cited import cited_roll_calls
    >>> cited = cited_roll_calls().before("2016-10-26")
    >>> whole_title(cited, "necessity of ending the economic, commercial and financial")[:40]
    'Necessity of ending the economic, commer'
    >>> whole_title(cited, "Situation of human rights")
    'Situation of human rights'
    """
    typed = plain_words(title)
    if len(typed.split()) < FEWEST_WORDS:
        return title
    known: dict[str, str] = {}
    frame = record.roll_calls
    for printed in frame["title"][frame["kind"] == "whole"].iloc[-LATE:]:
        named = title_of(printed)
        known[plain_words(named)] = named
    longer = [words for words in known if f"{words} ".startswith(f"{typed} ")]
    if typed in known or len(longer) != 1:
        return title
    return known[longer[0]].split(" : resolution")[0].strip()


def proposal_text(case: Case) -> str:
    """Return a proposed scenario as commented TOML, all its precedents by name.

    What is written has the forecast of the case itself.

    Examples
    --------
    >>> day = datetime.date(2016, 10, 26)
    >>> text = "Necessity of ending the embargo imposed by the United States against Cuba"
    >>> found = proposal_text(propose(text, vote=day, as_of=day - datetime.timedelta(1)))
    >>> found[found.index("{symbol") :].splitlines()[0].split(" # ")
    ['{symbol = "70/5", likeness = "words"},', '2015-10-27, 191-2-0, the US no; likeness 0.66']
    """
    tables = case.scenario.model_dump(exclude_defaults=True)
    del tables["precedents"]
    head = {key: value for key, value in tables.items() if not isinstance(value, dict | list)}
    rest = {key: value for key, value in tables.items() if key not in head}
    lines = [
        "# Proposed from the title and the record. Read every line; change what you know better.",
        "",
        tomli_w.dumps(head).rstrip(),
        "# Days are ISO dates; as_of is the last day whose facts are used.",
        "",
        "# Like texts, the likest first: yes-no-abstain, the vote of the United States. Strike out",
        "# what is not about the same thing; add your own. Likeness is that of the words of the",
        "# titles, or a number from 0 to 1: how much a vote on it tells about this text.",
        "precedents = [",
        *(_cited(case, precedent) for precedent in case.likest),
        "]" if case.likest else "] # none was found",
        "",
        *_sponsored(case),
        "# us.reference is the position the forecast starts from; each arm is one to compare.",
        tomli_w.dumps(rest).rstrip(),
        "",
        f"# What the text asks is known only if you say so: [resolution] asks = {_demands(case)}",
        "# (unga-sim lever then says what each demand costs or brings).",
    ]
    return "\n".join(lines) + "\n"


def _cited(case: Case, precedent: Precedent) -> str:
    record = case.question.record
    about, tally = record.roll_call(precedent.row), record.tallies()[precedent.row]
    yes, no, abstain = (tally[one] for one in (Choice.YES, Choice.NO, Choice.ABSTAIN))
    told = f"{about.date}, {yes}-{no}-{abstain}, the US {_us_vote(record, precedent.row)}"
    symbol = tomli_w.dumps({"symbol": precedent.symbol}).strip()
    likeness = f'likeness = "{WORDS}"'
    return f"  {{{symbol}, {likeness}}}, # {told}; likeness {precedent.likeness:.2f}"


def proposed_sponsors(case: Case) -> ProposedSponsors | None:
    """Return the sponsors of the likest text whose sponsors are known, and what they would move.

    Parameters
    ----------
    case : Case
        Without sponsors.

    Returns
    -------
    ProposedSponsors or None
        None where no list of a text half as alike or more is known.

    Examples
    --------
    >>> proposed_sponsors(resolve("rights-2024")) is None
    True
    """
    lists = {canonical_symbol(symbol): symbol for symbol in sponsor_lists()}
    alike = (one for one in case.likest if one.likeness >= ALIKE)
    symbols = (canonical_symbol(one.symbol) for one in alike)
    named = next((lists[symbol] for symbol in symbols if symbol in lists), None)
    if named is None:
        return None
    table = case.scenario.sponsors.model_copy(update={"seed": named})
    scenario = case.scenario.model_copy(update={"sponsors": table})
    there = resolve_step(case, scenario, turned=case.turned)
    return ProposedSponsors(named, len(sponsor_lists()[named]), _yes(case), _yes(there))


def _yes(case: Case) -> float:
    """Return the expected yes votes of the first arm."""
    return float(marginals(next(iter(ballots(case).values())))[:, Choice.YES].sum())


def _sponsored(case: Case) -> list[str]:
    """Return the line that takes the sponsors of a like text, still a comment, and what it does."""
    if case.sponsors:
        return []
    found = proposed_sponsors(case)
    told, taken = ("", '{states = ["FRA", ...]}')
    if found is not None:
        told, taken = f" {found}", f'{{seed = "{found.symbol}"}}'
    text = f'Sponsors are known only if you name them.{told} To do so, strike out the "# " before:'
    lines = textwrap.wrap(text, COLUMNS, initial_indent="# ", subsequent_indent="# ")
    return [*lines, f"# sponsors = {taken}", ""]


def _demands(case: Case) -> str:
    """Return the demands of the likest text whose demands are known, or one of all that are."""
    known = cited_asks()
    asked = (known.get(canonical_symbol(one.symbol), ()) for one in case.likest)
    found = next((each for each in asked if each), None) or [min(set().union(*known.values()))]
    return "[" + ", ".join(f'"{word}"' for word in found) + "]"


def _us_vote(record: Record, row: int) -> str:
    vote = int(record.votes[row][Members.load().row(US)])
    return Choice(vote).label if vote >= 0 else "not recorded"


def _named(sponsors: Sequence[str]) -> dict[str, Any]:
    """Return the table of sponsors: the one list that is shipped among them, and the others."""
    lists = [name for name in sponsors if name in sponsor_lists()]
    states = [name for name in sponsors if name not in lists[:1]]
    return {"states": states} | ({"seed": lists[0]} if lists else {})


def _arms(positions: Sequence[str]) -> dict[str, Any]:
    arms = {f"us-{name}": {"us": name, "label": POSITIONS.get(name, name)} for name in positions}
    return {"us": {"reference": positions[0]}, "arms": arms}


def _likely_first(case: Case) -> list[str]:
    for precedent in case.precedents:
        vote = int(case.question.record.votes[precedent.row][Members.load().row(US)])
        if 0 <= vote < Choice.NON_VOTING:
            first = Choice(vote).column
            return [first, *(name for name in USUAL if name != first)]
    return list(USUAL)


def _marks(case: Case) -> list[dict[str, Any]]:
    alike = [one for one in case.precedents if one.likeness >= ALIKE]
    if not alike:
        return []
    last = min(alike, key=lambda one: one.age)
    yes = int(case.question.record.tallies()[last.row][Choice.YES])
    return [{"count": "yes", "at_least": yes}]

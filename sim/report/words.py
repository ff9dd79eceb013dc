"""Numbers in words: chances, ranges and differences as people read them."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence

from sim.studies.telling import Telling
from sim.vote.outcomes import few
from sim.vote.surprise import UNLIKELY

MUCH = 5.0
"""Times as likely as elsewhere, from which known votes may tell of the position of the US."""

LARGE = 0.5
"""What known votes tell of all others is much from this part of the standard deviation of yes."""


def percent(chance: float, *, draws: int | None = None, certain: bool = False) -> str:
    """Return a chance in per cent; one that is neither 0 nor 1 is never shown as either.

    Parameters
    ----------
    chance : float
        From 0 to 1.
    draws : int, optional
        How many draws the chance was counted in: none of 500 draws is not less than 0.1 %.
    certain : bool
        Whether exactly 0 and 1 are so by rule and not by computation.

    Examples
    --------
    >>> percent(0.9931), percent(0.00001), percent(1.0), percent(1.0, certain=True)
    ('99.3 %', '<0.1 %', '>99.9 %', '100 %')
    >>> percent(0.0, draws=200), percent(1.0, draws=200)
    ('<0.5 %', '>99.5 %')
    """
    if certain and chance in (0.0, 1.0):
        return f"{100 * chance:.0f} %"
    least = 0.1 if draws is None else max(0.1, round(100 / draws, 1))
    text = f"{100 * chance:.1f} %"
    return {"0.0 %": f"<{least:g} %", "100.0 %": f">{100 - least:g} %"}.get(text, text)


def whole_percent(chance: float, *, draws: int | None = None) -> str:
    """Return a chance in whole per cent, as far as a forecast supports digits; never 0 or 100.

    Parameters
    ----------
    chance : float
        From 0 to 1.
    draws : int, optional
        How many draws the chance was counted in: none of 20 draws is not less than 1 %.

    Examples
    --------
    >>> whole_percent(0.983), whole_percent(0.9951), whole_percent(0.002)
    ('98 %', '>99 %', '<1 %')
    >>> whole_percent(0.0, draws=20), whole_percent(1.0, draws=20)
    ('<5 %', '>95 %')
    """
    least = 1 if draws is None else max(1, math.ceil(100 / draws))
    if 100 * chance < least:
        return f"<{least} %"
    return f">{100 - least} %" if 100 * chance > 100 - least else f"{100 * chance:.0f} %"


def short_chance(probability: float) -> str:
    """Return a chance in percent with no sign, for narrow places; it never claims certainty.

    Examples
    --------
    >>> short_chance(0.003), short_chance(0.37), short_chance(0.996)
    ('<1', '37', '>99')

    One that a table has rounded reads as it did before:

    >>> short_chance(0.01 - 1e-12), short_chance(0.99 + 1e-12)
    ('1', '99')
    """
    probability = round(probability, 9)
    if probability < 0.01:
        return "<1"
    return ">99" if probability > 0.99 else f"{100 * probability:.0f}"


_SENTENCE_ENDS = re.compile(r"(?<!Art)\. (?=[A-Z])")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, which says the most of it.

    Examples
    --------
    >>> first_sentence("Without a vote (Charter, Art. 19): Venezuela. It owes too much.")
    'Without a vote (Charter, Art. 19): Venezuela.'
    """
    return _SENTENCE_ENDS.split(text)[0].rstrip(".") + "."


SURPRISING = (
    "Votes chosen because they surprise mislead, so give those announced as expected, too. What "
    "they say of others comes from the tails of the model: a part is taken for these states' own "
    "will, the rest moves all that they vote with. Read this as a question, not as a forecast."
)
"""What is said of known votes that were held unlikely."""


def unlikely_votes(chance: float, below: float = UNLIKELY) -> list[str]:
    """Return a caution where votes taken as known were held unlikely, else nothing.

    Parameters
    ----------
    chance : float
        Of all of them together, before they were known.
    below : float
        As `sim.vote.surprise.surprising_below` gives it.

    Examples
    --------
    >>> unlikely_votes(0.5)
    []
    >>> unlikely_votes(0.006)[0][:40]
    'The known votes had a chance of 0.6 %: v'
    """
    if chance >= below:
        return []
    told = f"{SURPRISING[0].lower()}{SURPRISING[1:]}"
    return [f"The known votes had a chance of {percent(chance)}: {told}"]


def few_draws(effective: float, *, known: bool, computed: bool) -> list[str]:
    """Return a caution where few draws carry weight, else nothing.

    Parameters
    ----------
    effective : float
        As many draws of equal weight would tell as much.
    known : bool
        Whether votes are known, which takes weight from draws.
    computed : bool
        Whether what they say was computed, too.

    Examples
    --------
    >>> few_draws(20_000, known=False, computed=True)
    []
    >>> few_draws(40.2, known=True, computed=True)
    ['The known votes leave weight to only about 40 draws: rely on what is computed, not drawn.']
    >>> few_draws(1, known=False, computed=False)
    ['Only 1 draw: read chances, ranges and differences as rough; `run` computes without draws.']
    """
    if not few(effective):
        return []
    number = max(round(effective), 1)
    draws = f"{number} draw{'' if number == 1 else 's'}"
    told = "read chances, ranges and differences as rough; `run` computes without draws"
    start = f"The known votes leave weight to only about {draws}" if known else f"Only {draws}"
    return [f"{start}: {'rely on what is computed, not drawn' if computed else told}."]


def where_likelier(label: str, times: float) -> list[str]:
    """Return in which arm known votes are much likelier than where they are read, else nothing.

    Parameters
    ----------
    label : str
        What the arm is called.
    times : float
        As `sim.studies.telling.likeliest_arm` gives it.

    Examples
    --------
    >>> [where_likelier("US votes no", times)[0][16:37] for times in (61.2, 123.4, 4e5)]
    ['are about 61 times as', 'are about 120 times a', 'are over 1,000 times ']
    >>> where_likelier("US votes no", 2.0)
    []
    """
    if times < MUCH:
        return []
    said = f"about {float(f'{times:.2g}'):.0f}" if times < 1000 else "over 1,000"
    return [
        f"The known votes are {said} times as likely in the arm “{label}” as where they are read: "
        "they may tell what the United States will do."
    ]


def what_is_told(telling: Telling) -> str:
    """Return in sentences what known votes tell, which is not what they cause.

    Examples
    --------
    >>> told = what_is_told(Telling(before=100.0, after=120.5, own=0.5, sd=25.0, chance=0.55))
    >>> told[:68]
    'The known votes move the expected yes votes from 100.0 to 120.5: +0.'
    >>> print(told.split(". ")[-1])
    That is much, 0.8 of the forecast's standard deviation without them (25.0), from votes that had
    a chance of 55 %: it rests on how closely the model ties states together.
    """
    text = (
        f"The known votes move the expected yes votes from {telling.before:.1f} to "
        f"{telling.after:.1f}: {signed(telling.own)} is those votes themselves, "
        f"{signed(telling.told)} is what they tell about all others. They are taken as evidence of "
        "how the text is received; nobody is taken to vote otherwise because of them."
    )
    if abs(telling.told) <= LARGE * telling.sd:
        return text
    return (
        f"{text} That is much, {abs(telling.told) / telling.sd:.1f} of the forecast's standard "
        f"deviation without them ({telling.sd:.1f}), from votes that had a chance of "
        f"{whole_percent(telling.chance)}: it rests on how closely the model ties states together."
    )


def points(change: float) -> str:
    """Return a difference of chances, signed, in percentage points.

    Examples
    --------
    >>> points(-0.0123), points(0.00001)
    ('-1.2', '0.0')
    """
    return signed(100 * change)


def error(size: float, *, bound: bool = False) -> str:
    """Return the error of a chance, in percentage points.

    Parameters
    ----------
    size : float
    bound : bool
        Whether it is the bound of a computed chance, not the standard error of a drawn one: the two
        never share one sign.

    Examples
    --------
    >>> error(0.0023), error(0.124), error(1e-9), error(0.0023, bound=True)
    ('± 0.2', '± 12.4', '± <0.01', 'within 0.2')
    """
    text = f"{100 * size:.1f}" if size >= 0.01 else f"{100 * size:.1g}"
    return f"{'within' if bound else '±'} {'<0.01' if 100 * size < 0.01 else text}"


def signed(number: float) -> str:
    """Return a number with one decimal and its sign; 0.0 has none.

    Examples
    --------
    >>> signed(2.34), signed(-0.04)
    ('+2.3', '0.0')
    """
    text = f"{number:+.1f}"
    return "0.0" if float(text) == 0 else text


def signed_whole(number: float) -> str:
    """Return a number rounded to a whole one, with its sign; 0 has none.

    Examples
    --------
    >>> signed_whole(2.34), signed_whole(-0.4)
    ('+2', '0')
    """
    whole = round(number)
    return f"{whole:+d}" if whole else "0"


def interval(low: float, high: float) -> str:
    """Return a range of whole numbers; a range of differences reads from the lower end.

    Examples
    --------
    >>> interval(86, 131), interval(-7, 0)
    ('86 to 131', '-7 to 0')
    """
    return f"{low:.0f} to {high:.0f}"


def more_or_fewer(votes: float) -> str:
    """Return a difference of whole votes in words.

    Examples
    --------
    >>> [more_or_fewer(votes) for votes in (-7, 0, 2)]
    ['7 fewer', 'none', '2 more']
    """
    if votes == 0:
        return "none"
    return f"{abs(votes):.0f} {'more' if votes > 0 else 'fewer'}"


def change_of_votes(mean: float, low: float, high: float) -> str:
    """Return an expected difference and its 90 % range in words.

    Examples
    --------
    >>> change_of_votes(-2.31, -7, 0)
    '2.3 fewer yes votes (90 % range: 7 fewer to none)'
    >>> change_of_votes(0.0, 0, 0)
    'no change in yes votes'
    """
    ends = more_or_fewer(low), more_or_fewer(high)
    if round(mean, 1) == 0 and ends == ("none", "none"):
        return "no change in yes votes"
    return f"{_change(mean)} (90 % range: {ends[0]} to {ends[1]})"


def expected_change(mean: float) -> str:
    """Return an expected difference in words.

    Examples
    --------
    >>> expected_change(-2.31), expected_change(0.01)
    ('2.3 fewer yes votes', 'no change in yes votes')
    """
    return _change(mean) if round(mean, 1) else "no change in yes votes"


def _change(mean: float) -> str:
    return f"{abs(mean):.1f} {'more' if mean > 0 else 'fewer'} yes votes"


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> joined(["yes", "no", "abstain"]), joined(["yes"])
    ('yes, no and abstain', 'yes')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def day(date: datetime.date) -> str:
    """Return a date as a sentence has it.

    Examples
    --------
    >>> day(datetime.date(2025, 2, 4))
    '4 February 2025'
    """
    return f"{date.day} {date:%B %Y}"

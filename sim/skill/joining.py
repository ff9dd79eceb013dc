"""The page on skill put together from the pages of single back-tests."""

from __future__ import annotations

from collections.abc import Mapping

INTRODUCTION = """\
# Skill

Written by `unga-sim skill` from the folders that `unga-sim backtest` made; do not edit.

Every roll call of a window is forecast from what was known strictly before its day, and all
forecasters are judged on the same votes. Baselines are trained once a year, on the years before,
but for the likest earlier text, which may be of the same year.

- **Log loss**: minus the logarithm of the probability of what happened, mean over state votes; of
  four choices, and of yes, abstention and no among those present. The less the better.
- **Balanced accuracy**: mean over the choices of the share forecast right.
- **Ranked score**: of yes > abstention > no; an absence is a question of its own.
- **CRPS** and **absolute error** of a count [votes].
- **Coverage**: how often the count lies inside the central interval, the interval cut through the
  probability of its ends so that it holds just 50 or 90 %. **Closed**: inside the whole numbers
  that are printed, ends included, which hold more, and much more where counts are small.
- **Calibration error**: mean distance of forecast probability and frequency, in ten bins of equal
  width; in brackets, in ten of equally many forecasts.
- ± is one standard error, from drawing days again with all their roll calls (votes of one roll
  call are not independent, nor are roll calls of one day). Differences are the first forecaster
  less the other on the same draws; in brackets the middle 90 %.
"""


def joined_pages(pages: Mapping[str, str]) -> str:
    r"""Return one page with the sections of several, in their order.

    Parameters
    ----------
    pages : mapping of str to str
        Pages of `sim.skill.skill_page` in Markdown, by where they come from.

    Raises
    ------
    ValueError
        If one is no such page, or a section is given twice.

    Examples
    --------
    >>> one, two = INTRODUCTION + "\n## 2012\n", INTRODUCTION + "\n## 2025\n"
    >>> joined_pages({"a": one, "b": two}).splitlines()[-3:]
    ['## 2012', '', '## 2025']
    """
    sections: dict[str, str] = {}
    for place, page in pages.items():
        if not page.startswith(INTRODUCTION):
            raise ValueError(f"{place}: no page of this version; run unga-sim backtest again")
        section = page.removeprefix(INTRODUCTION).strip("\n")
        if (title := section.partition("\n")[0]) in sections:
            raise ValueError(f"{place}: {title.strip('# ')}: there already; give each window once")
        sections[title] = section
    return "\n".join([INTRODUCTION, *(f"{section}\n" for section in sections.values())])

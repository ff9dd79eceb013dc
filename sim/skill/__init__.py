"""Where the skill lies: a back-test by title, issue, bloc, state and year, and its worst misses."""

from sim.skill.joining import joined_pages
from sim.skill.misses import why, worst_misses
from sim.skill.page import skill_page
from sim.skill.tables import GROUPINGS, Grouping, by_group, figures_by_year

__all__ = [
    "GROUPINGS",
    "Grouping",
    "by_group",
    "figures_by_year",
    "joined_pages",
    "skill_page",
    "why",
    "worst_misses",
]

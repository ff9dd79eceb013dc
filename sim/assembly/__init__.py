"""The Assembly: who votes, in which blocs, by which rules. May touch `sim.files` alone.

Start with `members`; then `blocs`, `choices`, `draft` and `rules`.
"""

from sim.assembly.blocs import Blocs
from sim.assembly.choices import Choice
from sim.assembly.draft import DraftResolution
from sim.assembly.members import Members
from sim.assembly.rules import RULES, Rule

__all__ = ["RULES", "Blocs", "Choice", "DraftResolution", "Members", "Rule"]

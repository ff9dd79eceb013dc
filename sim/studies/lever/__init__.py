"""What each demand of a text costs or brings in votes, from like texts with and without it.

Start with `wording.py`; `texts.py` finds the texts, `effect.py` has the model.
"""

from sim.studies.lever.wording import Lever, wording_lever

__all__ = ["Lever", "wording_lever"]

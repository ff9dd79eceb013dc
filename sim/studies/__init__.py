"""Questions beyond one run: contrast, calls, explain, sweep. May touch `sim.runs` and below.

One module a question; none draws a figure or writes a folder.
"""

from sim.studies.contrast import contrast
from sim.studies.explain import explain
from sim.studies.lever import wording_lever
from sim.studies.rank import rank_calls
from sim.studies.sweep.sweep import sweep

__all__ = ["contrast", "explain", "rank_calls", "sweep", "wording_lever"]

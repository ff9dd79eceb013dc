"""Many variants of one scenario, each computed exactly, and which assumption drives the answer."""

from sim.studies.sweep.designs import Design, design_of
from sim.studies.sweep.fields import SweepError
from sim.studies.sweep.sweep import Sweep, run_sweep, save_sweep, sweep_of

__all__ = ["Design", "Sweep", "SweepError", "design_of", "run_sweep", "save_sweep", "sweep_of"]

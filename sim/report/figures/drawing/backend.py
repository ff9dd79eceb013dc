"""Matplotlib, whatever backend a notebook or a shell has chosen: figures here need none."""

import contextlib
import os
import sys

if "matplotlib" not in sys.modules:
    chosen = os.environ.pop("MPLBACKEND", None)  # its import fails of one that is not installed
    import matplotlib as mpl

    if chosen is not None:
        os.environ["MPLBACKEND"] = chosen
        with contextlib.suppress(ValueError):
            mpl.rcParams["backend"] = chosen

"""Published voting files into one record.

A roll call is imported as a whole or not at all; what could not be read is reported row by row.
"""

from sim.record.importing.imports import import_files
from sim.record.importing.report import ImportReport

__all__ = ["ImportReport", "import_files"]

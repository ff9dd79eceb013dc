"""Parameters fitted to a user's record by itself, and kept in the user's cache by its hash."""

from __future__ import annotations

import datetime
import logging
import os
from pathlib import Path

from sim.models.fitted.fit import fit_parameters
from sim.models.fitted.parameters import VERSION, write_parameters
from sim.record import Record, cache_place
from sim.record.value import ShortRecordError


def kept_parameters(
    record: Record, name: str, *, model: str, sha256: str, as_of: datetime.date
) -> Path | None:
    """Return the file of the parameters fitted to a record up to a day; fitted now if need be.

    Parameters
    ----------
    record : Record
    name : str
        Of its file.
    model : str
        That is asked; what states share in the errors of others is not fitted.
    sha256 : str
        Of its file: a record that changes is fitted anew.
    as_of : date
        The last day whose roll calls may be used.

    Returns
    -------
    Path or None
        Nothing if there is too little to fit to.

    Examples
    --------
    >>> day = datetime.date(2025, 2, 23)
    >>> none = Record.empty()
    >>> kept_parameters(none, "none.parquet", model="learned", sha256="0" * 64, as_of=day)
    """
    if not len(record):
        return None
    last = min(as_of, datetime.date.fromisoformat(str(record.dates[-1])))
    place = cache_place("parameters", f"{sha256[:20]}-{last}-{model}-{VERSION}.toml")
    if not place.is_file():
        logging.getLogger("sim").warning(
            "fitting %s to %s up to %s: this takes about a minute, once", model, name, last
        )
        made_by = f"unga-sim fit {name} --as-of {last}"
        try:
            jobs = os.cpu_count() or 1
            found = fit_parameters(
                record, last, models=[model], jobs=jobs, made_by=made_by, sha256=sha256
            )
        except ShortRecordError:
            return None
        write_parameters(found, place)
    return place

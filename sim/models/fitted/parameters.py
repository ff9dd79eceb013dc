"""Everything a forecast needs without the record: fitted parameters, and the file they are in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import files
from sim.models.dependence.fit import FittedDependence
from sim.models.fitted.tables import (
    dependence_from,
    dependence_table,
    logits_from,
    logits_table,
    profile_from,
    profile_table,
    toml_lines,
)
from sim.models.learned.model import LearnedModel
from sim.models.learned.stages import Logits
from sim.models.learned.texts.vocabulary import Vocabulary

VERSION = 4
_HEADER = """\
# Fitted parameters of unga-sim: the vote model, what it knows of the states, and how states move
# together. Made by the command below from the record described under [record]; not edited by hand.
#
# [logits]      given / unknown: position of the United States; absent, yes, no: the three steps;
#               feature = [mean, standard deviation, coefficient of the standardised feature];
#               "x>k" is the feature max(x - k, 0)
# [dependence]  of each vote model: laws of the sizes; of each state its group and weights x, y, c
# [states]      attendance: decayed counts of votes cast and of absences, half-lives 15, 91 and 365
#               days; season: the same by part of the session, 730 days; by_us: of yes, abstain,
#               no and absences, 1096 days, if the United States did each of these; few_against:
#               of yes, abstain and no, likewise, on texts that few opposed; drift: departures from
#               precedents, sum and weight; place: among the states; like: the states it votes
#               like, and how much each counts
# [words]       in how many titles of the record a word or pair of words comes up
"""


@dataclass(frozen=True)
class RecordStamp:
    """Which record parameters were fitted to.

    Attributes
    ----------
    roll_calls : int
        Roll calls before the day of the fit.
    first, last : date
        Days of the first and last of them.
    sha256 : str
        Of the record's file; empty if it came from none.
    """

    roll_calls: int
    first: datetime.date
    last: datetime.date
    sha256: str


@dataclass(frozen=True)
class FittedParameters:
    """What `unga-sim fit` makes of a record.

    Attributes
    ----------
    as_of : date
        The last day whose roll calls were used.
    made_by : str
        The command.
    record : RecordStamp
    model : LearnedModel
        The vote model, and what it knows of states and words.
    dependences : mapping of str to FittedDependence
        How states move together in the errors of each vote model.
    """

    as_of: datetime.date
    made_by: str
    record: RecordStamp
    model: LearnedModel
    dependences: Mapping[str, FittedDependence]

    def __repr__(self) -> str:
        """Return the day and the command."""
        return f"FittedParameters(as of {self.as_of}, made by {self.made_by!r})"

    def dependence_of(self, model: str) -> FittedDependence:
        """Return how states move together in the errors of a model.

        A model that is newer than these parameters borrows it from the learned one until
        ``unga-sim fit`` is run again.
        """
        return self.dependences.get(model) or self.dependences["learned"]


def write_parameters(parameters: FittedParameters, path: Path) -> None:
    """Write parameters as one TOML file, numbers with five significant digits.

    Parameters
    ----------
    parameters : FittedParameters
    path : Path

    Examples
    --------
    >>> import tempfile
    >>> from sim.vote.dependence import Dependence, SizeLaw
    >>> from sim.models.learned.model import LearnedModel, fit_model, panel_before
    >>> from sim.models.learned.source import Source, day_number
    >>> from sim.record.cited import cited_roll_calls
    >>> as_of = datetime.date(2023, 1, 1)
    >>> source, law = Source.of(cited_roll_calls().before(as_of)), SizeLaw(0.0, 0.0, 0.0, 0.0)
    >>> stamp = RecordStamp(26, datetime.date(2012, 11, 29), as_of, "")
    >>> model = fit_model(source, panel_before(source, day_number(as_of)), day_number(as_of))
    >>> shared = FittedDependence(Dependence.independent(193), law, law, 26)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "parameters.toml"
    ...     own = {"learned": shared}
    ...     write_parameters(FittedParameters(as_of, "by hand", stamp, model, own), place)
    ...     read_parameters(place).record == stamp
    True
    """
    stamp, model = parameters.record, parameters.model
    tables: dict[str, Any] = {
        "version": VERSION,
        "as_of": parameters.as_of,
        "before": datetime.date.fromisoformat(str(np.datetime64(model.profile.day, "D"))),
        "made_by": parameters.made_by,
        "record": {
            "roll_calls": stamp.roll_calls,
            "first": stamp.first,
            "last": stamp.last,
            "sha256": stamp.sha256,
        },
        "logits": {
            name: logits_table(getattr(model.logits, name)) for name in ("given", "unknown")
        },
        "dependence": {
            name: dependence_table(each) for name, each in parameters.dependences.items()
        },
        "states": profile_table(model.profile),
        "words": {
            "texts": model.vocabulary.texts,
            "others": model.vocabulary.others,
            "counts": dict(sorted(model.vocabulary.counts.items())),
        },
    }
    files.write_text(path, _HEADER + "\n".join(toml_lines(tables)) + "\n")


def read_parameters(path: Path) -> FittedParameters:
    """Return the parameters in a file that `write_parameters` made.

    Raises
    ------
    files.FileError
        If the file is missing, is no such file or of another version, or a table is incomplete.

    Examples
    --------
    >>> read_parameters(Path("none.toml"))
    Traceback (most recent call last):
    sim.files.FileError: none.toml: No such file or directory
    """
    tables = files.read_toml(path)
    if tables.get("version") != VERSION:
        raise files.FileError(
            f"{path}: version: {tables.get('version')!r}, {VERSION} is wanted; "
            "make the file again with unga-sim fit"
        )
    try:
        return _understood(tables)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise files.FileError(f"{path}: {reason}; make the file again with unga-sim fit") from None


def _understood(tables: dict[str, Any]) -> FittedParameters:
    as_of, words = tables["as_of"], tables["words"]
    # the first day that was not known; before files told it, as_of was that day
    day = int(np.datetime64(tables.get("before", as_of), "D").astype(int))
    logits = {name: logits_from(tables["logits"][name]) for name in ("given", "unknown")}
    return FittedParameters(
        as_of,
        tables["made_by"],
        RecordStamp(**tables["record"]),
        LearnedModel(
            Logits(**logits),
            profile_from(tables["states"], day),
            Vocabulary(words["texts"], words["counts"], words["others"]),
        ),
        {name: dependence_from(each) for name, each in tables["dependence"].items()},
    )

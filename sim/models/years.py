"""Work year by year: the same bytes whatever the number of workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Year = TypeVar("Year")
Found = TypeVar("Found")


def each_year(
    task: Callable[[Year], Found],
    years: Sequence[Year],
    *,
    jobs: int = 1,
    done: Callable[[Found], None] | None = None,
) -> list[Found]:
    """Return what a task gives for each year, in order.

    Parameters
    ----------
    task : callable
        Is pickled if there is more than one worker.
    years : sequence
        What it is given, one at a time.
    jobs : int
        Workers; -1 for one a processor.
    done : callable, optional
        Given each answer as soon as it and all before it are there.

    Examples
    --------
    >>> each_year(abs, [-2012, 2013])
    [2012, 2013]
    """
    found = []
    for answer in _answers(task, years, jobs):
        found.append(answer)
        if done is not None:
            done(answer)
    return found


def _answers(task: Callable[[Year], Found], years: Sequence[Year], jobs: int) -> Iterator[Found]:
    import joblib

    if jobs == 1 or len(years) < 2:
        return (_alone(task, year) for year in years)
    workers = joblib.Parallel(n_jobs=jobs, return_as="generator")
    answers: Iterator[Found] = workers(joblib.delayed(_alone)(task, year) for year in years)
    return answers


def _alone(task: Callable[[Any], Found], year: Any) -> Found:
    # more threads sum in another order, and would change the last digits with the machine
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return task(year)

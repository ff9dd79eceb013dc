"""Where points are computed: on the cores of one machine, or on a cluster; results are the same.

Points come back in any order and one at a time, and few are on their way at once, so memory does
not grow with their number.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from sim.scenario.schema import Scenario
from sim.studies.sweep.fields import Point, SweepError
from sim.studies.sweep.point import solve_point

Task = tuple[str, Point, bool]
"""Key, values, and whether to compute as finely as a run does."""
Solved = tuple[str, dict[str, Any]]
AT_ONCE = 4
"""Points on their way to each thread of a cluster."""
RETRIES = 5
PATIENCE = 10
"""For the scheduler to answer [s]."""


def solve_task(scenario: Scenario, task: Task) -> Solved:
    """Compute one task wherever this is called.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> task = ("k", {"us.effect_scale": 0.0}, False)
    >>> key, told = solve_task(read_scenario("jerusalem-2017"), task)
    >>> key, sorted(told)
    ('k', ['arms', 'point'])
    """
    key, point, fine = task
    return key, solve_point(scenario, point, fine=fine)


def on_this_machine(
    scenario: Scenario, tasks: Iterable[Task], *, workers: int | None = None
) -> Iterator[Solved]:
    """Yield every task's result, computed by processes of this machine.

    Parameters
    ----------
    scenario : Scenario
    tasks : iterable of Task
    workers : int, optional
        Processes; by default one for each core.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> list(on_this_machine(read_scenario("jerusalem-2017"), [], workers=1))
    []
    """
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers or -1, return_as="generator_unordered")
    yield from pool(delayed(solve_task)(scenario, task) for task in tasks)


def on_cluster(scenario: Scenario, tasks: Iterable[Task], address: str) -> Iterator[Solved]:
    """Yield every task's result, computed by the workers of a Dask scheduler.

    A task of a worker that is lost is given to another one.

    Parameters
    ----------
    scenario : Scenario
    tasks : iterable of Task
    address : str
        Of the scheduler, such as tcp://127.0.0.1:8786.

    Raises
    ------
    SweepError
        If Dask is not installed, or nobody answers at the address.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> list(on_cluster(read_scenario("jerusalem-2017"), [], "nobody"))
    Traceback (most recent call last):
        ...
    sim.studies.sweep.fields.SweepError: --scheduler: 'nobody': needed is an address such as
    tcp://127.0.0.1:8786
    """
    if ":" not in address:
        raise SweepError(
            f"--scheduler: {address!r}: needed is an address such as tcp://127.0.0.1:8786"
        )
    try:
        dask: Any = importlib.import_module("distributed")
    except ImportError:
        raise SweepError(
            "--scheduler needs Dask: pip install '.[cluster]' in the project's folder"
        ) from None
    try:
        client = dask.Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise SweepError(f"--scheduler: {address}: no answer: {error}") from None
    with client:
        waiting = iter(tasks)

        def send(count: int) -> list[Any]:
            return [
                client.submit(solve_task, scenario, task, key=task[0], retries=RETRIES)
                for task in itertools.islice(waiting, count)
            ]

        threads = max(2, sum(client.nthreads().values()))
        running = dask.as_completed(send(AT_ONCE * threads), loop=client.loop)
        for future in running:
            yield future.result()
            for sent in send(1):
                running.add(sent)

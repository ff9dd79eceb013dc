"""Where points are computed: on the cores of one machine, or on a cluster; results are the same.

Points come back in any order and one at a time, and few are on their way at once, so memory does
not grow with their number. Each comes with the hash of the code and seeds that it was computed
with, and one computed with others is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import itertools
import logging
import queue
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.scenario.case import Case
from sim.scenario.schema import Scenario
from sim.studies.sweep.fields import Point, SweepError
from sim.studies.sweep.origin import differing, fingerprint, origin
from sim.studies.sweep.point import own_inputs, solve_point

Task = tuple[str, Point, bool]
"""Key, values, and whether to compute as finely as a run does."""
Solved = tuple[str, dict[str, Any]]
AT_ONCE = 4
"""Points on their way to each thread of a cluster."""
RETRIES = 5
PATIENCE = 10.0
"""For a cluster to answer [s]."""
SHOWN = 5
"""Files that a message names."""


def solve_task(scenario: Scenario, task: Task, inputs: Sequence[Path] = ()) -> tuple[Solved, str]:
    """Compute one task wherever this is called; say with which code, seeds and inputs.

    Examples
    --------
    >>> from sim.scenario.schema import read_scenario
    >>> task = ("k", {"us.effect_scale": 0.0}, False)
    >>> (key, found), made_with = solve_task(read_scenario("jerusalem-2017"), task)
    >>> key, sorted(found), made_with == fingerprint()
    ('k', ['arms', 'point'], True)
    """
    key, point, fine = task
    return (key, solve_point(scenario, point, fine=fine)), fingerprint(inputs)


def on_this_machine(
    case: Case, tasks: Iterable[Task], *, workers: int | None = None
) -> Iterator[Solved]:
    """Yield every task's result, computed by processes of this machine.

    Parameters
    ----------
    case : Case
    tasks : iterable of Task
    workers : int, optional
        Processes; by default one for each core.

    Raises
    ------
    SweepError
        If the code or the seeds change meanwhile.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> list(on_this_machine(resolve("jerusalem-2017"), [], workers=1))
    []
    """
    from joblib import Parallel, delayed

    inputs = own_inputs(case)
    expected = fingerprint(inputs)
    pool = Parallel(n_jobs=workers or -1, return_as="generator_unordered")
    calls = (delayed(solve_task)(case.scenario, task, inputs) for task in tasks)
    results = pool(calls)
    try:
        for solved, made_with in results:
            if made_with != expected:
                raise SweepError("the code, the seeds or an input changed meanwhile; sweep again")
            yield solved
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of points that nobody waits for any more
            results.close()


def on_cluster(case: Case, tasks: Iterable[Task], address: str) -> Iterator[Solved]:
    """Yield every task's result, computed by the workers of a Dask scheduler.

    A task of a worker that is lost is given to another one.

    Parameters
    ----------
    case : Case
    tasks : iterable of Task
    address : str
        Of the scheduler, such as tcp://127.0.0.1:8786.

    Raises
    ------
    SweepError
        If Dask is not installed, no scheduler answers at the address within `PATIENCE` or goes on
        answering, or a worker has other code, seeds or inputs than this machine.

    Examples
    --------
    >>> from sim.scenario.case import resolve
    >>> list(on_cluster(resolve("jerusalem-2017"), [], "nobody"))
    Traceback (most recent call last):
        ...
    sim.studies.sweep.fields.SweepError: --scheduler: 'nobody': expected an address such as
    tcp://127.0.0.1:8786
    """
    if ":" not in address:
        raise SweepError(
            f"--scheduler: {address!r}: expected an address such as tcp://127.0.0.1:8786"
        )
    try:
        dask: Any = importlib.import_module("distributed")
    except ImportError:
        raise SweepError(
            "--scheduler needs Dask: pip install '.[cluster]' in the project's folder"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are told here, once
    client = _connected(dask, address)
    try:
        yield from _solved(dask, client, case, iter(tasks), address)
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=1)


def _connected(dask: Any, address: str) -> Any:
    """Return a client; what listens at an address but is no scheduler may never answer."""
    found: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def connect() -> None:
        try:
            client = dask.Client(address, timeout=PATIENCE)
            client.wait_for_workers(1, timeout=PATIENCE)
            found.put(client)
        except Exception as error:
            found.put(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        client = found.get(timeout=2 * PATIENCE + 1)
    except queue.Empty:
        client = TimeoutError("what listens there is no Dask scheduler")
    if isinstance(client, Exception):
        reason = str(client).splitlines()[:1] or [type(client).__name__]
        raise SweepError(
            f"--scheduler: {address}: no scheduler with workers answered within "
            f"{PATIENCE:.0f} s: {reason[0]:.200}"
        )
    return client


def _solved(
    dask: Any, client: Any, case: Case, waiting: Iterator[Task], address: str
) -> Iterator[Solved]:
    inputs = own_inputs(case)
    expected, silent = fingerprint(inputs), 0.0
    _refuse_others(client, client.run(fingerprint, inputs, on_error="return"), expected)

    def send(count: int) -> set[Any]:
        return {
            client.submit(_solve_there, case.scenario, task, inputs, key=task[0], retries=RETRIES)
            for task in itertools.islice(waiting, count)
        }

    running = send(AT_ONCE * max(2, sum(client.nthreads().values())))
    while running:
        try:
            done, running = dask.wait(running, timeout=1, return_when="FIRST_COMPLETED")
        except TimeoutError:
            silent = silent or time.monotonic()
            if _answers(client):
                silent = 0.0
            elif time.monotonic() - silent > PATIENCE:
                raise SweepError(_lost(address)) from None
            continue
        except (Exception, asyncio.CancelledError):  # of many kinds once the connection is gone
            raise SweepError(_lost(address)) from None
        silent = 0.0
        for future in done:
            found = _result(future, address)
            if found is None and _answers(client):
                running.add(future)  # lost with its worker, and computed again by another
                continue
            if found is None:
                raise SweepError(_lost(address))
            solved, made_with, worker = found
            _refuse_others(client, {worker: made_with}, expected)
            yield solved
            running |= send(1)


def _solve_there(scenario: Scenario, task: Task, inputs: Sequence[Path]) -> tuple[Any, str, str]:
    worker: Any = importlib.import_module("distributed").get_worker()
    return (*solve_task(scenario, task, inputs), worker.address)


def _result(future: Any, address: str) -> tuple[Solved, str, str] | None:
    """Return what was computed, or nothing if it has gone since."""
    try:
        solved, made_with, worker = future.result(timeout=PATIENCE)
    except SweepError:
        raise
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, TimeoutError) and future.status != "error":
            return None
        if future.status in ("cancelled", "lost"):
            raise SweepError(_lost(address)) from None
        reason = str(error).splitlines()[:1] or [""]
        raise SweepError(
            f"--scheduler: {address}: a worker failed: {type(error).__name__}: {reason[0]:.200}"
        ) from None
    return solved, made_with, worker


def _answers(client: Any) -> bool:
    """Return whether there are a scheduler and workers to wait for."""
    try:
        return client.status == "running" and bool(client.nthreads())
    except Exception:
        return False


def _lost(address: str) -> str:
    return (
        f"--scheduler: {address}: the scheduler or its last worker is gone, and was not back "
        f"within {PATIENCE:.0f} s; points so far are kept, the same command goes on"
    )


def _refuse_others(client: Any, found: dict[str, Any], expected: str) -> None:
    """Refuse workers that have other code, seeds or inputs; name the files if they can be asked."""
    others = {worker for worker, made_with in found.items() if made_with != expected}
    if not others:
        return
    problems = []
    for worker in sorted(others):
        try:
            there = client.run(origin, workers=[worker])[worker]
            names = differing(origin(), there) or ["a file that the scenario names"]
        except Exception:
            names = ["which cannot be told: it does not know this version"]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        problems.append(
            f"--scheduler: worker {worker} has other code or seeds than this machine: "
            f"{', '.join(names[:SHOWN])}{more}"
        )
    raise SweepError("\n".join(problems))

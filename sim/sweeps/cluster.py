"""Dask executor: chunks as tasks on a cluster, their parts sent back and written by the process
that holds the store.

Workers return the bytes of a part instead of writing them. So they need no shared file system, only
one process writes, and a part is complete or absent; a run costs about 150 bytes of traffic. A task
carries its drawn settings, so that a worker needs neither the design nor its libraries, and the
hash of the rules that it must use. A task whose worker dies is given to another. The content is the
same as with threads. Dask is an optional extra and is imported only here.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from sim.config.errors import BAD_INPUT, MACHINE, SimError
from sim.rules.compiled import source_hash
from sim.sweeps.children import children_without_working_folder
from sim.sweeps.chunks import Task
from sim.sweeps.parts import MadePart, part_of

__all__ = ["on_cluster", "part_on_worker", "refuse_unguarded_script"]

_AHEAD, _LEAST_AHEAD = 3, 32  # enough waiting tasks that a cluster which scales on demand notices
_TRIES = 5
_WAIT = "30s"


def part_on_worker(task: Task, rules: str) -> MadePart:
    """Compute a part on a worker.

    Raises
    ------
    SimError
        The worker has rules of another version than the process that asks.
    """
    if source_hash() != rules:
        raise SimError(
            "a worker has the rules of another version",
            key="run.address",
            cure="install one version on every machine",
            exit_code=MACHINE,
        )
    return part_of(task)


def on_cluster(
    tasks: Iterator[Task], address: str, workers: int
) -> Generator[MadePart, None, None]:
    """Parts as they finish on the cluster at ``address``, or from ``workers`` processes started
    here where it is empty.

    At most a few tasks per worker are in progress, so memory is bounded whatever the size of the
    sweep.
    """
    with _client(address, workers) as client:
        from distributed import as_completed

        running, tries = as_completed(), dict[str, tuple[Task, int]]()
        threads, rules = sum(client.nthreads().values()), source_hash()

        def send(task: Task, attempt: int) -> None:
            future = client.submit(part_on_worker, task, rules, pure=False)
            tries[future.key] = task, attempt
            running.add(future)

        for task in itertools.islice(tasks, max(_LEAST_AHEAD, _AHEAD * threads)):
            send(task, 1)
        for future in running:
            task, attempt = tries.pop(future.key)
            part = _result(future, attempt)
            if part is None:
                send(task, attempt + 1)
                continue
            following = next(tasks, None)
            if following is not None:
                send(following, 1)
            yield part


def _result(future: Any, attempt: int) -> MadePart | None:
    """The part, or None where it must be tried again because its worker died."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        return future.result()
    except (KilledWorker, CancelledError):
        if attempt < _TRIES:
            return None
    raise SimError(
        "workers died repeatedly on the same chunk",
        key="run.executor",
        given="dask",
        cure="give workers more memory",
        exit_code=MACHINE,
    )


def refuse_unguarded_script() -> None:
    """Refuse a script that worker processes would run again from its top, for they import it.

    Raises
    ------
    SimError
        The script that runs has no guard.
    """
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    if file is None or getattr(main, "__spec__", None) is not None:
        return  # a console or a notebook, or python -m, of which nothing is run again
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if "__main__" not in text:
        cure = 'put what runs below if __name__ == "__main__":'
        raise SimError(
            "worker processes would run this script again from its top",
            key="executor",
            given=Path(file).name,
            cure=cure,
        )


@contextlib.contextmanager
def _client(address: str, workers: int) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SimError(
            "Dask is not installed",
            key="run.executor",
            given="dask",
            cure='pip install "tariffsim[dask]"',
        ) from None
    with contextlib.ExitStack() as stack:
        if address:
            where: Any = address
        else:
            refuse_unguarded_script()
            stack.enter_context(children_without_working_folder())
            where = stack.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    silence_logs=50,
                )
            )
        try:
            client = stack.enter_context(Client(where, timeout=_WAIT))
        except (OSError, ValueError, TimeoutError) as error:
            raise SimError(
                "no Dask scheduler answers",
                key="run.address",
                given=address,
                allowed="such as tcp://host:8786",
                cure=str(error).split("\n")[0],
                exit_code=MACHINE if isinstance(error, OSError) else BAD_INPUT,
            ) from None
        yield client

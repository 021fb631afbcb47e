"""Dask: a cluster of separate processes makes the content of threads, also when one of them is
killed on the way.
"""

from __future__ import annotations

import os
import signal
import sys

import pytest

import sim.sweeps.cluster as cluster
from sim.config.errors import MACHINE, SimError
from sim.sweeps.chunks import chunks, task_of
from sim.sweeps.cluster import part_on_worker
from sim.sweeps.parts import part_of
from sim.sweeps.store import Store
from sim.sweeps.sweep import resume

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def two_processes():
    """A scheduler with two worker processes, each restarted when it dies."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def many(small):
    return small(points=512, runs=16)


def test_a_worker_killed_on_the_way_leaves_no_trace(small, swept, two_processes, monkeypatch):
    here = swept(many(small), "here")
    with distributed.Client(two_processes) as client:
        processes = list(client.run(os.getpid).values())
    assert len(set(processes)) == 2
    assert os.getpid() not in processes
    written, original = [], Store.write

    def write(self, number, data):
        original(self, number, data)
        written.append(number)
        if len(written) == 3:
            os.kill(processes[0], signal.SIGKILL)

    monkeypatch.setattr(Store, "write", write)
    there = swept(many(small), "there", executor="dask", address=two_processes.scheduler_address)
    assert sorted(written) == list(range(len(written)))
    assert len(written) >= 16
    assert there.manifest.content == here.manifest.content
    assert two_processes.scheduler_address not in (there.folder / "manifest.json").read_text()


def test_a_sweep_begun_here_goes_on_there(small, swept, two_processes):
    done = swept(many(small))
    for path in sorted((done.folder / "runs").iterdir())[::2]:
        path.unlink()
    resumed = resume(done.folder, executor="dask", address=two_processes.scheduler_address)
    assert resumed.manifest.content == done.manifest.content


def test_parts_are_the_same_bytes_wherever_they_are_made(small, short, two_processes):
    design = small()
    task = task_of(design, short, 1, next(chunks(design.sweep, 64, 100)))
    with distributed.Client(two_processes) as client:
        assert client.submit(part_on_worker, task, cluster.source_hash()).result() == part_of(task)


def test_a_worker_with_other_rules_is_refused(small, short):
    design = small()
    with pytest.raises(SimError, match="rules of another version"):
        part_on_worker(task_of(design, short, 1, next(chunks(design.sweep, 64))), "0" * 64)


def test_an_address_where_nobody_answers_is_the_machines_fault(small, swept, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_WAIT", "1s")
    with pytest.raises(SimError, match="no Dask scheduler") as caught:
        swept(small(), executor="dask", address="tcp://127.0.0.1:9")
    assert caught.value.exit_code == MACHINE
    assert list(tmp_path.iterdir()) == []


def test_without_dask_the_cure_is_told(small, swept, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SimError, match=r"tariffsim\[dask\]"):
        swept(small(), executor="dask")

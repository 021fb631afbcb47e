"""Facts of the machine: a kind of machine and never one machine, and None for what cannot be
learnt.
"""

from __future__ import annotations

import hashlib
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from sim.results.machine import (
    blas_library,
    lock_hash,
    peak_memory,
    processor_model,
    vector_features,
)


@pytest.mark.parametrize(
    ("listed", "model"),
    [
        (
            "processor\t: 0\nmodel name\t: Some  CPU @ 2.00GHz\nflags\t: fpu\nmodel name\t: Other\n",
            "Some CPU @ 2.00GHz",
        ),
        ("model name : \x1b[31mred\x00\u202e\n", "[31mred"),
        ("model name : " + "x" * 500, "x" * 80),
        ("BogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n", "what python knows"),
    ],
)
def test_the_processor_is_its_model_in_plain_words(listed, model, tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(listed, encoding="utf-8")
    monkeypatch.setattr("platform.processor", lambda: "what python knows")
    assert processor_model(tmp_path / "cpuinfo") == model


def test_a_processor_that_nobody_knows_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.processor", lambda: "")
    assert processor_model(tmp_path / "nothing") is None


def test_numpy_is_asked_for_names_and_never_for_folders(monkeypatch):
    blas = {
        "name": "openblas",
        "version": "0.3",
        "lib directory": "somewhere/lib",
        "pc file directory": "somewhere",
    }
    told = {"SIMD Extensions": {"found": ["AVX2"]}, "Build Dependencies": {"blas": blas}}
    monkeypatch.setattr(np, "show_config", lambda mode: told)
    assert blas_library() == "openblas 0.3" and vector_features() == ("AVX2",)
    monkeypatch.setattr(np, "show_config", lambda mode: {})
    assert blas_library() is None and vector_features() is None


def test_the_lock_is_hashed_beside_a_checkout_only(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_bytes(b"numpy==2\n")
    assert lock_hash(tmp_path) is None
    (tmp_path / "pyproject.toml").touch()
    assert lock_hash(tmp_path) == hashlib.sha256(b"numpy==2\n").hexdigest()


@pytest.mark.parametrize(("system", "size"), [("linux", 2048 * 1024), ("darwin", 2048)])
def test_peak_memory_is_in_bytes_everywhere(system, size, monkeypatch):
    monkeypatch.setattr("resource.getrusage", lambda who: SimpleNamespace(ru_maxrss=2048))
    monkeypatch.setattr(sys, "platform", system)
    assert peak_memory() == size


def test_a_system_that_tells_no_peak_gives_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_memory() is None

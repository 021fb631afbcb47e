"""What a command line sets in its environment, for itself and for the processes that it starts."""

from __future__ import annotations

import os

import pytest

from sim.verbs.surroundings import plain_surroundings


def test_variables_of_libraries_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MPLBACKEND": "TkAgg", "OPENBLAS_NUM_THREADS": "8", "NUMBA_OPT": "fast"}
    monkeypatch.setattr(os, "environ", {**os.environ, **given})
    with plain_surroundings():
        assert os.environ["MPLBACKEND"] == "agg"
        assert os.environ["OPENBLAS_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
        assert "NUMBA_OPT" not in os.environ

"""The module run from Python by wasmtime, as :func:`sim.ensemble.execute.simulate` runs the
ensemble: for tests and measurements.

wasmtime is needed for development only; a page needs none of this (``engine.js``).
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import numpy as np

from sim.browser.description import EXPORT, Description
from sim.browser.module import Module, load_module
from sim.config.errors import MACHINE, SimError
from sim.config.params import Params, Records, records_of
from sim.rules.measures import RUN, WEEK

__all__ = ["Engine", "run_in_module"]

_CHUNK = 64
_ALIGN = 64
_PAGE = 65_536


def run_in_module(
    params: np.ndarray | Records | Params,
    point: np.ndarray,
    run: np.ndarray,
    seed: int,
    *,
    weekly: int = 0,
    module: Module | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Measures of ``len(run)`` runs, and the weekly series of the first ``weekly``, computed by the
    WebAssembly module.

    Arguments and results are those of :func:`sim.ensemble.execute.simulate`; ``module`` is by
    default the one shipped with the package.

    Raises
    ------
    SimError
        When the module or wasmtime is missing, or the module was built from other rules.
    """
    used, records = module or load_module(), records_of(params)
    return _engine(used.code, EXPORT).simulate(records, point, run, seed, weekly, used.description)


@lru_cache(maxsize=8)
def _engine(code: bytes, export: str) -> Engine:
    return Engine(code, export)


class Engine:
    """One instance of the module; ``code`` are its bytes, ``export`` the name of its function."""

    def __init__(self, code: bytes, export: str = EXPORT) -> None:
        wasmtime = _wasmtime()
        store = wasmtime.Store()
        exports = wasmtime.Instance(store, wasmtime.Module(store.engine, code), []).exports(store)
        self._store, self._memory, self._function = store, exports["memory"], exports[export]
        self._base = exports["__heap_base"].value(store)

    def simulate(
        self,
        records: Records,
        point: np.ndarray,
        run: np.ndarray,
        seed: int,
        weekly: int,
        description: Description,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The records of all runs, chunk by chunk; the first ``weekly`` runs first, with their
        weeks.
        """
        horizon = int(records.values["calendar"]["horizon_weeks"].max()) if weekly else 0
        outs, series = np.zeros(len(run), RUN), np.zeros((weekly, horizon), WEEK)
        for start in range(0, len(run), _CHUNK):
            for first, stop in _cut(start, min(start + _CHUNK, len(run)), weekly):
                kept = series[first:stop] if stop <= weekly else np.zeros((stop - first, 0), WEEK)
                self._chunk(
                    records,
                    point[first:stop],
                    run[first:stop],
                    seed,
                    outs[first:stop],
                    kept,
                    description,
                )
        return outs, series

    def _chunk(
        self,
        records: Records,
        point: np.ndarray,
        run: np.ndarray,
        seed: int,
        outs: np.ndarray,
        series: np.ndarray,
        description: Description,
    ) -> None:
        sizes, order = description["sizes"], description["export"]["arguments"]
        given = {
            "params": records.values.tobytes(),
            "dated": records.dated.tobytes(),
            "script": records.script.tobytes(),
            "point": point.astype("<i8").tobytes(),
            "run": run.astype("<i8").tobytes(),
        }
        room = {
            "state": sizes["state"],
            "firms": sizes["firms"],
            "own": sizes["params"],
            "outs": outs.nbytes,
            "series": series.nbytes,
            "acts": 0,
            "asks": 0,
        }
        places = self._places({**{name: len(content) for name, content in given.items()}, **room})
        for name, content in {
            **{name: bytes(size) for name, size in room.items()},
            **given,
        }.items():
            self._memory.write(self._store, content, places[name])
        facts = description["facts"]
        at = places["state"] + facts["offset"]
        self._memory.write(self._store, base64.b64decode(facts["bytes"]), at)
        # wasmtime takes 64 bits as a signed number
        whole = int(np.uint64(seed).astype(np.int64))
        values = {
            **places,
            "cells": places["own"],
            "points": len(records),
            "rows": len(records.dated),
            "answers": len(records.script),
            "most_acts": 0,
            "most_asks": 0,
            "seed": whole,
            "runs": len(run),
            "weeks": series.shape[1],
            "whole": 1,
        }
        self._function(self._store, *(values[argument["name"]] for argument in order))
        for name, table in (("outs", outs), ("series", series)):
            content = self._memory.read(self._store, places[name], places[name] + table.nbytes)
            table[...] = np.frombuffer(content, table.dtype).reshape(table.shape)

    def _places(self, sizes: dict[str, int]) -> dict[str, int]:
        """An address for each block of bytes, one after the other from the first free byte; the
        memory grows as needed.
        """
        top, places = self._base, {}
        for name, size in sizes.items():
            places[name] = -(-top // _ALIGN) * _ALIGN
            top = places[name] + size
        missing = top - self._memory.data_len(self._store)
        if missing > 0:
            self._memory.grow(self._store, -(-missing // _PAGE))
        return places


def _cut(start: int, stop: int, weekly: int) -> list[tuple[int, int]]:
    """A chunk, in two where the runs that keep their weeks end inside it."""
    return [(start, weekly), (weekly, stop)] if start < weekly < stop else [(start, stop)]


def _wasmtime() -> Any:
    try:
        import wasmtime
    except ImportError as error:
        problem = "Python runs the WebAssembly module with wasmtime, which is not installed"
        raise SimError(
            problem, key="wasmtime", cure="pip install wasmtime", exit_code=MACHINE
        ) from error
    return wasmtime

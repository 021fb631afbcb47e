"""Python processes started from here take no code from the folder that one stands in.

``python -m`` and ``python -c``, by which joblib, submitit and Dask start theirs, put the working
folder first among the places of modules: a ``random.py`` or ``numpy.py`` that lies there would be
run.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["children_without_working_folder"]

_PACKAGE = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def children_without_working_folder() -> Iterator[None]:
    """Set the environment that children inherit, and the list of places that some of them are
    handed, for the block.
    """
    before = {name: os.environ.get(name) for name in ("PYTHONSAFEPATH", "PYTHONPATH")}
    places = list(sys.path)
    here = os.path.realpath(".")
    # this package may have been found in the working folder, or nowhere else
    known = [str(_PACKAGE), *filter(None, (before["PYTHONPATH"] or "").split(os.pathsep))]
    os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(dict.fromkeys(known))}
    sys.path[:] = [place for place in places if os.path.realpath(place) != here or place in known]
    try:
        yield
    finally:
        sys.path[:] = places
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

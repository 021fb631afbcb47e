"""Mesa, without the warning that tqdm gives in a notebook that lacks ipywidgets: Mesa loads it for a
bar that nothing here draws.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa
    from mesa import Agent

__all__ = ["Agent", "mesa"]

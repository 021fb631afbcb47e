"""Questions that run models: several scenarios under the same draws, and what makes the difference."""

from sim.studies.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]

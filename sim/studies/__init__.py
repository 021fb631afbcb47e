"""Questions that run models: several scenarios under the same draws, and what makes the difference."""

from sim.studies.comparison import Comparison, compare
from sim.studies.discovery import Discovery, discover

__all__ = ["Comparison", "Discovery", "compare", "discover"]

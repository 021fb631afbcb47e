"""Questions that run models: several scenarios under the same draws, and what makes the difference."""

from sim.studies.comparison import Comparison, compare
from sim.studies.sensitivity_study import Sensitivity, sensitivity

__all__ = ["Comparison", "Sensitivity", "compare", "sensitivity"]

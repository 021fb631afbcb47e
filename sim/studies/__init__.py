"""Questions that run models: several scenarios under the same draws, and what makes the difference."""

from sim.studies.comparison import Comparison, compare
from sim.studies.least_change import Reach, reach
from sim.studies.objectives import Objective, objective

__all__ = ["Comparison", "Objective", "Reach", "compare", "objective", "reach"]

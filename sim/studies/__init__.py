"""Questions that run models: several scenarios under the same draws, what makes the difference, what
moves an outcome, where it is likely, and the chance that something happens by a day.
"""

from sim.studies.answers import Answers, ask
from sim.studies.branching import branch
from sim.studies.comparison import Comparison, compare
from sim.studies.discovery import Discovery, discover
from sim.studies.least_change import Reach, reach
from sim.studies.objectives import Objective, objective
from sim.studies.sensitivity_study import Sensitivity, sensitivity

__all__ = [
    "Answers",
    "Comparison",
    "Discovery",
    "Objective",
    "Reach",
    "Sensitivity",
    "ask",
    "branch",
    "compare",
    "discover",
    "objective",
    "reach",
    "sensitivity",
]

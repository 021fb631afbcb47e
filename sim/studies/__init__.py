"""Questions that run models: several scenarios under the same draws, what makes the difference, and
the chance that something happens by a day.
"""

from sim.studies.answers import Answers, ask
from sim.studies.comparison import Comparison, compare

__all__ = ["Answers", "Comparison", "ask", "compare"]

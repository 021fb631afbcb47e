"""Every strategy against every other: played under common random numbers, ranked with significance,
written and drawn.
"""

from sim.tournament.play import TABLES, Tournament, tournament

__all__ = ["TABLES", "Tournament", "tournament"]

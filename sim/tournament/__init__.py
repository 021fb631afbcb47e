"""Every strategy against every other: played under common random numbers, ranked with significance,
written and drawn.
"""

from sim.tournament.play import TABLES, Tournament, holm, tournament

__all__ = ["TABLES", "Tournament", "holm", "tournament"]

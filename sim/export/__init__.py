"""A scenario at a date as files for other tools: a Genius domain with both profiles, and the
extension game for Gambit.
"""

from sim.export.items import items_of, levels_for
from sim.export.write import FORMATS, export, gambit, genius, write_export

__all__ = [
    "FORMATS",
    "export",
    "gambit",
    "genius",
    "items_of",
    "levels_for",
    "write_export",
]

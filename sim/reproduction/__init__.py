"""Results reproduced: rerun from a manifest and compared bit for bit; bundled for a data
repository, and taken from one.
"""

from sim.reproduction.archive import make_bundle
from sim.reproduction.verdict import Reproduction, environment_of, reproduce

__all__ = ["Reproduction", "environment_of", "make_bundle", "reproduce"]

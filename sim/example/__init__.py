"""The example run of a result, computed with the result and stored with it, so that figures need
not run the model.
"""

from sim.example.make import make_example

__all__ = ["make_example"]

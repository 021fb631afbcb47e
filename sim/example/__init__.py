"""The run that stands for a result as its example, made when the result is made and kept with it, so that figures step nothing."""

from sim.example.make import make_example

__all__ = ["make_example"]

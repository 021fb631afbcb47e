"""The verbs of the command line: each reads the words after it, calls the rooms below, tells where the result is and what it says.

A module has ``takes(verb)``, the words and switches that may follow it, and ``command(line)``, which gives an
:class:`~sim.verbs.output.Output`. Nothing here computes.
"""

"""The verbs of the command line: each reads the words after it, calls the rooms below, tells where the result is and what it says.

A module has ``help_of(verb)``, what may follow it, and ``command(verb, words)``, which returns the exit code. Nothing here computes.
"""

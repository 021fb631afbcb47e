"""The compiled ensemble: many runs of one or many scenarios, chunk by chunk, on threads. It
contains no rules.
"""

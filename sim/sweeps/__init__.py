"""Sweeps: designs of any size, run chunk by chunk into a store that survives."""

"""The rules: pure compiled functions, a module a phase of the week.

They are the only place where a formula stands.
"""

"""The rules: pure compiled functions, a module a phase of the week, and the only place a formula stands."""

"""The rules: pure compiled functions, one module per phase of the week.

Every formula is here and nowhere else.
"""

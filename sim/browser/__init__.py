"""The compiled rules as one WebAssembly module: how it is built, what its records hold, how it is
run (docs/browser.md).
"""

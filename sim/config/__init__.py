"""Settings of a scenario: what each is, every way to one through one check, and the record of numbers that rules read."""

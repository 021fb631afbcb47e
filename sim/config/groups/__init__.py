"""The settings, a module a group; each default is the value of the `london_2025` scenario unless its source says otherwise."""

"""Settings: the schema with units and bounds, loading through Hydra, validation, and Scenario -> Params."""

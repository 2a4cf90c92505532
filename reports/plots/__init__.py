"""Charts of models, layers and sweeps."""

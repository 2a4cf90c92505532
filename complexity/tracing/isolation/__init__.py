"""The model's tensors are replaced for a run, and put back after it."""

"""Many settings at once: sweeps, and the search of the best by Pareto."""

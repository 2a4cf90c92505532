"""Costs as expressions of named sizes, derived from runs and verified."""

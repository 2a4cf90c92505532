"""Costs, sizes and the errors that every formula shares."""

"""Budgets of a model and of a project, and where ``pyproject.toml`` states them."""

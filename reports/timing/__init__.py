"""Measured times as tables."""

"""Closed-form counters, one file a family of layers: numbers in, a ``Cost`` out."""

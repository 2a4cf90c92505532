"""Measured time: of layers, and of what a device can do."""

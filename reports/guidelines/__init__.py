"""Findings of the guidelines G1 to G4 in a report."""

"""Polynomials of named sizes: arithmetic, printing, and fitting through samples."""

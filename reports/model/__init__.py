"""The data of reports: rows, totals, verdicts, sweeps; no text."""

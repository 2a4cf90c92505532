"""Other counters: their totals as a reference, and the steps from our number to theirs."""

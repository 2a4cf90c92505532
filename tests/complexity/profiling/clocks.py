"""Clocks that tests set by hand."""

from complexity.profiling.clock import ProcessorClock


class FakeClock(ProcessorClock):
    """Time passes only where ``pass_`` is called; every call is written down."""

    def __init__(self):
        self.now = 0.0
        self.calls = []

    def pass_(self, seconds):
        self.now += seconds

    def mark(self):
        self.calls.append("mark")
        return self.now

    def settle(self):
        self.calls.append("settle")

"""The logic of measuring, on a clock of our own: no test here depends on real time."""

import os

import pytest
import torch

from complexity.errors import ArgumentError
from complexity.profiling.clock import (
    CudaClock,
    ProcessorClock,
    clock_of,
    in_turn,
    lap,
    load,
    threads,
)
from tests.complexity.profiling.clocks import FakeClock


def test_a_lap_is_what_passed_while_it_ran_and_waits_before_and_after():
    clock = FakeClock()
    clock.pass_(100)
    assert lap(clock, lambda: clock.pass_(3)) == 3
    assert clock.calls == ["settle", "mark", "mark", "settle"]


def test_tasks_run_in_turn_and_the_warmup_is_not_kept():
    ran, rounds = [], []

    def task(name):
        def run():
            ran.append(name)
            return (name, len(ran))

        return run

    found = in_turn([task("a"), task("b")], 3, 2, lambda: rounds.append(len(ran)))
    assert "".join(ran) == "ababababab"
    assert found == [[("a", 5), ("a", 7), ("a", 9)], [("b", 6), ("b", 8), ("b", 10)]]
    assert rounds == [2, 4, 6, 8, 10]


def test_a_slow_phase_of_the_machine_meets_all_tasks():
    """Planted: rounds 2 and 3 are ten times slower. In turn, both medians are of quiet rounds."""
    clock = FakeClock()
    slow = iter([1, 1, 10, 10, 10, 10, 1, 1, 1, 1])
    tasks = [lambda: lap(clock, lambda: clock.pass_(next(slow))) for _ in range(2)]
    assert in_turn(tasks, 5, 0) == [[1, 10, 10, 1, 1]] * 2


def test_without_a_warmup_everything_is_kept():
    assert in_turn([lambda: 1], 2, 0) == [[1, 1]]
    assert in_turn([], 2, 1) == []


def test_threads_are_put_back_also_after_an_error():
    before = torch.get_num_threads()
    with threads(before + 1) as used:
        assert used == torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
    with pytest.raises(ZeroDivisionError), threads(before + 1):
        _ = 1 / 0
    assert torch.get_num_threads() == before
    with threads(None) as used:
        assert used == before


def test_the_load_is_a_share_of_all_cores_or_unknown(monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (3.0, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert load() == 0.75
    monkeypatch.delattr(os, "getloadavg")  # as on Windows
    assert load() is None


def test_the_clock_of_the_processor_goes_forward():
    clock = clock_of("cpu")
    assert type(clock) is ProcessorClock
    assert lap(clock, lambda: None) >= 0


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ArgumentError) as refused:
        clock_of("cuda")
    assert str(refused.value) == "runs_on='cuda' must be there: torch sees no such device"


def test_on_a_gpu_events_are_recorded_and_read_after_all_is_done(monkeypatch):
    log = []

    class Event:
        def __init__(self, enable_timing):
            assert enable_timing

        def record(self):
            log.append("record")

        def elapsed_time(self, end):
            log.append("read")
            return 7000.0  # milliseconds

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: log.append("settle"))
    clock = clock_of("cuda")
    assert type(clock) is CudaClock
    assert lap(clock, lambda: log.append("work")) == 7.0
    assert log == ["settle", "record", "work", "record", "settle", "read"]

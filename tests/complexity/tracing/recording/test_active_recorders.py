"""Recorders are paused in their own thread, and go on afterwards."""

from threading import Thread
from types import SimpleNamespace

import pytest

from complexity.tracing.recording.active_recorders import ACTIVE, listening, recorders_paused


def test_the_recorders_of_this_thread_are_paused_meanwhile():
    outer, inner = SimpleNamespace(paused=0), SimpleNamespace(paused=0)
    with listening(outer), recorders_paused():
        assert outer.paused == 1
        with listening(inner):
            assert inner.paused == 0
            with recorders_paused():
                assert (outer.paused, inner.paused) == (1, 1)
    assert (outer.paused, inner.paused, ACTIVE.stack) == (0, 0, [])


def test_a_recorder_goes_on_after_an_error():
    recorder = SimpleNamespace(paused=0)
    with listening(recorder):
        with pytest.raises(ValueError, match="half way"), recorders_paused():
            raise ValueError("half way")
        assert (recorder.paused, ACTIVE.stack) == (0, [recorder])


def test_the_recorders_of_another_thread_go_on():
    recorder = SimpleNamespace(paused=0)
    seen = []

    def pause():
        with recorders_paused():
            seen.append(recorder.paused)

    with listening(recorder):
        thread = Thread(target=pause)
        thread.start()
        thread.join()
    assert seen == [0]

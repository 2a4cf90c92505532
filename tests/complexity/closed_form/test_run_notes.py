"""What a report says of the run behind it."""

from collections import Counter

import pytest

from complexity.closed_form.run_notes import caveats_of, notes_of
from complexity.tracing import FAKE, Trace


def run(way=("meta", False), **fields):
    return Trace((), (), 0, way, {}, **fields)


NONE = Counter()


@pytest.mark.parametrize(
    ("way", "asked", "named"),
    [
        (("meta", False), (), None),
        (("meta", False), ("cpu", "cuda"), "cpu and cuda; the run was on meta"),
        (("cpu", False), ("cpu", "cuda"), "cuda; the run was on cpu"),
        (FAKE, ("cpu",), None),
        (FAKE, ("xpu",), "xpu; the run was on fake CPU tensors"),
    ],
)
def test_autocast_that_did_not_act_is_named(way, asked, named):
    found = caveats_of(run(way, autocast=frozenset(asked)))
    assert len(found) == (named is not None)
    if named:
        assert found[0].startswith(f"Not applied: autocast for {named}, where it does nothing")


def test_every_note_has_its_reason():
    assert notes_of(run(), NONE, NONE) == ()
    (fell,) = notes_of(run(("cpu", False), fallback="it broke"), NONE, NONE)
    assert fell == "Ran on the CPU, for on the meta device it broke."
    (fake,) = notes_of(run(FAKE), NONE, NONE)
    assert fake.startswith("Ran on fake CPU tensors, for autocast")
    (packed,) = notes_of(run(packed=1009), NONE, NONE)
    assert packed.startswith("Quantised: 1,009 weights and biases are kept packed;")
    alone, given = notes_of(run(), Counter(svd=2), Counter(mine=3))
    assert alone == "Known from the trace alone, without a closed form: svd (2)."
    assert given == "Counted by a registered formula: mine (3)."

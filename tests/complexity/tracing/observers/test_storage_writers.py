"""Who wrote which bytes: against a list that keeps the writer of each byte."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from complexity.tracing.observers.storage_writers import Writers

BASE = (3, 4, 5)


def test_a_part_is_of_the_run_that_wrote_it_last():
    writers, base = Writers(), torch.empty(4, 3, device="meta")
    assert writers.read(base) == {}
    writers.write(base, 7)
    writers.write(base[:, :1], 8)  # a column, so every third place
    writers.write(base[1:3], 9)
    assert writers.read(base) == {7: 16, 8: 8, 9: 24}
    assert writers.read(base[0]) == {7: 8, 8: 4}
    assert writers.read(base[:1, :1].expand(5, 5)) == {8: 4}  # spread out, and there once
    assert writers.read(base.view(torch.uint8)[0, 1:]) == {7: 8, 8: 3}
    assert [writers.written_by(run) for run in (7, 8, 9)] == [48, 16, 24]
    writers.write(base, 10)
    assert (writers.read(base[:2]), writers.written_by(10)) == ({10: 24}, 48)


def test_bytes_of_one_place_have_several_writers():
    writers, base = Writers(), torch.empty(4)
    writers.write(base[:2], 1)
    writers.write(base.view(torch.int16)[3:5], 2)
    assert (writers.read(base), writers.read(base[1:3])) == ({1: 6, 2: 4}, {1: 2, 2: 4})


def test_what_nobody_wrote_and_what_is_empty_is_nobodys():
    writers, base = Writers(), torch.zeros(6)
    writers.write(base[4:], 0)
    writers.write(base[:0], 1)
    assert (writers.read(base), writers.read(base[:4]), writers.read(base[:0])) == ({0: 8}, {}, {})


def test_memory_that_grows_is_nobodys_where_it_is_new():
    writers, base = Writers(), torch.zeros(4)
    writers.write(base[:3], 5)
    assert writers.read(base) == {5: 12}
    base.resize_(9)
    writers.write(base[8:], 6)
    assert writers.read(base) == {5: 12, 6: 4}


parts = st.tuples(*(st.tuples(st.integers(0, n), st.integers(0, n), st.integers(1, 3))
                    for n in BASE)).map(lambda p: tuple(slice(*each) for each in p))  # fmt: skip


@given(st.lists(parts, max_size=6), parts, st.permutations(range(3)))
def test_every_place_is_of_the_last_that_wrote_it(writes, read, order):
    writers, base = Writers(), torch.empty(BASE)
    places = torch.full(BASE, -1)
    for run, part in enumerate(writes):
        writers.write(base[part].permute(order), run)
        places[part] = run
    runs, counts = places[read].unique(return_counts=True)
    expected = dict(zip(runs.tolist(), (4 * counts).tolist(), strict=True))
    expected.pop(-1, None)
    assert writers.read(base[read].permute(order)) == expected

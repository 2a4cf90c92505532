"""The picture file of a sweep."""

import pytest

from reports.plots.sweep_picture import picture_file
from tests.reports.sweeps import one_range


@pytest.mark.parametrize(
    ("file", "begin"), [("a.png", b"\x89PNG"), ("b.SVG", b"<?xml"), ("c.html", "<")]
)
def test_the_suffix_of_a_picture_file_chooses_its_format(file, begin):
    assert picture_file(one_range(), file)[: len(begin)] == begin

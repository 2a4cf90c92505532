"""What a sweep says of itself."""

from formulas.core.cost import Cost
from reports.model.sweep import Point, Sweep
from tests.reports.sweeps import one_range, searched, two_ranges


def test_size_and_ranges_follow_from_the_axes():
    assert (one_range().size, one_range().ranges) == (3, ["alpha"])
    assert (two_ranges().size, two_ranges().ranges) == (4, ["act", "S"])


def test_what_is_done_counts_the_points_left_out_and_those_a_search_chose_from():
    assert one_range().finished_points == 3
    assert two_ranges().finished_points == 4
    assert (len(searched().points), searched().finished_points) == (1, 3)


def test_a_point_is_told_by_its_ranges_or_by_all_where_there_is_none():
    assert one_range().swept(one_range().points[1]) == {"alpha": 0.5}
    assert Sweep("f", {"w": [3]}, []).swept(Point((3,), Cost())) == {"w": 3}


def test_it_is_short_where_it_is_printed():
    assert repr(two_ranges()) == "<Sweep a<i>.py:f: 3 of 4 points>"


def test_in_a_notebook_it_is_a_frame_a_table_and_a_picture():
    found = two_ranges()
    assert found.to_frame()["macs"].tolist() == [1000, 2000, 3000]
    assert "3,000" in found._repr_html_()
    figure = found.plot()
    assert len(figure.axes) == 4  # two maps, two scales
    assert figure._repr_png_()[:4] == b"\x89PNG"

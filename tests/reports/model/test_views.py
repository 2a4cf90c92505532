"""The seam from data to views."""

from importlib import import_module

import pytest

from reports.model.views import VIEWS, text_view, view
from tests.reports.sweeps import one_range


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_names_a_function(name):
    module, _, function = VIEWS[name].partition(":")
    assert callable(getattr(import_module(module), function))


def test_views_have_no_other_names():
    with pytest.raises(KeyError):
        view("report picture", None)


def test_a_text_view_refuses_a_view_that_is_not_text():
    with pytest.raises(TypeError, match="the view 'sweep frame' is not text"):
        text_view("sweep frame", one_range())

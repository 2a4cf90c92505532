"""Which sizes of the inputs have names, and what is made of them."""

import pytest
import torch

from complexity.symbolic.symbolic_inputs import own_feed, written_feed
from tests.oracles.refusals import refuses


def test_written_inputs_are_made_at_any_sizes():
    feed = written_feed(["Nx3xrxr", "mask=NxS:int64"], {"r": 96})
    assert feed.usual == {"N": 2, "r": 96, "S": 128}
    assert feed.meanings == {"N": "batch", "r": "resolution", "S": "sequence"}
    assert feed.shapes == (("N", 3, "r", "r"), ("N", "S"))
    made = feed.make({"N": 5, "r": 7, "S": 11})
    assert made.args[0].shape == (5, 3, 7, 7)
    assert (made.kwargs["mask"].shape, made.kwargs["mask"].dtype) == ((5, 11), torch.int64)


@pytest.mark.parametrize(
    ("texts", "meanings"),
    [
        (["SxNx16"], {"S": "size", "N": "batch"}),
        (["axbx16"], {"a": "batch", "b": "size"}),
        (["n"], {"n": "size"}),
        (["1x3xHxW"], {"H": "resolution", "W": "resolution"}),
    ],
)
def test_meanings_are_told_from_names_and_places(texts, meanings):
    assert written_feed(texts, {}).meanings == meanings


def test_what_is_not_an_input_is_refused():
    with refuses("inputs=('1x3',) must leave a size open, by a name in its place, such as Nx3xrxr"):
        written_feed(["1x3"], {})
    for text in ("Nx-3", "Nx", "Nx3.5", "x=Nx!", "ifx3"):
        with pytest.raises(ValueError, match="with numbers or names as sides, such as Nx3xrxr"):
            written_feed([text], {})
    with refuses("at='S' must be an open size: N, r"):
        written_feed(["Nx3xrxr"], {"S": 3})
    for size in (0, True, "x", 2.5):
        with refuses(f"at='r={size}' must be a whole number of at least 1"):
            written_feed(["Nx3xrxr"], {"r": size})


def test_default_inputs_are_named_by_their_form():
    image = own_feed(torch.zeros(1, 3, 64, 64), None, {})
    assert (image.usual, image.shapes) == ({"N": 2, "r": 64}, (("N", 3, "r", "r"),))
    ids = torch.zeros(1, 128, dtype=torch.long)
    tokens = own_feed({"ids": ids, "more": ids}, None, {"S": 96})
    assert tokens.usual == {"N": 2, "S": 96}
    made = tokens.make({"N": 3, "S": 5})
    assert {name: tuple(each.shape) for name, each in made.items()} == {
        "ids": (3, 5),
        "more": (3, 5),
    }
    only = own_feed(torch.zeros(1, 3, 64, 64), ["res"], {})
    assert only.shapes == ((1, 3, "r", "r"),)
    nested = own_feed(([torch.zeros(1, 7)], None), ["batch"], {}).make({"N": 4})
    assert nested[0][0].shape == (4, 7)
    assert nested[1] is None


def test_words_that_the_default_input_lacks_are_refused():
    with refuses("dims='seq' is in none of the inputs: [1, 3, 64, 64]"):
        own_feed(torch.zeros(1, 3, 64, 64), ["seq"], {})
    with refuses("dims='width' must be among batch, res, seq; or name sizes in --input"):
        own_feed(torch.zeros(1, 3, 64, 64), ["width"], {})
    with refuses("inputs=None must be given, its open sizes named: Nx3xrxr"):
        own_feed(torch.zeros(5), None, {})

"""Stand-ins: one for each value, equal in all but what can be written."""

from collections import OrderedDict, UserDict, defaultdict, deque
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.nn.utils.rnn import pack_sequence

from complexity.tracing.isolation.containers import restore
from complexity.tracing.isolation.stand_ins import StandIns


class Pair(NamedTuple):
    left: object
    right: object


class Cache:
    def __init__(self):
        self.keys = [torch.zeros(2)]
        self.seen = 0


def test_a_tensor_has_one_stand_in_without_storage_and_a_parameter_stays_one():
    stand_ins = StandIns("meta", grad=False)
    weight = nn.Parameter(torch.zeros(3, 5).t(), requires_grad=False)
    shadow = stand_ins.of(weight)
    assert isinstance(shadow, nn.Parameter)
    assert (shadow.is_meta, shadow.shape, shadow.stride()) == (True, (5, 3), (1, 5))
    assert not shadow.requires_grad
    assert stand_ins.of(weight) is shadow


def test_on_the_cpu_a_stand_in_is_a_copy():
    x = torch.zeros(3)
    shadow = StandIns("cpu", grad=False).of(x)
    shadow += 1
    assert x.tolist() == [0, 0, 0]


def test_on_meta_already_nothing_can_be_written():
    x = torch.empty(3, device="meta")
    assert StandIns("meta", grad=False).of(x) is x
    assert StandIns("meta", grad=True).of(x) is not x


@pytest.mark.parametrize(
    "make",
    [lambda x: [x, [x]], lambda x: {"a": x, "b": {"c": [x]}}, lambda x: deque([x]),
     lambda x: OrderedDict(a=x), lambda x: defaultdict(list, a=[x]), lambda x: {3, "x"}],
    ids=["list", "dict", "deque", "ordered dict", "default dict", "set"],
)  # fmt: skip
def test_a_container_is_copied_with_what_it_holds(make):
    x = torch.zeros(2)
    value = make(x)
    stand_in = StandIns("meta", grad=False).of(value)
    assert type(stand_in) is type(value)
    assert len(stand_in) == len(value)
    assert stand_in is not value
    if isinstance(stand_in, dict):
        stand_in["new"] = 1
        assert "new" not in value


def test_a_tuple_is_made_anew_where_something_in_it_is():
    stand_ins = StandIns("meta", grad=False)
    plain = (1, ("a", None))
    assert stand_ins.of(plain) is plain
    pair = stand_ins.of(Pair(torch.zeros(2), 3))
    assert type(pair) is Pair
    assert (pair.left.is_meta, pair.right) == (True, 3)


def test_what_holds_itself_is_no_trouble():
    value: list = [torch.zeros(2)]
    value.append(value)
    stand_in = StandIns("meta", grad=False).of(value)
    assert stand_in[1] is stand_in


@pytest.mark.parametrize("make", [Cache, lambda: SimpleNamespace(keys=[torch.zeros(2)], seen=0)])
def test_an_object_stays_and_gets_back_what_it_had(make):
    cache = make()
    keys, stand_ins = cache.keys, StandIns("meta", grad=False)
    assert stand_ins.of(cache) is cache
    assert cache.keys is not keys
    assert cache.keys[0].is_meta
    cache.keys.append(1)
    cache.seen, cache.more = 5, 7
    stand_ins.give_back()
    assert vars(cache) == {"keys": keys, "seen": 0}
    assert len(keys) == 1


def test_a_mapping_that_is_an_object_is_lent_as_one():
    held = UserDict(x=torch.zeros(2))
    stand_ins = StandIns("meta", grad=False)
    assert stand_ins.of(held)["x"].is_meta
    stand_ins.give_back()
    assert not held["x"].is_meta


def test_a_packed_sequence_knows_its_lengths_on_the_cpu():
    packed = pack_sequence([torch.zeros(3, 5), torch.zeros(2, 5)])
    stand_in = StandIns("meta", grad=False).of(packed)
    assert stand_in.data.is_meta
    assert stand_in.batch_sizes.tolist() == [2, 2, 1]


def test_restoring_puts_values_and_order_back():
    store = {"a": 1, "b": 2}
    original = dict(store)
    store.clear()
    store.update(b=2, a=1)
    restore(store, original)
    assert list(store.items()) == [("a", 1), ("b", 2)]
    store["c"] = 3
    del store["a"]
    restore(store, original)
    assert store == original


def test_a_fake_stand_in_says_that_it_is_on_the_cpu_and_holds_nothing():
    for tensor in (torch.zeros(3, 5).T, torch.empty(5, 3, device="meta").T.T, torch.zeros(3, 1)):
        fake = StandIns("cpu", grad=False, fake=FakeTensorMode()).of(tensor)
        assert isinstance(fake, FakeTensor)
        assert (fake.device.type, fake.shape) == ("cpu", tensor.shape)
        assert fake.stride() == tensor.stride()

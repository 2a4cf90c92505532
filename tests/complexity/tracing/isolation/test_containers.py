"""The user's model is whole after every analysis, whatever its containers do and whatever fails."""

from collections import OrderedDict, deque

import pytest
import torch
from torch import nn
from torch.fx.immutable_collections import immutable_dict, immutable_list

from complexity import ModelError, analyze, check
from complexity.tracing.isolation import containers
from complexity.tracing.isolation.containers import contents, restore
from complexity.tracing.isolation.stand_ins import StandIns
from tests.complexity.helpers import state_of, values_of
from tests.complexity.small import network_in_miniature


class RefusalError(Exception):
    """A write that a container of the user's does not allow."""


def refuse(*_, **__):
    raise RefusalError("read only")


WRITING = (
    "__setitem__", "__delitem__", "__iadd__", "__ior__", "update", "clear", "pop", "popitem",
    "setdefault", "append", "extend", "insert", "remove", "add", "discard", "copy", "__copy__",
)  # fmt: skip
READING = ("__getitem__", "__iter__", "keys", "values", "items", "__len__", "__contains__")


def read_only(base: type) -> type:
    """A subclass of ``base`` that refuses every method that writes or copies."""
    return type(f"ReadOnly{base.__name__}", (base,), dict.fromkeys(WRITING, refuse))


def counting(base: type) -> type:
    """A subclass of ``base`` that counts the calls of its methods in ``calls``."""

    def counted(name):
        def method(self, *args, **kwargs):
            type(self).calls += 1
            return getattr(base, name)(self, *args, **kwargs)

        return method

    names = [name for name in (*WRITING, *READING) if hasattr(base, name)]
    return type(f"Counting{base.__name__}", (base,), {n: counted(n) for n in names} | {"calls": 0})


class Config(OrderedDict):
    """A configuration that is frozen after it is made, as those of libraries are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, value in self.items():
            object.__setattr__(self, key, value)
        self.frozen = True

    def __setitem__(self, name, value):
        if getattr(self, "frozen", False):
            refuse()
        super().__setitem__(name, value)

    __delitem__ = setdefault = pop = update = clear = refuse


class Output(OrderedDict):
    """A result of a model: each item is an attribute too, and writing checks its type."""

    def __setitem__(self, key, value):
        if not isinstance(value, torch.Tensor) or value.is_meta:
            refuse()
        super().__setitem__(key, value)
        super().__setattr__(key, value)


def held():
    return [torch.ones(5), 7, torch.zeros(2)]


CONTAINERS = {
    "configuration": lambda: Config(size=5, scale=torch.ones(5)),
    "output": lambda: Output(scale=torch.ones(5)),
    "fx list": lambda: immutable_list(held()),
    "fx dict": lambda: immutable_dict(a=torch.ones(5), b=3),
    "read-only list": lambda: read_only(list)(held()),
    "read-only dict": lambda: read_only(dict)(zip("abc", held(), strict=True)),
    "read-only set": lambda: read_only(set)(held()),
    "read-only deque": lambda: read_only(deque)(held(), 3),
    "counting list": lambda: counting(list)(held()),
    "counting dict": lambda: counting(dict)(zip("abc", held(), strict=True)),
    "tuple": lambda: type("Pair", (tuple,), {"__new__": lambda k, *p: tuple.__new__(k, p)})(*held()),
    "frozen set": lambda: frozenset(held()),
    "nested": lambda: immutable_list([immutable_dict(a=read_only(list)(held()))]),
}  # fmt: skip


def identities(entries):
    """The keys and the identities of the values, in order where there is one."""
    if isinstance(entries, dict):
        return [(key, id(value)) for key, value in entries.items()]
    return sorted(map(id, entries))


class Holder(nn.Module):
    """Keeps ``container`` and passes its input through a small network."""

    def __init__(self, container):
        super().__init__()
        self.container = container
        self.inner = network_in_miniature()

    def forward(self, x):
        return self.inner(x)


@pytest.mark.parametrize("ask", [analyze, check])
@pytest.mark.parametrize("name", CONTAINERS)
def test_a_model_with_a_strict_container_is_counted_and_left_whole(name, ask):
    model, x = Holder(CONTAINERS[name]()).train(), torch.randn(2, 3, 11, 13)
    expected = analyze(network_in_miniature(), x)
    before, values = state_of(model, x), values_of(model, x)
    entries = (
        contents(model.container) if not isinstance(model.container, (tuple, frozenset)) else None
    )
    report = ask(model, x)
    if ask is analyze:
        assert report.macs == expected.macs
    assert state_of(model, x) == before
    assert all(map(torch.equal, values, values_of(model, x)))
    if entries is not None:
        assert identities(contents(model.container)) == identities(entries)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_strict_container_is_an_input(name):
    class Takes(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(5, 7)

        def forward(self, x, container):
            return self.inner(x)

    container = CONTAINERS[name]()
    assert analyze(Takes(), (torch.zeros(3, 5), container)).macs == 3 * 5 * 7


@pytest.mark.parametrize("base", [list, dict])
def test_no_method_of_a_container_is_called(base):
    container = CONTAINERS[f"counting {base.__name__}"]()
    type(container).calls = 0
    analyze(Holder(container), torch.zeros(2, 3, 11, 13))
    assert type(container).calls == 0


@pytest.mark.parametrize("base", [list, dict, OrderedDict, deque, set])
def test_an_unchanged_container_is_not_written_to(base, monkeypatch):
    store = base([("a", 1), ("b", 2)])
    guarded = counting(base)(store)
    original = contents(guarded)
    monkeypatch.setattr(containers, "base_of", lambda _: type(guarded))  # overrides are heard now
    calls = type(guarded).calls
    restore(guarded, original)
    # Reading the contents once is all that is called.
    assert type(guarded).calls - calls <= 1


@pytest.mark.parametrize("base", [list, dict, OrderedDict, deque, set])
def test_a_changed_container_holds_again_what_it_held(base):
    store = base([("a", 1), ("b", 2), ("c", 3)])
    original, before = contents(store), base(store)
    if isinstance(store, dict):
        store["d"] = store.pop("a")
    else:
        store.pop()
    restore(store, original)
    assert store == before
    if base is not set:
        assert list(store) == list(before)


def test_a_step_that_fails_does_not_stop_the_others():
    """A failure is planted at every single step of restoring, of each sort of exception."""
    probe = StandIns("meta", grad=False)
    probe.lend_module(Holder(held()))
    for sort in (RuntimeError, KeyboardInterrupt, SystemExit):
        step = 0
        while True:
            model = Holder(CONTAINERS["configuration"]())
            before = state_of(model)
            stand_ins = StandIns("meta", grad=False)
            for module in model.modules():
                stand_ins.lend_module(module)
                stand_ins.lend(module._parameters)
                stand_ins.lend(module._buffers)
            assert any(p.is_meta for p in model.parameters())
            steps = stand_ins._undo
            if step == len(steps):
                break

            def fails(*arguments, real=steps[step][0], sort=sort):
                real(*arguments)
                raise sort("planted")

            steps[step] = (fails, *steps[step][1:])
            with pytest.raises(ModelError if sort is RuntimeError else sort, match="planted"):
                stand_ins.give_back()
            assert state_of(model) == before
            step += 1
        assert step > 20


def test_the_weights_stay_where_a_generator_refuses_its_state():
    class Stubborn(torch.Generator):
        def set_state(self, state):
            refuse()

    model = Holder([Stubborn()]).train()
    before = state_of(model)
    analyze(model, torch.zeros(2, 3, 11, 13))
    assert state_of(model) == before


def test_a_module_whose_attributes_forward_replaces_gets_them_back():
    class Replaces(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(5, 7)

        def forward(self, x):
            object.__setattr__(self, "__dict__", dict(vars(self)))
            return self.inner(x)

    model = Replaces()
    attributes = vars(model)
    analyze(model, torch.zeros(3, 5))
    assert vars(model) is attributes
    assert not model.inner.weight.is_meta

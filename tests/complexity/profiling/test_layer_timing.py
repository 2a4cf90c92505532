"""A model that is timed: what is measured, on a clock of our own, and that nothing is changed."""

import random

import pytest
import torch
from torch import nn

from complexity.analysis import analyze
from complexity.errors import ModelError
from complexity.models import build
from complexity.profiling import layer_timing as timing
from complexity.profiling.layer_timing import Laps, random_like, timed
from complexity.registry import register
from complexity.tracing import Arguments
from formulas import network
from formulas.core.errors import SizeError
from reports.model.report import report_of
from tests.complexity.profiling.clocks import FakeClock
from tests.complexity.small import Keyword, PartlyUnused

CLOCK = FakeClock()


class Takes(nn.Module):
    """A layer that takes as many seconds as it is told, one after the other."""

    def __init__(self, *seconds, inner=None):
        super().__init__()
        self.seconds = list(seconds)
        self.inner = inner

    def forward(self, x):
        CLOCK.pass_(self.seconds[0])
        self.seconds.append(self.seconds.pop(0))
        return x if self.inner is None else self.inner(x)


class Two(nn.Module):
    """Two layers, a function between them, and the first one again."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second
        self.third = first

    def forward(self, x):
        x = self.second(self.first(x))
        CLOCK.pass_(1000)
        return self.third(x)


@pytest.fixture
def layers():
    with register(Takes, lambda module, out, x: 0):
        yield


def test_each_layer_gets_its_own_time_and_the_total_is_of_runs_without_hooks(layers):
    # a run takes the first of each list in turn: plain, hooked, plain, hooked, ...
    model = Two(Takes(1, 1, 2, 2, 3, 3, 4, 4), Takes(70, 80))
    (found,) = timed([(model, torch.zeros(3))], repeats=3, warmup=1, clock=CLOCK)
    # the warm-up, a plain and a hooked run, takes the first four ones and twos of ``first``
    assert found.total.seconds == (1070 + 6, 1070 + 2, 1070 + 6)
    assert found.hooked.seconds == (1080 + 8, 1080 + 4, 1080 + 8)
    assert found.layers["first"].seconds == (8, 4, 8)  # both of its runs, under its first path
    assert found.layers["second"].seconds == (80, 80, 80)
    assert found.between == 1000
    assert found.aliases == {"third": "first"}
    assert list(found.layers) == ["first", "second"]


def test_the_load_is_that_of_before_the_first_run(layers, monkeypatch):
    """Afterwards our own runs are in it."""
    model, ran = Takes(3), []
    monkeypatch.setattr(timing, "load", lambda: 0.25 + len(ran))
    model.register_forward_hook(lambda *_: ran.append(1))
    (found,) = timed([(model, torch.zeros(3))], repeats=2, warmup=1, clock=CLOCK)
    assert (found.load, len(ran)) == (0.25, 6)


def test_a_layer_inside_of_a_layer_belongs_to_it(layers):
    model = nn.Sequential(Takes(3, inner=Takes(5)), Takes(7))
    (found,) = timed([(model, torch.zeros(3))], repeats=1, warmup=0, clock=CLOCK)
    assert {name: spread.seconds for name, spread in found.layers.items()} == {"0": (8,), "1": (7,)}


def test_models_are_measured_in_turn(layers):
    order = []

    class Notes(Takes):
        def forward(self, x):
            order.append(self.seconds[0])
            return super().forward(x)

    one, two = (nn.Sequential(Notes(seconds)) for seconds in (3, 5))
    rounds = []
    first, second = timed([(one, torch.zeros(2)), (two, torch.zeros(2))], repeats=2, warmup=1,
                          clock=CLOCK, each_round=lambda: rounds.append(len(order)))  # fmt: skip
    assert order == [3, 3, 5, 5] * 3
    assert rounds == [4, 8, 12]
    assert (first.total.seconds, second.total.seconds) == ((3, 3), (5, 5))


class Stateful(nn.Module):
    """Counts its calls, draws, normalises in training, and keeps a tensor."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(5)
        self.drop = nn.Dropout(0.5)
        self.calls = 0
        self.seen = []
        self.last = torch.zeros(5)

    def forward(self, x):
        self.calls += 1
        self.seen.append(random.random())
        self.last += torch.rand(5)
        return self.drop(self.norm(x)) + self.last


def test_nothing_is_changed_on_the_model_the_inputs_or_torch():
    model, x = Stateful().train(), torch.ones(3, 5, requires_grad=True)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    before = (random.getstate(), torch.get_rng_state(), torch.get_num_threads(),
              torch.is_grad_enabled(), torch.is_inference_mode_enabled())  # fmt: skip
    timed([(model, x)], repeats=2, warmup=1, thread_count=torch.get_num_threads() + 1)
    assert (model.calls, model.seen, model.last.tolist()) == (0, [], [0.0] * 5)
    assert all(torch.equal(state[name], value) for name, value in model.state_dict().items())
    assert model.training
    assert model.norm.training
    assert x.grad is None
    assert x.tolist() == [[1.0] * 5] * 3
    after = (random.getstate(), torch.get_rng_state(), torch.get_num_threads(),
             torch.is_grad_enabled(), torch.is_inference_mode_enabled())  # fmt: skip
    assert before[0] == after[0]
    assert torch.equal(before[1], after[1])
    assert before[2:] == after[2:]
    for module in model.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_it_runs_in_evaluation_mode_without_gradients_and_layers_alone_have_hooks():
    seen = []

    class Looks(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 7)

        def forward(self, x):
            hooked = [bool(m._forward_hooks) for m in self.modules()]
            seen.append((self.training, torch.is_grad_enabled(), hooked))
            return self.fc(x)

    timed([(Looks().train(), torch.zeros(3, 5))], repeats=1, warmup=0)
    assert seen == [(False, False, [False, False]), (False, False, [False, True])]


def test_hooks_are_removed_after_an_error_too():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 7)
            self.runs = []

        def forward(self, x):
            if self.fc._forward_hooks:
                raise RuntimeError("in a hooked run")
            return self.fc(x)

    model = Fails()
    with pytest.raises(ModelError, match=r"^Fails raised RuntimeError: in a hooked run$"):
        timed([(model, torch.zeros(3, 5))], repeats=1)
    assert not model.fc._forward_hooks
    assert not model.fc._forward_pre_hooks


def test_a_layer_of_the_users_that_is_hooked_already_keeps_its_hooks():
    called = []
    model = nn.Sequential(nn.Linear(5, 7))
    handle = model[0].register_forward_hook(lambda *_: called.append(1))
    timed([(model, torch.zeros(3, 5))], repeats=1, warmup=0)
    assert len(called) == 2
    assert list(model[0]._forward_hooks) == [handle.id]


@pytest.mark.parametrize(
    "name", ["squeezenet", "mobilenet", "mobilenetv2", "shufflenet", "shufflenetv2"]
)
def test_the_timed_layers_of_a_network_are_rows_of_its_report(name):
    closed = network(name, resolution=32)
    timed_paths = set(Laps(build(closed, "meta"), CLOCK).names.values())
    kinds = {row.name.split("#")[0]: row.kind for row in report_of(closed).layers}
    assert timed_paths <= kinds.keys()
    without = {kind for path, kind in kinds.items() if path not in timed_paths}
    assert without <= {"concatenation", "addition"}  # functions, not modules


def test_a_model_that_is_one_layer_is_timed_under_the_name_of_its_row():
    model, x = nn.Linear(5, 7), torch.zeros(3, 5)
    (found,) = timed([(model, x)], repeats=1, warmup=0)
    assert list(found.layers) == [row.name for row in analyze(model, x).layers] == ["Linear"]


def test_keywords_reach_forward_and_what_does_not_run_has_no_time():
    left, right = torch.zeros(3, 5), torch.zeros(3, 5)
    (found,) = timed([(Keyword(), {"left": left, "right": right})], repeats=1)
    assert list(found.layers) == ["fc"]
    (found,) = timed([(PartlyUnused(), torch.zeros(3, 5))], repeats=1)
    assert list(found.layers) == ["used"]


def test_weights_that_are_not_there_are_refused():
    with pytest.raises(ModelError, match=r"^Linear has no weights, only their shapes: build it "):
        timed([(nn.Linear(5, 7, device="meta"), torch.zeros(3, 5))])


@pytest.mark.parametrize(("name", "wrong"), [("repeats", 0), ("repeats", 1.5), ("warmup", -1)])
def test_impossible_numbers_of_runs_are_refused(name, wrong):
    with pytest.raises(SizeError, match=rf"^{name}={wrong!r} must be an integer of at least "):
        timed([(nn.Linear(5, 7), torch.zeros(3, 5))], **{name: wrong})


def test_random_inputs_are_the_same_each_time_and_touch_no_generator():
    before = torch.get_rng_state()
    ids = torch.arange(5)
    inputs = Arguments(torch.zeros(2, 3, dtype=torch.float16), [ids], flag=True,
                       z=torch.zeros(7, dtype=torch.complex64))  # fmt: skip
    one, two = random_like(inputs), random_like(inputs)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(one.args[0], two.args[0])
    assert one.args[0].dtype == torch.float16
    assert one.args[0].unique().numel() == 6
    assert one.args[1][0] is ids
    assert one.kwargs["flag"] is True
    assert one.kwargs["z"].imag.abs().sum() > 0
    assert inputs.args[0].tolist() == [[0.0] * 3] * 2

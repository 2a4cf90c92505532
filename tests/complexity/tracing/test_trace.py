"""One run of a model: which calls it leaves, in which order, and where it ran."""

import torch
from torch import nn

from complexity.tracing import trace
from formulas.core.cost import Cost
from tests.complexity.small import MYSTERY, Asks, Calls, Mysterious, PartlyUnused, Tied

X = torch.empty(3, 5)


def is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear)


def test_calls_come_in_the_order_of_execution():
    class Crossed(nn.Module):
        def __init__(self):
            super().__init__()
            self.written_first = nn.Linear(7, 3)
            self.run_first = nn.Linear(5, 7)

        def forward(self, x):
            return self.written_first(self.run_first(x))

    run = trace(Crossed(), X, is_linear)
    assert [call.name for call in run.calls] == ["run_first", "written_first"]
    assert [call.in_shapes for call in run.calls] == [((3, 5),), ((3, 7),)]


def test_a_layer_is_what_the_caller_says_it_is():
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU())
    assert [c.name for c in trace(model, X, is_linear).calls] == ["0", "1.relu"]
    whole = trace(model, X, lambda module: module is model)
    assert [c.name for c in whole.calls] == ["Sequential"]
    assert whole.calls[0].cost == Cost(42, 105, 21 + 21, 21, 15 + 21 + 42)


def test_operations_outside_of_layers_lie_below_the_module_that_runs():
    model = nn.Sequential(Calls(lambda x: x + x), nn.Sequential(Calls(lambda x: x * 3)))
    assert [call.name for call in trace(model, X, is_linear).calls] == ["0.add", "1.0.mul"]


def test_equal_operations_share_a_row_and_others_get_a_number():
    model = Calls(lambda x: ((x + x) + x)[:2] + x[:2])
    first, second = trace(model, X, is_linear).calls
    assert (first.name, first.calls, first.cost.elementwise) == ("add", 2, 30)
    assert (second.name, second.calls, second.cost.elementwise) == ("add#2", 1, 10)


def test_a_layer_inside_a_layer_belongs_to_the_outer():
    inner = nn.Linear(5, 7)
    model = nn.Sequential(inner, nn.ReLU())
    run = trace(model, X, lambda module: module in (model, inner))
    assert [(call.name, call.cost.macs) for call in run.calls] == [("Sequential", 105)]


def test_one_layer_under_two_names_is_found_by_the_first():
    shared = nn.Linear(5, 5)
    run = trace(nn.ModuleDict({"a": shared}).a, X, is_linear)
    assert [call.name for call in run.calls] == ["Linear"]
    model = nn.Sequential(shared, nn.Sequential(shared))
    run = trace(model, X, is_linear)
    assert sum(call.calls for call in run.calls) == 2
    assert sum(call.cost.params for call in run.calls) == 30
    assert run.calls[0].name == "0"


def test_a_tied_weight_is_a_parameter_once_and_read_twice():
    first, second = trace(Tied(5), X, is_linear).calls
    assert (first.cost.params, second.cost.params) == (30, 5)
    assert first.cost.memory_access == second.cost.memory_access == 15 + 15 + 30


def test_parameters_that_no_call_holds_are_listed_by_name():
    run = trace(PartlyUnused(), X, is_linear)
    assert dict(run.parameters) == {
        "scale": (11,), "unused.weight": (3, 2, 5, 5), "unused.bias": (3,),
    }  # fmt: skip


def test_what_has_no_rule_is_listed_with_its_call():
    run = trace(Mysterious(), X, is_linear)
    assert sum(call.unknown.get(MYSTERY, 0) for call in run.calls) == 3
    (unknown,) = (call for call in run.calls if call.unknown)
    assert unknown.cost == Cost()


def test_buffers_are_counted():
    assert trace(nn.BatchNorm1d(5), torch.empty(3, 5, 7), is_linear).buffers == 11


def test_the_run_is_on_the_meta_device_where_it_can_be_and_else_on_the_cpu():
    assert trace(nn.Linear(5, 7), X, is_linear).device == "meta"
    on_cpu = trace(Asks(), torch.zeros(3, 5, 11), is_linear)
    assert on_cpu.device == "cpu"
    assert [call.cost.macs for call in on_cpu.calls if call.module is not None] == [1155]


def test_nothing_is_computed_on_the_meta_device():
    huge = 10**9  # a weight of four billion billion bytes would not fit
    with torch.device("meta"):
        model = nn.Linear(huge, huge, bias=False)
        (call,) = trace(model, torch.empty(1, huge), is_linear).calls
    assert call.cost.macs == 10**18

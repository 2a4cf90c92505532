"""Sweeps of networks and of factories: good points kept, bad ones told, interrupts survived."""

import sys
from itertools import product
from types import ModuleType

import numpy
import pytest
import torch

from complexity.errors import ModelError
from complexity.grid import sweep as sweeping
from complexity.grid.sweep import axes_of, sweep
from formulas import network
from reports.model.sweep import LeftOut
from reports.model.verdict import Difference, Verdict
from tests.complexity import factories
from tests.complexity.factories import macs_of, net, odd, stopping
from tests.oracles.refusals import refuses

GRID = {
    "inputs": "1x3xSxS",
    "arguments": {"width": [8, 9, 10], "depth": [1, 3]},
    "sizes": {"S": [5, 7]},
}
NINE = "net raised ValueError: width 9 is a multiple of 3"


def test_a_network_is_swept_by_lists_ranges_and_arrays():
    found = sweep(
        "mobilenet", resolution=range(64, 129, 32), alpha=numpy.array([0.5, 1.0]), batch=3
    )
    assert found.axes == {"alpha": [0.5, 1.0], "resolution": [64, 96, 128], "batch": [3]}
    assert (found.model, found.variant, found.size, found.ranges) == (
        "mobilenet", "document", 6, ["alpha", "resolution"],
    )  # fmt: skip
    for point in found.points:
        alpha, resolution, batch = point.setting
        one = network("mobilenet", alpha=alpha, resolution=resolution, batch=batch)
        assert point.cost == one.cost
    assert len(found.points) == 6
    assert not found.left_out
    assert not found.interrupted


def test_a_factory_is_traced_at_each_point_and_the_bad_ones_are_told():
    found = sweep(net, **GRID)
    good = [s for s in product([8, 9, 10], [1, 3], [5, 7]) if s[0] != 9]
    assert [point.setting for point in found.points] == good
    assert [point.cost.macs for point in found.points] == [macs_of(*s) for s in good]
    assert found.left_out == [
        LeftOut({"width": 9, "depth": depth, "S": side}, 1, NINE)
        for depth, side in product([1, 3], [5, 7])
    ]
    assert (found.model, found.variant, found.size) == ("net", "", 12)


def test_a_factory_by_name_is_the_same():
    by_name = sweep("tests.complexity.factories:net", **GRID)
    assert by_name.points == sweep(net, **GRID).points
    assert by_name.model == "tests.complexity.factories:net"


@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow), "sequential"]
)
def test_in_parallel_the_result_is_the_same(backend):
    assert sweep(net, **GRID, jobs=2, backend=backend) == sweep(net, **GRID)


def test_a_backend_alone_is_one_worker_a_core():
    assert sweep(net, **GRID, backend="threading") == sweep(net, **GRID)


def test_a_module_that_is_built_is_swept_over_sizes_alone():
    module = net(8, 1)
    found = sweep(module, inputs="1x3xSxS", sizes={"S": [5, 7]})
    assert (found.model, [p.cost.macs for p in found.points]) == (
        "Sequential", [macs_of(8, 1, 5), macs_of(8, 1, 7)],
    )  # fmt: skip
    with pytest.raises(ModelError, match="is for a factory: 'Sequential' is built"):
        sweep(module, inputs="1x3x5x5", arguments={"width": [1, 2]})


@pytest.mark.parametrize("there", [True, False])
def test_a_cluster_is_connected_to_once(monkeypatch, there):
    """Ray is registered with joblib; a client of Dask is made where there is none."""
    made = []

    def default_client():
        if not there:
            raise ValueError("no client")

    ray = ModuleType("ray.util.joblib")
    ray.register_ray = lambda: made.append("ray")
    dask = ModuleType("distributed")
    dask.default_client, dask.Client = default_client, lambda: made.append("dask")
    for name in ("ray", "ray.util"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "ray.util.joblib", ray)
    monkeypatch.setitem(sys.modules, "distributed", dask)
    for backend in ("loky", "ray", "dask"):
        sweeping.connect(backend)
    assert made == (["ray"] if there else ["ray", "dask"])


def test_a_cluster_that_is_not_installed_is_named(monkeypatch):
    for backend, package in (("ray", "ray"), ("dask", "distributed")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(
            ValueError, match=f"^backend='{backend}' could not be loaded: .*{package}"
        ):
            sweep(net, **GRID, backend=backend)


def test_few_tasks_are_handed_out_together(monkeypatch):
    monkeypatch.setattr(sweeping, "TASKS_A_WORKER", 1)
    assert sweep(net, **GRID, jobs=2, backend="threading") == sweep(net, **GRID)


def test_a_list_that_is_one_value_stands_in_a_list():
    def of(channels):
        return torch.nn.Conv2d(3, sum(channels), 1)

    found = sweep(of, inputs="1x3x5x5", arguments={"channels": [[1, 2], [3, 4]]})
    assert [point.setting for point in found.points] == [([1, 2],), ([3, 4],)]
    assert [point.cost.macs for point in found.points] == [3 * 3 * 25, 3 * 7 * 25]


def test_operations_without_a_formula_are_counted_at_each_point():
    found = sweep(odd, inputs="1x3x8x8", arguments={"unknown": [True, False]})
    assert [point.unknown for point in found.points] == [1, 0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_sweep_keeps_what_is_done(jobs, monkeypatch):
    monkeypatch.setattr(sweeping, "TASKS_A_WORKER", 1)
    widths = {"width": [8, 9, 10, 11, 16, 17]}
    backend = "threading" if jobs > 1 else None
    found = sweep(stopping, inputs="1x3x5x5", arguments=widths, jobs=jobs, backend=backend)
    assert found.interrupted
    assert [point.setting for point in found.points] == [(8,), (10,), (11,)]
    assert (found.size, found.finished_points, len(found.left_out)) == (6, 4, 1)


def test_an_interrupt_between_the_blocks_of_a_network_keeps_the_first(monkeypatch):
    def watch(blocks, size):
        for number, block in enumerate(blocks):
            if number == 2:
                raise KeyboardInterrupt
            yield block

    monkeypatch.setattr("complexity.grid.network_grid.MOST_AT_ONCE", 4)
    found = sweep("mobilenet", alpha=[0.25, 0.5, 0.75, 1], resolution=[64, 96, 128], watch=watch)
    assert found.interrupted
    assert found.points == sweep("mobilenet", alpha=[0.25, 0.5], resolution=[64, 96, 128]).points


def test_an_interrupt_before_the_first_point_is_an_interrupt():
    with pytest.raises(KeyboardInterrupt):
        sweep(stopping, inputs="1x3x5x5", arguments={"width": [16, 8]})


def test_watch_sees_every_point_and_how_many_there_are():
    seen = []

    def watch(blocks, size):
        for block in blocks:
            seen.append((block[2], size))
            yield block

    sweep(net, **GRID, watch=watch)
    assert seen == [(1, 12)] * 12


def test_the_same_refusal_in_many_blocks_is_told_once(monkeypatch):
    monkeypatch.setattr("complexity.grid.network_grid.MOST_AT_ONCE", 2)
    found = sweep("shufflenet", groups=[1, 2, 3, 5], resolution=[32, 0])
    assert found.left_out == [
        LeftOut({"resolution": 0}, 4, "must be an integer of at least 1"),
        LeftOut({"groups": 5}, 1, "must be one of 1, 2, 3, 4, 8"),
    ]


def test_a_point_whose_two_roads_disagree_is_left_out(monkeypatch):
    """A count that the check denies is no count."""
    real = sweeping.report_for
    wrong = Verdict(2, "meta", (Difference("0.conv", "macs", 1, 2, "trace", "planted"),))

    def planted(request):
        from dataclasses import replace

        verdict = wrong if request.arguments["width"] == 8 else Verdict(2, "meta", ())
        return replace(real(request), verdict=verdict)

    monkeypatch.setattr(sweeping, "report_for", planted)
    found = sweep(net, inputs="1x3x5x5", arguments={"width": [8, 10]})
    assert [point.setting for point in found.points] == [(10,)]
    assert found.left_out == [LeftOut({"width": 8}, 1, "closed form and trace disagree in 0.conv")]


def test_where_no_point_can_be_the_first_reason_is_raised():
    with refuses("alpha=0.01 must leave at least 1 of 32 channels"):
        sweep("mobilenet", alpha=[0.01, 0.02])
    with refuses(
        "alpha=0.5 is not an option of squeezenet, which has resolution, classes, variant, batch"
    ):
        sweep("squeezenet", alpha=[0.5, 1], resolution=[64, 96])
    with refuses(f"no point has a cost, width=9: {NINE}", ModelError):
        sweep(net, inputs="1x3x5x5", arguments={"width": [9, 9]})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"inputs": "1x3x4x4"}, "inputs='1x3x4x4'"),
        ({"arguments": {"width": [1]}}, "arguments={'width': [1]}"),
        ({"sizes": {"S": [1]}}, "sizes={'S': [1]}"),
        ({"dtype": "float16"}, "dtype='float16'"),
        ({"jobs": 2}, "jobs=2"),
        ({"backend": "loky"}, "backend='loky'"),
    ],
)
def test_a_network_refuses_what_only_a_loaded_model_has(said, words):
    with refuses(f"{words} is for models that are loaded, such as timm:resnet18"):
        sweep("mobilenet", **said)


def test_a_loaded_model_refuses_the_options_of_networks():
    with refuses("alpha=[0.5] is an option of the five networks, not of net; see --arg"):
        sweep(net, alpha=[0.5])


def test_empty_and_endless_grids_are_refused():
    with refuses("alpha=[] must have at least one value"):
        sweep("mobilenet", alpha=[])
    with refuses("grid='1001 * 1000' must have at most 1,000,000 points"):
        axes_of({"alpha": range(1001), "batch": range(1000)})


@pytest.mark.parametrize("jobs", [0, 1.5])
def test_a_number_of_workers_that_cannot_be_is_refused(jobs):
    with refuses(f"jobs={jobs!r} must be a number of workers, or -1 for one a core"):
        sweep(net, **GRID, jobs=jobs)


def test_a_backend_that_there_is_not_is_refused_with_joblibs_words():
    with pytest.raises(
        ValueError, match=r"^backend='lokki' could not be loaded: Invalid backend: lokki"
    ):
        sweep(net, **GRID, jobs=2, backend="lokki")


def test_without_joblib_the_refusal_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib", None)
    with refuses("jobs=2 needs joblib: pip install 'complexity-analyzer[sweep]'"):
        sweep(net, **GRID, jobs=2)
    assert len(sweep(net, **GRID).points) == 8  # one at a time needs no joblib


def test_workers_are_told_what_they_must_import():
    assert factories.net is net

"""Execution of requests: reports, checks, and models ready to run."""

import pytest

from complexity.errors import ModelError
from complexity.run_options import RunOptions
from complexity.targets.execute import checked_report, paper_note, report_for, runnable_model
from complexity.targets.request import Request
from formulas import network
from formulas.core.errors import SizeError, UnknownNameError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"inputs": ("3x5",)}, "inputs=('3x5',)"),
        ({"arguments": {"depth": 3}}, "arguments={'depth': 3}"),
        ({"dtype": "int64"}, "dtype='int64'"),
    ],
)
def test_a_network_refuses_what_only_loaded_models_have(given, said):
    with pytest.raises(SizeError) as refused:
        report_for(Request("mobilenet", **given))
    assert str(refused.value) == f"{said} is for models that are loaded, such as timm:resnet18"
    with pytest.raises(SizeError):
        checked_report(Request("mobilenet", **given))


@pytest.mark.parametrize("ask", [report_for, checked_report])
def test_a_loaded_model_refuses_what_only_the_networks_have(ask, target):
    name = target("fc")
    with pytest.raises(SizeError) as refused:
        ask(Request(name, {"alpha": 0.5}))
    assert str(refused.value) == (
        f"alpha=0.5 is an option of the five networks, not of {name}; see --arg"
    )
    with pytest.raises(SizeError, match=r"^trace=False is for the five networks: .* must run$"):
        ask(Request(name, trace=False))


def test_an_unknown_network_is_refused_with_what_is_like_it():
    with pytest.raises(UnknownNameError, match="did you mean 'mobilenet'"):
        report_for(Request("mobilnet"))


def test_a_network_is_traced_unless_that_is_left_out():
    small = {"alpha": 0.25, "resolution": 37, "variant": "paper"}
    traced, closed = (report_for(Request("mobilenet", small, trace=on)) for on in (True, False))
    assert traced.cost == closed.cost == network("mobilenet", **small).cost
    assert traced.verdict.agrees
    assert closed.verdict is None
    assert traced.notes == closed.notes == ()


def test_a_training_step_needs_the_trace():
    with pytest.raises(SizeError) as refused:
        report_for(Request("mobilenet", trace=False, run=RunOptions(backward=True)))
    assert str(refused.value) == "backward=True needs a trace: leave --no-trace out"
    small = {"alpha": 0.25, "resolution": 37}
    report = report_for(Request("mobilenet", small, run=RunOptions(backward=True, optimizer="sgd")))
    assert (report.training.optimizer, report.training.trainable) == ("sgd", report.params)


def test_a_document_variant_comes_with_the_papers_numbers_as_its_last_note():
    request = Request("mobilenet", {"alpha": 0.5, "resolution": 160}, trace=False)
    assert report_for(request).notes == (paper_note(request),)
    assert paper_note(request) == (
        "The paper's variant for one image at 160x160 with 1000 classes: 1.33 M params, 76.52 M macs; "
        "published: 1.32 M params, 76 M macs (arXiv 1704.04861, table 9)."
    )


def test_the_papers_numbers_are_of_one_image_and_of_the_papers_own_classes():
    many = {"alpha": 0.5, "resolution": 160, "batch": 3, "classes": 7}
    few = {"alpha": 0.5, "resolution": 160}
    assert paper_note(Request("mobilenet", many)) == paper_note(Request("mobilenet", few))


def test_a_paper_that_does_not_take_the_settings_is_a_note():
    request = Request("squeezenet", {"resolution": 16}, trace=False)
    (note,) = report_for(request).notes
    assert note == (
        "The paper's variant does not take these settings: resolution 16x16 is too small: "
        "in maxpool, kernel=3 must fit in the padded map: 2 + 2 * 0."
    )


def test_a_loaded_model_is_reported_under_the_name_it_was_asked_for(target):
    report = report_for(Request(target("fc"), arguments={"width": 3}))
    assert (report.name, report.params, report.macs) == (target("fc"), 18, 45)
    assert report.verdict.traced_on == "meta"
    assert report.notes == ()


def test_inputs_that_are_written_replace_those_of_the_factory(target):
    report = report_for(Request(target("fc"), inputs=("11x5",)))
    assert report.input_shapes == ((11, 5),)
    assert report.macs == 11 * 35


def test_a_training_step_of_a_loaded_model_is_counted(target):
    report = report_for(Request(target("fc"), run=RunOptions(True, "momentum")))
    assert (report.training.optimizer, report.training.state) == ("momentum", 42)


def test_a_model_that_cannot_run_on_meta_is_built_again_for_real(target):
    report = report_for(Request(target("asks")))
    assert report.verdict.traced_on == "cpu"
    assert (report.params, report.layer("fc").macs) == (42, 105)


def test_a_model_that_runs_nowhere_is_refused(target):
    with pytest.raises(ModelError, match=r"raised .*RuntimeError"):
        report_for(Request(target("fails")))


@pytest.mark.parametrize("name", ["mobilenet", "loaded"])
def test_a_check_adds_the_outside_counters(name, target):
    small = {"alpha": 0.25, "resolution": 37}
    request = Request("mobilenet", small) if name == "mobilenet" else Request(target("fc"))
    report = checked_report(request)
    assert report.name == request.target
    assert [each.agrees for each in report.verdict.witnesses] == [True, True]
    assert all(each.counted for each in report.verdict.witnesses)


def test_a_network_to_be_run_has_real_weights_and_an_input():
    small = {"alpha": 0.25, "resolution": 37, "batch": 2}
    report, model, x = runnable_model(Request("mobilenet", small), "cpu")
    assert report.cost == network("mobilenet", **small).cost
    assert not any(p.is_meta for p in model.parameters())
    assert not model.training
    assert model(x).shape == (2, 100)


def test_a_loaded_model_to_be_run_comes_with_what_it_is_fed(target):
    name = target("fc")
    report, model, inputs = runnable_model(Request(name, arguments={"width": 11}), "cpu")
    assert (report.name, report.macs) == (name, 3 * 5 * 11)
    assert model(*inputs.args, **inputs.kwargs).shape == (3, 11)
    with pytest.raises(ModelError):
        runnable_model(Request(target("fails")), "cpu")

"""Models from libraries, modules and files, by name: what they are built with and fed."""

import json

import pytest
import torch
from torch import nn

from complexity.cli import main
from complexity.targets.loader import load_model
from tests.complexity.any_model.helpers import parameters_in, quiet
from tests.complexity.targets.sources import SOURCE


@pytest.fixture
def source(tmp_path):
    """A file with models, as its path."""
    path = tmp_path / "models_of_mine.py"
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


@pytest.fixture
def run(capsys):
    """Runs a command line: its status, its output as JSON or None, its errors."""

    def runs(*arguments: str):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--format", "json"])
        printed = capsys.readouterr()
        return ended.value.code, json.loads(printed.out or "null"), printed.err

    return runs


@pytest.fixture
def report(run):
    """The JSON of a report that went well."""

    def reports(*arguments: str):
        status, found, errors = run("report", *arguments)
        assert (status, errors) == (0, "")
        assert found["check"]["agrees"]
        assert found["unknown"] == {}
        return found

    return reports


def test_a_factory_in_a_file(report, source):
    found = report(f"{source}:model", "--input", "3x5")
    assert (found["model"], found["inputs"]) == (f"{source}:model", [[3, 5]])
    assert (found["macs"], found["params"]) == (105, 42)


def test_arguments_of_the_factory_are_numbers_words_and_constants(report, source):
    said = ("--arg", "width=11", "--arg", "act=gelu", "--arg", "bias=False")
    found = report(f"{source}:model", "--input", "3x5", *said)
    assert (found["macs"], found["params"]) == (165, 55)


def test_a_class_in_a_file_with_two_inputs(report, source):
    found = report(f"{source}:Two", "--input", "3x5", "--input", "3x7")
    assert found["inputs"] == [[3, 5], [3, 7]]
    assert found["macs"] == 105


def test_named_inputs(report, source):
    found = report(f"{source}:Two", "--input", "right=7", "--input", "left=3x5")
    assert found["macs"] == 105


def test_tokens_and_a_scalar(report, source):
    found = report(f"{source}:Tokens", "--input", "2x3:int64", "--input", "scalar:float64")
    assert (found["inputs"], found["params"], found["macs"]) == ([[2, 3], []], 55, 0)


def test_a_data_type_of_model_and_inputs(report, source):
    found = report(f"{source}:model", "--input", "3x5", "--dtype", "bfloat16")
    assert found["macs"] == 105
    module, inputs = load_model(f"{source}:model", inputs=["3x5"], dtype="bfloat16")
    assert {p.dtype for p in module.parameters()} == {inputs[0].dtype} == {torch.bfloat16}


def test_a_factory_that_gives_its_inputs_too(report, source):
    assert report(f"{source}:fed")["inputs"] == [[3, 5]]
    assert report(f"{source}:fed", "--input", "2x5")["inputs"] == [[2, 5]]
    assert report(f"{source}:fed_two")["macs"] == 105


def test_a_module_that_is_there_already(report, source):
    assert report(f"{source}:ready", "--input", "3x5")["macs"] == 105


def test_a_constructor_that_computes_is_run_for_real(report, source):
    assert report(f"{source}:needs_numbers", "--input", "3x5")["macs"] == 105


def test_what_a_factory_says_of_tomorrow_does_not_reach_the_user(source, recwarn):
    load_model(f"{source}:warns", inputs=["3x5"])
    assert not recwarn
    with pytest.warns(UserWarning, match="this name means another model"):
        load_model(f"{source}:matters", inputs=["3x5"])


@pytest.mark.usefixtures("torchvision")
def test_no_warning_of_a_builder_reaches_the_terminal(run, recwarn):
    status, found, errors = run("report", "torchvision:googlenet", "--input", "1x3x64x64")
    assert (status, errors, list(recwarn)) == (0, "", [])
    assert found["check"]["agrees"]


def test_a_factory_of_a_package(report):
    said = ("--arg", "in_features=5", "--arg", "out_features=7", "--input", "3x5")
    assert report("torch.nn:Linear", *said)["macs"] == 105


def test_a_factory_of_a_module_on_the_path(report, tmp_path, monkeypatch):
    folder = tmp_path / "a_package_of_mine"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "models.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert report("a_package_of_mine.models:model", "--input", "3x5")["macs"] == 105


def test_check_takes_them_too(run, source):
    status, found, _ = run("check", f"{source}:model", "--input", "3x5")
    assert (status, found["agrees"]) == (0, True)
    witnesses = found["models"][0]["check"]["witnesses"]
    assert [witness["counted"] for witness in witnesses] == [105, 210]


def test_models_are_built_without_storage_and_in_evaluation_mode(source):
    module, _ = load_model(f"{source}:model", inputs=["3x5"])
    assert all(p.is_meta for p in module.parameters())
    assert not module.training
    module, _ = load_model(f"{source}:model", inputs=["3x5"], device="cpu")
    assert not any(p.is_meta for p in module.parameters())


@pytest.mark.usefixtures("timm")
def test_timm_models_bring_their_input(report):
    found = report("timm:resnet18")
    assert found["inputs"] == [[1, 3, 224, 224]]
    assert found["macs"] == 1_814_073_344
    small = report("timm:resnet18", "--input", "1x3x64x64", "--arg", "num_classes=7")
    assert small["params"] == found["params"] - 993 * 513


@pytest.mark.usefixtures("torchvision")
def test_torchvision_models_bring_their_input(report):
    found = report("torchvision:resnet18")
    assert (found["inputs"], found["macs"]) == ([[1, 3, 224, 224]], 1_814_073_344)
    assert report("torchvision:efficientnet_b1")["inputs"] == [[1, 3, 240, 240]]


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize(
    "name", ["lraspp_mobilenet_v3_large", "deeplabv3_resnet50", "r3d_18", "swin_t"]
)
def test_torchvision_never_fetches_weights(name, monkeypatch):
    """Not even those of a backbone, which some of its models fetch by default."""

    def fetch(*_, **__):
        raise AssertionError("weights were asked for")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", fetch)
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fetch)
    module, _ = load_model(f"torchvision:{name}", inputs=["1x3x16x112x112"])
    assert isinstance(module, nn.Module)


BERT = ("--arg", "num_hidden_layers=2", "--arg", "hidden_size=48", "--arg",
        "num_attention_heads=3", "--arg", "intermediate_size=60", "--arg",
        "vocab_size=101")  # fmt: skip


@pytest.mark.usefixtures("transformers")
def test_a_transformers_config(report):
    found = report("transformers:BertConfig", *BERT)
    assert found["inputs"][0] == [1, 128]
    layer = 4 * 48 * 48 + 2 * 48 * 60
    attention = 2 * 128 * 128 * 48
    pooler = 48 * 48
    assert found["macs"] == 2 * (128 * layer + attention) + pooler


@pytest.mark.usefixtures("transformers")
def test_a_transformers_model_class(report):
    said = ("--input", "input_ids=3x11:int64")
    bare = report("transformers:BertModel", *BERT, *said)
    headed = report("transformers:BertForTokenClassification", *BERT, *said)
    pooler, head = 3 * 48 * 48, 3 * 11 * 48 * 2
    assert headed["macs"] == bare["macs"] - pooler + head


@pytest.mark.parametrize(
    ("name", "arguments", "fed"),
    [
        ("T5Config", {"num_layers": 1, "d_model": 16}, {"input_ids", "decoder_input_ids"}),
        ("ViTConfig", {"num_hidden_layers": 1}, {"pixel_values"}),
        (
            "WhisperConfig",
            {"encoder_layers": 1, "decoder_layers": 1},
            {"input_features", "decoder_input_ids"},
        ),
        ("GPT2LMHeadModel", {"n_layer": 1}, {"input_ids"}),
    ],
)
@pytest.mark.usefixtures("transformers")
def test_transformers_models_bring_their_inputs(name, arguments, fed):
    from complexity import analyze

    with quiet():
        module, inputs = load_model(f"transformers:{name}", arguments=arguments)
    assert set(inputs) == fed
    report = analyze(module, inputs)
    assert report.params == parameters_in(module)
    assert report.macs > 0

"""What is wrong with a model or its input: one sentence on standard error, and exit status 2."""

import importlib
import sys
import types

import pytest

from complexity.cli import main
from tests.complexity.targets.sources import SOURCE

FITTING = ("--input", "3x5")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "models_of_mine.py"
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


@pytest.fixture
def refused(capsys):
    """The one sentence with which a command line is refused."""

    def sentence(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        printed = capsys.readouterr()
        assert ended.value.code == 2
        assert printed.out == ""
        assert printed.err.startswith("complexity: ")
        assert printed.err.endswith("\n")
        assert printed.err.count("\n") == 1
        return printed.err.removeprefix("complexity: ").rstrip("\n")

    return sentence


FACTORIES = {
    "raises": "raised OSError: no such thing",
    "gives_nothing": "int, which must be a torch.nn.Module",
    "number": "must name a function, a class or a module",
    "absent": "has no 'absent'",
}


@pytest.mark.parametrize("name", FACTORIES)
def test_a_factory_that_is_none(name, refused, source):
    said = refused("report", f"{source}:{name}", *FITTING)
    assert FACTORIES[name] in said
    assert source in said


@pytest.mark.parametrize("command", ["report", "check", "compare"])
def test_each_command_says_so(command, refused, source):
    assert "raised OSError" in refused(command, f"{source}:raises")


PACKAGES = ("timm", "torchvision", "transformers")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_that_is_missing(package, refused, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    target = f"{package}:some_model"
    assert refused("report", target) == f"MODEL {target} needs {package}, which is not installed"


def test_a_package_that_needs_another_one(refused, monkeypatch):
    def needs_another(name):
        raise ModuleNotFoundError("No module named 'another'", name="another")

    monkeypatch.setattr(importlib, "import_module", needs_another)
    assert "needs another, which is not installed" in refused("report", "timm:resnet18")


def test_a_package_that_breaks_when_it_is_imported(refused, monkeypatch):
    def breaks(name):
        raise RuntimeError("operator torchvision::nms does not exist\nand much more")

    monkeypatch.setattr(importlib, "import_module", breaks)
    said = refused("report", "timm:resnet18")
    assert "importing timm raised RuntimeError: operator torchvision::nms does not exist" in said


def test_a_lazy_package_that_breaks_when_a_model_is_taken_from_it(refused, monkeypatch):
    """transformers imports a model's own module when its name is first asked for."""

    class Lazy(types.ModuleType):
        def __getattr__(self, name):
            raise ModuleNotFoundError(f"Could not import module {name!r}.")

    monkeypatch.setitem(sys.modules, "transformers", Lazy("transformers"))
    said = refused("report", "transformers:MixtralForCausalLM")
    assert "Could not import module 'MixtralForCausalLM'" in said


def test_a_file_that_breaks_when_it_is_run(refused, tmp_path):
    source = tmp_path / "broken.py"
    source.write_text("1 / 0\n", encoding="utf-8")
    assert "raised ZeroDivisionError: division by zero" in refused("report", f"{source}:model")
    source.write_text("def model(:\n", encoding="utf-8")
    assert "raised SyntaxError" in refused("report", f"{source}:model")


def test_a_file_or_a_module_that_is_not_there(refused, tmp_path):
    path = str(tmp_path / "absent.py")
    assert f"there is no file '{path}'" in refused("report", f"{path}:model")
    assert "needs no_package_of_this_name" in refused("report", "no_package_of_this_name:model")


@pytest.mark.parametrize("target", [":model", "timm:", ":"])
def test_half_a_name(target, refused):
    assert f"MODEL {target} must be SOURCE:NAME" in refused("report", target)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_model_that_the_library_has_not(package, refused, request):
    request.getfixturevalue(package)
    said = refused("report", f"{package}:no_such_model")
    assert said.startswith(f"there is no {package} ")
    assert "'no_such_model'" in said


@pytest.mark.usefixtures("transformers")
def test_a_name_of_a_library_that_is_no_model(refused):
    assert "there is no transformers configuration or model 'AutoTokenizer'" in refused(
        "report", "transformers:AutoTokenizer"
    )


def test_an_input_of_the_wrong_shape_names_the_layer(refused, source):
    said = refused("report", f"{source}:model", "--input", "3x6")
    assert "Sequential raised in 0 (Linear)" in said
    assert "3x6 and 5x7" in said


@pytest.mark.usefixtures("timm")
def test_an_input_of_the_wrong_shape_names_the_layer_inside_a_library_model(refused):
    said = refused("report", "timm:resnet18", "--input", "1x4x64x64")
    assert "raised in conv1 (Conv2d)" in said
    said = refused("report", "timm:vit_tiny_patch16_224", "--input", "1x3x64x64")
    assert "raised in patch_embed (PatchEmbed)" in said


def test_a_shape_that_breaks_between_layers_names_the_module_around(refused, source):
    said = refused("report", f"{source}:Two", "--input", "3x5", "--input", "2x3")
    assert said.startswith("Two raised")
    assert "size" in said


def test_too_few_inputs_and_unknown_names(refused, source):
    assert "missing 1 required positional argument: 'right'" in refused(
        "report", f"{source}:Two", "--input", "3x5"
    )
    assert "unexpected keyword argument 'up'" in refused(
        "report", f"{source}:Two", "--input", "left=3x5", "--input", "up=7"
    )


def test_no_input_at_all(refused, source):
    said = refused("report", f"{source}:model")
    assert "input" in said
    assert "must be given, such as --input 1x3x224x224" in said


@pytest.mark.parametrize("name", ["ClapConfig", "SpeechT5Config", "PatchTSTConfig"])
@pytest.mark.usefixtures("transformers")
def test_no_input_for_a_library_model_that_does_not_say_what_it_takes(refused, name):
    said = refused("report", f"transformers:{name}")
    assert said.startswith("--input must be given")
    assert "for this model (" in said
    assert "such as --input " in said


@pytest.mark.usefixtures("transformers")
def test_a_default_that_does_not_fit_is_owned_up_to(refused):
    small = "vision_config={'num_hidden_layers': 1, 'hidden_size': 48, 'num_attention_heads': 3}"
    said = refused("report", "transformers:Siglip2Config", "--arg", small)
    assert said.startswith("Siglip2Model raised ")
    assert said.endswith("; no --input was given, and its default does not fit: see report --help")
    said = refused("report", "transformers:BertConfig", "--input", "input_ids=1x9999:int64")
    assert "default" not in said


NEAR = {
    "torchvision:resnet5": "there is no torchvision model 'resnet5': did you mean 'resnet50'",
    "timm:resnet5": "there is no timm model 'resnet5': did you mean 'resnet50'",
    "transformers:BertConfg": "did you mean 'BertConfig'",
    "transformers:GPT2LMHead": "did you mean 'GPT2LMHeadModel'",
}


@pytest.mark.parametrize("target", NEAR)
def test_a_name_that_is_nearly_right_is_answered_with_the_nearest(target, refused, request):
    request.getfixturevalue(target.split(":")[0])
    assert NEAR[target] in refused("report", target)


INPUTS = ("", "3x", "x5", "3x0", "-3x5", "3,5", "3x5:floating", "3x5:int3", "a=b=3", "=3x5",
          "3x5:nn", "3.5x5", "left=")  # fmt: skip


@pytest.mark.parametrize("text", INPUTS)
def test_an_input_that_is_none(text, refused, source):
    said = refused("report", f"{source}:model", "--input", text)
    assert "--input " in said or "--dtype " in said


def test_an_input_named_twice(refused, source):
    said = refused("report", f"{source}:Two", "--input", "left=3x5", "--input", "left=2x5")
    assert "left" in said


@pytest.mark.parametrize("side", [10**12, 10**18, 10**30])
def test_an_input_that_no_memory_holds(side, refused, source):
    assert str(side) in refused("report", f"{source}:model", "--input", f"{side}x{side}x5")


ARGUMENTS = {
    "width": "--arg width must be KEY=VALUE",
    "=3": "--arg =3 must be KEY=VALUE",
    "a b=3": "--arg 'a b=3' must be KEY=VALUE",
    "colour=3": "unexpected keyword argument 'colour'",
    "width=wide": "raised TypeError",
}


@pytest.mark.parametrize("text", ARGUMENTS)
def test_an_argument_that_the_factory_does_not_take(text, refused, source):
    assert ARGUMENTS[text] in refused("report", f"{source}:model", *FITTING, "--arg", text)


def test_arguments_for_a_module_that_is_built_already(refused, source):
    assert "arg" in refused("report", f"{source}:ready", *FITTING, "--arg", "width=3")


@pytest.mark.parametrize("dtype", ["floating", "nn", "", "float31"])
def test_a_data_type_that_torch_has_not(dtype, refused, source):
    said = refused("report", f"{source}:model", *FITTING, "--dtype", dtype)
    assert f"--dtype {dtype or repr('')} must be a data type of torch" in said


def test_a_data_type_that_no_parameter_can_have(refused, source):
    assert "int64" in refused("report", f"{source}:model", *FITTING, "--dtype", "int64")


NETWORK_OPTIONS = (("--alpha", "0.5"), ("--res", "224"), ("--classes", "7"), ("--groups", "3"),
                   ("--ratio", "1"), ("--variant", "paper"), ("--batch", "2"))  # fmt: skip


@pytest.mark.parametrize("option", NETWORK_OPTIONS, ids=lambda option: option[0])
def test_options_of_the_five_networks_are_refused(option, refused, source):
    said = refused("report", f"{source}:model", *FITTING, *option)
    assert "is an option of the five networks" in said
    assert "--arg" in said


@pytest.mark.parametrize(
    ("option", "value"), [("--input", "1x3x32x32"), ("--arg", "depth=3"), ("--dtype", "float16")]
)
def test_options_of_loaded_models_are_refused_for_the_five_networks(option, value, refused):
    said = refused("report", "mobilenet", option, value)
    assert said.startswith(f"{option} {value} ")
    assert "is for models that are loaded" in said


def test_a_loaded_model_must_run(refused, source):
    said = refused("report", f"{source}:model", *FITTING, "--no-trace")
    assert "must run" in said


@pytest.mark.parametrize("optimizer", ["adamw2", ""])
def test_an_optimizer_that_is_none(optimizer, refused, source):
    said = refused("report", f"{source}:model", *FITTING, "--backward", "--optimizer", optimizer)
    assert "must be one of sgd, momentum, adam" in said

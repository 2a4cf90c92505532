"""``analyze`` refuses what does not run, in one sentence."""

import pytest
import torch
from torch import nn

from complexity import ModelError, analyze
from formulas.core.errors import FormulaError
from tests.complexity.small import Raises


@pytest.mark.parametrize(
    ("model", "inputs", "words"),
    [
        (nn.Conv2d(3, 5, 3), torch.empty(2, 4, 11, 13), "Conv2d raised RuntimeError: Given groups"),
        (nn.Linear(5, 7), torch.empty(3, 6), "Linear raised RuntimeError: "),
        (nn.Linear(5, 7), (torch.empty(3, 5),) * 2, "Linear raised TypeError: "),
        (nn.Linear(5, 7), None, "Linear raised TypeError: "),
        (nn.Linear(5, 7), {"x": torch.empty(3, 5)}, "Linear raised TypeError: "),
        (Raises(nn.Linear(11, 7)), torch.empty(3, 5, 11), "Raises raised KeyError: 'the reason"),
    ],
    ids=["channels", "features", "too many", "none", "wrong name", "raises"],
)
def test_a_model_or_input_that_does_not_run_is_one_sentence(model, inputs, words):
    with pytest.raises(ModelError) as refused:
        analyze(model, inputs)
    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)


def test_a_wrong_input_on_the_meta_device_is_one_sentence_too():
    with torch.device("meta"), pytest.raises(ModelError, match=r"^Linear raised RuntimeError: "):
        analyze(nn.Linear(5, 7), torch.empty(3, 6))


@pytest.mark.parametrize("model", [3, None, nn.Linear, torch.empty(2)])
def test_what_is_no_module_is_refused(model):
    with pytest.raises(ModelError, match=r"must be a torch\.nn\.Module or the name of a network$"):
        analyze(model, torch.empty(2))


def test_options_belong_to_networks_by_name():
    with pytest.raises(TypeError, match="takes no alpha with a module"):
        analyze(nn.Linear(5, 7), torch.empty(3, 5), alpha=0.5)
    with pytest.raises(FormulaError, match="did you mean 'mobilenet'"):
        analyze("mobilnet")
    with pytest.raises(FormulaError, match="groups=3 is not an option of mobilenet"):
        analyze("mobilenet", groups=3)

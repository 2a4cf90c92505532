"""What is known not to be so yet: strictly expected to fail, so that none is forgotten."""

import pytest

KNOWN_GAPS = {
    "true_figures[mv]": "no closed form for a matrix times a vector: the trace alone knows it",
    "true_figures[mv, primes]": "no closed form for a matrix times a vector",
    "true_figures[dot]": "no closed form for a dot product",
    "true_figures[addbmm]": "no closed form for a sum of products",
    "true_figures[complex bilinear]": "no closed form for complex layers",
    "true_figures[grouped matmul of a mixture of experts]": "no closed form for grouped products",
    "true_figures[with dropout]": "no closed form for attention with dropout",
    "true_figures[packed lstm]": "a packed sequence cannot be moved to the meta device",
    "test_a_scripted_model_stays_as_it_is": "a scripted model's buffers are its own",
    "figures[transposed convolution with its output's size]": "the description knows one size",
    "figures[no output features]": "a layer with no outputs has no description",
    "mode_does_not_matter[inference mode-forward]": "composite operators arrive whole",
    "mode_does_not_matter[inference mode-step]": "composite operators arrive whole",
    "named_also_while_another_error_is_handled": "the first error of any is taken for the one",
    "test_a_layer_whose_error_was_handled_is_not_blamed_for_a_later_one": "as above",
    "dicts_of_a_model_are_as_they_were[meta]": "what a list or dict took in stays in it",
    "dicts_of_a_model_are_as_they_were[cpu]": "what a list or dict took in stays in it",
    "test_the_random_state_of_python_is_as_it_was": "torch's state alone is put back",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name, reason in KNOWN_GAPS.items():
            if "any_model" in item.nodeid and item.nodeid.endswith(name):
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))

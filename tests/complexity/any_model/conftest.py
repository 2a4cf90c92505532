"""What is known not to be so yet: strictly expected to fail, so that none is forgotten."""

import pytest

KNOWN_GAPS = {
    "true_figures[packed lstm]": "a packed sequence cannot be moved to the meta device",
    "test_a_scripted_model_stays_as_it_is": "a scripted model's buffers are its own",
    "test_a_check_names_what_the_outsiders_see": "a leftover of fvcore without a name",
    "single_layers[adaptive pooling as a function]": "a reduction to torch, a pooling to fvcore",
    "test_a_complex_product_is_real_to_the_outsiders": "rows do not say that they are complex",
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

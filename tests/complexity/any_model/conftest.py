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
    "test_a_check_names_what_the_outsiders_see": "a leftover of fvcore without a name",
    "single_layers[adaptive pooling as a function]": "a reduction to torch, a pooling to fvcore",
    "test_a_complex_product_is_real_to_the_outsiders": "rows do not say that they are complex",
    "figures[transposed convolution with its output's size]": "the description knows one size",
    "figures[no output features]": "a layer with no outputs has no description",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name, reason in KNOWN_GAPS.items():
            if "any_model" in item.nodeid and item.nodeid.endswith(name):
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))

"""Attention whose keys and values have fewer heads by broadcasting (multi-query attention)."""

import pytest
from torch import zeros
from torch.nn.functional import scaled_dot_product_attention

from complexity import analyze, check
from tests.complexity.small import Calls

QUERY, KEYS = (2, 6, 5, 7), (2, 1, 11, 7)
SCORES, PRODUCTS = 2 * 6 * 5 * 11, 2 * 6 * 5 * 11 * (7 + 7)
# queries and keys are scaled, keys once for each of their own heads; then the softmax
SHARED = 2 * 6 * 5 * 7 + 2 * 1 * 11 * 7 + SCORES
REPEATED = 2 * 6 * (5 + 11) * 7 + SCORES


@pytest.mark.parametrize(
    ("query", "keys", "elementwise", "options"),
    [
        (QUERY, KEYS, SHARED, {}),
        (QUERY, (2, 6, 11, 7), REPEATED, {}),
        (QUERY, (2, 3, 11, 7), REPEATED, {"enable_gqa": True}),
        (QUERY, KEYS, SHARED + 5 * 11 + SCORES, {"is_causal": True}),
    ],
    ids=["multi-query", "every head its own", "grouped", "multi-query, causal"],
)
@pytest.mark.parametrize("engine", ["fast", "operators"])
def test_heads_are_scaled_as_often_as_they_are_stored(query, keys, elementwise, options, engine):
    model = Calls(lambda q, k, v: scaled_dot_product_attention(q, k, v, **options))
    inputs = (zeros(query), zeros(keys), zeros(keys))
    report = analyze(model, inputs, engine=engine)
    assert (report.macs, report.cost.elementwise) == (PRODUCTS, elementwise)
    assert [row.kind for row in report.layers] == ["attention"]
    assert "NOT" not in str(check(model, inputs))


def test_broadcast_queries_have_no_closed_form_and_right_counts():
    model = Calls(scaled_dot_product_attention)
    report = analyze(model, (zeros(KEYS), zeros(QUERY), zeros(QUERY)))
    assert report.macs == 2 * 6 * 11 * 5 * (7 + 7)
    assert "NOT" not in str(report.verdict)


def test_a_hybrid_network_with_multi_query_attention_is_confirmed(timm):
    model = timm.create_model("mobilenetv4_hybrid_medium", pretrained=False).to("meta")
    assert "NOT" not in str(analyze(model, zeros(1, 3, 256, 256, device="meta")).verdict)

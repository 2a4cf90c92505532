"""``complexity explain``: the formula of a layer, in symbols and in numbers."""

from tests.complexity.cli.terminal import run

HALF = ("mobilenet", "--alpha", "0.5", "--res", "160")


def test_explain_a_layer_and_a_block(capsys):
    layer = run(capsys, "explain", *HALF, "conv1.0.pointwise.conv")
    assert (layer.status, layer.err) == (0, "")
    assert layer.out.startswith("conv1.0.pointwise.conv: pointwise, 1x32x80x80 -> 1x64x80x80\n")
    assert "macs = cin * cout * H * W\n       = 32 * 64 * 80 * 80\n       = 13,107,200" in layer.out
    block = run(capsys, "explain", *HALF, "conv1.0.pointwise")
    assert layer.out.strip() in block.out
    assert "conv1.0.pointwise, 3 layers together: " in block.out

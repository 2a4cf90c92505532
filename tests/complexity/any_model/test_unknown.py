"""What has no formula is named and never 0; what is known is not called unknown."""

import pytest
import torch
from torch import nn

from complexity import analyze
from tests.complexity.any_model.helpers import Function, zeros

functional, linalg = nn.functional, torch.linalg

SQUARE = torch.eye(7)
UNKNOWN = (
    ("singular values", linalg.svd, (SQUARE,), {"aten._linalg_svd"}),
    ("solve", linalg.solve, (SQUARE, zeros(7, 2)), {"aten._linalg_solve_ex"}),
    ("inverse", linalg.inv, (SQUARE,), {"aten.linalg_inv_ex"}),
    ("cholesky", linalg.cholesky, (SQUARE,), {"aten.linalg_cholesky_ex"}),
    ("eigenvalues", linalg.eigh, (SQUARE,), {"aten._linalg_eigh"}),
    ("qr", linalg.qr, (SQUARE,), {"aten.linalg_qr"}),
    ("determinant", linalg.det, (SQUARE,), {"aten._linalg_det"}),
    (
        "affine grid, a product inside one kernel",
        lambda x: functional.affine_grid(x, (2, 6, 5, 7), align_corners=False),
        (zeros(2, 2, 3),),
        {"aten.affine_grid_generator"},
    ),
    (
        "short fourier transform",
        lambda x: torch.stft(x, 8, window=x.new_ones(8), return_complex=True).abs(),
        (zeros(3, 50),),
        {"aten._fft_r2c"},
    ),
    ("fourier transform", torch.fft.rfft, (zeros(3, 11),), {"aten._fft_r2c"}),
)


@pytest.mark.parametrize(
    ("function", "inputs", "names"), [case[1:] for case in UNKNOWN], ids=[c[0] for c in UNKNOWN]
)
def test_an_operation_without_a_formula_is_named(function, inputs, names):
    report = analyze(Function(function), inputs)
    assert names <= set(report.unknown)
    assert all(count >= 1 for count in report.unknown.values())
    assert not report.complete
    assert report.coverage["unknown"] >= 1


def test_an_unknown_operation_counts_each_of_its_runs_and_leaves_the_rest_as_it_is():
    def solved(x, weight):
        for _ in range(3):
            x = linalg.svd(x @ weight)[0]
        return x

    report = analyze(Function(solved, (7, 7)), zeros(7, 7))
    assert report.unknown == {"aten._linalg_svd": 3}
    assert report.macs == 3 * 343
    assert report.params == 49


X, WIDE, MAP = zeros(2, 6), zeros(2, 6, 10), zeros(2, 6, 8, 10)
LONG = zeros(2, 6, dtype=torch.int64)
MASK = zeros(2, 6, dtype=torch.bool)

# In place and not, views and copies, reductions: nothing of this multiplies matrices.
KNOWN = {
    "transpose": lambda x: x.transpose(0, 1),
    "transpose_": lambda x: x.clone().transpose_(0, 1),
    "t_": lambda x: x.clone().t_(),
    "squeeze_": lambda x: x.clone().unsqueeze_(0).squeeze_(0),
    "swapaxes_": lambda x: x.clone().swapaxes_(0, 1),
    "view": lambda x: x.view(3, 4).reshape(-1).unflatten(0, (2, 6)),
    "chunk": lambda x: x.chunk(2, 1)[0].contiguous(),
    "split": lambda x: torch.cat(x.split([1, 5], 1), 0 + 1),
    "unbind": lambda x: torch.stack(x.unbind(1)),
    "narrow": lambda x: x.narrow(1, 0, 3).expand(2, 3),
    "movedim": lambda x: x.movedim(0, 1).permute(1, 0),
    "unfold": lambda x: x.unfold(1, 3, 2),
    "diagonal": lambda x: x.diagonal(),
    "as_strided": lambda x: x.as_strided((2, 2), (1, 1)),
    "slice assignment": lambda x: x.clone().index_fill_(1, LONG[0, :1].to(x.device), 1.0),
    "set item": lambda x: setting(x, 0, 1.0),
    "copy_": lambda x: torch.empty_like(x).copy_(x),
    "masked_fill": lambda x: x.masked_fill(MASK.to(x.device), -1.0),
    "masked_fill_": lambda x: x.clone().masked_fill_(MASK.to(x.device), -1.0),
    "where": lambda x: torch.where(x > 0, x, 0.0),
    "gather": lambda x: x.gather(1, LONG.to(x.device)),
    "take_along_dim": lambda x: x.take_along_dim(LONG.to(x.device), 1),
    "scatter": lambda x: x.scatter(1, LONG.to(x.device), 1.0),
    "scatter_add": lambda x: x.scatter_add(1, LONG.to(x.device), x),
    "index_add": lambda x: x.index_add(0, LONG[0, :2].to(x.device), x),
    "index_select": lambda x: x.index_select(0, LONG[0].to(x.device)),
    "roll": lambda x: x.roll(1, 0).flip(1),
    "pad": lambda x: functional.pad(x, (1, 1)),
    "tile": lambda x: x.repeat(2, 1).tile(2).repeat_interleave(2, 0),
    "tril": lambda x: x.tril().triu(),
    "topk": lambda x: x.topk(2)[0].sort()[0].argsort(),
    "arange": lambda x: x + torch.arange(6, device=x.device),
    "new tensors": lambda x: x + x.new_ones(6) + x.new_zeros(6) + x.new_full((6,), 2.0),
    "linspace": lambda x: x + torch.linspace(0, 1, 6, device=x.device),
    "one_hot": lambda x: functional.one_hot(LONG.to(x.device), 5) + x[0, 0],
    "cast": lambda x: x.half().float().to(torch.float64).type_as(x),
    "sum": lambda x: x.sum(0) + x.mean() + x.amax(0) + x.prod(0) + x.std(0) + x.var(0),
    "max": lambda x: x.max(1)[0] + x.min(1)[0] + x.median(1)[0] + x.max(),
    "argmax": lambda x: x.argmax(1) + x.argmin(1) + x.any() + x.all(),
    "norm": lambda x: functional.normalize(x) + x.norm() + linalg.vector_norm(x),
    "logsumexp": lambda x: x.logsumexp(1) + x.cumsum(1)[:, 0] + x.cumprod(1)[:, 0],
    "cummax": lambda x: x.cummax(1)[0],
    "count_nonzero": lambda x: x.count_nonzero(),
    "powers": lambda x: (x.exp() + x.log1p() + x.rsqrt() + x**2 + 2**x + x.abs().sqrt()).neg(),
    "angles": lambda x: x.sin() + x.cos() + x.tanh() + x.erf() + x.atan2(x) + x.sigmoid(),
    "clamp": lambda x: x.clamp(0, 1).clip(min=0).round().floor().sign(),
    "lerp": lambda x: x.lerp(x, 0.5).addcmul(x, x).addcdiv(x, x),
    "comparison": lambda x: (x > 0) & (x == 1) | ~(x != 2),
    "integer division": lambda x: LONG.to(x.device) // 2 + x // 2,
    "maximum": lambda x: x.maximum(x).minimum(x).fmod(x).remainder(2.0),
    "softmax": lambda x: x.softmax(1) + x.log_softmax(1) + functional.softmin(x, 1),
    "activations": lambda x: functional.silu(x) + functional.mish(x) + functional.elu(x),
    "gates": lambda x: functional.glu(x) + functional.hardswish(x)[:, :3],
    "more activations": lambda x: functional.softplus(x) + functional.softsign(x)
    + functional.logsigmoid(x) + functional.hardsigmoid(x) + functional.selu(x)
    + functional.relu6(x) + functional.celu(x) + functional.tanhshrink(x),
    "cosine_similarity": lambda x: functional.cosine_similarity(x, x),
    "losses": lambda x: functional.mse_loss(x, x) + functional.l1_loss(x, x)
    + functional.smooth_l1_loss(x, x) + functional.kl_div(x, x, reduction="sum"),
    "cross_entropy": lambda x: functional.cross_entropy(x, LONG[:, 0].to(x.device)),
    "random": lambda x: x + torch.randn_like(x) + torch.rand(6, device=x.device),
    "bernoulli": lambda x: functional.dropout(x, 0.5) * torch.bernoulli(x),
    "meshgrid": lambda x: torch.meshgrid(x[0], x[1], indexing="ij")[0],
    "gumbel_softmax": lambda x: functional.gumbel_softmax(x, hard=True),
    "rot90": lambda x: x.rot90(),
    "accumulations": lambda x: x.index_put((LONG[0].to(x.device),), x[:1], accumulate=True)
    + x.index_reduce(0, LONG[0, :2].to(x.device), x, "amax"),
    "outer and trace": lambda x: x.trace() + x.diag() + torch.linalg.cross(x[:, :3], x[:, 3:])[:, :1],
    "searchsorted": lambda x: torch.bucketize(x, x[0]),
    "complex": lambda x: torch.view_as_real(torch.polar(x, x)).flatten(1),
}  # fmt: skip

ON_MAPS = {
    "max_pool2d": lambda x: functional.max_pool2d(x, 2),
    "avg_pool2d": lambda x: functional.avg_pool2d(x, 2, ceil_mode=True),
    "lp_pool2d": lambda x: functional.lp_pool2d(x, 2, 2),
    "adaptive_max_pool2d": lambda x: functional.adaptive_max_pool2d(x, 2),
    "adaptive_avg_pool2d": lambda x: functional.adaptive_avg_pool2d(x, (2, 3)),
    "bilinear": lambda x: functional.interpolate(x, scale_factor=2, mode="bilinear"),
    "bicubic, antialiased": lambda x: functional.interpolate(
        x, (5, 7), mode="bicubic", antialias=True
    ),
    "nearest": lambda x: functional.interpolate(x, (5, 7)),
    "nearest-exact": lambda x: functional.interpolate(x, (5, 7), mode="nearest-exact"),
    "grid_sample": lambda x: functional.grid_sample(x, x.new_zeros(2, 5, 7, 2),
                                                    align_corners=False),
    "pixel_shuffle": lambda x: functional.pixel_unshuffle(x, 2).relu(),
    "channel_shuffle": lambda x: functional.channel_shuffle(x, 2),
    "unfold": lambda x: functional.unfold(x, 3),
    "reflect": lambda x: functional.pad(x, (1, 1, 1, 1), mode="reflect"),
    "replicate": lambda x: functional.pad(x, (1, 1, 1, 1), mode="replicate"),
    "circular": lambda x: functional.pad(x, (1, 1, 1, 1), mode="circular"),
    "batch_norm": lambda x: functional.batch_norm(x, x.new_zeros(6), x.new_ones(6)),
    "batch norm with a scale alone": lambda x: functional.batch_norm(
        x, None, None, x.new_ones(6), None, training=True
    ),
    "instance_norm": lambda x: functional.instance_norm(x),
    "group_norm": lambda x: functional.group_norm(x, 2),
    "layer_norm": lambda x: functional.layer_norm(x, x.shape[1:]),
    "rms_norm": lambda x: functional.rms_norm(x, x.shape[-1:]),
    "local_response_norm": lambda x: functional.local_response_norm(x, 2),
    "prelu": lambda x: functional.prelu(x, x.new_zeros(6)),
    "channels last": lambda x: x.to(memory_format=torch.channels_last),
}  # fmt: skip


def setting(x, index, value):
    x = x.clone()
    x[index] = value
    return x


@pytest.mark.parametrize("name", KNOWN)
def test_an_ordinary_operation_is_known_and_multiplies_nothing(name):
    report = analyze(Function(KNOWN[name]), X)
    assert report.unknown == {}
    assert report.macs == 0
    assert report.verdict.agrees, report.verdict.differences


@pytest.mark.parametrize("name", ON_MAPS)
def test_an_ordinary_operation_on_maps_is_known(name):
    report = analyze(Function(ON_MAPS[name]), MAP)
    assert report.unknown == {}
    assert report.macs == 0
    assert report.verdict.agrees, report.verdict.differences

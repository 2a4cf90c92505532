"""Every model of torchvision against the params and the operations that its weights publish."""

from functools import lru_cache

import pytest
import torch

from complexity import analyze
from complexity.targets.loader import load_model
from tests.complexity.any_model.helpers import quiet, zeros
from tests.conftest import installed

installed("torchvision")
import torchvision.extension  # noqa: E402
from torchvision import models  # noqa: E402

pytestmark = pytest.mark.slow

FRAMES = 16  # of a video clip; the published operations are those of this many
# With what a model must be built to be the one whose figures are published, and why.
BUILT = {
    "googlenet": ({"aux_logits": False}, "its auxiliary heads are dropped from the weights"),
    **dict.fromkeys(
        [name for name in models.list_models(models.segmentation) if "lraspp" not in name],
        ({"aux_loss": True}, "the weights hold the auxiliary head, and it runs"),
    ),
}


def published(kind) -> list:
    """One weights entry for each different run: a model, a crop, and its figures."""
    entries = {}
    for name in models.list_models(kind):
        for weights in models.get_model_weights(name):
            side = crop_of(weights) if kind is not models.detection else 0
            classes = classes_of(weights)
            key = (name, side, classes, weights.meta["_ops"], weights.meta["num_params"])
            entries.setdefault(key, weights)
    return list(entries.values())


def crop_of(weights) -> int:
    transforms = weights.transforms()
    side = getattr(transforms, "crop_size", None) or transforms.resize_size
    return side[0] if isinstance(side, (list, tuple)) else side


def classes_of(weights) -> int:
    """The outputs of the head; weights without one are still those of a whole model."""
    return len(weights.meta["categories"] or range(1000))


def model_of(weights) -> str:
    """The builder's name of the model that these weights belong to."""
    return next(
        name for name in models.list_models() if models.get_model_weights(name) is type(weights)
    )


@lru_cache(maxsize=1)
def counted(name: str, classes: int, shape: tuple[int, ...], built: tuple = ()):
    with quiet():  # of initialisations that are about to change
        model, _ = load_model(
            f"torchvision:{name}",
            arguments={"num_classes": classes, **dict(built)},
            inputs=["x".join(map(str, shape))],
        )
    return analyze(model, zeros(*shape))


def assert_published(report, weights) -> None:
    """Params to the last one, operations to the last digit (of a milliard) that is printed."""
    assert report.unknown == {}
    assert report.verdict.agrees, report.verdict.differences
    assert report.verdict.traced_on == "meta"
    assert report.params == weights.meta["num_params"]
    assert round(report.macs / 1e9, 3) == weights.meta["_ops"]


def label(weights) -> str:
    return f"{model_of(weights)}-{weights.name}"


CLASSIFICATION = published(models)
SEGMENTATION = published(models.segmentation)
VIDEO = published(models.video)


def built_of(name: str, side: int = 0) -> tuple:
    settings = dict(BUILT[name][0]) if name in BUILT else {}
    if name.startswith("vit_"):
        settings["image_size"] = side
    return tuple(settings.items())


@pytest.mark.parametrize("weights", CLASSIFICATION, ids=label)
def test_classification(weights):
    name, side = model_of(weights), crop_of(weights)
    classes = classes_of(weights)
    assert_published(counted(name, classes, (1, 3, side, side), built_of(name, side)), weights)


@pytest.mark.parametrize("weights", SEGMENTATION, ids=label)
def test_segmentation(weights):
    name, side = model_of(weights), crop_of(weights)
    classes = classes_of(weights)
    assert_published(counted(name, classes, (1, 3, side, side), built_of(name)), weights)


@pytest.mark.parametrize("weights", VIDEO, ids=label)
def test_video(weights):
    name, side = model_of(weights), crop_of(weights)
    classes = classes_of(weights)
    assert_published(counted(name, classes, (1, 3, FRAMES, side, side)), weights)


def test_all_of_torchvisions_models_are_here():
    """A list that has lost its entries would pass without a word."""
    found = {model_of(weights) for weights in CLASSIFICATION + SEGMENTATION + VIDEO}
    kinds = (models, models.segmentation, models.video)
    assert found == {name for kind in kinds for name in models.list_models(kind)}
    assert len(found) >= 95


@pytest.mark.parametrize("name", sorted(BUILT))
def test_built_otherwise_it_is_another_model(name):
    """Each setting of the table is needed: without it, the published params are not met."""
    weights = next(w for w in CLASSIFICATION + SEGMENTATION if model_of(w) == name)
    side = crop_of(weights)
    report = counted(name, classes_of(weights), (1, 3, side, side))
    assert report.params != weights.meta["num_params"]


# Detection. At the published size: one image, which these models scale to their own size.
NO_PROPOSALS = {"rpn_score_thresh": 1.1}
WHOLE = {
    "ssd300_vgg16": {},
    "ssdlite320_mobilenet_v3_large": {},
    "fcos_resnet50_fpn": {},
    "retinanet_resnet50_fpn_v2": {},
    "fasterrcnn_resnet50_fpn": {},  # its 1000 proposals all reach the second stage
    "fasterrcnn_mobilenet_v3_large_fpn": NO_PROPOSALS,  # so it was, when it was published
    "fasterrcnn_mobilenet_v3_large_320_fpn": NO_PROPOSALS,
}
SMALL = {"min_size": 96, "max_size": 96}  # of the others, the structure alone
FEW_BOXES = {"rpn_post_nms_top_n_test": 23, "box_detections_per_img": 7}
# Frozen batch norms keep their weights in buffers. So the weights are published; a model that is
# built without weights has them as parameters.
FROZEN = {
    name: params
    for names, params in (
        (("fcos_resnet50_fpn", "retinanet_resnet50_fpn", "fasterrcnn_resnet50_fpn"), 53_120),
        (("maskrcnn_resnet50_fpn", "keypointrcnn_resnet50_fpn"), 53_120),
        (
            ("fasterrcnn_mobilenet_v3_large_fpn", "fasterrcnn_mobilenet_v3_large_320_fpn"),
            24_400,
        ),
    )
    for name in names
}


@pytest.fixture
def kernels(monkeypatch):
    """nms and roi_align of the right shapes on the CPU, where torchvision brings none."""
    monkeypatch.setattr(torchvision.extension, "_has_ops", lambda: True)
    library = torch.library.Library("torchvision", "IMPL")

    def kept_all(boxes, scores, threshold):
        return scores.argsort(descending=True)

    def pooled(maps, boxes, scale, height, width, ratio, aligned):
        return maps.new_zeros(len(boxes), maps.shape[1], height, width)

    for name, kernel in (("nms", kept_all), ("roi_align", pooled)):
        if not torch._C._dispatch_has_kernel_for_dispatch_key(f"torchvision::{name}", "CPU"):
            library.impl(name, kernel, "CPU")
    yield
    library._destroy()


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("weights", published(models.detection), ids=label)
def test_detection_runs_on_the_cpu(weights):
    name = model_of(weights)
    arguments = {"num_classes": classes_of(weights), **WHOLE.get(name, SMALL)}
    if "rcnn" in name and name not in WHOLE:
        arguments |= FEW_BOXES
    torch.manual_seed(7)  # by its weights a model may keep a few boxes less
    with quiet():
        model, inputs = load_model(f"torchvision:{name}", device="cpu", arguments=arguments)
        report = analyze(model, inputs)
    assert report.verdict.traced_on == "cpu"
    assert any(note.startswith("Ran on the CPU") for note in report.notes)
    assert report.verdict.agrees, report.verdict.differences
    assert report.unknown == {}
    assert report.params - FROZEN.get(name, 0) == weights.meta["num_params"]
    if name in WHOLE:
        assert round(report.macs / 1e9, 3) == weights.meta["_ops"]
    else:
        assert report.macs > 0


def test_detection_without_kernels_is_one_sentence_or_a_report():
    """Where torchvision's own library is missing, it says so itself, and that is passed on."""
    from complexity import ModelError

    if torchvision.extension._has_ops():
        pytest.skip("torchvision brings its kernels")
    model, inputs = load_model("torchvision:ssdlite320_mobilenet_v3_large", device="cpu")
    with pytest.raises(ModelError, match="Couldn't load custom C"):
        analyze(model, inputs)

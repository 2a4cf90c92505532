"""What library models are fed where nothing is said: sizes that they can run with."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.errors import ArgumentError
from complexity.targets.default_inputs import no_default, of_timm, of_transformers
from complexity.targets.loader import load_model

VIDEOS = {"r3d_18": 112, "r2plus1d_18": 112, "mvit_v2_s": 224, "s3d": 224, "swin3d_t": 224}


def shapes(inputs):
    return {name: tuple(tensor.shape) for name, tensor in inputs.items()}


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_model_is_fed_a_film_of_the_size_that_it_was_trained_on(name):
    module, film = load_model(f"torchvision:{name}")
    assert tuple(film.shape) == (1, 3, 16, VIDEOS[name], VIDEOS[name])
    report = analyze(module, film)
    assert report.macs > 10**9
    assert report.verdict.agrees


SMALL = {"num_hidden_layers": 1, "hidden_size": 48, "num_attention_heads": 3}
VISION = {"vision_config": {**SMALL, "image_size": 64, "patch_size": 16}}
TEXT = {"text_config": {**SMALL, "vocab_size": 101, "max_position_embeddings": 37}}

FED = {
    "CLIPConfig": (
        {**TEXT, **VISION},
        {"input_ids": (1, 37), "pixel_values": (1, 3, 64, 64)},
    ),
    "Wav2Vec2Config": (SMALL, {"input_values": (1, 16000)}),
    "ASTConfig": (SMALL, {"input_values": (1, 1024, 128)}),
    "VideoMAEConfig": (
        {**SMALL, "image_size": 64, "num_frames": 4},
        {"pixel_values": (1, 4, 3, 64, 64)},
    ),
    "ResNetConfig": ({"depths": [1, 1, 1, 1]}, {"pixel_values": (1, 3, 224, 224)}),
    "CLIPVisionConfig": (VISION["vision_config"], {"pixel_values": (1, 3, 64, 64)}),
    "CLIPTextConfig": (TEXT["text_config"], {"input_ids": (1, 37)}),
}


@pytest.mark.usefixtures("transformers")
@pytest.mark.parametrize("name", FED)
def test_a_model_of_a_configuration_is_fed_what_the_configuration_says(name):
    arguments, expected = FED[name]
    module, inputs = load_model(f"transformers:{name}", arguments=arguments)
    assert shapes(inputs) == expected
    report = analyze(module, inputs)
    assert report.macs > 0
    assert set(report.input_shapes) == set(expected.values())


class Says(nn.Module):
    """A model that has a configuration and a main input, and no more."""

    def __init__(self, main: str, **config) -> None:
        super().__init__()
        self.main_input_name, self.config = main, SimpleNamespace(**config)

    def forward(self, input_ids=None, pixel_values=None, decoder_input_ids=None):
        return input_ids


def test_a_decoder_is_fed_only_where_the_model_is_one():
    assert shapes(of_transformers(Says("input_ids", is_encoder_decoder=True))) == {
        "input_ids": (1, 128),
        "decoder_input_ids": (1, 128),
    }
    assert shapes(of_transformers(Says("input_ids"))) == {"input_ids": (1, 128)}


def test_tokens_are_whole_numbers_and_pixels_are_not():
    assert of_transformers(Says("input_ids"))["input_ids"].dtype == torch.int64
    assert of_transformers(Says("pixel_values"))["pixel_values"].dtype == torch.float32


def test_an_image_may_be_wider_than_high():
    model = Says("pixel_values", image_size=(32, 48), num_channels=1)
    assert shapes(of_transformers(model)) == {"pixel_values": (1, 1, 32, 48)}


@pytest.mark.parametrize("main", ["inputs", "past_values", "input_features"])
def test_a_model_without_a_default_names_its_inputs_and_shows_how_they_are_written(main):
    with pytest.raises(ArgumentError) as refused:
        of_transformers(Says(main))
    assert str(refused.value) == (
        f"inputs=None must be given by name for this model ({main}), such as --input {main}=1x128"
    )


def test_a_model_that_says_nothing_must_be_fed():
    with pytest.raises(ArgumentError, match=r"^inputs=None must be given, such as --input "):
        no_default(nn.ReLU())


def test_a_model_of_timm_is_fed_an_image_of_its_own_size():
    model = nn.ReLU()
    assert tuple(of_timm(model).shape) == (1, 3, 224, 224)
    model.pretrained_cfg = {"input_size": (1, 32, 48)}
    assert tuple(of_timm(model).shape) == (1, 1, 32, 48)

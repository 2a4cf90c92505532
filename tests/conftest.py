"""What every test may ask for: the libraries whose models are counted, where they are installed."""

import importlib
import os
import warnings

import pytest
import torch

from benchmarks.torchvision_operators import declared_operators

torch.set_num_threads(1)  # as fast as many for these sizes, and stays so on a busy machine
os.environ["HF_HUB_OFFLINE"] = "1"  # models are built from their configurations alone
declared_operators()  # before torchvision is imported


def installed(package: str):
    """The package, or a skipped test that says what is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own business
        return pytest.importorskip(package, reason=f"{package} is not installed")


@pytest.fixture(scope="session")
def torchvision():
    installed("torchvision")
    return importlib.import_module("torchvision")


@pytest.fixture(scope="session")
def timm():
    return installed("timm")


@pytest.fixture(scope="session")
def transformers():
    return installed("transformers")

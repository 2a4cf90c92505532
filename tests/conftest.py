"""What every test may ask for: the libraries whose models are counted, where they are installed."""

import importlib
import os
import sys
import warnings

import pytest
import torch

from benchmarks.torchvision_operators import declared_operators

torch.set_num_threads(1)  # as fast as many for these sizes, and stays so on a busy machine
os.environ["HF_HUB_OFFLINE"] = "1"  # models are built from their configurations alone
declared_operators()  # before torchvision is imported


@pytest.fixture(autouse=True)
def search_path(monkeypatch):
    """Where a test has modules of its own, no later one finds them."""
    monkeypatch.setattr(sys, "path", [*sys.path])


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
    package = installed("transformers")
    package.logging.set_verbosity_error()  # it warns of its configurations on a stream of its own
    return package

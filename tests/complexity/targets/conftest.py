"""Fixtures of the tests of targets."""

import pytest

SOURCE = """
import torch
from torch import nn

def fc(width=7):
    return nn.Linear(5, width), torch.zeros(3, 5)

def asks():
    class Asks(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 7)

        def forward(self, x):
            return self.fc(x) if x.sum().item() < 1e30 else x
    return Asks(), torch.zeros(3, 5)

def fails():
    return nn.Linear(5, 7), torch.zeros(3, 6)
"""


@pytest.fixture
def target(tmp_path):
    """The target that names a factory of ``SOURCE``."""
    path = tmp_path / "models.py"
    path.write_text(SOURCE)
    return lambda name: f"{path}:{name}"

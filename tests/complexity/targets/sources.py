"""The text of a file with models, as a user writes it."""

SOURCE = """
import torch
from torch import nn

def model(width=7, act="relu", bias=True):
    layer = nn.ReLU() if act == "relu" else nn.GELU()
    return nn.Sequential(nn.Linear(5, width, bias=bias), layer)

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 7)

    def forward(self, left, right):
        return self.linear(left) + right

class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(11, 5)

    def forward(self, ids, temperature):
        return self.table(ids) * temperature

def fed():
    return nn.Linear(5, 7), torch.zeros(3, 5)

def fed_two():
    return Two(), {"left": torch.zeros(3, 5), "right": torch.zeros(7)}

def needs_numbers():
    if torch.zeros(1).item() == 0:
        return nn.Linear(5, 7)

ready = nn.Linear(5, 7)
number = 3

def raises():
    raise OSError("no such thing\\nand more")

def warns():
    import warnings
    warnings.warn("will be another one tomorrow", FutureWarning)
    warnings.warn("goes away", DeprecationWarning)
    return nn.Linear(5, 7)

def matters():
    import warnings
    warnings.warn("this name means another model", UserWarning)
    return nn.Linear(5, 7)

def gives_nothing():
    return 42
"""

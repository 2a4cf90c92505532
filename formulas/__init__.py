"""The mathematics: what a layer costs, before it runs. Standard library only.

One file a kind: ``standard``, ``group``, ``depthwise``, ``pointwise``, ``fc``, ``separable``, and
beside them ``matmul``, ``normalization``, ``pooling``, ``elementwise``, ``movement``. ``cost``
states the conventions, ``layers`` describes layers, ``sizes`` knows output sizes, ``table``
joins kind and formula, ``networks`` holds whole networks.
"""

from formulas.cost import CONVENTION, Cost
from formulas.depthwise import depthwise
from formulas.elementwise import activation, addition, elementwise
from formulas.errors import FormulaError, SizeError, UnknownNameError
from formulas.fc import fc
from formulas.group import group
from formulas.matmul import matmul
from formulas.movement import channel_shuffle, concatenation, copy
from formulas.networks import network
from formulas.normalization import batch_norm
from formulas.pointwise import pointwise
from formulas.pooling import pooling
from formulas.separable import separable, separable_ratio
from formulas.standard import standard
from formulas.table import count, kind_of

__all__ = [
    "CONVENTION",
    "Cost",
    "FormulaError",
    "SizeError",
    "UnknownNameError",
    "activation",
    "addition",
    "batch_norm",
    "channel_shuffle",
    "concatenation",
    "copy",
    "count",
    "depthwise",
    "elementwise",
    "fc",
    "group",
    "kind_of",
    "matmul",
    "network",
    "pointwise",
    "pooling",
    "separable",
    "separable_ratio",
    "standard",
]

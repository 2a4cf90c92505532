"""Inputs of every layout and data type, through every mode, in one process of its own.

``python -m tests.complexity.any_model.layouts jagged`` prints a JSON object: for each data type and
mode the MACs of the analysis, or the name of the error and its first words.
"""

import json
import sys
import warnings
from functools import partial

import torch
from torch import nn

from complexity import ModelError, analyze, check

ROWS = (3, 4)


def nested(layout):
    def make(dtype):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch calls one of the layouts a prototype
            sequences = [torch.zeros(rows, 6, dtype=dtype) for rows in ROWS]
            return torch.nested.nested_tensor(sequences, layout=layout)

    return make


LAYOUTS = {
    "strided": lambda dtype: torch.zeros(7, 6, dtype=dtype),
    "jagged": nested(torch.jagged),
    "nested": nested(torch.strided),
    "coo": lambda dtype: torch.ones(7, 6, dtype=dtype).to_sparse(),
    "csr": lambda dtype: torch.ones(7, 6, dtype=dtype).to_sparse_csr(),
    "csc": lambda dtype: torch.ones(7, 6, dtype=dtype).to_sparse_csc(),
    "bsr": lambda dtype: torch.ones(8, 6, dtype=dtype).to_sparse_bsr((2, 3)),
    "bsc": lambda dtype: torch.ones(8, 6, dtype=dtype).to_sparse_bsc((2, 3)),
    "mkldnn": lambda dtype: torch.zeros(7, 6, dtype=dtype).to_mkldnn(),
    "quantised": lambda dtype: torch.quantize_per_tensor(torch.zeros(7, 6, dtype=dtype), 1, 0, torch.qint8),
    "empty": lambda dtype: torch.zeros(0, 6, dtype=dtype),
    "expanded": lambda dtype: torch.zeros(1, 1, dtype=dtype).expand(7, 6),
    "conjugated": lambda dtype: torch.zeros(7, 6, dtype=dtype).conj(),
}  # fmt: skip
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.complex64,
          torch.int64, torch.bool)  # fmt: skip
MODES = {
    "plain": {},
    "operators": {"engine": "operators"},
    "backward": {"backward": True},
    "memory": {"memory": True},
    "memory and backward": {"memory": True, "backward": True},
}


def outcomes(layout):
    """The outcome of each data type and mode; an input that torch cannot make has none."""
    found = {}
    for dtype in DTYPES:
        try:
            x = LAYOUTS[layout](dtype)
            model = nn.Linear(
                6, 5, dtype=dtype if dtype.is_floating_point or dtype.is_complex else None
            )
        except (RuntimeError, TypeError):
            continue
        for mode, options in MODES.items():
            found[f"{dtype} {mode}"] = outcome(partial(macs_of, model, x, **options))
        found[f"{dtype} check"] = outcome(partial(verdict_on, model, x))
    return found


def macs_of(model, x, **options):
    return analyze(model, x, **options).macs


def verdict_on(model, x):
    return str(check(model, x))[:40]


def outcome(ask):
    try:
        return ask()
    except ModelError as error:
        return f"refused: {' '.join(str(error).split())}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(outcomes(sys.argv[1])))

"""The numbers that the commands print today, kept apart from the words around them.

``python -m tests.frozen --update`` writes ``tests/golden/frozen_commands.json`` anew.
"""

import contextlib
import csv
import io
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from complexity.cli import main
from tests.paths import ROOT

GOLDEN = ROOT / "tests" / "golden" / "frozen_commands.json"
SAVED = "tests/golden/report_before_versions.json", "tests/golden/report_version_1.json"
NETWORKS = {
    "squeezenet": "--classes 10",
    "mobilenet": "--alpha 0.5",
    "mobilenetv2": "--batch 2",
    "shufflenet": "--groups 3",
    "shufflenetv2": "--ratio 0.5",
}
LINEAR = "torch.nn:Linear --arg in_features=5 --arg out_features=7 --input 3x5"
ENCODER = "torch.nn:TransformerEncoderLayer --arg d_model=6 --arg nhead=2 --arg dim_feedforward=10"
CELL = "--arg input_size=64 --arg hidden_size=64 --input 50x2x64"

JSON = [
    "report squeezenet --res 32 --backward --memory --format json",
    f"report {ENCODER} --input 3x2x6 --backward --optimizer sgd --format json",
    *[
        f"check {network} --res 32 --variant {variant} {option} --format json"
        for network, option in NETWORKS.items()
        for variant in ("document", "paper")
    ],
    f"check {LINEAR} --budget macs<=100 --format json",
    f"compare {' '.join(SAVED)} --format json",
    "sweep mobilenet --alpha 0.25:1:0.25 --res 128:224:32 --format json",
    "formula mobilenet --variant paper --by kind --format json",
    "formula torch.nn:MaxPool2d --arg kernel_size=2 --input Nx3xHxW --format json",
    "guidelines mobilenetv2 shufflenetv2 --variant paper --no-trace --format json",
    f"diff torch.nn:LSTM torch.nn:GRU {CELL} --max-increase macs=5% --format json",
    f"diff torch.nn:GRU torch.nn:LSTM {CELL} --max-increase macs=5% --format json",
    f"diff {' '.join(SAVED)} --format json",
    "roofline squeezenet --res 64 --device t4 --no-trace --format json",
    "search shufflenetv2 --variant paper --macs 150M --maximize res,ratio --format json",
    "bridge mobilenet --to fvcore --format json",
    "bridge mobilenet --to torch --of flops --format json",
    "bridge mobilenetv2 --variant paper --to paper --of params --format json",
]
TEXT = [
    "report mobilenet --alpha 0.5 --res 160 --no-trace --by block",
    "report shufflenet --no-trace --by kind --format csv",
    "report squeezenet --no-trace --by kind --format latex",
    f"compare {' '.join(NETWORKS)} --variant paper --no-trace --format csv",
    f"compare {' '.join(NETWORKS)} --res 64 --no-trace",
    "diff shufflenet shufflenetv2 --variant paper --no-trace",
    "explain mobilenet conv1.0 --alpha 0.5 --res 160",
    "list",
    "roofline",
    "plot squeezenet --of memory_access --by kind --no-trace -o {}.svg",
]
TIMED = f"time {LINEAR} --repeats 2 --warmup 1 --format json"
NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w|[.,]\w)")
PAPER = re.compile(r"\d{4}\.\d{5}")


def printed(line: str) -> tuple[int, str]:
    """The exit status of a command line, and its output; of a picture the picture's texts."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture"
        words = line.replace("{}", str(picture)).split()
        words = [str(ROOT / word) if word in SAVED else word for word in words]
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            try:
                main(words)
            except SystemExit as ended:
                status = ended.code
        drawn = picture.with_suffix(".svg")
        texts = re.findall("<text[^>]*>([^<]*)<", drawn.read_text()) if drawn.exists() else []
    return status, out.getvalue() + "\n".join(filter(str.strip, texts))


def numbers(text: str) -> list[str]:
    """The numbers of a text in order, without the digits of versions and of arXiv."""
    found = [match.replace(",", "") for match in NUMBER.findall(text)]
    return [each for each in found if not PAPER.fullmatch(each)]


def values(node: Any) -> Any:
    """A JSON document without its prose: of a sentence only the large numbers stay, sorted."""
    if isinstance(node, dict):
        return {key: values(value) for key, value in node.items()}
    if isinstance(node, list):
        return [values(value) for value in node]
    if isinstance(node, str) and " " in node:
        return large(node)
    return node


def keys(node: Any) -> Any:
    """The keys of a JSON document, with the type of each value."""
    if isinstance(node, dict):
        return {key: keys(value) for key, value in node.items()}
    if isinstance(node, list):
        return [keys(node[0])] if node else []
    return type(node).__name__


def large(text: str) -> list[str]:
    """The numbers of a sentence that have three digits or more, sorted: words may be reordered."""
    return sorted(each for each in numbers(text) if len(each) > 2)


def table(text: str) -> list[list[str]]:
    """The numbers of each line; of a table's line all of them, and the first word before them."""
    rows = []
    for line in filter(None, map(str.strip, text.splitlines())):
        row = re.search(" {2,}| & |^= ", line)
        found = numbers(line) if row else large(line)
        if found:
            rows.append([line.split()[0].strip(",:"), *found] if row else found)
    return rows


def formulas_listed(text: str) -> list[list[str]]:
    """The names, options and formulas of ``list``, without its sentences."""
    cells = [re.split(" {2,}", line.strip()) for line in text.splitlines()]
    rows = [row for row in cells if row[0].islower() and row[0] not in ("network", "kind")]
    return [row[:2] if row[0] in NETWORKS else row for row in rows]


def frozen(line: str) -> Any:
    """The part of a command's output that must not change."""
    status, text = printed(line)
    if line in JSON:
        return [status, values(json.loads(text))]
    if line == TIMED:
        return [status, keys(json.loads(text))]
    if line.endswith("csv"):
        return [status, values(list(csv.reader(text.splitlines()))[1:])]
    return [status, formulas_listed(text) if line == "list" else table(text)]


LINES = [*JSON, *TEXT, TIMED]


def update() -> None:
    """Write the golden file."""
    lines = [
        f"{json.dumps(line)}: {json.dumps(frozen(line), separators=(',', ':'))}" for line in LINES
    ]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.frozen --update")
    update()

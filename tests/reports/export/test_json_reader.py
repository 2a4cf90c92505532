"""Saved reports: read back to the last integer, broken ones refused with the place named."""

import copy
import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from formulas.networks import NETWORKS, network
from reports.export.json_node import Part, SavedError
from reports.export.json_reader import is_saved, read_saved, report_from
from reports.export.json_writer import report_dict
from reports.model.report import report_of
from reports.model.report_view import ReportView
from reports.text.report import report_text
from tests.paths import GOLDEN
from tests.reports.helpers import (
    AGREES,
    DISAGREES,
    MYSTERIES,
    ROWS,
    TRAINING,
    WITNESSES,
    made,
    row,
)

SCHEMA = json.loads((files("reports.export") / "report.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA).is_valid
REPORTS = {
    "made": made(),
    "checked": made(verdict=replace(AGREES, witnesses=WITNESSES, others=2)),
    "differs": made(verdict=DISAGREES, notes=("a note",)),
    "unknown": made(layers=(*ROWS, *MYSTERIES), unknown={"aten.svd": 3}, coverage={"unknown": 3}),
    "step": made(training=TRAINING, layers=ROWS[2:]),
    "no layers": made(layers=(), input_shapes=((), (2, 3)), options={}),
    **{name: report_of(network(name, resolution=(67, 83))) for name in NETWORKS},
}


def through_json(value):
    return json.loads(json.dumps(value))


def saved(report, **arranged):
    return through_json(report_dict(report, ReportView(**arranged)))


def written(folder: Path, value) -> Path:
    path = folder / "a.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def bare(report):
    """The report without what is not saved: descriptions, names of operations, what moves."""
    rows = (replace(row, layer=None, operation="", moved={}) for row in report.layers)
    return replace(report, layers=tuple(rows))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("arranged", [{}, {"depth": 3}, {"sort": "macs"}], ids=str)
def test_a_report_is_read_back_as_it_was(name, arranged, tmp_path):
    report = REPORTS[name]
    document = saved(report, **arranged)
    assert VALID(document)
    (found,) = read_saved(written(tmp_path, document))
    if "sort" not in arranged:
        assert found == bare(report)
        assert report_text(found) == report_text(report)
    assert saved(found) == saved(replace(report, layers=found.layers))
    assert (found.cost, found.complete) == (report.cost, report.complete)


def test_a_comparison_is_read_back(tmp_path):
    document = [saved(report) for report in REPORTS.values()]
    assert VALID(document)
    assert read_saved(written(tmp_path, document)) == tuple(map(bare, REPORTS.values()))


def test_a_file_from_before_the_versions_is_read():
    document = json.loads((GOLDEN / "report_before_versions.json").read_text())
    assert "schema" not in document
    assert VALID(document)
    (found,) = read_saved(GOLDEN / "report_before_versions.json")
    assert found.name == "torch.nn:TransformerEncoderLayer"
    # by hand, of 3x2 tokens: projections 6 (36 * 4 + 30 * 2) = 1224, attention 2 * 2 * 9 * 6 = 216
    assert found.macs == 1440
    assert saved(found) == {"schema": "complexity-report/1", **document}


def test_what_stands_beside_is_nobodys_business(tmp_path):
    document = saved(made(), depth=2)
    for part in (document, document["layers"][0], document["kinds"][0]):
        part["bytes"] = {"read": 7}
    assert VALID(document)
    assert read_saved(written(tmp_path, document)) == (bare(made()),)


@pytest.mark.parametrize("version", ["complexity-report/2", "x", 1, None])
def test_a_version_that_is_not_known_is_refused(version, tmp_path):
    path = written(tmp_path, {**saved(made()), "schema": version})
    with pytest.raises(SavedError, match="schema must be 'complexity-report/1', the version that"):
        read_saved(path)


PLACES = {
    "macs must be 2305843009213694683, which follows from the layers": ("macs", 5),
    "flops must be": ("flops", 5),
    "complete must be true": ("complete", False),
    "layers[3].flops must be 0": ("layers", 3, "flops", 1),
    "kinds[1].rows must be 2": ("kinds", 1, "rows", 3),
    "kinds must have 4 elements": ("kinds", []),
    "blocks[0].name must be": ("blocks", 0, "name", "stam"),
    "layers[3].macs must be a whole number of at least 0, not \"many\"":
        ("layers", 3, "macs", "many"),
    "layers[0].macs must be a whole number of at least 0, not null": ("layers", 0, "macs", None),
    "layers[0].output[1] must be": ("layers", 0, "output", [2, "5"]),
    "inputs[0] must be a list": ("inputs", [7]),
    "buffers must be a whole number": ("buffers", -1),
    "layers must be a list": ("layers", {}),
    "unknown.x must be a whole number": ("unknown", {"x": 0.5}),
}  # fmt: skip


@pytest.mark.parametrize("words", PLACES)
def test_the_place_of_what_is_wrong_is_named(words, tmp_path):
    document = saved(made())
    *path, last, value = PLACES[words]
    part = document
    for key in path:
        part = part[key]
    part[last] = value
    with pytest.raises(SavedError) as refused:
        read_saved(written(tmp_path, document))
    assert str(refused.value).startswith(f"{tmp_path / 'a.json'}: {words}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("report", "unknown", "held"),
    [
        ("unknown", {}, "as fft is not known"),
        ("unknown", {"aten.svd": 3, "aten.fft": 0}, "as fft is not known"),
        ("made", {"aten.svd": 3}, "as all layers are known"),
    ],
)
def test_what_is_unknown_is_not_made_known(report, unknown, held, tmp_path):
    document = saved(REPORTS[report])
    document |= {"unknown": unknown, "complete": not unknown}
    with pytest.raises(SavedError, match=f"unknown must name what has no formula .*, {held}"):
        read_saved(written(tmp_path, document))


def test_a_report_that_was_cut_says_so(tmp_path):
    with pytest.raises(SavedError, match=r"params must be 210, .* saved with --top .*, not 882"):
        read_saved(written(tmp_path, saved(made(), top=2)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must be JSON: Expecting property name"),
        ("", "must be JSON: Expecting value: line 1"),
        ('{"macs": NaN}', "must be JSON: NaN is no number in JSON"),
        ('{"macs": -1e999}', "must be JSON: -1e999 is more than a float holds"),
        ("[" * 100_000, "must be JSON: it is nested too deeply"),
        ("9" * 5000, r"must be an object, not 9{57}\.\.\.$"),
        ("[]", r"must hold a report, not \[\]"),
        ("3", "must be an object, not 3"),
        ('{"agrees": true, "models": []}', "must have 'model'"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_report_is_refused(text, words, tmp_path):
    with pytest.raises(SavedError, match=rf"a\.json {words}"):
        read_saved(written(tmp_path, text))


@pytest.mark.parametrize("digits", [1001, 4000, 4301, 100_000])
def test_a_number_with_too_many_digits_is_named_by_its_place(digits, tmp_path):
    text = json.dumps({**saved(made()), "buffers": "many"}).replace('"many"', "7" * digits)
    with pytest.raises(SavedError) as refused:
        read_saved(written(tmp_path, text))
    rule = "buffers must be a whole number of at most 1,000 digits, not " + "7" * 57 + "..."
    assert str(refused.value) == f"{tmp_path / 'a.json'}: {rule}"


def test_what_the_largest_numbers_give_is_read_and_written(tmp_path):
    most = 10**1000 - 1
    report = made(layers=(row("a", params=most, macs=most), row("b", params=most, macs=most)))
    (found,) = read_saved(written(tmp_path, saved(report)))
    assert (found.macs, found.cost.flops) == (2 * most, 4 * most)
    assert f"{2 * most:,}" in report_text(found)


def test_a_total_that_is_not_the_sum_is_told_in_short(tmp_path):
    document = saved(made(layers=(row("a", params=3, macs=2 * 10**999),)))
    with pytest.raises(SavedError) as refused:
        read_saved(written(tmp_path, {**document, "macs": 5}))
    assert re.search(
        r": macs must be 20{56}\.\.\., which .* hold them all\), not 5$", str(refused.value)
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"model": "a", "model": "b"}', " must have 'model' once"),
        ('[{"a": [{"x": {}}, {"x": {"y": 1, "z": 2, "y": 1}}]}]', ": [0].a[1].x must have 'y' once"),
        ('{"a": {"x": 1, "x": 2}, "b": 1, "b": 2}', " must have 'b' once"),
    ],
)  # fmt: skip
def test_a_member_that_stands_twice_is_named_by_its_place(text, place, tmp_path):
    """Else the last would count, and the first, which a reader sees, would not."""
    with pytest.raises(SavedError) as refused:
        read_saved(written(tmp_path, text))
    assert str(refused.value) == f"{tmp_path / 'a.json'}{place}"


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(SavedError, match=r"b\.json cannot be read: no such file or directory"):
        read_saved(tmp_path / "b.json")
    with pytest.raises(SavedError, match="cannot be read: is a directory"):
        read_saved(tmp_path)
    (tmp_path / "c.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(SavedError, match="must be JSON: 'utf-8' codec"):
        read_saved(tmp_path / "c.json")


def test_what_windows_puts_before_a_text_is_no_obstacle(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(saved(made())), encoding="utf-8-sig")
    assert read_saved(tmp_path / "a.json") == (bare(made()),)


def test_a_saved_report_is_known_by_its_name():
    assert is_saved("a.json")
    assert is_saved("x/A.JSON")
    assert not any(map(is_saved, ("mobilenet", "a.json:factory", "json", 3)))


ALL = saved(replace(REPORTS["unknown"], training=TRAINING, verdict=DISAGREES))
WRONG = (None, True, -1, 0.5, "word", [], {}, [None], [[-1]], {"x": None})


def places(value, path=()):
    """Every place of a document."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


@given(st.sampled_from(list(places(ALL))), st.sampled_from(WRONG) | st.just("gone"))
def test_the_reader_takes_nothing_that_the_schema_refuses(path, value):
    box = {"": copy.deepcopy(ALL)}
    part, last = box, ""
    for key in path:
        part, last = part[last], key
    if value == "gone" and isinstance(part, dict) and path:
        del part[last]
    else:
        part[last] = value
    if not VALID(box[""]):
        with pytest.raises(SavedError, match=r"\Aa\.json"):
            report_from(Part("a.json", "", box[""]))


def test_what_the_schema_describes_is_what_is_written():
    """No member of a report is missing in the schema, and none there is never written."""
    defined = SCHEMA["$defs"]

    def described(name):
        found = set(defined[name]["properties"])
        return found | (described(defined[name]["$ref"][8:]) if "$ref" in defined[name] else set())

    assert described("report") == set(ALL)
    assert described("layer") == set(ALL["layers"][0])
    assert described("group") == set(ALL["kinds"][0])
    assert described("training") == set(ALL["training"])
    assert described("check") == set(ALL["check"])

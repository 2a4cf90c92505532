"""The table of devices, and files of one's own."""

import re
from fractions import Fraction
from math import prod

import pytest

from formulas.core.errors import SizeError
from formulas.core.memory_traffic import STORED
from reports.roofline import devices as module
from reports.roofline.devices import (
    DTYPES,
    Device,
    derivations,
    device_dict,
    device_named,
    device_table,
    devices,
    merged,
)

GOOD = 'name = "Mine"\nbandwidth = 5e10\n[peak]\nfloat32 = 1.25e12\nint8 = 7_000_000_000_001\n'


def worked_out(words):
    """``"2 x 3e2 + 5 x 7: what"`` as a number."""
    terms = words.split(":")[0].split(" + ")
    return sum(prod(Fraction(factor) for factor in term.split(" x ")) for term in terms)


def test_the_table_has_devices_of_each_kind_and_each_figure_has_a_source():
    kinds = {each.kind for each in devices().values()}
    assert kinds == {"phone", "board", "laptop", "server", "gpu"}
    for key, each in devices().items():
        assert each.key == key
        assert len(each.source) > 20
        assert each.bandwidth > 10**10
        assert "float32" in each.peak
        assert each.peak_of("float32") > 10**10


@pytest.mark.parametrize("key", devices())
def test_derivations_give_their_figures(key):
    device = devices()[key]
    figures = {"bandwidth": device.bandwidth, **device.peak}
    for name, words in device.derivation.items():
        assert worked_out(words) == figures[name], (key, name)
        assert re.search(r": \w+", words), "says what its factors are"


@pytest.mark.parametrize("key", devices())
def test_fewer_bytes_are_never_computed_slower(key):
    peak = devices()[key].peak
    order = [peak[dtype] for dtype in ("float32", "tf32", "float16", "int8") if dtype in peak]
    assert order == sorted(order)


def test_the_ridges_lie_where_the_literature_puts_them():
    """Of order 1 to 100 in float32, and hundreds on tensor cores: a slipped digit would show."""
    for each in devices().values():
        assert 1 < each.peak["float32"] / each.bandwidth < 60, each.key
        for dtype in {"float16", "bfloat16"} & set(each.peak):
            assert 15 < each.peak[dtype] / each.bandwidth < 400, each.key


def test_a_device_is_found_by_its_name():
    assert device_named("t4") is devices()["t4"]
    with pytest.raises(SizeError, match=r"^device='t5' must be measure, a file .* t4, a100"):
        device_named("t5")


def test_a_data_type_without_a_figure_is_refused():
    with pytest.raises(SizeError) as refused:
        devices()["apple-m1"].peak_of("int8")
    assert str(refused.value) == "dtype='int8' has no figure for apple-m1, which has float32"


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    found = device_named(str(path))
    assert (found.key, found.name, found.kind, found.source) == ("mine", "Mine", "own", str(path))
    assert (found.bandwidth, dict(found.peak)) == (
        50_000_000_000, {"float32": 1_250_000_000_000, "int8": 7_000_000_000_001},
    )  # fmt: skip
    assert type(found.bandwidth) is int


REFUSED = {
    "": "must give bandwidth",
    "bandwidth = 3": "must give peak",
    "bandwidth = 3\npeak = 5": "must give peak as a table, one a data type",
    "bandwidth = 3\n[peak]": "must give peak as a table, one a data type",
    "bandwidth = 3\n[peak]\nfp32 = 5": "gives peak.fp32, which must be one of float64, float32,",
    "bandwith = 3": "gives bandwith, which must be one of name, kind, source, bandwidth, peak,",
    "name = 3\n" + GOOD.split("\n", 1)[1]: "must give name as words",
    "source = ' '\n" + GOOD: "must give source as words",
    "bandwidth = 3\nderivation = 3\n[peak]\nint8 = 5": "must give derivation as a table",
    GOOD + "[derivation]\nfloat16 = 'x'": "derives float16, which it does not give",
    GOOD + "[derivation]\nint8 = 3": "must give derivation.int8 as words",
    "bandwidth = [": "must be TOML: ",
    **{
        f"bandwidth = {wrong}\n[peak]\nint8 = 5": f"gives bandwidth = {shown}, which must be a "
        "finite number of at least 1"
        for wrong, shown in (
            ("-3", "-3"), ("0", "0"), ("true", "True"), ("nan", "nan"), ("inf", "inf"),
            ("'fast'", "'fast'"),
        )
    },
    "bandwidth = 3\n[peak]\nint8 = -5": "gives peak.int8 = -5, which must be a finite number",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_in_a_file_is_named(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SizeError) as refused:
        device_named(str(path))
    assert (refused.value.argument, refused.value.value) == ("device", str(path))
    assert refused.value.rule.startswith(REFUSED[text])


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SizeError, match=r"none.toml' cannot be read: no such file or directory$"):
        device_named(str(tmp_path / "none.toml"))
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(SizeError, match=r"latin.toml' must be TOML: "):
        device_named(str(tmp_path / "latin.toml"))


@pytest.mark.parametrize("fault", ["source", "peak", "bandwidth"])
def test_a_table_without_a_figure_or_a_source_does_not_load(monkeypatch, fault):
    real = module.parsed
    monkeypatch.setattr(module, "parsed", lambda text: {
        key: {name: value for name, value in table.items() if (key, name) != ("t4", fault)}
        for key, table in real(text).items()
    })  # fmt: skip
    devices.cache_clear()
    with pytest.raises(SizeError, match=rf"^device='devices.toml' must give {fault}"):
        devices()
    monkeypatch.undo()
    devices.cache_clear()


def test_a_listing_leaves_a_missing_figure_empty():
    listed = [devices()["apple-m1"], devices()["t4"]]
    table = device_table(listed)
    assert table.header == [
        "device", "kind", "float32 op/s", "float16 op/s", "int8 op/s", "byte/s", "name", "source",
    ]  # fmt: skip
    assert table.cells()[0][2:6] == ["2.60 T", "", "", "68.26 G"]
    assert table.values()[1][2:6] == [8_100_000_000_000, 65 * 10**12, 130 * 10**12, 320 * 10**9]
    assert derivations(listed) == [
        "Derived: apple-m1, bandwidth = 16 x 4.266e9: bytes, transfers a second."
    ]
    assert derivations(listed, ("float32",)) == []
    assert device_dict(listed[1])["peak"]["int8"] == 130 * 10**12


def test_every_data_type_has_its_size():
    assert {dtype: STORED[dtype] for dtype in DTYPES} == {
        "float64": 8, "float32": 4, "tf32": 4, "float16": 2, "bfloat16": 2, "int8": 1,
    }  # fmt: skip


def test_one_machine_measured_in_two_types_is_one_device_with_the_best_of_each():
    one = Device(
        "here", "this", "own", "slow", 7, {"float32": 13}, {"bandwidth": "b", "float32": "f"}
    )
    two = Device("here", "this", "own", "fast", 11, {"bfloat16": 53}, {"bandwidth": "c"})
    found = merged([one, two])
    assert (found.peak, found.bandwidth) == ({"float32": 13, "bfloat16": 53}, 11)
    assert found.derivation == {"bandwidth": "c", "float32": "f"}
    assert found.source == "float32: slow; bfloat16: fast"
    assert merged([one]) == one

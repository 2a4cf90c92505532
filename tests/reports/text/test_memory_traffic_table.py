"""Bytes of rows and groups: the parts, their sum, flops a byte, and what is unknown."""

from formulas.core.memory_traffic import Traffic
from reports.export.json_writer import report_dict
from reports.model.report_view import ReportView
from reports.model.totals import by_kind
from reports.text.layer_table import table_by
from reports.text.memory_traffic_table import traffic_dict, traffic_line, traffic_of
from reports.text.report import report_text
from tests.reports.helpers import MYSTERIES, made, row

MOVED = {"float32": Traffic(11, 13, 17), "int64": Traffic(inputs=19)}
BODY = row("body", macs=1009, memory_access=60, moved=MOVED)
HEAD = row("head", "fc", macs=7, memory_access=5, moved={"float32": Traffic(2, 3)})
VIEW = row("view", "copy")
REPORT = made(layers=(BODY, HEAD, VIEW, *MYSTERIES), unknown={"odd": 1})


def test_bytes_weigh_each_type_and_intensity_is_flops_for_each():
    table = table_by(REPORT, ReportView(memory=True))
    assert table.header[:4] == ["layer", "kind", "input", "output"]
    assert [cells[4:] for cells in table.cells()] == [
        ["1,009", "196", "52", "68", "316", "6.39"],
        ["7", "8", "12", "0", "20", "0.70"],
        ["0", "0", "0", "0", "0", "0.00"],
        ["unknown"] * 6,
        ["241", "1,004", "0", "0", "1,004", "unknown"],
    ]


def test_a_chosen_type_weighs_floating_numbers_alone():
    table = table_by(REPORT, ReportView(memory=True, bytes_as="float16", top=1))
    assert table.cells()[0][4:] == ["1,009", "174", "26", "34", "234", "8.62"]


def test_groups_add_up_and_so_does_the_model():
    table = table_by(REPORT, ReportView("kind", memory=True))
    assert [cells[:3] for cells in table.cells()][:2] == [
        ["standard", "1", "1,009"],
        ["fc", "1", "7"],
    ]
    total = sum(
        (traffic_of(group, None) or Traffic() for group in by_kind(REPORT.layers)), Traffic()
    )
    assert total == Traffic(1208, 64, 68)
    text = report_text(REPORT, ReportView(memory=True, by="kind"))
    words = (
        "Bytes moved: at least 1,340 = 1,208 of inputs + 64 of outputs + 68 of weights, in their"
    )
    assert words in text


def test_the_line_says_the_parts_the_type_and_flops_a_byte():
    known = made(layers=(BODY,))
    assert traffic_line(known, "float16") == (
        "Bytes moved: 234 = 174 of inputs + 26 of outputs + 34 of weights, as float16; "
        "8.62 flops a byte."
    )
    assert traffic_line(made(layers=(VIEW,)), None).endswith("in their own types.")


def test_json_has_the_same_numbers_and_none_without_being_asked():
    found = report_dict(REPORT, ReportView(memory=True, bytes_as="float16"))
    assert found["layers"][0]["bytes"] == {
        "inputs": 174,
        "outputs": 26,
        "weights": 34,
        "total": 234,
    }
    assert found["layers"][0]["intensity"] == 2018 / 234
    assert found["layers"][3]["bytes"]["total"] is None
    assert found["layers"][2]["intensity"] is None
    assert (found["bytes_as"], found["memory"]) == ("float16", None)
    assert found["bytes"]["total"] == sum(each["bytes"]["total"] or 0 for each in found["kinds"])
    assert traffic_dict(BODY, None)["bytes"]["total"] == 316
    plain = report_dict(REPORT)
    assert not {"bytes", "memory"} & plain.keys()
    assert "bytes" not in plain["layers"][0]

"""Every format of one report carries the same totals: each is read back."""

import csv
import io
import json
import re

import pytest

from formulas.networks import NETWORKS, network
from reports.export.json_node import Part
from reports.export.json_reader import report_from
from reports.export.json_writer import report_dict
from reports.html.page import report_page
from reports.model.report import ModelReport, report_of
from reports.model.report_view import ReportView
from reports.render import table_writers as writers
from reports.text.latex import report_latex
from reports.text.layer_table import table_by
from reports.text.report import report_text
from tests.reports.helpers import made
from tests.reports.html.page_reading import read

REPORTS = {
    "made": made(),
    **{
        name: report_of(network(name, variant="paper", resolution=(67, 83), batch=3))
        for name in NETWORKS
    },
}
Totals = tuple[int, int]


def integer(text: str) -> int:
    return int(text.replace(",", ""))


def from_text(report: ModelReport) -> Totals:
    found = dict(re.findall(r"^(params|macs)  +([\d,]+)  ", report_text(report), re.M))
    return integer(found["params"]), integer(found["macs"])


def from_markdown(report: ModelReport) -> Totals:
    text = report_text(report, write=writers.markdown)
    found = dict(re.findall(r"^\| (params|macs) +\| +([\d,]+) \|", text, re.M))
    return integer(found["params"]), integer(found["macs"])


def from_html(report: ModelReport) -> Totals:
    cell = r"<tr><td>(params|macs) *</td><td[^>]*> *([\d,]+)</td>"
    found = dict(re.findall(cell, report._repr_html_()))
    return integer(found["params"]), integer(found["macs"])


def from_json(report: ModelReport) -> Totals:
    found = json.loads(json.dumps(report_dict(report)))
    return found["params"], found["macs"]


def from_saved(report: ModelReport) -> Totals:
    found = report_from(Part("a.json", "", json.loads(json.dumps(report_dict(report)))))
    return found.params, found.macs


def from_frame(report: ModelReport) -> Totals:
    frame = report.to_frame()
    return int(frame["params"].sum()), int(frame["macs"].sum())


def from_page(report: ModelReport) -> Totals:
    found = read(report_page(report)).totals
    return found["params"], found["macs"]


def from_page_table(name: str):
    def sums(report: ModelReport) -> Totals:
        rows = read(report_page(report)).tables[name]
        return sum(int(row["params"]) for row in rows), sum(int(row["macs"]) for row in rows)

    return sums


def from_map(report: ModelReport) -> Totals:
    traces = read(report_page(report)).data["traces"]
    return integer(traces["params"]["customdata"][0]), integer(traces["macs"]["customdata"][0])


def from_latex(report: ModelReport) -> Totals:
    found = dict(re.findall(r"^(params|macs) & ([\d,]+) & ", report_latex(report), re.M))
    return integer(found["params"]), integer(found["macs"])


def from_csv(by: str):
    def read(report: ModelReport) -> Totals:
        rows = list(csv.DictReader(io.StringIO(writers.to_csv(table_by(report, ReportView(by))))))
        return sum(int(row["params"]) for row in rows), sum(int(row["macs"]) for row in rows)

    return read


FORMATS = {
    "text": from_text,
    "markdown": from_markdown,
    "html": from_html,
    "page": from_page,
    "page by layer": from_page_table("layers"),
    "page by kind": from_page_table("kinds"),
    "map of the page": from_map,
    "latex": from_latex,
    "json": from_json,
    "saved": from_saved,
    "frame": from_frame,
    "csv by layer": from_csv("layer"),
    "csv by kind": from_csv("kind"),
    "csv by block": from_csv("block"),
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_format_carries_the_totals_of_the_report(form, name):
    report = REPORTS[name]
    assert FORMATS[form](report) == (report.params, report.macs)
    assert report.params > 0


@pytest.mark.parametrize("name", REPORTS)
def test_every_row_carries_the_same_figures_in_each_format(name):
    report = REPORTS[name]
    of_page = read(report_page(report)).tables["layers"]
    of_json = json.loads(json.dumps(report_dict(report)))["layers"]
    of_csv = list(csv.DictReader(io.StringIO(writers.to_csv(table_by(report)))))
    lines = report_text(report).splitlines()
    markdown = report_text(report, write=writers.markdown).splitlines()
    tex = [line for line in report_latex(report).splitlines() if line.endswith(r" \\")
           and not line.startswith(("layer", r"\rlap{layer}"))]  # fmt: skip
    assert len(of_page) == len(of_json) == len(of_csv) == len(report.layers)
    for index, (page, exact, row) in enumerate(zip(of_page, of_json, of_csv, strict=True)):
        assert page["layer"] == exact["name"] == row["layer"]
        assert page["formula"] == exact["formula"] == row["formula"]
        for field in ("params", "macs", "elementwise", "activations", "memory_access"):
            assert int(page[field.replace("_", " ")]) == exact[field]
        for field in ("params", "macs"):
            assert int(row[field]) == exact[field]
            assert page[f"{field} %"] == row[f"{field} %"]
            written = f"{exact[field]:,}"
            assert written in lines[4 + index].split()
            assert written in markdown[4 + index].split()
            assert f" & {written} & " in tex[index]

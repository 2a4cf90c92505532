"""The results of a check as JUnit XML, which CI servers show."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports.model.report import ModelReport
from reports.render.escaping import xml_legal
from reports.text.check import difference_line
from reports.text.report import title


@dataclass(frozen=True)
class Case:
    """A check of ``subject``: passed without ``failures``; ``error`` says why it could not run."""

    subject: str
    name: str
    failures: tuple[str, ...] = ()
    error: str = ""


def check_case(report: ModelReport) -> Case:
    """The comparison of closed form and traced run in ``report`` as a case."""
    differences = () if report.verdict is None else report.verdict.differences
    lines = tuple(map(difference_line, differences))
    return Case(title(report), "closed form = traced counts", lines)


def junit(cases: Sequence[Case]) -> str:
    """A document with one suite of ``cases``.

    The message of a failure is its first sentence, and its text all of them. Characters that XML
    cannot hold are replaced.
    """
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(bool(case.failures) for case in cases)),
        "errors": str(sum(bool(case.error) for case in cases)),
    }
    root = Element("testsuites", {"name": "complexity", **counts})
    suite = SubElement(root, "testsuite", {"name": "complexity check", **counts, "skipped": "0"})
    for case in cases:
        names = {"classname": xml_legal(case.subject), "name": xml_legal(case.name)}
        found = SubElement(suite, "testcase", names)
        for kind, lines in (("failure", case.failures), ("error", (case.error,))):
            if any(lines):
                about = {"message": xml_legal(lines[0]), "type": kind}
                SubElement(found, kind, about).text = xml_legal("\n".join(lines))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"

"""JUnit's XML: of the shape that CI servers read, whatever a name contains."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.export.junit import Case, check_case, junit
from tests.reports.helpers import AGREES, DIFFERENCE, DISAGREES, made

# junit-10.xsd of the Jenkins xUnit plugin: what an element may hold and must say, and its children.
SHAPE = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname",
         "id", "package", "group", "file", "log", "url", "version"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"}, {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
}  # fmt: skip
CASES = (Case("net", "check"), Case("net", "budget macs <= 5", ("macs is 7", "and more")))


def must_have_the_shape(element):
    allowed, needed, children = SHAPE[element.tag]
    assert needed <= set(element.attrib) <= allowed
    for name in {"tests", "failures", "errors", "skipped"} & set(element.attrib):
        assert element.attrib[name].isdecimal()
    for child in element:
        assert child.tag in children
        must_have_the_shape(child)


def test_a_failure_has_its_sentence_and_is_counted():
    text = junit(CASES)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    root = ElementTree.fromstring(text)
    must_have_the_shape(root)
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    good, bad = suite
    assert (good.get("classname"), good.get("name"), len(good)) == ("net", "check", 0)
    assert bad.find("failure").get("message") == "macs is 7"
    assert bad.find("failure").text == "macs is 7\nand more"


def test_what_could_not_be_checked_is_an_error_and_no_failure():
    root = ElementTree.fromstring(junit([*CASES, Case("lost", "check", error="no such file")]))
    must_have_the_shape(root)
    for element in (root, root[0]):
        counts = [element.get(name) for name in ("tests", "failures", "errors")]
        assert counts == ["3", "1", "1"]
    (error,) = root[0][2]
    assert (error.tag, error.get("message"), error.text) == (
        "error",
        "no such file",
        "no such file",
    )


def test_a_check_is_a_case_with_a_line_for_each_difference():
    assert check_case(made(verdict=AGREES)).failures == ()
    assert check_case(made()).failures == ()
    two = replace(DISAGREES, differences=(DIFFERENCE, replace(DIFFERENCE, layer="head")))
    found = check_case(made(verdict=two))
    assert found.subject == "made (paper, alpha=0.5), input 2x3x11x13"
    assert found.failures == (
        "body.0.conv, macs: closed form 137, trace 139: kernel or groups are not so",
        "head, macs: closed form 137, trace 139: kernel or groups are not so",
    )


@pytest.mark.parametrize(
    "name", ["<b>&\"'", "a\x00b", "\x1b[31m", "]]>", "two\nlines", "\ud800", "\ufffe", "é😀"]
)
def test_a_name_is_shown_whatever_it_contains(name):
    root = ElementTree.fromstring(junit([Case(name, name, (name,))]).encode("utf-8"))
    must_have_the_shape(root)
    (case,) = root.iter("testcase")
    shown = re.sub("[\x00\x1b\ud800\ufffe]", "\ufffd", name)
    assert (case.get("name"), case.get("classname"), case[0].text) == (shown, shown, shown)


@given(st.lists(st.tuples(st.text(), st.text(), st.lists(st.text(min_size=1)))))
def test_it_can_always_be_read(found):
    text = junit([Case(subject, name, tuple(why)) for subject, name, why in found])
    root = ElementTree.fromstring(text.encode("utf-8"))
    must_have_the_shape(root)
    assert len(list(root.iter("testcase"))) == len(found) == int(root.get("tests"))
    assert len(list(root.iter("failure"))) == int(root.get("failures"))

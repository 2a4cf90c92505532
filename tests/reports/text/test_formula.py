"""Every format carries the same expressions: each is read back and evaluated."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy

from complexity.symbolic.network_formula import network_formula
from formulas.core.cost import COST_FIELDS
from reports.text import formula as written

SIZES = {"N": 3, "r": 43, "alpha": 0.25}


@pytest.fixture(scope="module")
def formula():
    return network_formula("mobilenet", {"variant": "paper"})


def test_python_and_json_and_sympy_give_the_numbers(formula):
    cost = formula.at(**SIZES)
    module: dict = {}
    exec(written.formula_python(formula), module)
    symbolic: dict = {}
    exec(written.formula_sympy(formula), symbolic)
    (totals,) = written.formula_dict(formula)["expressions"]
    for field in COST_FIELDS:
        expected = getattr(cost, field)
        assert module[field](**SIZES) == expected
        assert int(eval(totals[field]["python"], dict(SIZES))) == expected
        values = {symbolic[name]: sympy.Rational(str(v)) for name, v in SIZES.items()}
        assert symbolic[field].subs(values) == expected
    with pytest.raises(ValueError, match="alpha=3/10 must be alpha a multiple of 1/32"):
        module["macs"](1, 32, Fraction(3, 10))


def test_text_holds_each_expression_and_where_it_holds(formula):
    text = written.formula_text(formula)
    assert f"macs          = {formula.macs}\n" in text
    assert "Holds for r >= 1; r is the resolution.\n" in text
    assert "Holds for alpha a multiple of 1/32 (between these, int(channels * alpha) cuts" in text
    assert "Where r is a multiple of 32: macs = " in text
    assert "Verified: equal to the closed form in numbers at N = 38" in text
    assert f"Convention: {formula.convention}." in text


def test_by_layer_only_what_is_not_0_is_written(formula):
    text = written.formula_text(formula, "layer")
    assert "\nfc\n  params        = 1024000 alpha + 1000\n" in text
    assert " = 0\n" not in text
    assert written.formula_latex(formula, "kind").count("batch\\_norm:") == 3


def test_what_is_fixed_or_unknown_is_said(formula):
    report = replace(formula.report, unknown={"aten.mystery": 2})
    told = replace(formula, fixed={"S": "S is fixed at 7: it raised"}, report=report)
    text = written.formula_text(told)
    assert "Fixed: S is fixed at 7: it raised.\n" in text
    assert "At least: aten.mystery has no formula.\n" in text
    found = json.loads(json.dumps(written.formula_dict(told)))
    assert found["fixed"] == {"S": "S is fixed at 7: it raised"}
    assert found["unknown"] == {"aten.mystery": 2}
    assert found["dimensions"][2]["step"] == "1/32"

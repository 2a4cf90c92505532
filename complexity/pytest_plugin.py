"""The pytest plugin: a test fails if a model exceeds its budget.

::

    @pytest.mark.complexity_budget(macs="<=600M", unknown=0)
    def test_cost(complexity_budget):
        complexity_budget(MyModel(), torch.zeros(1, 3, 224, 224))

pytest loads this module in every run, so torch is imported only when a test has a model.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest

from complexity.errors import ArgumentError, ModelError
from complexity.run_options import RunOptions
from formulas.core.errors import FormulaError

MARK = "complexity_budget"
ABOUT = "complexity_budget(macs='<=600M', unknown=0): the most that a model may cost"
NO_MARKS = SimpleNamespace(marks=())  # of a test without parameters
has_checked = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Add the mark to the ``config`` of pytest."""
    config.addinivalue_line("markers", ABOUT)


@pytest.fixture
def complexity_budget(request: pytest.FixtureRequest) -> Any:
    """Fails the test if a model exceeds its budget: ``complexity_budget(model, inputs)``.

    ``model`` is an argument of ``complexity.analyze``, with its options, or a target such as
    ``"timm:resnet18"`` with its ``inputs`` as on the command line. The budgets are those of the
    mark of the test that makes the ``request``; a budget by name, ``macs="<=600M"``, replaces the
    mark's. Returns the report.
    """

    def judge(model: Any, inputs: Any = None, **options: Any) -> Any:
        __tracebackhide__ = True
        request.node.stash[has_checked] = True
        from complexity.budgets.budget import budgets_of, results_of
        from reports.diff.diff import TOTALS

        limits = {**marked(request.node), **{n: options.pop(n) for n in TOTALS if n in options}}
        if not limits:
            pytest.fail(
                "complexity_budget was given no budget, such as macs='<=600M'", pytrace=False
            )
        try:
            budgets = budgets_of(limits)
            report = report_of(model, inputs, options)
        except (FormulaError, ModelError) as error:
            pytest.fail(f"complexity_budget: {error}", pytrace=False)
        over = [each.said for each in results_of(report, budgets) if not each.holds]
        if report.verdict is not None and not report.verdict.agrees:
            over.append(f"{report.name}: {report.verdict}.")
        if over:
            pytest.fail("\n".join(over), pytrace=False)
        return report

    return judge


def report_of(model: Any, inputs: Any, options: dict[str, Any]) -> Any:
    """Report of a module, of a network by name, or of a target to be loaded.

    Parameters
    ----------
    model : nn.Module or str
        The model.
    inputs : Any
        Arguments of its forward; for a target texts such as ``"1x3x224x224"``.
    options : dict
        Options of `analyze`, or of a request.

    Returns
    -------
    ModelReport
        The report.

    Raises
    ------
    ArgumentError
        If the inputs of a target are no texts, or it has no such option.
    """
    if isinstance(model, str) and ":" in model:
        from complexity.targets.execute import report_for
        from complexity.targets.request import Request

        texts = (inputs,) if isinstance(inputs, str) else () if inputs is None else inputs
        if not (isinstance(texts, (list, tuple)) and all(isinstance(text, str) for text in texts)):
            rule = "must be written as on the command line, such as '1x3x224x224', for a target"
            raise ArgumentError("inputs", type(inputs).__name__, rule)
        own = {each.name for each in fields(Request)} - {"target", "options", "inputs", "run"}
        known = own | set(RunOptions.names())
        for name in options.keys() - known:
            rule = f"is no option of a target: {', '.join(sorted(known))} are"
            raise ArgumentError(name, options[name], rule)
        run = RunOptions.pop_from(options)
        return report_for(Request(model, inputs=tuple(texts), run=run, **options))
    from complexity.analysis import analyze

    return analyze(model, inputs, **options)


def marked(item: pytest.Item) -> dict[str, Any]:
    """Budgets of the marks of a test ``item``; the nearest mark wins.

    The marks of the parameters that a test runs with are the nearest. pytest lists them last.
    """
    limits: dict[str, Any] = {}
    nearest = [mark for mark in getattr(item, "callspec", NO_MARKS).marks if mark.name == MARK]
    others = [mark for mark in item.iter_markers(MARK) if not any(mark is n for n in nearest)]
    for mark in (*reversed(others), *nearest):
        if mark.args:
            pytest.fail("complexity_budget takes names, such as macs='<=600M'", pytrace=False)
        limits.update(mark.kwargs)
    return limits


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a marked test ``item`` that passes no model to the fixture: it has checked nothing.

    This holds for a method of a ``unittest.TestCase`` too. A failure or skip of the test itself
    is reported as it is.
    """
    result = yield
    mark = item.get_closest_marker(MARK)
    if mark is not None and not item.stash.get(has_checked, False):
        pytest.fail("is marked complexity_budget, and gave no model to the fixture of that name",
                    pytrace=False)  # fmt: skip
    return result

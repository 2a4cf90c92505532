"""What the README and the pages of ``docs`` show is true; and what is not is found."""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from complexity.registry import REGISTERED
from tests.pages import Page, failed_examples, pages, updated, working_in, wrong_steps

PAGES = pages()
SESSIONS = [session for page in PAGES for session in page.sessions]


@pytest.mark.parametrize("session", SESSIONS, ids=str)
def test_a_session_goes_as_the_page_shows(session, tmp_path):
    wrong = list(wrong_steps(session, tmp_path))
    assert [shown for shown, _ in wrong] == [happened for _, happened in wrong]


@pytest.mark.parametrize("page", [page for page in PAGES if page.examples], ids=lambda p: p.name)
def test_the_python_examples_of_a_page_run(page, tmp_path):
    assert failed_examples(page, tmp_path) == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fence_of_a_page_is_found(page):
    """One that is indented, or opened in another way, would be shown and never run."""
    assert 2 * len(page.fences) == len(re.findall(r"^\s*```", page.text, re.M))
    assert all(session.steps for session in page.sessions)


REFUSING = "$ complexity explain squeezenet conv10 --res 0\n"
REFUSED = "complexity: --res 0 must be an integer of at least 1\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"{REFUSING}{REFUSED}$ echo $?\n2\n", 0),
        (f"{REFUSING}{REFUSED}", 1),  # ends badly, and the page does not say so
        (f"{REFUSING}{REFUSED}$ echo $?\n0\n", 1),
        (f"{REFUSING}{REFUSED.replace('0', '1')}$ echo $?\n2\n", 1),
        (f"{REFUSING}$ echo $?\n2\n", 1),
    ],
)
def test_what_a_session_shows_wrongly_is_found(text, wrong, tmp_path):
    (session,) = Page("page.md", f"```console\n{text}```\n").sessions
    assert len(list(wrong_steps(session, tmp_path))) == wrong


def test_a_session_runs_nothing_but_this_program(tmp_path):
    (session,) = Page("page.md", "```console\n$ rm -r .\n```\n").sessions
    with pytest.raises(ValueError, match=r"\$ rm -r \.: a session runs complexity"):
        list(wrong_steps(session, tmp_path))


def test_a_session_and_an_example_find_the_files_of_their_page(tmp_path):
    page = Page(
        "page.md",
        '```toml title="mine.toml"\nname = "Mine"\n```\n'
        "```console\n$ complexity roofline --device mine.toml\n```\n"
        '```pycon\n>>> from pathlib import Path\n>>> Path("mine.toml").read_text()\n\'name = "Other"\'\n```\n',
    )
    ((_, printed),) = wrong_steps(page.sessions[0], tmp_path)
    assert "mine.toml must give bandwidth" in printed
    assert 'Got:\n    \'name = "Mine"' in failed_examples(page, tmp_path)


def test_what_a_page_imports_and_registers_is_gone_afterwards(tmp_path):
    code = (
        "import torch\nfrom complexity import register\n\n"
        "register(torch.ops.aten.cumsum, lambda out, *_: 7)\nnet = torch.nn.Linear(5, 3)\n"
    )
    page = Page(
        "page.md",
        f'```python title="only_here.py"\n{code}```\n'
        "```console\n$ complexity report only_here.py:net --input 2x5\n```\n",
    )
    before = ([*sys.path], {**REGISTERED}, Path.cwd())
    ((_, printed),) = wrong_steps(page.sessions[0], tmp_path)
    assert "only_here.py:net, input 2x5" in printed
    assert "only_here" not in sys.modules
    assert before == ([*sys.path], {**REGISTERED}, Path.cwd())


@pytest.mark.parametrize(
    ("shown", "alike"),
    [
        ("kind    median us\n----  ---------\nfc         71.761", True),
        ("fc  1.5\nSpread: within 7 % of the median.", True),  # and that it is wide
        ("pool  71.761", False),
        ("fc  71", False),
        ("", False),
    ],
)
def test_of_measured_figures_the_words_are_compared(shown, alike, monkeypatch, tmp_path):
    printed = (
        "kind  median us\n------  ---------\nfc  1,234.500\nBusy: yes\n"
        "Spread: within 39 % of the median. That is wide.\n"
    )
    monkeypatch.setattr("tests.pages.run", lambda command: (0, printed))
    text = f'```console title="measured"\n$ complexity time squeezenet\n{shown}\n```\n'
    (session,) = Page("page.md", text).sessions
    assert (list(wrong_steps(session, tmp_path)) == []) is alike


def test_a_module_of_the_same_name_is_out_of_the_way_meanwhile(tmp_path, monkeypatch):
    other = ModuleType("same_name")
    monkeypatch.setitem(sys.modules, "same_name", other)
    (tmp_path / "same_name.py").write_text("here = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    with working_in(tmp_path):
        assert importlib.import_module("same_name").here == 7
    assert sys.modules["same_name"] is other


def test_a_stale_output_is_rewritten_from_a_real_run(tmp_path):
    page = Page(
        "page.md",
        f"Text.\n```console\n{REFUSING}old words\n$ echo $?\n1\n```\n"
        "More.\n```pycon\n>>> 3 * 5\n14\n>>> print('a\\n\\nb')\nc\n>>> 7\n7\n```\n",
    )
    assert updated(page, tmp_path) == (
        f"Text.\n```console\n{REFUSING}{REFUSED}$ echo $?\n2\n```\n"
        "More.\n```pycon\n>>> 3 * 5\n15\n>>> print('a\\n\\nb')\na\n<BLANKLINE>\nb\n>>> 7\n7\n```\n"
    )


def test_an_update_leaves_what_holds_byte_for_byte(tmp_path):
    page = next(page for page in PAGES if page.name == "docs/commands/explain.md")
    assert updated(page, tmp_path) == page.text


def test_an_example_that_raises_is_not_written_into_the_page(tmp_path):
    page = Page("page.md", "```pycon\n>>> 1 / 0\n0\n```\n")
    with pytest.raises(ValueError, match=r"page\.md: an example raises"):
        updated(page, tmp_path)


@pytest.mark.parametrize(
    ("command", "shown", "expected"),
    [
        ("complexity roofline --device t4", "old words\n", ""),
        ("complexity explain squeezenet conv10 --res 0", "old words\n", "$ echo $?\n2\n"),
    ],
    ids=["good", "refused"],
)
def test_an_update_shows_an_exit_status_only_where_it_is_not_zero(
    command, shown, expected, tmp_path, monkeypatch
):
    printed = "new words\n"
    monkeypatch.setattr("tests.pages.run", lambda _: (2 if expected else 0, printed))
    page = Page("page.md", f"```console\n$ {command}\n{shown}```\n")
    assert updated(page, tmp_path) == f"```console\n$ {command}\n{printed}{expected}```\n"

"""What a page shows, found and run: the README and the pages of ``docs`` alike.

A fence with a title is a file, such as ````` ```python title="model.py" `````; the sessions of its
page find it. A ``console`` fence is one session in a folder of its own: commands after ``$``, each
with all that it prints, on either channel. A command must end well, or be followed by
``$ echo $?`` with its exit status. ``pycon`` fences are the examples of one doctest a page.

Times are not the same twice: of a session with the title ``measured``, the page's lines must be
printed with other figures, and more lines may be.

``python -m tests.pages --update`` rewrites the outputs on all pages from real runs.
"""

import doctest
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from complexity.cli import main
from complexity.registry import REGISTERED
from tests.paths import ROOT

FENCE = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"\n]+)")?\n(?P<text>.*?)^```$', re.M | re.S
)
PROGRAM = re.compile(r"(python -m )?complexity ")
STATUS = "echo $?"


@dataclass(frozen=True)
class Page:
    """A page of Markdown, and the folder's files that its sessions may read."""

    name: str
    text: str

    @property
    def fences(self) -> list[tuple[str, str, str]]:
        """Kind, title and text of each fence."""
        return [(kind, title, text) for kind, title, text in FENCE.findall(self.text)]

    @property
    def sessions(self) -> list["Session"]:
        return [Session(self, text, title == "measured")
                for kind, title, text in self.fences if kind == "console"]  # fmt: skip

    @property
    def examples(self) -> str:
        return "\n".join(text for kind, _, text in self.fences if kind == "pycon")

    def lay_files(self, folder: Path) -> None:
        """Write the files that the page shows."""
        for kind, title, text in self.fences:
            if title and kind != "console":
                (folder / title).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Session:
    """One ``console`` fence."""

    page: Page
    text: str
    measured: bool = False

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each command, and what is shown below it."""
        steps = [step.partition("\n") for step in re.split(r"^\$ ", self.text, flags=re.M)[1:]]
        return [(command, shown) for command, _, shown in steps]

    def __str__(self) -> str:
        return f"{self.page.name}: {self.steps[0][0]}" if self.steps else self.page.name


def page_of(path: Path) -> Page:
    return Page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """The README and every page of the documentation."""
    return [page_of(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))]


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """The folder is the current one; what its files import and register is gone afterwards.

    Another module of the name of one of its files is out of the way meanwhile.
    """
    hidden = {each.stem: sys.modules.pop(each.stem) for each in folder.glob("*.py")
              if each.stem in sys.modules}  # fmt: skip
    before, path, modules, registered = Path.cwd(), [*sys.path], {*sys.modules}, {**REGISTERED}
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in {*sys.modules} - modules:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == folder:
                del sys.modules[name]
        sys.modules.update(hidden)
        REGISTERED.clear()
        REGISTERED.update(registered)


def wrong_steps(session: Session, folder: Path) -> Iterator[tuple[str, str]]:
    """What the page shows of a step and what really happens, where they differ."""
    session.page.lay_files(folder)
    status = 0
    with working_in(folder):
        for number, (command, shown) in enumerate(session.steps):
            if command == STATUS:
                if shown != f"{status}\n":
                    yield f"$ {STATUS}\n{shown}", f"$ {STATUS}\n{status}\n"
                continue
            status, printed = run(command)
            told = [step[0] for step in session.steps[number + 1 : number + 2]] == [STATUS]
            alike = is_measured_alike if session.measured else str.__eq__
            if not alike(shown.rstrip(), printed.rstrip()) or (status and not told):
                ended = "" if told or not status else f"$ {STATUS}\n{status}\n"
                yield f"$ {command}\n{shown}", f"$ {command}\n{printed}{ended}"


def run(command: str) -> tuple[int, str]:
    """The exit status of a command of ours, and all that it prints."""
    if not PROGRAM.match(command):
        raise ValueError(f"$ {command}: a session runs complexity, and {STATUS}")
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            main(shlex.split(PROGRAM.sub("", command, count=1)))
        except SystemExit as ended:
            return int(ended.code or 0), printed.getvalue()
    raise AssertionError("main() exits")


def is_measured_alike(shown: str, printed: str) -> bool:
    """Whether each line that is shown begins one that is printed, figures and gaps aside."""
    there = [without_figures(line) for line in printed.splitlines()]
    return bool(shown) and all(
        any(line.startswith(without_figures(each)) for line in there)
        for each in shown.splitlines()
    )  # fmt: skip


def without_figures(line: str) -> str:
    line = re.sub(r"[\d,]*\d\.\d+|\d+(?= %)", "#", line)
    return re.sub(r"(?<=[ -])[ -]+", "", line)


class Examples(doctest.DocTestRunner):
    """Runs examples and keeps those whose output is another, with what they print."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.changed: list[tuple[doctest.Example, str]] = []

    def report_failure(self, out, test, example, got) -> None:
        super().report_failure(out, test, example, got)
        self.changed.append((example, got))


def run_examples(page: Page, folder: Path) -> tuple[str, Examples]:
    """The report of doctest, empty where every example holds, and the runner."""
    page.lay_files(folder)
    report, runner = io.StringIO(), Examples()
    with working_in(folder):
        test = doctest.DocTestParser().get_doctest(page.examples, {}, page.name, page.name, 0)
        runner.run(test, out=report.write)
    return report.getvalue(), runner


def failed_examples(page: Page, folder: Path) -> str:
    """The report of doctest on the page's examples; empty where every example holds."""
    return run_examples(page, folder)[0]


def updated(page: Page, folder: Path) -> str:
    """The text of the page with the outputs of real runs in its fences.

    Parameters
    ----------
    page : Page
        The page as it is.
    folder : Path
        An existing folder in which its sessions run, each in a folder of its own.

    Returns
    -------
    str
        The new text, equal to the old one where every output holds.

    Raises
    ------
    ValueError
        If an example raises: no output replaces that.
    """
    text = page.text
    for number, session in enumerate(page.sessions):
        place = folder / f"session-{number}"
        place.mkdir()
        fence = session.text
        for shown, printed in wrong_steps(session, place):
            fence = fence.replace(shown, f"{printed.rstrip()}\n", 1)
        text = text.replace(session.text, fence, 1)
    place = folder / "examples"
    place.mkdir()
    report, runner = run_examples(page, place)
    if report.count("Failed example:") > len(runner.changed):
        raise ValueError(f"{page.name}: an example raises\n{report}")
    lines = page.examples.splitlines(keepends=True)
    for example, got in runner.changed:
        first = example.lineno + example.source.count("\n")
        source = "".join(lines[example.lineno : first])
        blank = "".join(line if line.strip() else "<BLANKLINE>\n" for line in got.splitlines(True))
        text = text.replace(source + example.want, source + blank, 1)
    return text


def update() -> None:
    """Rewrite the outputs on every page, and print the names of those that changed."""
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            text = updated(page, Path(folder))
        if text != page.text:
            (ROOT / page.name).write_text(text, encoding="utf-8")
            print(page.name)


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.pages --update")
    update()

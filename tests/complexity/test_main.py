"""``python -m complexity`` in a process of its own."""

import subprocess
import sys

from tests.paths import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "complexity", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_module_runs_as_a_program():
    done = run("report", "mobilenet", "--alpha", "0.5", "--res", "160", "--no-trace")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("mobilenet (document, alpha=0.5), input 1x3x160x160\n")
    assert "872,868" in done.stdout
    assert "304,102,400" in done.stdout


def test_bad_input_is_one_line_and_status_2():
    done = run("report", "mobilnet")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "complexity: there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "complexity", "list"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as of:
        of.stdout.close()
        assert of.stderr.read() == b""
        assert of.wait() == 0

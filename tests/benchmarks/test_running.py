"""Rounds, devices in order, answers of children, and one real child."""

import subprocess
import sys

import pytest

from benchmarks import running
from benchmarks.running import Job, answer_in, ask_child, rounds

GOOD = {"cold": 2.0, "warm": 1.0, "peak_mb": 300, "macs": 7}


def asked(answers):
    """An ``ask`` that answers from a table and remembers."""
    seen = []

    def ask(workload, tool, device):
        seen.append((workload, tool, device))
        return answers.get((tool, device), GOOD)

    return ask, seen


def test_all_tools_run_in_turn_in_each_round():
    jobs = [Job(w, t, ("meta",)) for w in "ab" for t in "xy"]
    ask, seen = asked({})
    found = list(rounds(jobs, 2, ask))
    once = [(w, t, "meta") for w in "ab" for t in "xy"]
    assert seen == once + once
    assert [sample.round for sample in found] == [1] * 4 + [2] * 4


def test_the_device_that_answered_is_kept_and_a_failure_is_not_tried_again():
    jobs = [Job("a", "x", ("meta", "cpu")), Job("a", "y", ("meta", "cpu"))]
    ask, seen = asked({("x", "meta"): {"error": "no"}, ("y", "meta"): {"error": "no"},
                       ("y", "cpu"): {"error": "nor here"}})  # fmt: skip
    found = list(rounds(jobs, 2, ask))
    assert seen == [("a", "x", "meta"), ("a", "x", "cpu"), ("a", "y", "meta"), ("a", "y", "cpu"),
                    ("a", "x", "cpu")]  # fmt: skip
    assert [(sample.tool, sample.device, sample.error) for sample in found] == [
        ("x", "cpu", ""),
        ("y", "", "meta: no; cpu: nor here"),
        ("x", "cpu", ""),
    ]


def test_what_the_cpu_cannot_hold_is_not_tried():
    ask, seen = asked({("x", "meta"): {"error": "no"}})
    (found,) = rounds([Job("a", "x", ("meta", "cpu"), "needs real weights")], 1, ask)
    assert found.error == "meta: no; cpu: needs real weights"
    assert seen == [("a", "x", "meta")]


@pytest.mark.parametrize(
    ("stdout", "stderr", "status", "expected"),
    [
        ('{"macs": 1}\n', "noise", 0, {"macs": 1}),
        ('noise\n{"macs": 1}\n', "", 0, {"macs": 1}),
        ("", "", -9, {"error": "ended with status -9"}),
        ("", "a\nlast words\n", 1, {"error": "ended with status 1: last words"}),
        ("no json", "", 0, {"error": "ended with status 0"}),
        ("[1]", "", 0, {"error": "ended with status 0"}),
        ('{"macs": 1}', "then it fell", 1, {"error": "ended with status 1: then it fell"}),
    ],
)
def test_a_childs_answer_is_its_last_line_if_it_ended_well(stdout, stderr, status, expected):
    assert answer_in(stdout, stderr, status) == expected


def test_a_child_that_is_too_slow_is_ended(monkeypatch):
    def slow(command, limit):
        return subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=limit)

    monkeypatch.setattr(running, "run", slow)
    assert ask_child("a", "x", "cpu", repeat=1, limit=0.2) == {"error": "not done in 0.2 s"}


def test_a_real_child_of_a_workload_that_is_none_says_so():
    found = ask_child("nothing", "complexity", "meta", repeat=1, limit=60)
    assert found["error"].startswith("ended with status 2")
    assert "nothing" in found["error"]


def test_a_real_child_counts_mobilenet(torchvision):
    found = ask_child("mobilenet_v2", "complexity", "meta", repeat=1, limit=60)
    assert found["macs"] == 300_774_272


def test_starts_time_whole_commands(monkeypatch):
    commands = []

    def run(command, limit):
        commands.append(command[1:])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(running, "run", run)
    assert list(running.starts(1)) == list(running.STARTS)
    assert commands == list(running.STARTS.values())


def test_the_parent_loads_no_torch():
    """A child's peak of memory starts at its parent's."""
    program = "import benchmarks.__main__, sys; print('torch' in sys.modules, 'matplotlib' in sys.modules)"
    done = running.run([sys.executable, "-c", program], 60)
    assert done.stdout == "False False\n"

"""``complexity list``: the networks and the kinds of layers."""

from formulas.kinds import KINDS
from formulas.networks import NETWORKS
from tests.complexity.cli.terminal import run


def test_list_has_every_network_and_every_kind(capsys):
    done = run(capsys, "list")
    assert (done.status, done.err) == (0, "")
    first_words = {line.split()[0] for line in done.out.splitlines() if line.strip()}
    assert {*NETWORKS, *KINDS} <= first_words

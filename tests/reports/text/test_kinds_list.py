"""What there is: every network with its options, every kind with its formulas."""

from formulas.kinds import KINDS
from formulas.networks import NETWORKS, VARIANTS, options_of
from reports.text.kinds_list import listing, option_name, source

TEXT = listing({name: (NETWORKS[name], options_of(name)) for name in NETWORKS}, KINDS, VARIANTS)


def line_of(name: str) -> str:
    (found,) = (line for line in TEXT.splitlines() if line.split(maxsplit=1)[:1] == [name])
    return found


def test_every_network_is_listed_with_its_options():
    for name in NETWORKS:
        written = [word for word in line_of(name).split() if word.startswith("--")]
        assert written == [option_name(option) for option in options_of(name)]


def test_an_option_is_written_as_on_the_command_line():
    assert option_name("alpha") == "--alpha"
    assert option_name("resolution") == "--res"


def test_every_network_names_its_paper():
    for name, build in NETWORKS.items():
        assert "arXiv" in source(build)
        assert line_of(name).endswith(source(build))


def test_every_kind_is_listed_with_its_formulas():
    for name in KINDS:
        assert line_of(name)
    assert "kh * kw * cin * cout / g" in line_of("group")
    assert "kh * kw * cin * cout * H * W / g" in line_of("group")
    assert "cin * H * W" in line_of("batch_norm")


def test_no_placeholder_is_left_in_a_formula():
    assert "{" not in TEXT


def test_the_default_variant_is_named():
    assert "Variants: document, paper; the first is the default." in TEXT

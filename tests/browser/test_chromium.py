"""Where there is no browser its tests are skipped, but never in CI."""

import pytest

from tests.browser.conftest import chromium


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("REQUIRE_CHROMIUM", raising=False)


def test_without_a_browser_its_tests_are_skipped():
    with pytest.raises(pytest.skip.Exception, match="there is no chromium on this machine"):
        chromium()


def test_where_it_is_required_they_fail(monkeypatch):
    monkeypatch.setenv("REQUIRE_CHROMIUM", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_CHROMIUM is set"):
        chromium()


def test_it_is_found_under_any_of_its_names(monkeypatch, tmp_path):
    program = tmp_path / "google-chrome"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium() == str(program)

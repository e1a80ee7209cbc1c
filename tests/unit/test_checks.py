# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program behind `make test` must not call a failure a success."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.package_check import wrong_members
from checks.schedule import Outcome, judge, summary
from checks.steps import Step, select
from checks.venvs import MAIN, uv_settings

COUNTED = Step("unit-2.19", "unit", MAIN, (), junit=True)
PLAIN = Step("mypy", "lint", MAIN, ())
SELECTED = Step("unit-2.17", "unit", MAIN, (), junit=True, none_selected=True)


def write_junit(directory: Path, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    file = directory / "junit.xml"
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    file.write_text(f"<testsuites><testsuite {counts}/></testsuites>", encoding="utf-8")
    return file


def test_passed_failed_and_skipped_tests_are_told_apart(tmp_path: Path) -> None:
    outcome = judge(COUNTED, 1, write_junit(tmp_path, tests=10, failures=2, errors=1, skipped=3))
    assert (outcome.state, outcome.passed, outcome.failed) == ("FAILED", 4, 3)


@pytest.mark.parametrize("step", [COUNTED, PLAIN, SELECTED])
def test_step_that_dies_without_counts_is_one_failure(step: Step, tmp_path: Path) -> None:
    outcome = judge(step, -9, tmp_path / "missing.xml")
    assert (outcome.state, outcome.passed, outcome.failed) == ("FAILED", 0, 1)


def test_failing_status_with_passing_tests_is_a_failure(tmp_path: Path) -> None:
    outcome = judge(COUNTED, 3, write_junit(tmp_path, tests=5))
    assert (outcome.state, outcome.passed, outcome.failed) == ("FAILED", 5, 1)


def test_no_test_at_all_is_accepted_only_where_a_marker_selects(tmp_path: Path) -> None:
    assert judge(SELECTED, 5, write_junit(tmp_path, tests=0)).state == "none"
    assert judge(COUNTED, 5, write_junit(tmp_path, tests=0)).state == "FAILED"


def test_last_line_adds_up_all_steps() -> None:
    said: list[str] = []
    outcomes = [
        Outcome("unit", "FAILED", passed=7, failed=2),
        Outcome("mypy", "FAILED", failed=1),
        Outcome("ruff", "ok"),
    ]
    assert summary(outcomes, 1.0, said.append) == 3
    assert said[-1] == "7 passed, 3 failed"


def test_unknown_step_is_refused() -> None:
    with pytest.raises(SystemExit, match="no such step: mypi"):
        select(["mypi"])


def test_tarball_with_tests_or_without_a_module_is_refused() -> None:
    members = {
        "README.md",
        "CHANGELOG.md",
        "LICENSES/x",
        "meta/runtime.yml",
        "plugins/modules/a.py",
        "tests/a.py",
    }
    tracked = {"meta/runtime.yml", "plugins/modules/a.py", "plugins/modules/b.py", "tests/a.py"}
    assert wrong_members(members, tracked) == [
        "must not be in the tarball: tests",
        "missing in the tarball: plugins/modules/b.py",
    ]


def test_pip_configuration_is_handed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_FIND_LINKS", "UV_INDEX", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    settings = uv_settings(
        {"PIP_FIND_LINKS": "/wheels /more", "PIP_EXTRA_INDEX_URL": "https://a.example https://b.example"}
    )
    assert settings["UV_FIND_LINKS"] == "/wheels,/more"
    assert settings["UV_INDEX"] == "https://a.example https://b.example"
    assert settings["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_setting_of_the_user_for_uv_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX", "https://mine.example")
    assert "UV_INDEX" not in uv_settings({"PIP_EXTRA_INDEX_URL": "https://a.example"})

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: slices, and what is said between them. The module is played by a list of results."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.community.redis.plugins.module_utils._core.slices import (
    PENDING_RESULT,
    SLICE_ARGUMENT,
)
from ansible_collections.community.redis.plugins.plugin_utils import progress, waiting
from ansible_collections.community.redis.plugins.plugin_utils.waiting import WaitingAction


class Played(WaitingAction):
    """An action whose module answers with ``results``, one after the other; ``calls`` are its arguments. ``takes`` are
    the seconds that each call takes, if any."""

    def __init__(self, results: list[dict[str, Any]], args: dict[str, Any] | None = None, **task: Any) -> None:
        self.calls: list[dict[str, Any]] = []
        self.wrapped: list[Any] = []
        self.removed: list[str] = []
        self.takes: list[float] = []
        self._results = iter(results)
        self._task = SimpleNamespace(
            args=args or {},
            async_val=0,
            check_mode=False,
            no_log=False,
            loop_control=None,
            action="community.redis.redis_cloud_database",
        )
        vars(self._task).update(task)
        self._connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/somewhere"))
        self._play_context = SimpleNamespace(remote_addr="192.0.2.1")
        self._templar = SimpleNamespace(template=lambda value: value)

    def _runner(self, task_vars: dict[str, Any]) -> waiting.Runner:
        def run(module_args: dict[str, Any]) -> dict[str, Any]:
            # a module process gets a copy
            share = module_args.get(SLICE_ARGUMENT)
            self.calls.append({**module_args, **({SLICE_ARGUMENT: dict(share)} if share else {})})
            NOW.seconds += self.takes.pop(0) if self.takes else 0.0
            return dict(next(self._results))

        return run

    def _execute_module(self, **how: Any) -> dict[str, Any]:
        self.wrapped.append(how["wrap_async"])
        return {"started": 1}

    def _remove_tmp_path(self, tmp_path: str, force: bool = False) -> None:
        self.removed.append(tmp_path)

    def start(self, **task_vars: Any) -> dict[str, Any]:
        return self.run(task_vars={"inventory_hostname": "web", **task_vars})

    @property
    def shares(self) -> list[dict[str, Any]]:
        return [call[SLICE_ARGUMENT] for call in self.calls if SLICE_ARGUMENT in call]


def pending(status: str, known: str = "", **more: Any) -> dict[str, Any]:
    reading = {"phase": "processing", "status": status, "progress": None}
    return {PENDING_RESULT: {"what": "database 'x'", "reading": reading, "known": known}, **more}


# The time of the action plugin
NOW = SimpleNamespace(seconds=0.0)


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been displayed, with warnings."""
    lines: list[str] = []
    monkeypatch.setattr(waiting, "display", SimpleNamespace(display=lines.append, warning=lines.append))
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: NOW.seconds))
    monkeypatch.delenv(waiting.INTERVAL_ENVIRONMENT, raising=False)
    # of ansible's own first part of an action only what it returns matters here
    monkeypatch.setattr(ActionBase, "run", lambda self, tmp, task_vars: {"from": "base"})
    return lines


def test_slices_hand_on_what_the_last_one_knew(said: list[str]) -> None:
    action = Played(
        [
            pending("received", "what the first knew"),
            pending("in-progress", "what the second knew"),
            {"changed": True, "api_requests": 9},
        ],
        {"name": "x", "wait_timeout": "90"},
    )
    action.takes = [10.0, 20.0]
    assert action.start() == {"from": "base", "changed": True, "api_requests": 9}
    assert action.shares == [
        {"seconds": waiting.INTERVAL, "waited": 0.0, "known": None},
        {"seconds": waiting.INTERVAL, "waited": 10.0, "known": "what the first knew"},
        {"seconds": waiting.INTERVAL, "waited": 30.0, "known": "what the second knew"},
    ]
    assert said == [
        "[web] database 'x': processing received, 10s of 1m30s",
        "[web] database 'x': processing in-progress, 30s of 1m30s",
    ]
    assert action.removed == ["/somewhere"]
    assert all(call["name"] == "x" for call in action.calls)


def test_arguments_of_the_task_stay_as_they_are() -> None:
    action = Played([pending("received"), {}], {"name": "x"})
    action.start()
    assert action._task.args == {"name": "x"}


def test_warnings_of_all_slices_are_kept_once() -> None:
    action = Played(
        [
            pending("received", warnings=["a", "b"]),
            pending("in-progress", warnings=["b"]),
            {"changed": False, "warnings": ["c", "a"]},
        ]
    )
    assert action.start()["warnings"] == ["a", "b", "c"]
    assert "warnings" not in Played([{"changed": False}]).start()


@pytest.mark.parametrize(
    "how",
    [
        {"check_mode": True},
        {"args": {"wait": False}},
        {"args": {"wait": "no"}},
    ],
)
def test_nothing_is_cut_where_nothing_is_awaited(how: dict[str, Any], said: list[str]) -> None:
    action = Played([{"changed": True}], **how)
    assert action.start()["changed"] is True
    assert action.shares == []
    assert said == []
    assert action.removed == ["/somewhere"]


def test_the_requests_of_a_fleet_wait_for_each_other() -> None:
    for name in ("community.redis.redis_cloud_databases", "redis_cloud_databases"):
        action = Played([pending("received"), {}], {"wait": False}, action=name)
        action.start()
        assert len(action.shares) == 2


def test_async_is_left_to_the_async_wrapper(said: list[str]) -> None:
    action = Played([], async_val=60)
    assert action.start() == {"from": "base", "started": 1}
    assert action.wrapped == [60]
    assert action.calls == []
    # the job still needs its files
    assert action.removed == []


@pytest.mark.parametrize(
    ("variable", "environment", "seconds"),
    [
        (None, None, waiting.INTERVAL),
        (7, None, 7.0),
        ("7", "9", 7.0),
        (None, "9", 9.0),
        (None, "", waiting.INTERVAL),
        ("", "9", waiting.INTERVAL),
        ("often", None, waiting.INTERVAL),
        ("inf", None, waiting.INTERVAL),
        ("nan", None, waiting.INTERVAL),
        ([25], None, waiting.INTERVAL),
        (None, "often", waiting.INTERVAL),
        (0, "9", None),
        (None, "0", None),
        (-1, None, None),
    ],
)
def test_interval(
    monkeypatch: pytest.MonkeyPatch, said: list[str], variable: Any, environment: str | None, seconds: float | None
) -> None:
    if environment is not None:
        monkeypatch.setenv(waiting.INTERVAL_ENVIRONMENT, environment)
    action = Played([{}])
    action.start(**({} if variable is None else {waiting.INTERVAL_VARIABLE: variable}))
    assert [share["seconds"] for share in action.shares] == ([] if seconds is None else [seconds])
    assert bool(said) == (variable in ("inf", "nan", [25]) or "often" in (variable, environment))


def test_no_log_hides_what_is_awaited(said: list[str]) -> None:
    Played([pending("received"), {}], no_log=True).start()
    assert said == ["[web] still waiting, 0s of 1h00m"]


def test_slice_that_ends_before_anything_was_read(said: list[str]) -> None:
    Played([{PENDING_RESULT: {}}, {PENDING_RESULT: {"reading": None}}, {}]).start()
    assert said == ["[web] waiting: starting, 0s of 1h00m"] * 2


@pytest.mark.parametrize("given", ["long", None, "inf", "nan"])
def test_deadline_that_is_no_number(said: list[str], given: Any) -> None:
    Played([pending("received"), {"failed": True, "msg": "no"}], {"wait_timeout": given}).start()
    assert said == ["[web] database 'x': processing received, 0s"]


def test_failure_of_a_slice_ends_it() -> None:
    action = Played([pending("received"), {"failed": True, "msg": "no"}])
    assert action.start() == {"from": "base", "failed": True, "msg": "no"}


class TestItems:
    """In a loop a line says which item it is about, in Ansible's own words."""

    @pytest.mark.parametrize(
        ("item", "shown"),
        [
            ("cache", "[web] (item=cache) "),
            (7, "[web] (item=7) "),
            ("two\nlines\x1b[2J", "[web] (item=two lines [2J) "),
            ("x" * 50, "[web] (item=" + "x" * 37 + "...) "),
            # what is in there is shown by nobody before its label is
            ({"name": "cache", "password": "canary"}, "[web] "),
            (["canary"], "[web] "),
            (True, "[web] "),
            (None, "[web] "),
        ],
    )
    def test_item(self, said: list[str], item: Any, shown: str) -> None:
        Played([pending("received"), {}]).start(ansible_loop_var="item", item=item)
        assert said == [shown + "database 'x': processing received, 0s of 1h00m"]

    def test_other_name_of_the_item(self, said: list[str]) -> None:
        Played([pending("received"), {}]).start(ansible_loop_var="one", one="cache", item="of another loop")
        assert said[0].startswith("[web] (item=cache) ")

    def test_label(self, said: list[str]) -> None:
        control = SimpleNamespace(label="the name")
        item = {"password": "canary"}
        Played([pending("received"), {}], loop_control=control).start(ansible_loop_var="item", item=item)
        assert said[0].startswith("[web] (item=the name) ")
        control = SimpleNamespace(label=None)
        Played([pending("received"), {}], loop_control=control).start(ansible_loop_var="item", item="cache")
        assert said[1].startswith("[web] (item=cache) ")

    def test_label_that_is_about_the_result(self, said: list[str]) -> None:
        def template(value: str) -> str:
            raise AnsibleError("undefined")

        action = Played([pending("received"), {}], loop_control=SimpleNamespace(label="{{ result.id }}"))
        action._templar.template = template
        action.start(ansible_loop_var="item", item="cache")
        assert said == ["[web] database 'x': processing received, 0s of 1h00m"]

    def test_no_log(self, said: list[str]) -> None:
        Played([pending("received"), {}], no_log=True).start(ansible_loop_var="item", item="canary")
        assert said == ["[web] still waiting, 0s of 1h00m"]

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_task_info: one task, all tasks, filters, every form in which the API reports them."""

from __future__ import annotations

from typing import Any

import pytest

from unit.cloud_world import Account
from unit.harness import Bench

MODULE = "redis_cloud_task_info"


class History:
    """An account with a past: a failed create an hour ago, a finished one, one in progress and one in the queue."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.account = Account(bench)
        bench.options("cloud", fail_processing="^bad", processing_seconds=20)
        self.home = self.account.seed()
        self.failed = self.account.start_database(self.home, "bad")
        bench.pass_time(3600)
        self.done = self.account.start_database(self.home, "good")
        bench.pass_time(120)
        self.database = self.account.databases()[0]["id"]
        self.running = self.account.start_subscription("next")
        self.queued = self.account.start_database(self.home, "later")
        bench.pass_time(5)

    def ids(self, **filters: Any) -> set[str]:
        run = self.bench.ok(MODULE, filters)
        assert not run.changed
        assert len(run.requests) == 1
        return {item["id"] for item in run["tasks"]}


@pytest.fixture
def history(bench: Bench) -> History:
    return History(bench)


def test_all_tasks(history: History) -> None:
    assert history.ids() == {history.failed, history.done, history.running, history.queued}


def test_one_task(bench: Bench, history: History) -> None:
    (found,) = bench.ok(MODULE, task_id=history.done)["tasks"]
    assert found == {
        "id": history.done,
        "kind": "databaseCreateRequest",
        "status": "processing-completed",
        "state": "succeeded",
        "progress": None,
        "description": (
            "Request processing completed successfully and its resources are now being provisioned / de-provisioned."
        ),
        "resource_type": "database",
        "resource_id": history.database,
        "parent_id": history.home,
        "error": None,
        "started": None,
        "updated": found["updated"],
        "source": "tasks",
    }
    assert found["updated"].startswith("2026-01-01T01:00:2")


def test_unknown_task_is_an_empty_list(history: History) -> None:
    assert history.ids(task_id="11111111-2222-4333-8444-555555555555") == set()


def test_failed_task_tells_its_error(bench: Bench, history: History) -> None:
    (found,) = bench.ok(MODULE, task_id=history.failed)["tasks"]
    assert found["state"] == "failed"
    assert found["error"] == {
        "code": "PROVISION_FAILURE",
        "status": "500 INTERNAL_SERVER_ERROR",
        "description": "Provisioning failed",
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": ["failed"]}, {"failed"}),
        ({"state": ["succeeded"]}, {"done"}),
        ({"state": ["pending", "running"]}, {"running", "queued"}),
        ({"state": ["running"]}, {"running"}),
        ({"state": ["pending"]}, {"queued"}),
        ({"state": ["canceled"]}, set()),
        ({"status": ["processing-error"]}, {"failed"}),
        ({"status": ["received", "processing-completed"]}, {"queued", "done"}),
        ({"command_type": ["databaseCreateRequest"]}, {"failed", "done", "queued"}),
        ({"command_type": ["database create"]}, {"failed", "done", "queued"}),
        ({"command_type": ["DATABASE_CREATE_REQUEST"]}, {"failed", "done", "queued"}),
        ({"command_type": ["subscription"]}, {"running"}),
        ({"command_type": ["subscription", "database"]}, {"failed", "done", "running", "queued"}),
        ({"command_type": ["delete"]}, set()),
        ({"since": "10m"}, {"done", "running", "queued"}),
        ({"since": "60s"}, {"running", "queued"}),
        ({"since": "1d"}, {"failed", "done", "running", "queued"}),
        ({"since": "2026-01-01T00:30:00Z"}, {"done", "running", "queued"}),
        ({"since": "2026-01-01 03:30:00+0200"}, set()),
        ({"since": "2026-01-01T02:30:00+02:00"}, {"done", "running", "queued"}),
        ({"state": ["failed", "succeeded"], "command_type": ["database"], "since": "10m"}, {"done"}),
    ],
    ids=str,
)
def test_filters(history: History, filters: dict[str, Any], expected: set[str]) -> None:
    assert history.ids(**filters) == {getattr(history, name) for name in expected}


def test_filter_by_resource(history: History) -> None:
    assert history.ids(resource_id=history.database) == {history.done}
    assert history.ids(resource_id=history.home) == {history.done}
    assert history.ids(resource_id=1) == set()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("task_list", "bare"),
        ("error_style", "string"),
        ("links_style", "_links"),
        ("create_response", "empty"),
        ("create_response", "absent"),
    ],
)
def test_every_form_of_the_answer(bench: Bench, history: History, option: str, value: str) -> None:
    bench.options("cloud", **{option: value})
    found = {item["id"]: item for item in bench.ok(MODULE)["tasks"]}
    assert set(found) == {history.failed, history.done, history.running, history.queued}
    assert found[history.failed]["error"]["code"] == "PROVISION_FAILURE"
    # with empty responses only the link tells
    assert found[history.done]["resource_id"] == history.database
    assert found[history.done]["parent_id"] == history.home


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("initialized", "pending"),
        ("received", "pending"),
        ("processing-in-progress", "running"),
        ("processing-completed", "succeeded"),
        ("processing-error", "failed"),
        ("Processing-Completed", "succeeded"),
        ("a-word-of-the-future", "running"),
        ("", "running"),
    ],
)
def test_every_word(bench: Bench, history: History, status: str, state: str) -> None:
    bench.fault("rewrite", path="/tasks/", set={"status": status})
    (found,) = bench.ok(MODULE, task_id=history.running)["tasks"]
    assert (found["status"], found["state"]) == (status, state)


def test_check_mode_reads(bench: Bench, history: History) -> None:
    assert len(bench.ok(MODULE, check=True)["tasks"]) == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"since": "yesterday"}, "since must be an age such as 30m, 2h or 3d"),
        ({"state": ["done"]}, "value of state must be one or more of"),
        ({"resource_id": "cache"}, "resource_id"),
    ],
)
def test_bad_input(bench: Bench, options: dict[str, Any], words: str) -> None:
    run = bench.fails(MODULE, options)
    assert words in run.message
    assert run.requests == []


def test_answer_that_is_none(bench: Bench) -> None:
    bench.fault("html", times=None)
    run = bench.fails(MODULE)
    assert (
        "api.redislabs.com answered HTTP 200 with something that this API does not answer: an HTML page"
        in run.message
    )
    assert "proxy" in run.message

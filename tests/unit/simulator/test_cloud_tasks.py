# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a task: queue, states, visibility, retention, forms of answers."""

from __future__ import annotations

from typing import Any

import pytest

DELETE = ("DELETE", "/subscriptions/1")


def status_of(cloud: Any, task_id: str) -> str | None:
    response = cloud.send("GET", f"/tasks/{task_id}")
    return response.body["status"] if response.status == 200 else None


def test_states_of_a_task(make_cloud: Any) -> None:
    cloud = make_cloud(task_404_seconds=0.2)
    subscription = cloud.subscription()
    body = {"name": "extra", "datasetSizeInGb": 1}
    task_id = cloud.start("POST", f"/subscriptions/{subscription}/databases", body)
    seen = [status_of(cloud, task_id)]
    for _step in range(60):
        cloud.clock.advance(0.1)
        if status_of(cloud, task_id) != seen[-1]:
            seen.append(status_of(cloud, task_id))
    assert seen == [None, "initialized", "processing-in-progress", "processing-completed"]


def test_first_answer_says_received(cloud: Any) -> None:
    body = cloud.send(*DELETE).body
    assert (body["status"], body["links"][0]["rel"]) == ("received", "task")
    assert "response" not in body


def test_task_is_unknown_just_after_its_id_was_issued(make_cloud: Any) -> None:
    cloud = make_cloud(task_404_seconds=30)
    task_id = cloud.start(*DELETE)
    cloud.clock.advance(29.9)
    assert cloud.send("GET", f"/tasks/{task_id}").status == 404
    cloud.clock.advance(0.2)
    assert cloud.send("GET", f"/tasks/{task_id}").status == 200


def test_task_is_listed_late(make_cloud: Any) -> None:
    cloud = make_cloud(task_visible_seconds=30)
    cloud.start(*DELETE)
    cloud.clock.advance(29)
    assert cloud.get("/tasks") == {"tasks": []}
    cloud.clock.advance(2)
    assert [task["status"] for task in cloud.get("/tasks")["tasks"]] == ["processing-error"]


def test_one_at_a_time_first_in_first_out(make_cloud: Any) -> None:
    cloud = make_cloud(flip_every=0, processing_seconds=5)
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases"
    names = [f"db-{number}" for number in range(4)]
    started = cloud.clock.now()
    ids = [cloud.start("POST", path, {"name": name, "datasetSizeInGb": 1}) for name in names]
    cloud.clock.advance(7)
    assert [status_of(cloud, identifier) for identifier in ids] == [
        "processing-completed",
        "processing-in-progress",
        "received",
        "received",
    ]
    cloud.clock.advance(100)
    state = {task["taskId"]: task for task in cloud.api.state()["tasks"]}
    assert [state[identifier]["response"]["resourceId"] for identifier in ids] == sorted(
        state[identifier]["response"]["resourceId"] for identifier in ids
    )
    ends = [state[identifier]["timestamp"] for identifier in ids]
    assert ends == sorted(ends)
    assert cloud.clock.now() - started == 107


def test_list_is_ordered_by_the_latest_change(cloud: Any) -> None:
    first, second = cloud.start(*DELETE), cloud.start(*DELETE)
    cloud.clock.advance(1.2)
    assert [task["taskId"] for task in cloud.get("/tasks")["tasks"]] == [second, first]


def test_bare_list(make_cloud: Any) -> None:
    cloud = make_cloud(task_list="bare")
    cloud.start(*DELETE)
    assert isinstance(cloud.get("/tasks"), list)


def test_tasks_are_forgotten_after_ten_days(cloud: Any) -> None:
    task_id = cloud.start(*DELETE)
    cloud.clock.advance(9.9 * 86400)
    assert status_of(cloud, task_id) == "processing-error"
    cloud.clock.advance(0.2 * 86400)
    assert status_of(cloud, task_id) is None
    assert cloud.get("/tasks") == {"tasks": []}


def test_error_as_string(make_cloud: Any) -> None:
    cloud = make_cloud(error_style="string")
    assert cloud.run(*DELETE)["response"] == {"error": "SUBSCRIPTION_NOT_FOUND"}


@pytest.mark.parametrize(("style", "expected"), [("empty", {}), ("absent", None)])
def test_completed_without_ids(make_cloud: Any, style: str, expected: Any) -> None:
    cloud = make_cloud()
    subscription = cloud.subscription()
    cloud.options.create_response = cloud.options.change_response = style
    create = cloud.run(
        "POST", f"/subscriptions/{subscription}/databases", {"name": "a", "datasetSizeInGb": 1}
    )
    update = cloud.run("PUT", f"/subscriptions/{subscription}", {"name": "new"})
    assert (create.get("response"), update.get("response")) == (expected, expected)


def test_links_as_an_object(make_cloud: Any) -> None:
    task = make_cloud(links_style="_links").run(*DELETE)
    assert list(task["_links"]) == ["self"]
    assert "links" not in task


def test_work_can_take_different_times(make_cloud: Any) -> None:
    cloud = make_cloud(processing_seconds=100, processing_by_command={"subscriptionUpdateRequest": 2})
    subscription = cloud.subscription()
    started = cloud.clock.now()
    cloud.run("PUT", f"/subscriptions/{subscription}", {"name": "new"})
    assert cloud.clock.now() - started == 2


def test_only_running_tasks_are_listed(make_cloud: Any) -> None:
    cloud = make_cloud(finished_tasks_listed=False)
    task_id = cloud.start(*DELETE)
    cloud.clock.advance(0.6)
    assert [task["taskId"] for task in cloud.get("/tasks")["tasks"]] == [task_id]
    cloud.clock.advance(2)
    assert cloud.get("/tasks") == {"tasks": []}
    assert status_of(cloud, task_id) == "processing-error"

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The driver's part in creating exactly once, where the simulator cannot go: databases that are listed late."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import Ambiguous
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    DELETING,
    JOINING,
    UPDATING,
    Work,
)
from ansible_collections.community.redis.plugins.module_utils._enterprise.actions import Action
from ansible_collections.community.redis.plugins.module_utils._enterprise.driver import DatabaseDriver


class Now(Clock):
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


class Cluster:
    """What a cluster lists. Only the reads that the driver makes, and what it answers to an update."""

    cluster = "https://cluster.example.com:9443"

    def __init__(self, rows: list[dict[str, Any]], running: list[Action]) -> None:
        self.rows = rows
        self.running = running
        self.answer: dict[str, Any] | None = None

    def bdbs(self, fields: Any = (), extended: bool = False) -> list[dict[str, Any]]:
        return self.rows

    def bdb(self, uid: str, fields: Any = (), extended: bool = False) -> dict[str, Any] | None:
        return next((row for row in self.rows if str(row["uid"]) == uid), None)

    def actions(self, transfers: bool = True) -> list[Action]:
        return self.running

    def action(self, uid: str) -> Action | None:
        return next((action for action in self.running if action.id == uid), None)

    def bdb_actions(self, uid: str) -> list[Action]:
        return [action for action in self.running if action.resource_id == uid]

    def update_bdb(self, uid: str, body: dict[str, Any]) -> dict[str, Any] | None:
        return self.answer


def action(uid: str, bdb_uid: str, state: str = "running", started: str | None = None) -> Action:
    return Action(uid, "SMCreateBDB", "active", state, resource_type="bdb", resource_id=bdb_uid, started=started)


def bdb(uid: int, name: str = "cache", status: str = "active") -> dict[str, Any]:
    return {"uid": uid, "name": name, "status": status}


def wait(driver: DatabaseDriver, seconds: float) -> None:
    clock = driver.deadline.clock
    assert isinstance(clock, Now)
    clock.now += seconds


def driver(cluster: Any, **how: Any) -> DatabaseDriver:
    return DatabaseDriver(cluster, Deadline(Now(), 600.0), "provisioning", name="cache", **how)


def test_create_in_flight_is_joined_until_its_database_is_listed() -> None:
    cluster = Cluster([bdb(1, "other")], [action("a", "1"), action("b", "2")])
    mine = driver(cluster)
    work = mine.joinable(mine.snapshot())
    assert work is not None
    assert (work.action, work.operation.id if work.operation else "") == (JOINING, "b")
    assert not mine.look(work).settled
    cluster.rows.append(bdb(2))
    assert mine.look(work).settled
    assert mine.joinable(mine.snapshot()) is None


def test_what_is_only_listed_as_running_does_not_block_for_ever() -> None:
    cluster = Cluster([], [action("a", "1")])
    mine = driver(cluster)
    work = mine.joinable(mine.snapshot())
    assert work is not None
    assert not mine.look(work).settled
    wait(mine, 20)
    assert mine.look(work).settled
    assert mine.joinable(mine.snapshot()) is None


def test_create_is_not_given_up_while_its_action_is_running() -> None:
    cluster = Cluster([], [action("a", "1")])
    mine = driver(cluster)
    work = Work(CREATING, action("a", "1"), "1", ours=True)
    for _look in range(3):
        assert not mine.look(work).settled
        wait(mine, 20)
    cluster.running.clear()
    reading = mine.look(work)
    assert (reading.settled, reading.value) == (True, None)


@pytest.mark.parametrize("running", [[], [action("a", "1", "succeeded")]])
def test_create_whose_action_has_ended_is_given_up_after_a_while(running: list[Action]) -> None:
    """It is forgotten, or done; the database has not come, or has gone again."""
    mine = driver(Cluster([], running))
    work = Work(CREATING, action("a", "1"), "1", ours=True)
    assert not mine.look(work).settled
    wait(mine, 14)
    assert not mine.look(work).settled
    wait(mine, 1)
    assert mine.look(work).settled


@pytest.mark.parametrize("answer", [None, {}])
def test_update_that_is_answered_with_nothing_may_not_show_yet(answer: dict[str, Any] | None) -> None:
    """The database is active, and nobody has said that it is being changed, or that it has been."""
    cluster = Cluster([bdb(1)], [])
    cluster.answer = answer
    mine = driver(cluster)
    work = mine.update(bdb(1), {"memory_size": 1})
    assert not mine.look(work).settled
    wait(mine, 14)
    assert not mine.look(work).settled
    wait(mine, 1)
    assert mine.look(work).settled


def test_update_that_is_answered_with_nothing_ends_when_it_was_seen() -> None:
    cluster = Cluster([bdb(1)], [])
    mine = driver(cluster)
    work = mine.update(bdb(1), {"memory_size": 1})
    assert not mine.look(work).settled
    cluster.rows[:] = [bdb(1, status="active-change-pending")]
    assert not mine.look(work).settled
    cluster.rows[:] = [bdb(1)]
    assert mine.look(work).settled


def test_update_that_is_answered_with_a_status_is_known_by_it() -> None:
    cluster = Cluster([bdb(1)], [])
    cluster.answer = bdb(1)
    mine = driver(cluster)
    assert mine.look(mine.update(bdb(1), {"memory_size": 1})).settled


def test_trace_of_a_create() -> None:
    cluster = Cluster([], [action("old", "1"), action("done", "3", "succeeded")])
    mine = driver(cluster)
    snapshot = mine.snapshot()
    assert mine.trace(CREATING, None, snapshot) is None
    cluster.running.append(action("new", "2"))
    found = mine.trace(CREATING, None, snapshot)
    assert found is not None
    assert (found.resource_id, found.operation.id if found.operation else "") == ("2", "new")
    cluster.rows.append(bdb(2, status="pending"))
    found = mine.trace(CREATING, None, snapshot)
    assert found is not None
    assert (found.resource_id, found.operation.id if found.operation else "") == ("2", "new")


def test_traced_create_of_somebody_else_is_recognised() -> None:
    cluster = Cluster([], [action("new", "2")])
    mine = driver(cluster)
    work = Work(CREATING, action("new", "2"), "2", ours=True)
    assert not mine.look(work).settled
    cluster.rows.append(bdb(2, "somebody-elses"))
    reading = mine.look(work)
    assert reading.settled
    assert reading.value is None


@pytest.mark.parametrize(
    ("status", "wanted", "found"),
    [
        ("active", UPDATING, False),
        ("active-change-pending", UPDATING, True),
        ("active-change-pending", DELETING, False),
        ("delete-pending", DELETING, True),
        ("active", DELETING, False),
    ],
)
def test_trace_of_other_writes(status: str, wanted: str, found: bool) -> None:
    cluster = Cluster([bdb(1, status=status)], [])
    assert (driver(cluster).trace(wanted, "1", None) is not None) is found
    assert driver(Cluster([], [])).trace(wanted, "1", None) is not None


def test_snapshot_of_an_earlier_moment() -> None:
    old, new = "1970-01-01T00:01:00Z", "1970-01-01T00:15:00Z"
    cluster = Cluster([], [action("old", "1", started=old), action("new", "2", started=new), action("timeless", "3")])
    assert set(driver(cluster).snapshot(900.0)) == {"old"}
    assert set(driver(cluster).snapshot()) == {"old", "new", "timeless"}


def test_name_that_is_taken_twice() -> None:
    with pytest.raises(Ambiguous, match=r"1 \(active\), 4 \(pending\)"):
        driver(Cluster([bdb(1), bdb(4, status="pending")], [])).find()


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("active", ""),
        ("creation-failed", ""),
        ("pending", CREATING),
        ("active-change-pending", UPDATING),
        ("import-pending", UPDATING),
        ("recovery", UPDATING),
        ("something-new", UPDATING),
        ("", UPDATING),
        ("delete-pending", DELETING),
    ],
)
def test_words(status: str, action: str) -> None:
    assert driver(Cluster([], [])).under_way(bdb(1, status=status)) == action

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Notes of writes: whose they are, what they say, and when they are forgotten; and what passes for the trace of one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    Busy,
    OperationFailed,
    SliceOver,
    UnclearWrite,
)
from ansible_collections.community.redis.plugins.module_utils._core.memory import Memory
from ansible_collections.community.redis.plugins.module_utils._core.operation import Operation
from ansible_collections.community.redis.plugins.module_utils._core.poller import Reading
from ansible_collections.community.redis.plugins.module_utils._core.reconcile import State
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    JOINING,
    UPDATING,
    Reply,
    Work,
)
from unit.plugins.module_utils._core.test_reconcile import ACTIVE, DESIRED, Scene


def note(scene: Scene) -> Any:
    return Memory(scene.driver.scope, scene.driver.label, scene.clock).recall()


def lost_in_a_slice(scene: Scene) -> State:
    """What is known after a slice whose create was never answered."""
    scene.driver.errors = [UnclearWrite("lost")]
    reconciler = scene.reconciler(share=30)
    with pytest.raises(SliceOver):
        reconciler.present(DESIRED)
    return State.load(json.loads(json.dumps(reconciler.state.dump())))


def test_note_that_was_written_between_the_first_look_and_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process had the lock, has sent the create, and was killed; nothing shows yet, but its note is there."""
    scene = Scene()
    find = scene.driver.find

    def beaten() -> Reply | None:
        monkeypatch.setattr(scene.driver, "find", find)
        Memory(scene.driver.scope, scene.driver.label, scene.clock).intend(CREATING, None)
        scene.driver.begin("creating", dict(ACTIVE), 30)
        return None

    monkeypatch.setattr(scene.driver, "find", beaten)
    monkeypatch.setattr(scene.driver, "appeared", lambda snapshot: False)  # lists lag behind
    reply, state = scene.present()
    assert reply == ACTIVE
    assert scene.actions == []
    assert state.adopted


def test_note_in_the_lock_that_came_to_nothing_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each look anew finds it, and nothing is ever sent."""
    scene = Scene()
    find = scene.driver.find

    def beaten() -> Reply | None:
        monkeypatch.setattr(scene.driver, "find", find)
        memory = Memory(scene.driver.scope, scene.driver.label, scene.clock)
        memory.intend(CREATING, None)
        memory.answered(Operation("theirs"), None)
        return None

    monkeypatch.setattr(scene.driver, "find", beaten)
    _reply, state = scene.present(seconds=600)
    assert scene.actions == [CREATING]
    assert state.changed
    assert note(scene) is None


def test_note_of_failed_work_is_forgotten() -> None:
    scene = Scene()
    scene.driver.refusals = [OperationFailed("it failed", had_effect=False)]
    with pytest.raises(OperationFailed):
        scene.present()
    assert note(scene) is None


def test_note_of_work_that_was_refused_after_all_is_forgotten() -> None:
    scene = Scene()
    scene.driver.refusals = [Busy("the task failed: not now")]
    with pytest.raises(SliceOver):
        scene.present(share=3)
    assert scene.actions == [CREATING]
    assert note(scene) is None


def test_note_of_an_answered_write_names_its_operation() -> None:
    """A run that is killed now is continued by the next one with this handle, not by a search."""
    scene = Scene(seconds=100)
    with pytest.raises(SliceOver):
        scene.present(share=5)
    found = note(scene)
    assert found is not None
    assert (found.operation.id, found.resource_id) == ("op-1", "1")


def test_recalled_operation_has_been_invisible_since_it_was_sent() -> None:
    scene = Scene(seconds=100)
    memory = Memory(scene.driver.scope, scene.driver.label, scene.clock)
    when = memory.intend(CREATING, None)
    memory.answered(Operation("op-9"), "1")
    scene.clock.now += 50
    _reply, state = scene.present()
    assert state.memory["missing op-9"] == when


def test_trace_that_belongs_to_a_later_note_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """While we search for what an unanswered write has started, another process gives it up and sends its own."""
    scene = Scene()
    state = lost_in_a_slice(scene)
    trace = scene.driver.trace

    def overtaken(action: str, resource_id: str | None, snapshot: Any) -> Work | None:
        monkeypatch.setattr(scene.driver, "trace", trace)
        Memory(scene.driver.scope, scene.driver.label, scene.clock).intend(CREATING, None)
        scene.driver.begin("creating", dict(ACTIVE), 10)
        return trace(action, resource_id, snapshot)

    monkeypatch.setattr(scene.driver, "trace", overtaken)
    _reply, state = scene.present(state=state)
    assert (state.changed, state.adopted) == (False, True)


def test_values_that_show_while_an_unanswered_update_is_searched_for_are_its_trace() -> None:
    """Nothing else shows: the run need not wait until its traces cannot show any more."""
    scene = Scene(dict(ACTIVE), seconds=0)
    scene.driver.errors = [(UnclearWrite("lost"),)]
    _reply, state = scene.present({"name": "a", "size": 2})
    assert state.changed
    assert scene.clock.now < 30


def test_queued_write_of_an_earlier_run_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(dict(ACTIVE))
    queue = [Work(UPDATING, Operation("theirs"), "1")]

    def queued(action: str, resource_id: str) -> Work | None:
        if queue:
            scene.driver.begin("updating", {**ACTIVE, "size": 2}, 20)
        return queue.pop() if queue else None

    monkeypatch.setattr(scene.driver, "queued", queued)
    _reply, state = scene.present({"name": "a", "size": 2})
    assert scene.actions == []
    assert (state.changed, state.adopted) == (False, True)


def test_what_was_deleted_is_kept_without_secrets() -> None:
    scene = Scene({**ACTIVE, "password": "canary"})
    last, state = scene.absent()
    assert "canary" not in json.dumps([last, state.dump()])


def test_note_of_another_process_is_not_taken_for_that_of_an_earlier_slice() -> None:
    """Our create was lost. Between two slices another process has sent its own, and is still at it."""
    scene = Scene()
    state = lost_in_a_slice(scene)
    scene.clock.now += 10
    Memory(scene.driver.scope, scene.driver.label, scene.clock).intend(CREATING, None)
    scene.driver.begin("creating", dict(ACTIVE), 10)
    _reply, state = scene.present(state=state)
    assert (state.changed, state.adopted) == (False, True)
    assert scene.actions == []


def test_note_that_was_recalled_is_forgotten_by_a_later_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    memory = Memory(scene.driver.scope, scene.driver.label, scene.clock)
    memory.intend(CREATING, None)
    memory.answered(Operation("op-1", state="succeeded"), "1")
    scene.driver.begin("creating", dict(ACTIVE), 100)
    look = scene.driver.look
    # what was requested has been processed; the rest is provisioning, which takes several slices
    monkeypatch.setattr(scene.driver, "look", lambda work: Reading(True) if work.action == JOINING else look(work))
    state: State | None = None
    for _slice in range(50):
        reconciler = scene.reconciler(share=5, state=state)
        try:
            reconciler.present(DESIRED)
            break
        except SliceOver:
            state = State.load(json.loads(json.dumps(reconciler.state.dump())))
    assert reconciler.state.adopted
    assert note(scene) is None


def test_unanswered_write_whose_effect_shows_late_is_our_change() -> None:
    scene = Scene(dict(ACTIVE), seconds=200)
    scene.driver.errors = [(UnclearWrite("lost"),)]
    scene.driver.traceable = False
    _reply, state = scene.present({"name": "a", "size": 2})
    assert scene.actions == [UPDATING]
    assert state.outcome() == (True, {"size": 1}, {"size": 2})


def test_run_that_reads_back_says_so() -> None:
    scene = Scene(dict(ACTIVE))
    scene.driver.ignores = {"size"}
    with pytest.raises(OperationFailed):
        scene.present({"name": "a", "size": 5})
    assert "reading back size" in scene.shown

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reconcile loop with a small server beside it: order, patience, exactly once, slices."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.clock import Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    AuthError,
    Busy,
    InvalidInput,
    OperationFailed,
    SliceOver,
    TransientError,
    UnclearWrite,
    WaitTimeout,
)
from ansible_collections.community.redis.plugins.module_utils._core.operation import Operation
from ansible_collections.community.redis.plugins.module_utils._core.poller import Course, Reading
from ansible_collections.community.redis.plugins.module_utils._core.reconcile import Mode, Reconciler, State
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    DELETING,
    JOINING,
    UPDATING,
    Reply,
    Work,
)
from unit.fake_clock import FakeClock
from unit.fake_driver import THING, FakeDriver

DESIRED: dict[str, Any] = {"name": "a", "size": 1}
ACTIVE: dict[str, Any] = {"id": 1, "status": "active", "name": "a", "size": 1}


class Scene:
    """A clock, a server, and runs against them."""

    def __init__(self, reply: Reply | None = None, seconds: float = 10) -> None:
        self.clock = FakeClock()
        self.driver = FakeDriver(self.clock, reply, seconds)
        self.warnings: list[str] = []
        self.shown: list[str] = []

    def reconciler(
        self, seconds: float = 3600, share: float | None = None, state: State | None = None, **mode: Any
    ) -> Reconciler:
        return Reconciler(
            THING,
            self.driver,
            Deadline(self.clock, seconds, slice_seconds=share),
            Mode(**mode),
            state=state,
            warn=self.warnings.append,
            on_reading=lambda reading: self.shown.append(reading.words()),
        )

    def present(self, desired: dict[str, Any] | None = None, **how: Any) -> tuple[Reply | None, State]:
        reconciler = self.reconciler(**how)
        return reconciler.present(DESIRED if desired is None else desired), reconciler.state

    def absent(self, **how: Any) -> tuple[Reply | None, State]:
        reconciler = self.reconciler(**how)
        return reconciler.absent(), reconciler.state

    @property
    def actions(self) -> list[str]:
        return [action for action, _body in self.driver.calls]


class TestPlainRuns:
    def test_create_and_repeat(self) -> None:
        scene = Scene()
        reply, state = scene.present()
        assert reply == ACTIVE
        assert state.outcome() == (True, {}, DESIRED)
        assert state.operation is not None
        assert state.operation.state == "succeeded"
        assert not state.adopted
        assert scene.clock.now >= 10
        reply, state = scene.present()
        assert state.outcome() == (False, {}, {})
        assert scene.driver.calls == [(CREATING, DESIRED)]

    def test_update(self) -> None:
        scene = Scene(dict(ACTIVE))
        reply, state = scene.present({"name": "a", "size": 3})
        assert reply is not None
        assert reply["size"] == 3
        assert state.outcome() == (True, {"size": 1}, {"size": 3})
        assert scene.driver.calls == [(UPDATING, {"size": 3})]

    def test_delete_and_repeat(self) -> None:
        scene = Scene(dict(ACTIVE))
        last, state = scene.absent()
        assert last is not None
        assert last["name"] == "a"
        changed, before, after = state.outcome()
        assert (changed, before["name"], after) == (True, "a", {})
        assert scene.absent()[1].outcome() == (False, {}, {})
        assert scene.actions == [DELETING]

    def test_what_can_only_be_set_afterwards_and_channels_take_further_writes(self) -> None:
        scene = Scene()
        desired = {**DESIRED, "rules": ["r"], "own": "x"}
        _reply, state = scene.present(desired)
        assert scene.driver.calls == [
            (CREATING, {"name": "a", "size": 1, "own": "x"}),
            (UPDATING, {"rules": ["r"]}),
        ]
        assert state.outcome() == (True, {}, desired)
        scene.present({**desired, "size": 2, "own": "y"})
        assert scene.driver.calls[2:] == [(UPDATING, {"size": 2}), (UPDATING, {"own": "y"})]

    def test_hidden_value_is_sent_once_per_run(self) -> None:
        scene = Scene(dict(ACTIVE))
        _reply, state = scene.present({"name": "a", "hidden": "s"}, send_secrets=True)
        assert scene.driver.calls == [(UPDATING, {"hidden": "s"})]
        assert state.changed

    @pytest.mark.parametrize(
        "desired", [DESIRED, {"name": "a", "size": 7}, {**DESIRED, "rules": ["r"], "own": "o"}]
    )
    @pytest.mark.parametrize("reply", [None, ACTIVE])
    def test_check_mode_tells_what_the_real_run_does(
        self, desired: dict[str, Any], reply: Reply | None
    ) -> None:
        scene = Scene(dict(reply) if reply else None)
        _reply, told = scene.present(desired, check=True)
        assert scene.driver.calls == []
        assert scene.clock.now == 0
        _reply, done = scene.present(desired)
        assert told.outcome() == done.outcome()

    def test_check_mode_foresees_that_a_create_is_refused(self) -> None:
        scene = Scene(None)
        scene.driver.unwanted = True
        with pytest.raises(InvalidInput, match="not wanted"):
            scene.present(DESIRED, check=True)

    def test_check_mode_of_a_deletion(self) -> None:
        scene = Scene(dict(ACTIVE))
        _reply, told = scene.absent(check=True)
        assert scene.driver.calls == []
        assert told.outcome() == scene.absent()[1].outcome()

    @pytest.mark.parametrize("wanted", [True, False])
    def test_check_mode_while_it_is_being_deleted(self, wanted: bool) -> None:
        scene = Scene(dict(ACTIVE))
        scene.driver.begin("deleting", None)
        _reply, told = scene.present(check=True) if wanted else scene.absent(check=True)
        assert scene.clock.now == 0
        _reply, done = scene.present() if wanted else scene.absent()
        assert told.outcome() == done.outcome()
        assert told.outcome()[0] is wanted
        assert scene.actions == ([CREATING] if wanted else [])

    def test_refusals_come_before_anything_is_sent(self) -> None:
        scene = Scene({**ACTIVE, "region": "eu", "protected": True})
        with pytest.raises(InvalidInput, match="region of a test thing cannot be changed"):
            scene.present({"region": "us", "size": 5})
        with pytest.raises(InvalidInput, match="protected"):
            scene.absent()
        assert scene.driver.calls == []

    def test_what_is_refused_says_whether_something_was_changed(self) -> None:
        scene = Scene({**ACTIVE, "region": "eu"})
        with pytest.raises(InvalidInput) as caught:
            scene.present({"name": "a", "region": "us"})
        assert caught.value.hint.startswith("Nothing was changed. Leave the option out")
        scene = Scene()
        create = scene.driver.create
        # a server that makes something else of a value that can only be set at the creation
        scene.driver.create = lambda body: create({**body, "region": "eu"})  # type: ignore[method-assign]
        with pytest.raises(InvalidInput) as caught:
            scene.present({**DESIRED, "region": "us"})
        assert caught.value.hint.startswith("Leave the option out")


class TestSettling:
    def test_work_of_somebody_else_after_all_is_no_end_of_ours(self) -> None:
        """What a lost request was taken to have started turns out to be another thing; ours is still on its way."""
        scene = Scene()
        look = scene.driver.look

        def strange(work: Work) -> Reading:
            scene.driver.look = look  # type: ignore[method-assign]
            return Reading(True, "provisioning", value=scene.driver.find())

        scene.driver.look = strange  # type: ignore[method-assign]
        reply, state = scene.present()
        assert reply == ACTIVE
        assert state.changed
        assert scene.actions == [CREATING]

    def test_change_of_somebody_else_is_waited_for(self) -> None:
        scene = Scene(dict(ACTIVE))
        scene.driver.begin("updating", {**ACTIVE, "size": 5}, 100)
        _reply, state = scene.present({"name": "a", "size": 5})
        assert state.adopted
        assert not state.changed
        assert scene.driver.calls == []
        assert scene.clock.now >= 100

    def test_deletion_of_somebody_else(self) -> None:
        scene = Scene(dict(ACTIVE))
        scene.driver.begin("deleting", None, 50)
        assert scene.absent()[1].outcome() == (False, {}, {})
        scene = Scene(dict(ACTIVE))
        scene.driver.begin("deleting", None, 50)
        _reply, state = scene.present()
        assert state.changed
        assert scene.actions == [CREATING]

    def test_broken_thing_fails_but_can_be_deleted(self) -> None:
        scene = Scene({**ACTIVE, "status": "error"})
        with pytest.raises(OperationFailed, match="broken"):
            scene.present()
        assert scene.absent()[1].changed
        scene = Scene(dict(ACTIVE))
        scene.driver.begin("creating", {**ACTIVE, "status": "error"}, 20)
        assert scene.absent()[1].changed
        assert scene.actions == [DELETING]

    def test_turn_is_waited_for(self) -> None:
        scene = Scene()
        scene.driver.turns = [Reading(False, "waiting", "for its turn")] * 3
        scene.present()
        assert scene.actions == [CREATING]
        assert scene.shown[:3] == ["waiting for its turn"] * 3

    def test_turn_that_never_comes(self) -> None:
        scene = Scene()
        scene.driver.turns = [Reading(False, "waiting", "for its turn")] * 1000
        with pytest.raises(
            WaitTimeout, match=r"the turn to create thing 'a' after 60 seconds .* for its turn"
        ):
            scene.present(seconds=60)
        assert scene.driver.calls == []


class TestBusy:
    def test_refused_write_is_sent_again_later(self) -> None:
        scene = Scene()
        scene.driver.errors = [Busy("busy"), Busy("busy", retry_after=40.0), Busy("busy")]
        _reply, state = scene.present()
        assert state.changed
        assert scene.actions == [CREATING]
        assert scene.clock.slept[:3] == pytest.approx([3, 40, 6.75])

    def test_pauses_grow_from_slice_to_slice(self) -> None:
        """3, 4.5, ... 30 seconds; each slice that began anew would ask every 3."""
        scene = Scene()
        scene.driver.errors = [Busy("not now")] * 100
        state = None
        while scene.clock.now < 300:
            reconciler = scene.reconciler(share=2.0, state=state)
            with pytest.raises(SliceOver):
                reconciler.present(DESIRED)
            state = State.load(json.loads(json.dumps(reconciler.state.dump())))
        assert 100 - len(scene.driver.errors) < 16

    def test_work_that_is_refused_after_all_is_started_again(self) -> None:
        scene = Scene()
        scene.driver.refusals = [Busy("the task failed: not now")]
        _reply, state = scene.present()
        assert state.changed
        assert not state.adopted
        assert scene.actions == [CREATING, CREATING]

    def test_deadline(self) -> None:
        scene = Scene()
        scene.driver.errors = [Busy("come back later")] * 1000
        with pytest.raises(WaitTimeout, match=r"The server stayed busy for 100 seconds .*: come back later"):
            scene.present(seconds=100)
        assert scene.clock.now == 100

    def test_no_permission_is_not_waited_out(self) -> None:
        scene = Scene()
        scene.driver.errors = [AuthError("no", status=403)]
        with pytest.raises(AuthError):
            scene.present()
        assert scene.clock.now == 0


class TestExactlyOnce:
    @pytest.mark.parametrize("action", [CREATING, UPDATING, DELETING])
    def test_lost_answer_of_what_was_done(self, action: str) -> None:
        scene = Scene(None if action == CREATING else dict(ACTIVE))
        scene.driver.errors = [(UnclearWrite("lost"),)]
        if action == DELETING:
            state = scene.absent()[1]
        else:
            state = scene.present({"name": "a", "size": 2})[1]
        assert state.changed
        assert scene.actions == [action]

    def test_lost_answer_of_an_update_that_is_over_before_anybody_looks(self) -> None:
        scene = Scene(dict(ACTIVE), seconds=0)
        scene.driver.errors = [(UnclearWrite("lost"),)]
        _reply, state = scene.present({"name": "a", "size": 2})
        assert state.outcome() == (True, {"size": 1}, {"size": 2})
        assert scene.actions == [UPDATING]

    @pytest.mark.parametrize("action", [CREATING, UPDATING, DELETING])
    def test_lost_request_is_sent_again_only_after_its_traces_had_time_to_show(self, action: str) -> None:
        scene = Scene(None if action == CREATING else dict(ACTIVE))
        scene.driver.errors = [UnclearWrite("lost")]
        if action == DELETING:
            state = scene.absent()[1]
        else:
            state = scene.present({"name": "a", "size": 2})[1]
        assert state.changed
        assert scene.actions == [action]
        assert scene.clock.now > 75

    def test_deadline_while_it_is_not_known(self) -> None:
        scene = Scene()
        scene.driver.errors = [UnclearWrite("the answer was lost")]
        with pytest.raises(WaitTimeout) as caught:
            scene.present(seconds=20)
        assert (
            "It is not known whether the request to create thing 'a' had an effect: the answer was lost"
            in caught.value.message
        )
        assert "Run the task again" in caught.value.hint

    def test_server_that_cannot_be_read_until_the_deadline_either(self) -> None:
        scene = Scene()
        scene.driver.errors = [(UnclearWrite("reset"),)]

        def trace(action: str, resource_id: str | None, snapshot: Any) -> Work | None:
            scene.clock.sleep(100)
            raise TransientError("no answer")

        scene.driver.trace = trace  # type: ignore[method-assign]
        with pytest.raises(WaitTimeout, match="It is not known whether the request to create thing 'a' had an effect: reset"):
            scene.present(seconds=90)

    def test_the_next_run_looks_first(self) -> None:
        scene = Scene(seconds=200)
        scene.driver.errors = [(UnclearWrite("lost"),)]
        scene.driver.traceable = False
        hidden, scene.driver.find = scene.driver.find, lambda: None  # type: ignore[method-assign]  # not listed yet
        with pytest.raises(WaitTimeout):
            scene.present(seconds=20)
        scene.driver.find = hidden  # type: ignore[method-assign]  # now it is
        scene.driver.traceable = True
        _reply, _state = scene.present()
        assert scene.actions == [CREATING]

    def test_create_in_flight_is_joined_before_anything_is_sent(self) -> None:
        scene = Scene()
        scene.driver.in_flight = [Work(JOINING, Operation("theirs"))]
        joined: list[str] = []
        look = scene.driver.look

        def arrives(work: Work) -> Reading:
            joined.append(work.action)
            scene.driver._thing = dict(ACTIVE)
            return look(work)

        scene.driver.look = arrives  # type: ignore[method-assign]  # their create ends while we look
        _reply, state = scene.present()
        assert joined == [JOINING]
        assert state.adopted
        assert not state.changed
        assert scene.driver.calls == []

    def test_what_failed_had_no_effect_or_had(self) -> None:
        for had_effect in (False, True):
            scene = Scene()
            scene.driver.refusals = [OperationFailed("it failed", had_effect=had_effect)]
            reconciler = scene.reconciler()
            with pytest.raises(OperationFailed):
                reconciler.present(DESIRED)
            assert reconciler.state.outcome()[0] is had_effect


class TestReadBack:
    def test_value_that_is_ignored_is_a_failure(self) -> None:
        scene = Scene(dict(ACTIVE))
        scene.driver.ignores = {"size"}
        with pytest.raises(
            OperationFailed, match="reported success, but size of thing 'a' still has its old value"
        ):
            scene.present({"name": "a", "size": 5})
        assert scene.actions == [UPDATING]
        assert scene.clock.now >= 45

    def test_value_that_shows_late_is_waited_for(self) -> None:
        scene = Scene(dict(ACTIVE))
        scene.driver.ignores = {"size"}
        get = scene.driver.get

        def late(resource_id: str) -> dict[str, Any] | None:
            return {**ACTIVE, "size": 5} if scene.clock.now > 30 else get(resource_id)

        scene.driver.get = late  # type: ignore[method-assign]  # eventually consistent
        _reply, state = scene.present({"name": "a", "size": 5})
        assert state.changed
        assert scene.actions == [UPDATING]
        assert scene.warnings == []

    def test_value_that_the_server_turns_into_another_one_is_a_warning(self) -> None:
        scene = Scene(dict(ACTIVE))
        update = scene.driver.update
        scene.driver.update = lambda reply, body: update(reply, {**body, "size": 8})  # type: ignore[method-assign]  # rounds it
        _reply, state = scene.present({"name": "a", "size": 7})
        assert state.changed
        assert scene.actions == [UPDATING]
        assert scene.warnings == [
            "size of thing 'a' was changed, but the server reports another value than the one asked for."
        ]

    def test_value_that_is_not_reported_is_said_once(self) -> None:
        scene = Scene({"id": 1, "status": "active", "name": "a"})
        scene.present()
        assert scene.warnings == ["The server does not report size of thing 'a', so it was not compared."]
        assert scene.driver.calls == []


class TestNotWaiting:
    def test_run_ends_with_the_request(self) -> None:
        scene = Scene()
        reply, state = scene.present(wait=False, settle=False)
        assert reply is None
        assert state.outcome() == (True, {}, DESIRED)
        assert state.operation is not None
        assert scene.clock.now == 0
        _reply, state = scene.present()
        assert state.outcome()[0] is False
        assert state.adopted
        assert scene.actions == [CREATING]

    def test_what_needs_a_second_request_is_named(self) -> None:
        scene = Scene()
        scene.present({**DESIRED, "rules": ["r"]}, wait=False, settle=False)
        assert "rules can only be set after the creation" in scene.warnings[0]


class TestSlices:
    @pytest.mark.parametrize("share", [0.5, 3, 7, 25])
    def test_slices_do_what_one_run_does(self, share: float) -> None:
        desired = {**DESIRED, "rules": ["r"], "own": "o"}
        whole = Scene()
        expected = whole.present(desired)[1].outcome()
        scene = Scene()
        state: State | None = None
        for _slice in range(200):
            reconciler = scene.reconciler(share=share, state=state)
            try:
                reply = reconciler.present(desired)
                break
            except SliceOver:
                state = State.load(json.loads(json.dumps(reconciler.state.dump())))
        assert reply is not None
        assert reconciler.state.outcome() == expected
        assert scene.driver.calls == whole.driver.calls

    def test_every_word_of_the_state_survives(self) -> None:
        work = Work(
            UPDATING, Operation("op", resource_id="3"), "3", {"a": 1}, {"a": 2}, {"a": "digest"}, True
        )
        state = State(
            changed=True,
            created=True,
            adopted=True,
            work=work,
            operation=Operation("op", resource_id="3"),
            before={"a": 1},
            after={"a": 2},
            sent={"a": "digest"},
            accepted=["b"],
            course=Course("create 1", "create", 1.0, 3.0, 2.0, "processing", 1.0, 1.0),
            writes=2,
            memory={"x": 1.0},
            sending=work,
            last={"id": 1},
        )
        assert State.load(json.loads(json.dumps(state.dump()))) == state
        assert State.load(json.loads(json.dumps(State().dump()))) == State()

    @pytest.mark.parametrize("taken", [False, True])
    def test_create_that_another_process_has_sent_meanwhile_is_not_claimed(self, taken: bool) -> None:
        """Our request was lost. Between two slices another process gives it up, and sends its own."""
        scene = Scene()
        scene.driver.errors = [UnclearWrite("lost")]
        reconciler = scene.reconciler(share=30)
        with pytest.raises(SliceOver):
            reconciler.present(DESIRED)
        state = State.load(json.loads(json.dumps(reconciler.state.dump())))
        scene.clock.now += 10
        if taken:
            other = Scene()
            other.clock = other.driver.clock = scene.clock
            assert other.present()[1].changed
        scene.driver.begin("creating", {**ACTIVE}, 10)
        reply, state = scene.present(state=state)
        assert reply == ACTIVE
        assert (state.changed, state.adopted) == (not taken, taken)
        assert scene.actions == []

    def test_timeout_keeps_the_handle(self) -> None:
        scene = Scene(seconds=1000)
        reconciler = scene.reconciler(seconds=60)
        with pytest.raises(WaitTimeout, match="Gave up waiting for thing 'a' after 60 seconds"):
            reconciler.present(DESIRED)
        assert scene.clock.now == 60
        handle = reconciler.state.public_operation()
        assert handle is not None
        assert handle["id"] == "op-1"
        assert reconciler.state.outcome() == (True, {}, DESIRED)
        assert reconciler.seen is not None

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One creator at a time on a machine, and what it remembers; with real processes."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import RedisError, WaitTimeout
from ansible_collections.community.redis.plugins.module_utils._core.lock import create_lock
from ansible_collections.community.redis.plugins.module_utils._core.memory import (
    FORGET_AFTER,
    Memory,
    directory,
    file_name,
)
from ansible_collections.community.redis.plugins.module_utils._core.operation import Operation
from ansible_collections.community.redis.plugins.module_utils._core.work import CREATING
from unit.fake_clock import EPOCH, FakeClock

SCOPE = ("account", "things")
PROCESSES = multiprocessing.get_context("fork")


def hold(path: str, scope: tuple[str, ...]) -> None:
    """Take the lock, say so in a file, and never let it go."""
    with create_lock(scope, Deadline(Clock(), 30), "it"):
        Path(path).write_text("held", encoding="utf-8")
        time.sleep(60)


def count(path: str) -> None:
    """Add one to the number in a file; wrong without a lock."""
    for _number in range(5):
        with create_lock(SCOPE, Deadline(Clock(), 30), "it"):
            before = int(Path(path).read_text(encoding="utf-8"))
            time.sleep(0.005)
            Path(path).write_text(str(before + 1), encoding="utf-8")


Start = Callable[..., BaseProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes; they end with the test."""
    started: list[BaseProcess] = []

    def run(function: Callable[..., None], *arguments: object) -> BaseProcess:
        process = PROCESSES.Process(target=function, args=arguments, daemon=True)
        process.start()
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.join()


def wait_for(path: Path) -> None:
    for _attempt in range(200):
        if path.exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{path.name} did not come")


class TestLock:
    def test_second_process_waits_and_gives_up_at_its_deadline(self, start: Start, tmp_path: Path) -> None:
        start(hold, str(tmp_path / "held"), SCOPE)
        wait_for(tmp_path / "held")
        clock = FakeClock()
        seen: list[str] = []
        with (
            pytest.raises(WaitTimeout, match="Another process on this machine is creating the thing"),
            create_lock(
                SCOPE, Deadline(clock, 20), "the thing", lambda reading: seen.append(reading.words())
            ),
        ):
            pass
        assert clock.now == 20
        assert set(seen) == {"waiting another process on this machine is creating"}

    def test_lock_of_a_killed_process_is_free(self, start: Start, tmp_path: Path) -> None:
        holder = start(hold, str(tmp_path / "held"), SCOPE)
        wait_for(tmp_path / "held")
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
        clock = FakeClock()
        with create_lock(SCOPE, Deadline(clock, 20), "it"):
            assert clock.slept == []

    def test_other_scopes_are_free(self, start: Start, tmp_path: Path) -> None:
        start(hold, str(tmp_path / "held"), SCOPE)
        wait_for(tmp_path / "held")
        for scope in (("account", "other things"), ("another account", "things"), ("accountthings",)):
            with create_lock(scope, Deadline(FakeClock(), 0), "it"):
                pass

    def test_no_two_at_once(self, start: Start, tmp_path: Path) -> None:
        number = tmp_path / "number"
        number.write_text("0", encoding="utf-8")
        for process in [start(count, str(number)) for _process in range(3)]:
            process.join(30)
            assert process.exitcode == 0
        assert number.read_text(encoding="utf-8") == "15"


class TestDirectory:
    def test_private(self) -> None:
        mode = os.stat(directory())
        assert stat.S_IMODE(mode.st_mode) == 0o700
        assert os.path.dirname(directory()) == tempfile.gettempdir()

    @pytest.mark.parametrize("kind", ["open", "link", "file"])
    def test_somebody_elses_preparations_are_refused(self, tmp_path: Path, kind: str) -> None:
        place = Path(tempfile.gettempdir()) / f"community.redis-{os.getuid()}"
        if kind == "open":
            place.mkdir()
            place.chmod(0o777)
        elif kind == "link":
            (tmp_path / "trap").mkdir(mode=0o700)
            place.symlink_to(tmp_path / "trap")
        else:
            place.touch()
        with pytest.raises(RedisError, match="is not a private directory of this user"):
            directory()

    def test_names_tell_nothing(self) -> None:
        assert "account" not in os.path.basename(file_name(("account", "canary"), ".lock"))
        assert file_name(("a", "b"), ".x") != file_name(("ab",), ".x")

    def test_lock_does_not_follow_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "victim").write_text("untouched", encoding="utf-8")
        os.symlink(tmp_path / "victim", file_name(SCOPE, ".lock"))
        with (
            pytest.raises(RedisError, match=r"symbolic links.*TMPDIR"),
            create_lock(SCOPE, Deadline(FakeClock(), 1), "it"),
        ):
            pass
        assert (tmp_path / "victim").read_text(encoding="utf-8") == "untouched"


class TestMemory:
    def test_nothing_at_first(self) -> None:
        assert Memory(SCOPE, "it", FakeClock()).recall() is None

    def test_another_process_finds_what_was_intended(self) -> None:
        clock = FakeClock()
        Memory(SCOPE, "it", clock).intend(CREATING, None)
        clock.now += 30
        later = Memory(SCOPE, "it", clock)
        note = later.recall()
        assert note is not None
        assert (note.action, note.when, note.operation, later.age(note)) == (CREATING, EPOCH, None, 30)
        assert Memory(SCOPE, "another", clock).recall() is None
        assert Memory(("other", "things"), "it", clock).recall() is None

    def test_and_what_the_server_called_it(self) -> None:
        memory = Memory(SCOPE, "it", FakeClock())
        memory.intend(CREATING, None)
        memory.answered(Operation("op-1", kind="create", resource_id="7"), "7")
        note = Memory(SCOPE, "it", FakeClock()).recall()
        assert note is not None
        assert note.resource_id == "7"
        assert note.operation is not None
        assert note.operation.id == "op-1"

    def test_settled_is_forgotten(self) -> None:
        memory = Memory(SCOPE, "it", FakeClock())
        memory.intend(CREATING, None)
        memory.settle()
        memory.settle()
        assert Memory(SCOPE, "it", FakeClock()).recall() is None

    def test_what_another_process_has_sent_since_is_not_forgotten(self) -> None:
        clock = FakeClock()
        mine, other = Memory(SCOPE, "it", clock), Memory(SCOPE, "it", clock)
        mine.intend(CREATING, None)
        first = other.recall()
        assert first is not None
        assert mine.is_current(first)
        clock.now += 80
        other.settle()
        assert not mine.is_current(first)
        other.intend(CREATING, None)
        assert not mine.is_current(first)
        mine.settle()
        assert mine.recall() is not None
        mine.settle()
        assert other.recall() is None

    def test_a_later_slice_forgets_what_an_earlier_one_has_sent(self) -> None:
        clock = FakeClock()
        when = Memory(SCOPE, "it", clock).intend(CREATING, None)
        Memory(SCOPE, "it", clock, when).settle()
        assert Memory(SCOPE, "it", clock).recall() is None

    def test_too_old(self) -> None:
        clock = FakeClock()
        Memory(SCOPE, "it", clock).intend(CREATING, None)
        clock.now += FORGET_AFTER + 1
        assert Memory(SCOPE, "it", clock).recall() is None
        assert not os.path.exists(file_name((*SCOPE, "it"), ".json"))

    def test_a_clock_that_was_set_back_says_nothing_about_the_write(self) -> None:
        clock = FakeClock()
        clock.now = 10.0
        Memory(SCOPE, "it", clock).intend(CREATING, None)
        clock.now -= 5
        later = Memory(SCOPE, "it", clock)
        note = later.recall()
        assert note is not None
        assert later.age(note) == 0

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "null", "7", '{"action": "create"}', '{"when": "soon", "action": "x"}']
    )
    def test_what_cannot_be_read_says_nothing(self, content: str) -> None:
        path = Path(file_name((*SCOPE, "it"), ".json"))
        path.write_text(content, encoding="utf-8")
        assert Memory(SCOPE, "it", FakeClock()).recall() is None
        assert not path.exists()

    def test_file_is_private_and_without_payload(self) -> None:
        memory = Memory(SCOPE, "it", FakeClock())
        memory.intend(CREATING, None)
        memory.answered(Operation("op-1", result={"password": "canary"}), None)
        path = file_name((*SCOPE, "it"), ".json")
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        text = Path(path).read_text(encoding="utf-8")
        assert "canary" not in text
        assert json.loads(text)["operation"]["id"] == "op-1"
        assert sorted(os.listdir(directory())) == [os.path.basename(path)], "no temporary file is left"


def fails(number: int) -> Callable[..., Any]:
    def call(*_args: Any, **_more: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return call


class TestTroubleWithFiles:
    """Before a write it is a reason not to send it, after a write it is none to stop following it."""

    def test_no_room_to_note_what_is_intended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fails(errno.ENOSPC))
            with pytest.raises(RedisError, match=r"No space left on device.*Make room, or set TMPDIR"):
                Memory(SCOPE, "it", FakeClock()).intend(CREATING, None)
        assert os.listdir(directory()) == []

    def test_no_room_to_note_the_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = Memory(SCOPE, "it", FakeClock())
        memory.intend(CREATING, None)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fails(errno.ENOSPC))
            memory.answered(Operation("op-1"), "7")
        note = Memory(SCOPE, "it", FakeClock()).recall()
        assert note is not None
        assert (note.action, note.operation) == (CREATING, None), "what was intended is still noted"
        assert len(os.listdir(directory())) == 1

    def test_note_that_cannot_be_removed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = Memory(SCOPE, "it", FakeClock())
        memory.intend(CREATING, None)
        with monkeypatch.context() as patch:
            patch.setattr(os, "unlink", fails(errno.EROFS))
            memory.settle()
        assert Memory(SCOPE, "it", FakeClock()).recall() is not None

    def test_note_that_cannot_be_read_may_say_something(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Memory(SCOPE, "it", FakeClock()).intend(CREATING, None)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", fails(errno.EMFILE))
            with pytest.raises(RedisError, match="Too many open files"):
                Memory(SCOPE, "it", FakeClock()).recall()
        assert Memory(SCOPE, "it", FakeClock()).recall() is not None

    def test_directory_that_cannot_be_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "mkdir", fails(errno.EROFS))
        with pytest.raises(RedisError, match="Read-only file system"):
            directory()

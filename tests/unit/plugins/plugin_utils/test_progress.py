# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When something is said without any news."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from ansible_collections.community.redis.plugins.plugin_utils import progress, waiting
from ansible_collections.community.redis.plugins.plugin_utils.progress import Progress

NEWS = {"what": "it", "reading": {"phase": "creating", "status": "pending"}}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    time = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: time.seconds))
    return time


def test_something_is_said_when_nothing_has_been(now: SimpleNamespace) -> None:
    said: list[str] = []
    shown = Progress(said.append, "[web]", 3600, 20)
    assert shown.beat() == pytest.approx(22.5)
    now.seconds += 22.4
    assert shown.beat() == pytest.approx(0.1)
    assert said == []
    now.seconds += 0.1
    assert shown.beat() == pytest.approx(22.5)
    assert said == ["[web] waiting: starting, no news for 22s, 22s of 1h00m"]
    now.seconds += 10
    shown.tell(NEWS)
    assert said[1:] == ["[web] it: creating pending, 32s of 1h00m"]
    assert shown.beat() == pytest.approx(22.5)
    now.seconds += 50
    shown.beat()
    assert said[2:] == ["[web] it: creating pending, no news for 50s, 1m22s of 1h00m"]


def test_secret(now: SimpleNamespace) -> None:
    said: list[str] = []
    shown = Progress(said.append, "[web]", None, 20, secret=True)
    shown.tell(NEWS)
    now.seconds += 50
    shown.beat()
    assert said == ["[web] still waiting, 0s", "[web] still waiting, 50s"]


def test_default_keeps_below_half_a_minute() -> None:
    assert waiting.INTERVAL + progress.PATIENCE < 30


def test_very_long_interval(now: SimpleNamespace) -> None:
    assert Progress(print, "[web]", None, 1e12).beat() <= threading.TIMEOUT_MAX


def test_thread_says_it_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    said = threading.Event()
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    shown = Progress(lambda line: said.set(), "[web]", None, 0.01)
    before = threading.active_count()
    with shown.beating():
        assert said.wait(30)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before

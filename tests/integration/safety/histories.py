# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A resource is created, changed and deleted by real processes that are killed again and again.

After the blows of each step one more run has to finish it: with exactly one of everything, every write carried out
once, and ``changed`` only if that run has done it.
"""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from integration.safety.live import Blow, Client, Live, running, strike_at_random

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step, Subject

RESULT = re.compile(r"^(?:ok|changed): \[localhost\] => (\{.*\})$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Plot:
    """``how``: module, playbook (modules run in its worker) or playbook-modules (as processes). ``blows`` per step.
    ``tree``: the blow hits everything that the victim has started; else what is left runs on beside the next run.
    ``unseen``: one write is sent and never arrives."""

    subject: str
    seed: int
    how: str = "module"
    blows: int = 2
    tree: bool = True
    unseen: bool = False
    steps: int = 3

    def __str__(self) -> str:
        return f"{self.subject}/{self.seed}/{self.how}/{self.blows}/{self.tree}/{self.unseen}/{self.steps}"


class History:
    """Plays a plot. ``struck`` counts the SIGKILLs that hit something."""

    def __init__(self, plot: Plot, live: Live) -> None:
        self.plot = plot
        self.live = live
        self.rng = random.Random(str(plot))
        self.subject: Subject = SUBJECTS[plot.subject]()
        self.struck = 0
        self.story: list[str] = []

    def play(self) -> None:
        self.subject.prepare(self.live, self.rng)  # type: ignore[arg-type]  # the same handles as a bench has
        for step in self.subject.steps(self.rng)[: self.plot.steps]:
            self._step(step)
        assert not list(self.live.directory.glob("machine-1/community.redis-*/*.json")), "still remembered"

    def _step(self, step: Step) -> None:
        begin = len(self.live.heard)
        for number in range(self.plot.blows):
            self._blow(step, number)
        last = len(self.live.heard)
        result = self._finish(step)
        # what a killed run has left behind may still be at work
        mine = self._carried_out(last) if self.plot.tree else None
        if mine is not None:
            assert result["changed"] == bool(sum(mine.values())), (result["changed"], mine)
        done = self._carried_out(begin)
        assert set(done) == set(step.writes), (done, step.writes)
        assert step.repeatable or done == step.writes, (done, step.writes)
        found = self.subject.ours(self.live)  # type: ignore[arg-type]
        assert len(found) == (step.action != DELETE), found
        if found:
            assert result[self.subject.noun]["status"] == "active"
            for name, value in step.holds.items():
                assert found[0][name] == value, (name, found[0][name])
        again = len(self.live.heard)
        result = self._finish(step)
        assert not result["changed"], "a change in the run after the last"
        assert all(request.method == "GET" for request in self.live.heard[again:])

    def _blow(self, step: Step, number: int) -> None:
        rng, kind = self.rng, self.rng.choice(("request", "write", "moment"))
        if self.plot.unseen and number == 0:
            kind = "unseen"
        client = None
        if kind == "moment":
            client = self._start(step)
            hit = strike_at_random(client, rng, 3.0 if self.plot.how == "module" else 6.0, self.plot.tree)
            self.story.append(f"{step.action}: SIGKILL at a random moment, hit={hit}")
        else:
            blow = Blow(rng.randrange(1, 12), rng.random() < 0.5, tree=self.plot.tree)
            if kind in ("write", "unseen"):
                blow = Blow(1, before=kind == "unseen", writes=True, tree=self.plot.tree)
            self.live.blow = blow
            client = self._start(step)
            blow.pid = client.pid
            client.wait()
            self.live.blow = None
            hit = blow.struck
            self.story.append(f"{step.action}: {blow}, hit={hit}")
        self.struck += hit
        if not hit:
            assert client.process.returncode == 0, client.output

    def _start(self, step: Step) -> Client:
        params = {**step.params, "wait_interval": 2}
        if self.plot.how == "module":
            return self.live.module(self.subject.module, params)
        direct = "0" if self.plot.how == "playbook-modules" else "1"
        task = {"name": "step", f"community.redis.{self.subject.module}": params}
        return self.live.playbook([task], environment={"COMMUNITY_REDIS_DIRECT": direct}, arguments=("-v",))

    def _finish(self, step: Step) -> dict[str, Any]:
        client = self._start(step).wait()
        assert client.process.returncode == 0, client.output
        assert "Traceback" not in client.output, client.output
        if self.plot.how == "module":
            return client.result
        found = RESULT.search(client.output)
        assert found, client.output
        value = json.loads(found.group(1))
        assert isinstance(value, dict)
        return value

    def _carried_out(self, since: int) -> Any:
        return self.subject.carried_out(self.live, self.live.heard[since:])  # type: ignore[arg-type]


def play(plot: Plot, directory: Path) -> int:
    """Returns how many processes were killed. Raises AssertionError with the story and the requests."""
    place = directory / re.sub(r"[^a-z0-9.-]", "_", str(plot).lower())
    place.mkdir()
    with running(place) as live:
        history = History(plot, live)
        try:
            history.play()
        except AssertionError as error:
            words = [f"{plot}: {error}", *history.story, *map(str, live.heard)]
            raise AssertionError("\n".join(words)) from error
        return history.struck


def plots(rounds: int, first: int = 0) -> Iterator[Plot]:
    """So many rounds of every kind of history."""
    for seed in range(first, first + rounds):
        yield Plot("cloud-database", seed, unseen=seed == first)
        yield Plot("cloud-subscription", seed)
        yield Plot("enterprise-8.2", seed, unseen=seed == first)
        yield Plot("enterprise-7.4", seed)
        yield Plot("cloud-database", seed, "playbook")
        yield Plot("enterprise-7.22", seed, "playbook-modules")
        yield Plot("cloud-subscription", seed, "playbook", blows=1, tree=False)
        yield Plot("enterprise-8.2", seed, "playbook-modules", blows=1, tree=False)

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources are created, changed and deleted by real processes that are killed again and again.

After the blows of each step one more run has to finish it: with exactly one of everything, every write carried out
once, and ``changed`` only where that run has done it.
"""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Iterator
from pathlib import Path

from integration.safety.clients import Client
from integration.safety.live import Blow, Live, running

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step

# Seconds after its first request in which a victim is hit at a random moment
LONGEST = 1.0


@dataclasses.dataclass(frozen=True)
class Plot:
    """What is played. ``how``: as a process of its own (module), in the worker of ansible-playbook (playbook), or as
    a process that this one starts (playbook-modules). ``blows``: for each step. ``whom``: all that the victim has
    started is hit with it (tree), or it alone (alone), so that what it leaves behind runs on beside the next run.
    ``unseen``: the first write of each step never arrives, which takes a while to find out."""

    subject: str
    seed: int
    how: str = "module"
    blows: int = 3
    whom: str = "tree"
    unseen: bool = False

    def __str__(self) -> str:
        return "/".join(str(value) for value in dataclasses.astuple(self))

    @classmethod
    def parse(cls, text: str) -> Plot:
        subject, seed, how, blows, whom, unseen = text.split("/")
        return cls(subject, int(seed), how, int(blows), whom, unseen == "True")


class History:
    """Plays a plot. ``struck`` counts the SIGKILLs that hit something."""

    def __init__(self, plot: Plot, live: Live) -> None:
        self.plot = plot
        self.live = live
        self.rng = random.Random(str(plot))
        self.subject = SUBJECTS[plot.subject]()
        self.struck = 0
        self.story: list[str] = []

    def play(self) -> None:
        self.subject.prepare(self.live, self.rng)
        for step in self.subject.steps(self.rng):
            self._step(step)
        assert not self.live.notes(), "still remembered"

    def _step(self, step: Step) -> None:
        begin = len(self.live.heard)
        victims = [self._blow(step, number) for number in range(self.plot.blows)]
        if self.plot.whom == "tree":
            self.live.wait_until_quiet()
        last = len(self.live.heard)
        result = self._start(step).succeeds()
        if self.plot.whom == "tree":
            # what a killed run leaves behind does its part, too
            claimed = self.subject.claimed(result)
            done = self.subject.touched(self.live, self.live.heard[last:])
            assert claimed == done, f"{step.action}: says to have changed {claimed}, and has changed {done}"
        for victim in victims:
            victim.wait_for_orphans()
        self._judge(step, begin)
        if step.left:
            shown = self.subject.shown(result)
            assert [resource["status"] for resource in shown] == ["active"] * step.left, shown
        self._judge_rest(step)

    def _judge(self, step: Step, begin: int) -> None:
        """All runs of a step together."""
        done = self.subject.carried_out(self.live, self.live.heard[begin:])
        assert set(done) == set(step.writes), f"{step.action}: {done} instead of {step.writes}"
        assert step.repeatable or done == step.writes, f"{step.action}: {done} instead of {step.writes}"
        found = self.subject.ours(self.live)
        assert len(found) == step.left, f"{step.action}: {len(found)} of them"
        assert not step.unmet(found), step.unmet(found)

    def _judge_rest(self, step: Step) -> None:
        """The same again, in the cheaper way: nothing to do, nothing sent."""
        begin = len(self.live.heard)
        result = self.live.module(self.subject.module, step.params).succeeds()
        assert not result["changed"], f"{step.action}: a change in the run after the last"
        assert all(request.method == "GET" for request in self.live.heard[begin:]), "something was sent again"

    def _blow(self, step: Step, number: int) -> Client:
        kind = self.rng.choice(("request", "write", "moment"))
        if self.plot.unseen and number == 0:
            kind = "unseen"
        victim = {"moment": self._strike_later, "request": self._strike_request}.get(kind, self._strike_write)(
            step, kind == "unseen"
        )
        if victim.process.returncode == 0:
            self.story.append(f"{step.action}: it had ended before")
        else:
            assert victim.process.returncode == -9, victim.output
            self.struck += 1
        return victim

    def _strike_request(self, step: Step, before: bool) -> Client:
        return self._strike(step, Blow(self.rng.randrange(1, 9), before or self.rng.random() < 0.5))

    def _strike_write(self, step: Step, before: bool) -> Client:
        return self._strike(step, Blow(1, before, writes=True))

    def _strike(self, step: Step, blow: Blow) -> Client:
        self.story.append(f"{step.action}: {blow}")
        return self.live.struck(lambda: self._start(step), blow, self.plot.whom == "tree")

    def _strike_later(self, step: Step, _before: bool) -> Client:
        pause = self.rng.uniform(0, LONGEST)
        self.story.append(f"{step.action}: SIGKILL {pause:.2f} s after the first request")
        self.live.blow = blow = Blow()
        victim = self._start(step)
        while not blow.struck.wait(0.05) and not victim.ends_within(0.05):
            pass
        time.sleep(pause)
        if victim.process.poll() is None:
            victim.kill(self.plot.whom == "tree")
        self.live.blow = None
        return victim

    def _start(self, step: Step) -> Client:
        params = {**step.params, "wait_interval": 2}
        if self.plot.how == "module":
            return self.live.module(self.subject.module, params)
        task = {"name": "step", f"community.redis.{self.subject.module}": params}
        direct = "0" if self.plot.how == "playbook-modules" else "1"
        return self.live.playbook([task], {"COMMUNITY_REDIS_DIRECT": direct})


def play(plot: Plot, directory: Path) -> int:
    """Returns how many processes were killed. Raises AssertionError with the story and the requests."""
    place = directory / str(plot).replace("/", "-")
    place.mkdir()
    with running(place, fast=True) as live:
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
        # the slowest first
        yield Plot("cloud-database", seed, unseen=True)
        yield Plot("enterprise-8.2", seed, unseen=True)
        yield Plot("cloud-databases", seed)
        yield Plot("enterprise-databases-8.2", seed)
        yield Plot("cloud-subscription", seed)
        yield Plot("enterprise-7.4", seed)
        yield Plot("cloud-database", seed, "playbook", 1)
        yield Plot("enterprise-7.22", seed, "playbook-modules", 1)
        yield Plot("cloud-subscription", seed, "playbook", 1, "alone")
        yield Plot("enterprise-8.2", seed, "playbook-modules", 1, "alone")

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One seed: a resource is created, changed and deleted while everything goes wrong, and at the end all is as it must be.

Each step is run again until a run succeeds, as people do it. On the way runs meet faults, are killed, run out of time,
run in slices, or beside each other. What must hold is written in ``_judge``, ``_judge_step`` and ``_judge_rest``.
"""

from __future__ import annotations

import dataclasses
import functools
import random
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unit.harness import Run

from .bench import ChaosBench, Fate, Heard, Process
from .catalogue import SUBJECTS
from .chaos import Distortion, fault_rules
from .subjects import CREATE, Step, Subject, doubled, is_create
from .verdicts import DOUBLE, OVERTIME, lie, wrong_words

# After so many runs of a step the faults stop: from then on nothing but success is right.
CALM_AFTER = 5
PATIENCE = 3600.0


@dataclasses.dataclass
class Attempt:
    """One run of a step, and what it met."""

    process: Process
    timeout: float
    slice_seconds: float | None
    first: int
    #: options by which a run does not wait to the end
    haste: dict[str, Any] = dataclasses.field(default_factory=dict)
    run: Run | None = None

    def __str__(self) -> str:
        how = f"in slices of {self.slice_seconds:g} s" if self.slice_seconds else "in one go"
        how += "".join(f", {name}={value}" for name, value in self.haste.items())
        if self.run is None:
            end = "killed"
        elif self.run.failed:
            end = f"failed after {self.run.seconds:.0f} s: {self.run.message}"
        else:
            end = f"ok after {self.run.seconds:.0f} s, changed={self.run.changed}, adopted={self.run.result.get('adopted')}"
        return f"{self.process.name} ({how}, timeout {self.timeout:g}, {self.process.fate}): {end}"


class Schedule:
    """Plays one seed for one subject. Raises AssertionError with the whole story."""

    def __init__(self, subject: Subject, seed: int, bench: ChaosBench) -> None:
        self.rng = random.Random(f"{subject.name}/{seed}")
        self.subject = subject
        self.bench = bench
        self.story: list[str] = []
        self._names = 0
        self._second_machine = False
        # with two machines two resources may come into being; what then holds is judged, and nothing after it
        self.doubled = False

    def play(self) -> None:
        self.subject.prepare(self.bench, self.rng)
        for step in self.subject.steps(self.rng):
            self._step(step)
            if self.doubled:
                return
        # a run that was killed on another machine has left its note there
        assert self.bench.notes("machine-1") == [], "something is still remembered"

    # -- one step --------------------------------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        self.story.append(f"-- {step.action}")
        self._predict(step)
        begin = len(self.bench.heard)
        beside = False
        for number in range(CALM_AFTER + 1):
            calm = number >= CALM_AFTER
            others = self.subject.others(self.bench)
            if not calm and self.rng.random() < 0.2:
                self.subject.disturb(self.bench, self.rng)
            attempts = self._attempts(step, calm)
            self.story += map(str, attempts)
            beside = beside or len(attempts) > 1
            done = [attempt for attempt in attempts if self._judge(attempt, step, begin, calm, beside)]
            assert others <= self.subject.others(self.bench), "what belongs to others is gone"
            if self.doubled or self._judge_doubles(step, attempts):
                return
            if done:
                self._judge_step(step, begin, beside)
                self._judge_rest(step)
                return
            self.bench.pass_time(self.rng.choice((0.0, 0.0, 1.0, 10.0, 100.0)))
        raise AssertionError("it was never done")

    def _predict(self, step: Step) -> None:
        """Check mode says that something will change, and changes nothing."""
        if self.rng.random() < 0.2:
            run = self._alone("check", step, check=True)
            assert run is not None
            assert not run.failed, run.result
            assert run.changed, "check mode did not see the change"

    def _attempts(self, step: Step, calm: bool) -> list[Attempt]:
        self.bench.simulator.faults.replace([])
        self.bench.distort = None
        if calm:
            return [self._run_one(step, self._attempt(calm))]
        for rule in fault_rules(self.rng, self.subject.product, self.rng.choice((0, 1, 1, 2, 3))):
            self.bench.simulator.faults.add(rule)
        if self.rng.random() < 0.3:
            self.bench.distort = Distortion.draw(self.rng)
        if self.rng.random() < 0.85:
            return [self._run_one(step, self._attempt(calm))]
        return self._run_two(step)

    def _attempt(self, calm: bool, machine: str = "machine-1") -> Attempt:
        rng = self.rng
        self._names += 1
        fate, timeout, seconds = Fate(), PATIENCE, None
        if not calm and rng.random() < 0.5:
            fate = Fate(rng.choice(("before", "after", "pause")), rng.randrange(1, rng.choice((5, 15, 40))))
        if not calm and rng.random() < 0.15:
            timeout = float(rng.choice((0, 5, 40, 120)))
        if rng.random() < 0.3:
            seconds = float(rng.choice((3, 25, 25, 60)))
        haste: dict[str, Any] = {}
        if not calm and rng.random() < 0.15:
            haste = rng.choice(({"wait": False}, {"wait_for": "processing"}))
        process = Process(f"run {self._names}", self.bench.machine(machine), fate)
        return Attempt(process, timeout, seconds, len(self.bench.heard), haste)

    def _run_one(self, step: Step, attempt: Attempt) -> Attempt:
        attempt.run = self.bench.alone(attempt.process, lambda: self._body(step, attempt))
        return attempt

    def _run_two(self, step: Step) -> list[Attempt]:
        """At the same time, on one machine or on two."""
        elsewhere = self.rng.choice(("machine-1", "machine-1", "machine-2"))
        self._second_machine = self._second_machine or elsewhere == "machine-2"
        attempts = [self._attempt(False), self._attempt(False, elsewhere)]
        runs = self.bench.together(
            self.rng,
            [
                (attempt.process, functools.partial(self._body, step, attempt)) for attempt in attempts
            ],
        )
        for attempt, run in zip(attempts, runs, strict=True):
            attempt.run = run
        return attempts

    def _alone(self, name: str, step: Step, check: bool = False) -> Run | None:
        """A patient run that nothing happens to."""
        attempt = Attempt(Process(name, self.bench.machine("machine-1")), PATIENCE, None, len(self.bench.heard))
        return self.bench.alone(attempt.process, lambda: self._body(step, attempt, check))

    def _body(self, step: Step, attempt: Attempt, check: bool = False) -> Run:
        params = {**step.params, **attempt.haste, "wait_timeout": int(attempt.timeout)}
        if attempt.slice_seconds is None:
            return self.bench.run(self.subject.module, params, check=check)
        run, _handed = self.bench.sliced(self.subject.module, params, attempt.slice_seconds)
        return run

    # -- judging ---------------------------------------------------------------------------------------------------

    def _judge(self, attempt: Attempt, step: Step, begin: int, calm: bool, beside: bool) -> bool:
        """One run by itself. True: it says that the step is done."""
        run = attempt.run
        if run is None:
            return False
        mine = self._heard_of(attempt, begin)
        # of two at once whose answers are lost nobody can know which has done it
        knowable = not beside or (step.action == CREATE and not self._second_machine)
        if run.failed:
            self._judge_failure(attempt, run, mine, calm, beside)
            if knowable:
                claimed = self.subject.claimed(run.result)
                sent = self.subject.touched(self.bench, mine, carried_out=False)
                assert claimed <= sent, f"{attempt}: says to have changed {claimed}, and has sent {sent}"
            return False
        if attempt.haste:
            # what it has requested may still come to nothing
            claimed, sent = self.subject.claimed(run.result), self.subject.touched(self.bench, mine, carried_out=False)
            assert not knowable or claimed <= sent, f"{attempt}: says to have changed {claimed}, and has sent {sent}"
            return False
        if knowable:
            claimed, done = self.subject.claimed(run.result), self.subject.touched(self.bench, mine)
            # nor which of two has created it, unless it was told
            told = [request for request in mine if not (beside and request.fault)]
            known = self.subject.touched(self.bench, told)
            assert known <= claimed <= done, f"{attempt}: says to have changed {claimed}, and has changed {done}"
        self._judge_result(run, step, beside)
        return True

    def _judge_failure(self, attempt: Attempt, run: Run, mine: list[Heard], calm: bool, beside: bool) -> None:
        if self._is_double(run):
            return
        for message in self.subject.failures(run.result):
            wrong = wrong_words(run, message) or lie(run, message, attempt.timeout, mine)
            assert not wrong, f"{attempt}: {wrong}"
        assert not calm, f"{attempt}: nothing is in the way any more"
        late = run.seconds - attempt.timeout
        # beside another process the clock also counts what that one does
        assert beside or late <= OVERTIME or attempt.timeout == PATIENCE, f"{attempt}: {late:.0f} s too late"

    def _judge_result(self, run: Run, step: Step, beside: bool) -> None:
        """What is returned is there, is the only one, can be used, and has the values that were asked for."""
        found = self.subject.ours(self.bench)
        ids = [str(row.get("id", row.get("uid"))) for row in found]
        shown = self.subject.shown(run.result) if step.left else []
        for resource in shown:
            assert resource is not None, "no resource in the result"
            own = str(resource.get(_snake(self.subject.id_key)))
            assert own in ids, f"{own} was returned, {ids} exist"
        if doubled(found):
            return
        assert len(shown) == len(found) == step.left, f"{len(shown)} shown, {len(found)} exist"
        for resource in shown:
            assert resource["status"] == "active", resource["status"]
        # what another run has just sent may not show in the status that is read yet
        assert beside or all(row["status"] in ("active", "pending") for row in found), found
        assert not step.unmet(found), step.unmet(found)

    def _judge_doubles(self, step: Step, attempts: list[Attempt]) -> bool:
        """Two at once on two machines may both have created. Then the later one says so, and nothing is deleted."""
        found = doubled(self.subject.ours(self.bench))
        if not found:
            return False
        self.doubled = True
        assert any(map(is_create, step.writes)), f"{found} after {step.action}"
        assert self._second_machine, "two of them on one machine"
        wanted = any("elete" in kind or kind == "DELETE" for kind in step.writes)
        assert wanted or not any(request.method == "DELETE" for request in self.bench.heard), "something was deleted"
        ends = [attempt.run for attempt in attempts if attempt.run is not None]
        if len(ends) == 2:
            assert any(run.failed for run in ends), "both say that all is well"
        self.bench.simulator.faults.replace([])
        self.bench.distort = None
        # until everything is listed
        self.bench.pass_time(1000.0)
        last = self._alone("last", step)
        assert last is not None
        assert self._is_double(last), last.result
        assert all(one in last.message for ids in found.values() for one in ids), f"{last.message}: {found}"
        return True

    def _is_double(self, run: Run) -> bool:
        told = any(re.match(DOUBLE, message) for message in self.subject.failures(run.result))
        return told and bool(doubled(self.subject.ours(self.bench)))

    def _judge_step(self, step: Step, begin: int, beside: bool) -> None:
        """All runs of a step together: every write was carried out once."""
        heard = self.bench.heard[begin:]
        done = self.subject.carried_out(self.bench, heard)
        assert set(done) == set(step.writes), f"{done} instead of {step.writes}"
        for kind, number in step.writes.items():
            # an update or a delete of two at once may be sent by both: it has the same effect
            again = step.repeatable or (beside and not is_create(kind))
            assert again or done[kind] == number, f"{dict(done)} was carried out instead of {dict(step.writes)}"

    def _judge_rest(self, step: Step) -> None:
        """The same task again: nothing to do, nothing sent."""
        self.bench.simulator.faults.replace([])
        self.bench.distort = None
        begin = len(self.bench.heard)
        run = self._alone("again", step)
        assert run is not None
        assert not run.failed, f"again: {run.message}"
        assert not run.changed, f"again: {run.result.get('diff', 'changed')}"
        assert all(request.method == "GET" for request in self.bench.heard[begin:]), (
            "again: something was written"
        )

    def _heard_of(self, attempt: Attempt, begin: int) -> list[Heard]:
        return [request for request in self.bench.heard[begin:] if request.process == attempt.process.name]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def play(subject_name: str, seed: int) -> Schedule:
    """Play one seed in a world of its own. Raises AssertionError: what is wrong, the story, the requests."""
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory(prefix="safety-") as directory:
        bench = ChaosBench(patch, Path(directory))
        schedule = Schedule(SUBJECTS[subject_name](), seed, bench)
        try:
            schedule.play()
        except AssertionError as error:
            words = [str(error).splitlines()[0] if str(error) else "assertion", *schedule.story]
            words += ["requests:", *map(str, bench.heard)]
            raise AssertionError("\n".join(words)) from error
        finally:
            patch.undo()
    return schedule


def counts(schedule: Schedule) -> Counter[str]:
    """What a schedule has met, for the summary."""
    met: Counter[str] = Counter(runs=0)
    for line in schedule.story:
        if line.startswith("--"):
            continue
        met["runs"] += 1
        met["killed"] += line.endswith("killed")
        met["failed"] += ": failed after" in line
        met["sliced"] += "in slices" in line
    met["faults"] = sum(1 for request in schedule.bench.heard if request.fault)
    return met

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the plural modules run a fleet and report on it: one result per item, and one verdict."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible.module_utils.common.parameters import remove_values

from .clock import Deadline
from .errors import InvalidInput, OperationFailed, SliceOver, TransientError, WaitTimeout
from .fleet import Fleet, Item
from .module import NOTHING_GOES_ON, RedisModule
from .operation import Operation
from .plan import Resource
from .poller import Course, Pace, Reading
from .reconcile import Mode, Reconciler, State
from .redact import secrets_in
from .survey import Survey
from .work import Driver

# The longest pauses, in seconds: one look serves all items, so it can be taken more often; and what one item waits for
# before it has been requested, all that come after it wait for
FLEET_INTERVAL, TURN_INTERVAL = 15.0, 10.0
SHOWN_OPERATIONS = 10

View = t.Callable[[dict[str, t.Any]], dict[str, t.Any]]


class FleetRun:
    """Collects the items of a run, and turns what became of them into the module's report."""

    def __init__(self, module: RedisModule, resource: Resource, survey: Survey, deadline: Deadline, mode: Mode, view: View) -> None:
        self.module = module
        self.resource = resource
        self.survey = survey
        self.deadline = deadline
        self.mode = dataclasses.replace(mode, interval=min(mode.interval, TURN_INTERVAL))
        self.view = view
        self.items: list[Item] = []
        self._states: dict[str, t.Any] = module.handed("items") or {}
        survey.pins.update({one: (exists, since) for one, (exists, since) in (module.handed("pins") or {}).items()})
        self._course = Course(**(module.handed("fleet") or {}))
        module.hand_on(fleet=vars(self._course), pins=survey.pins)
        self._pace = Pace(deadline.clock, mode.interval, mode.rhythm, self._course)
        if self._pace.left() > 0:
            # what the slice before had still to wait; nothing is asked before that
            deadline.pause(self._pace.left())

    def add(
        self, name: str, driver: Driver, desired: dict[str, t.Any] | None, resource: Resource | None = None
    ) -> None:
        state = self._states.get(name)
        reconciler = Reconciler(
            resource or self.resource,
            driver,
            self.deadline,
            self.mode,
            state=State.load(state) if state else None,
            warn=self.module.warn,
            on_reading=self._show_item,
            durations=self.module.durations,
        )
        self.items.append(Item(name, driver, reconciler, desired))

    def unlisted(self, listed: t.Sequence[str], existing: t.Callable[[], t.Iterable[str]]) -> t.Iterator[str]:
        """What a purge removes: what earlier slices have begun to remove, and then names that exist and are not listed."""
        earlier = set(self._states) - set(listed)
        yield from sorted(earlier)
        yield from sorted(set(existing()) - set(listed) - earlier)

    def run(self, noun: str, settle: bool, complete: t.Callable[[], None]) -> None:
        """Raises what ends the run: SliceOver, WaitTimeout, TransientError, or OperationFailed naming every item that
        failed.

        :param complete: adds the items that have to be read first; should that fail, the others are reported.
        """
        try:
            complete()
            self._run(noun, settle)
        except (SliceOver, WaitTimeout, TransientError) as error:
            self.module.hand_on(items={item.name: item.reconciler.state.dump() for item in self.items if self._began(item)})
            if isinstance(error, WaitTimeout):
                error.message = " ".join([error.message, *self._delays(error.message)])
            if isinstance(error, WaitTimeout) or (isinstance(error, TransientError) and not error.hint):
                error.hint = self._resume_hint()
            raise
        finally:
            self._report()
        self._judge(noun)

    def _run(self, noun: str, settle: bool) -> None:
        if len(self.items) > 1:
            self._pace.cap = min(self._pace.cap, FLEET_INTERVAL)
        Fleet(
            self.items, self.survey, self.deadline, self._pace, noun,
            durations=self.module.durations, settle=settle and not self.mode.check,
            on_reading=self.module.show_progress(self.deadline, noun),
        ).run()

    def _resume_hint(self) -> str:
        if not any(item.reconciler.state.is_under_way for item in self.items if not item.done):
            return NOTHING_GOES_ON
        going = self._going()
        # of more than a few the ids are in the results
        return self.module.product.resume_hint(going if len(going) <= SHOWN_OPERATIONS else [])

    def _show_item(self, reading: Reading) -> None:
        """What one item waits for while the others have still to take their turn. A line for each would be too many."""
        began = sum(1 for item in self.items if self._began(item))
        status = "{0} of {1}: {2}".format(began, len(self.items), reading.words())
        self.module.show_progress(self.deadline, self.resource.noun + "s")(
            dataclasses.replace(reading, phase="requesting", status=status, minor=True)
        )

    def _began(self, item: Item) -> bool:
        """Is there anything that the next slice has to know? When something was first noticed is, too: a wait that
        ends a while after that would begin anew with each slice, and never end."""
        state = item.reconciler.state
        under_way = state.work is not None or state.sending is not None
        return state.outcome()[0] or state.adopted or under_way or bool(state.memory or state.course.what)

    def _delays(self, said: str) -> list[str]:
        """Why the server has not taken what is still to be requested, unless it was said. One tells enough of many."""
        states = [(item.name, item.reconciler.state) for item in self.items if not item.done]
        delayed = [(name, state.delayed) for name, state in states if state.delayed]
        if not delayed or delayed[0][1] in said:
            return []
        more = " ({0} more wait, too)".format(len(delayed) - 1) if len(delayed) > 1 else ""
        return ["{0}: {1}{2}".format(*delayed[0], more)]

    def _going(self) -> list[Operation]:
        """What is still under way, as far as it has a record."""
        states = [item.reconciler.state for item in self.items if not item.done]
        return [state.operation for state in states if state.operation is not None]

    def _report(self) -> None:
        results = [self._result(item) for item in self.items]
        self.module.report.update(changed=any(result["changed"] for result in results), results=results)
        if self.module._diff:
            diffs = [result for result in results if result["changed"]]
            self.module.report["diff"] = {
                side: {result["name"]: result["diff"][side] for result in diffs if result["diff"][side]} for side in ("before", "after")
            }

    def _result(self, item: Item) -> dict[str, t.Any]:
        state = item.reconciler.state
        changed, before, after = state.outcome()
        view = None
        if item.reply is not None:
            view = self._shown(self.view(item.reply), changed or item.error is not None)
        result: dict[str, t.Any] = {
            "name": item.name,
            "state": "absent" if item.desired is None else "present",
            "changed": changed,
            "adopted": state.adopted,
            "failed": item.error is not None,
            "error": str(item.error) if item.error is not None else None,
            "diff": {"before": before, "after": after},
            self.module.product.handle: state.public_operation(),
            self.resource.noun: view,
        }
        return result

    def _shown(self, view: dict[str, t.Any], involved: bool) -> dict[str, t.Any]:
        """Secrets of what this run has worked on are masked everywhere. Those of all others can only stand in their own
        entry: looking for each secret of thousands in each entry of thousands would take minutes."""
        if involved:
            self.module.keep_secret(view)
        shown = self.module.show(view)
        if shown is not view and not involved:
            shown = t.cast("dict[str, t.Any]", remove_values(shown, set(secrets_in(view))))
        return shown

    def _judge(self, noun: str) -> None:
        failed = [item for item in self.items if item.error is not None]
        if failed:
            reasons = " ".join("{0}: {1}".format(item.name, item.error) for item in failed)
            raise OperationFailed("{0} of {1} {2} failed. {3}".format(len(failed), len(self.items), noun, reasons))


PURGE_SPEC: dict[str, t.Any] = {
    "purge": {"type": "bool", "default": False},
    "purge_all": {"type": "bool", "default": False},
}


def check_purge(params: dict[str, t.Any], desired: t.Sequence[dict[str, t.Any]]) -> None:
    """Purging everything has to be asked for by name. Raises InvalidInput."""
    if params["purge"] and not params["purge_all"] and not any(wants(item) for item in desired):
        raise InvalidInput(
            "With purge=true and no database in state present, every database would be deleted. Nothing was changed.",
            hint="Set purge_all=true if that is what you want.",
        )


def check_names(desired: t.Sequence[dict[str, t.Any]]) -> None:
    """Raises InvalidInput when a name stands twice."""
    counts = collections.Counter(names_of(desired))
    doubles = sorted(name for name, count in counts.items() if count > 1)
    if doubles:
        raise InvalidInput("databases names {0} more than once.".format(", ".join(doubles)))


def names_of(desired: t.Sequence[dict[str, t.Any]]) -> list[str]:
    return [str(item["name"]) for item in desired]


def wants(item: dict[str, t.Any]) -> bool:
    return bool(item.get("state", "present") == "present")

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AnsibleModule of this collection: raw parameters, slices, one deadline, one way out for every end."""

from __future__ import annotations

import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import remove_values

from .clock import Clock, Deadline
from .errors import InvalidInput, RedisError, SliceOver, TransientError, WaitTimeout
from .fields import Field, argument_spec, given, validate
from .given import task_secrets, without_nulls, wrong_entries
from .operation import Operation
from .options import PROVISIONING
from .plan import Resource
from .poller import Course, Durations, Pace, Reading, Rhythm
from .reconcile import Mode, Reconciler, State
from .redact import Secrets, mask_text, secrets_in, without_secrets
from .slices import PENDING_RESULT, SLICE_ARGUMENT, pack, unpack
from .transport import REQUESTS_ERROR, Connection, Transport, new_session
from .work import Driver

# for info modules and others that only read; generous enough to survive a restart of the API's front
READ_TIMEOUT = 120
NOTHING_GOES_ON = "Nothing that this task has requested is under way. Run it again."


class Product(t.Protocol):
    """What module.py has to know about Redis Cloud or Redis Enterprise."""

    #: result key of an operation: task or action
    handle: str
    #: argument_spec of the connection options
    connection_spec: dict[str, t.Any]
    #: how often to look at work
    rhythm: Rhythm

    def connection(self, params: dict[str, t.Any]) -> Connection:
        """Raises InvalidInput when a required connection option is missing."""

    def transport_options(self, params: dict[str, t.Any], clock: Clock) -> dict[str, t.Any]:
        """Further arguments of Transport, such as read_error."""

    def resume_hint(self, operations: t.Sequence[Operation], resource_id: str | None = None) -> str:
        """The task, ready to paste, that goes on waiting for these; where there is none, for the resource."""


class RedisModule(AnsibleModule):
    """``raw`` are the parameters as given, before validation filled up what is missing; ``slice`` is the share of
    the wait that the action plugin grants this call, with what the one before has handed on, or None. ``report``
    becomes the result, on every way out; ``pending`` is what is handed on: "what" and "reading", which are shown, and
    "state", see hand_on. ``durations`` are those that the run has seen so far."""

    clock: Clock = Clock()

    def __init__(self, product: Product, spec: dict[str, t.Any], fields: t.Sequence[Field] = (), **options: t.Any) -> None:
        self.product = product
        self.fields = fields
        self.slice: dict[str, t.Any] | None = None
        self.raw: dict[str, t.Any] = {}
        self.transport: Transport | None = None
        self.report: dict[str, t.Any] = {"changed": False}
        self.pending: dict[str, t.Any] = {"what": "", "reading": None, "state": {}}
        merged = dict(product.connection_spec, **spec)
        merged.update(argument_spec(fields))
        self.checked = False
        failure: dict[str, t.Any] | None = None
        try:
            super().__init__(argument_spec=merged, supports_check_mode=True, **options)
        except (AttributeError, TypeError, ValueError) as error:
            # ansible-core 2.17 stumbles over some texts where there should be dictionaries
            failure = self._defect("These options cannot be read", error)
        if failure is not None:
            self.fail_json(**failure)
        self.checked = True

    def _load_params(self) -> None:
        super()._load_params()
        # taken out before validation, so that it is no option
        share = self.params.pop(SLICE_ARGUMENT, None)
        self.slice = dict(share, **unpack(share["known"])) if share else None
        # what earlier slices know is not forgotten when this one ends before it comes to its own work
        self.pending.update((self.slice or {}).get("pending") or {})
        self._shown = dict(self.pending["reading"] or {})
        self.durations = Durations(self.pending["state"].setdefault("durations", {}))
        self.raw = {name: value for name, value in self.params.items() if not name.startswith("_ansible_")}
        # Before anything is checked: a task that is refused is shown with all its options, and what AnsibleModule has
        # learned of secrets by then depends on which option is wrong.
        self.no_log_values = Secrets()
        self.no_log_values.update(task_secrets(self.raw, self.argument_spec))
        # AnsibleModule takes a null for a value: for one that is not among the choices, for one of two that exclude
        # each other. What a null means is decided by fields.given(), from the raw parameters.
        self.params: dict[str, t.Any] = without_nulls(self.params, self.argument_spec)

    def _log_invocation(self) -> None:
        """To the system's log. What AnsibleModule does to URLs there would leave parts of a secret behind."""
        self.no_log_values.update(task_secrets(self.params, self.argument_spec))
        params, self.params = self.params, remove_values(self.params, self.no_log_values)
        super()._log_invocation()
        self.params = params

    def exit_json(self, **result: t.Any) -> None:
        super().exit_json(**self.no_log_values.clean(result))

    def fail_json(self, msg: str, **result: t.Any) -> None:
        result = self.no_log_values.clean(result)
        if not self.checked:
            # What ansible-core has converted by now may have keys that were values, and nobody masks keys.
            result["invocation"] = {"module_args": self.raw}
            wrong = wrong_entries(self.fields, self.raw)
            notes = ", ".join([*wrong, *self._variables(msg)])
            msg = "{0} ({1})".format(msg, notes) if notes else msg
        super().fail_json(self.no_log_values.mask(msg), **result)

    def _variables(self, msg: str) -> list[str]:
        """From which environment variables the connection options could have come that are said to be missing."""
        if not msg.startswith("missing required arguments"):
            return []
        options = {name: option for name, option in self.product.connection_spec.items() if option.get("required")}
        missing = [option["fallback"][1][0] for name, option in options.items() if self.raw.get(name) is None and name in msg]
        return ["in the environment: " + ", ".join(missing)] if missing else []

    def warn(self, warning: str, **options: t.Any) -> None:
        """Since ansible-core 2.19 nobody masks warnings."""
        super().warn(self.mask(warning), **options)

    def mask(self, text: str) -> str:
        """A text from somewhere else without secrets."""
        return mask_text(self.no_log_values.mask(text))

    # -- what the products' run functions need -------------------------------------------------------------------

    def desired(self) -> dict[str, t.Any]:
        """The fields that the task gave, checked. Raises InvalidInput."""
        values = given(self.fields, self.params, self.raw)
        validate(self.fields, values)
        return values

    def deadline(self) -> Deadline:
        timeout = self.params.get("wait_timeout", READ_TIMEOUT)
        interval = self.params.get("wait_interval")
        if timeout is not None and timeout < 0 or interval is not None and interval < 1:
            raise InvalidInput("wait_timeout must not be negative, and wait_interval must be at least 1 second.")
        share = self.slice or {}
        return Deadline(self.clock, timeout, share.get("waited", 0.0), share.get("seconds"))

    def pace(self) -> Pace:
        """For waits outside a Reconciler. It goes on where the slice before has ended."""
        course = Course(**(self.handed("course") or {}))
        self.hand_on(course=vars(course))
        return Pace(self.clock, float(self.params["wait_interval"]), self.product.rhythm, course, self.durations)

    def handed(self, name: str) -> t.Any:
        """What the slice before has handed on under this name, or None."""
        return self.pending["state"].get(name)

    def hand_on(self, **what: t.Any) -> None:
        """Let the next slice know, and those after it."""
        self.pending["state"].update(what)

    def show_progress(self, deadline: Deadline, what: str) -> t.Callable[[Reading], None]:
        """An ``on_reading`` that ends the slice at every change, so that it is shown at once."""

        def on_reading(reading: Reading) -> None:
            self.pending.update(what=what, reading=reading.public())
            news = ("phase",) if reading.minor else ("phase", "status")
            if not reading.settled and any(self._shown.get(key) != self.pending["reading"][key] for key in news):
                deadline.end_slice()

        return on_reading

    def connect(self, deadline: Deadline) -> Transport:
        if REQUESTS_ERROR is not None:
            self.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_ERROR)
        connection = self.product.connection(self.params)
        self.no_log_values.update(connection.secrets)
        self.transport = Transport(
            new_session(),
            connection,
            deadline,
            check_mode=self.check_mode,
            mask=self.mask,
            reached=(self.slice or {}).get("reached", False),
            **self.product.transport_options(self.params, self.clock),
        )
        return self.transport

    def mode(self) -> Mode:
        return Mode(
            check=self.check_mode,
            wait=self.params["wait"],
            settle=self.params["wait"] and self.params["wait_for"] == PROVISIONING,
            interval=float(self.params["wait_interval"]),
            rhythm=self.product.rhythm,
            send_secrets=self.params.get("update_password") == "always",
        )

    def keep_secret(self, reply: t.Any) -> None:
        """Mask the secrets of a server's reply wherever they may turn up in the output, unless they were asked for."""
        if not self.params.get("return_secrets"):
            self.no_log_values.update(secrets_in(reply))

    def show(self, view: t.Any) -> t.Any:
        """A resource, or another reply, as it is returned: without its secrets, unless they were asked for."""
        return view if self.params.get("return_secrets") else without_secrets(view)

    # -- ways out --------------------------------------------------------------------------------------------------

    def run(self, body: t.Callable[[RedisModule], None]) -> None:
        """Run ``body``, which fills ``report``; turn every end into a result."""
        failure: dict[str, t.Any] | None = None
        try:
            body(self)
        except SliceOver:
            self.exit_json(changed=False, **{PENDING_RESULT: self._handed_on()})
        except RedisError as error:
            failure = error.payload()
        except Exception as error:
            failure = self._defect("A defect in community.redis", error)
        # not above: fail_json adds the traceback of what is being handled, with -vvv or, since ansible-core 2.19, where
        # tracebacks are wanted; nobody has masked what Python prints there
        if failure is not None:
            self.fail_json(**dict(self._counted(), **failure))
        self.exit_json(**self._counted())

    def _defect(self, what: str, error: Exception) -> dict[str, t.Any]:
        """What nobody has foreseen. What Python would print of it is seen by nobody who masks it."""
        message = "{0}: {1}: {2}".format(what, type(error).__name__, self.mask(str(error)))
        return {"msg": message, "exception": self.mask(traceback.format_exc())}

    def _counted(self) -> dict[str, t.Any]:
        return dict(self.report, api_requests=self._requests())

    def _requests(self) -> int:
        """How many this run has made so far."""
        made = self.transport.requests_made if self.transport else 0
        return made + int((self.slice or {}).get("requests", 0))

    def _handed_on(self) -> dict[str, t.Any]:
        """What people are shown of this slice, and what the next one has to know."""
        known = {
            "pending": self.pending,
            "requests": self._requests(),
            "reached": self.transport is not None and self.transport.reached,
        }
        return {"what": self.pending["what"], "reading": self.pending["reading"], "known": pack(known)}


def drive(
    module: RedisModule,
    resource: Resource,
    driver: Driver,
    deadline: Deadline,
    desired: dict[str, t.Any],
    view: t.Callable[[dict[str, t.Any]], dict[str, t.Any]],
) -> None:
    """``state: present|absent`` of one resource, as far as the report. Raises RedisError, SliceOver."""
    earlier = module.handed("run")
    reconciler = Reconciler(
        resource, driver, deadline, module.mode(),
        state=State.load(earlier) if earlier else None,
        warn=module.warn,
        on_reading=module.show_progress(deadline, driver.label),
        durations=module.durations,
    )
    reply: dict[str, t.Any] | None = None
    try:
        reply = reconciler.present(desired) if module.params["state"] == "present" else reconciler.absent()
    except (SliceOver, RedisError) as error:
        reply = reconciler.seen
        module.pending.update(what=driver.label)
        module.hand_on(run=reconciler.state.dump())
        if isinstance(error, WaitTimeout) or (isinstance(error, TransientError) and deadline.passed()):
            state = reconciler.state
            known = state.work.resource_id if state.work else None
            hint = NOTHING_GOES_ON
            if state.is_under_way:
                hint = module.product.resume_hint([state.operation] if state.operation else [], known)
            error.hint = " ".join(part for part in (error.hint, hint) if part)
        raise
    finally:
        _report(module, resource, reconciler.state, view(reply) if reply is not None else None)


def _report(module: RedisModule, resource: Resource, state: State, view: dict[str, t.Any] | None) -> None:
    changed, before, after = state.outcome()
    operation = state.public_operation()
    module.report.update(changed=changed, adopted=state.adopted)
    module.report[module.product.handle] = operation
    module.report[resource.noun] = None
    if view is not None:
        module.keep_secret(view)
        module.report[resource.noun] = module.show(view)
    if module._diff:
        module.report["diff"] = {"before": before, "after": after}

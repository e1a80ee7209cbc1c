# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change: pure decisions over a declaration, the desired values and what the server reports."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing as t

from . import compare
from .errors import InvalidInput
from .fields import CREATE, UNSET, UPDATE, Field, decode, encode
from .redact import MASK, without_secrets
from .work import CREATING, DELETING, UPDATING

NONE = "none"


@dataclasses.dataclass(frozen=True)
class Resource:
    """The declaration of one kind of resource.

    :param noun: result key and word in messages. :param title: in sentences, such as "Redis Cloud database".
    :param fields: its options. :param required_to_create: of each group, one option at least must be given.
    :param amend: adds to an update's body what the API wants beside the changed fields: (body, changed names,
        desired values, reply) -> None.
    """

    noun: str
    title: str
    fields: tuple[Field, ...]
    required_to_create: tuple[tuple[str, ...], ...] = ()
    amend: t.Callable[[dict[str, t.Any], set[str], dict[str, t.Any], dict[str, t.Any]], None] | None = None

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


@dataclasses.dataclass
class Plan:
    """One write. ``before`` and ``after`` are what people see of it; ``sent`` maps the name of each changed
    field to a digest of its old value, by which a write without effect is recognised afterwards."""

    action: str = NONE
    body: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    before: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    after: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    sent: dict[str, str] = dataclasses.field(default_factory=dict)
    unknown: list[str] = dataclasses.field(default_factory=list)


def plan_create(resource: Resource, desired: dict[str, t.Any]) -> Plan:
    """Everything that the create request takes; nulls mean the server's default there."""
    for group in resource.required_to_create:
        if all(desired.get(name) in (None, "", []) for name in group):
            raise InvalidInput(
                "{0} is required to create a {1}.".format(" or ".join(group), resource.title)
            )
    wanted = {name: value for name, value in desired.items() if value is not None}
    fields = [field for field in resource.fields if field.mode != UPDATE]
    return Plan(CREATING, encode(fields, wanted), {}, {name: shown(resource.field(name), value) for name, value in wanted.items()})


def plan_update(
    resource: Resource,
    desired: dict[str, t.Any],
    reply: dict[str, t.Any],
    *,
    send_secrets: bool = False,
    accepted: t.Collection[str] = (),
) -> Plan:
    """The fields that differ, and only those. What goes through another channel is left to the next plan.

    :param send_secrets: also send what the API does not return and therefore cannot be compared.
    :param accepted: fields whose value the server turned into another one; not looked at again.
    """
    plan = Plan()
    changes: dict[str, t.Any] = {}
    channel = ""
    for field in resource.fields:
        if field.name not in desired or field.name in accepted:
            continue
        value, actual = desired[field.name], field.decode(reply)
        verdict = _matches(field, value, actual, send_secrets)
        if verdict is None:
            plan.unknown.append(field.name)
        if verdict is not False:
            continue
        if field.mode == CREATE:
            raise refused(resource, field, value, actual)
        plan.before[field.name] = shown(field, None if actual is UNSET else named(value, actual) if field.merge else actual)
        plan.after[field.name] = shown(field, value)
        if not changes or channel == field.channel:
            channel = field.channel
            changes[field.name] = value
            plan.sent[field.name] = digest(field, actual)
    if changes:
        plan.action = UPDATING
        plan.body = encode(resource.fields, changes)
        if resource.amend is not None:
            resource.amend(plan.body, set(changes), desired, reply)
    return plan


def plan_delete(resource: Resource, reply: dict[str, t.Any]) -> Plan:
    values = decode(resource.fields, reply)
    return Plan(DELETING, {}, {name: shown(resource.field(name), value) for name, value in values.items()}, {})


def plan_rest(resource: Resource, desired: dict[str, t.Any], taken: t.Collection[str]) -> Plan:
    """What is left to be changed after something else has created it with only the fields ``taken``. The rest is then
    at the server's defaults, as far as they are known."""
    plan = Plan()
    for field in resource.fields:
        value = desired.get(field.name)
        if field.name in taken or value is None:
            continue
        goals = [goal for goal in (field.reset, field.default) if goal is not UNSET]
        if not any(field.equal(value, goal) for goal in goals):
            plan.action = UPDATING
            plan.after[field.name] = shown(field, value)
    return plan


def _matches(field: Field, value: t.Any, actual: t.Any, send_secrets: bool) -> bool | None:
    """True, False, or None when the server's reply does not tell."""
    if _hidden(actual):
        actual = UNSET
    if field.write_only and send_secrets and field.mode != CREATE:
        return False
    if value is None:
        return is_reset(field, actual)
    if actual is UNSET:
        # what cannot be read is sent when it is created, and then only on request: anything else would
        # report a change in every run (Cloud facts trap 21, Enterprise facts T5)
        if field.secret and send_secrets:
            return False
        return True if field.write_only or field.secret else None
    return field.same(value, actual)


def is_reset(field: Field, actual: t.Any) -> bool:
    """Does the field already have the value that a null asks for?"""
    if actual is UNSET or actual in (None, "", [], {}):
        return True
    goals = [goal for goal in (field.reset, field.default) if goal is not UNSET]
    return any(compare.value(goal, actual) for goal in goals)


def unchanged(field: Field, old_digest: str, reply: dict[str, t.Any]) -> bool:
    """After a write that was reported as successful: does the field still have its old value?"""
    return bool(old_digest) and digest(field, field.decode(reply)) == old_digest


def digest(field: Field, actual: t.Any) -> str:
    """A fingerprint of a value; empty for secrets, of which not even that is kept."""
    if field.secret or actual is UNSET:
        return ""
    return hashlib.sha256(json.dumps(actual, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def named(value: t.Any, actual: t.Any) -> t.Any:
    """Of nested settings those that the task names."""
    if not isinstance(value, dict) or not isinstance(actual, dict):
        return actual
    return {key: named(item, actual[key]) for key, item in value.items() if key in actual}


def shown(field: Field, value: t.Any) -> t.Any:
    """A value as it may appear in a diff."""
    if field.secret:
        return MASK if value else value
    if field.options:
        secret = {item.name for item in field.options if item.secret}
        entries = value if isinstance(value, list) else [value]
        entries = [
            {key: MASK if key in secret and item else item for key, item in entry.items()} if isinstance(entry, dict) else entry
            for entry in entries
        ]
        value = entries if isinstance(value, list) else entries[0]
    return without_secrets(value)


def refused(resource: Resource, field: Field, value: t.Any, actual: t.Any) -> InvalidInput:
    return InvalidInput(
        "{0} of a {1} cannot be changed after creation: it is {2!r}, the task asks for {3!r}.".format(
            field.name, resource.title, shown(field, None if actual is UNSET else actual), shown(field, value)
        ),
        hint="Leave the option out to keep the present value, or create another one.",
    )


def _hidden(actual: t.Any) -> bool:
    return isinstance(actual, str) and actual != "" and set(actual) == {"*"}

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One declaration per field of a resource: the option, its name on the wire, where and how it is read back."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
import typing as t

from . import compare
from .errors import InvalidInput


class _Unset:
    """The absence of a value, where None is a value."""

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: t.Any = _Unset()

# What reading an answer raises whose shape is none that is known. Such an answer tells nothing.
MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError)

# When a field may be sent: at creation, afterwards, or both
BOTH, CREATE, UPDATE = "both", "create", "update"


@dataclasses.dataclass(frozen=True)
class Field:
    """One option of a resource and what it means on the wire.

    :param name: option name (snake_case); ``api``: name on the wire, the same when empty.
    :param read: where the value is found in a reply: a dotted path, or a function of the reply. Empty: ``api``.
    :param options: the fields of a dictionary, or of the dictionaries in a list.
    :param mode: BOTH, CREATE (create-only: a change is refused) or UPDATE (cannot be sent with the create).
    :param equal: compare.Equal for (desired option value, option-shaped value read back).
    :param reset: what a null is sent as; UNSET: this option cannot be reset.
    :param default: what the server means when the key is missing in its reply; UNSET: not known, no comparison.
    :param write_only: the API never returns it. :param secret: must not be shown; the argument is ``no_log``.
    :param channel: fields of different channels are never updated by the same request.
    :param merge: of a dictionary, what the task leaves out is left alone.
    :param low, high, step, pattern, max_length: limits, checked before anything is sent. ``rule`` says it in words.
    :param check: a further check of one value, or of each entry of a list; raises InvalidInput.
    """

    name: str
    type: str = "str"
    api: str = ""
    elements: str = ""
    options: tuple[Field, ...] = ()
    choices: tuple[t.Any, ...] = ()
    required: bool = False
    read: str | t.Callable[[dict[str, t.Any]], t.Any] = ""
    mode: str = BOTH
    equal: compare.Equal = compare.value
    reset: t.Any = UNSET
    default: t.Any = UNSET
    write_only: bool = False
    secret: bool = False
    no_log: bool | None = None
    low: float | None = None
    high: float | None = None
    step: int | None = None
    pattern: str = ""
    max_length: int | None = None
    rule: str = ""
    check: t.Callable[[t.Any], None] | None = None
    to_wire: t.Callable[[t.Any], t.Any] | None = None
    required_if: tuple[tuple[t.Any, ...], ...] = ()
    channel: str = ""
    merge: bool = False

    @property
    def wire(self) -> str:
        return self.api or self.name

    def spec(self) -> dict[str, t.Any]:
        """The entry of the argument_spec."""
        spec: dict[str, t.Any] = {"type": self.type}
        if self.elements:
            spec["elements"] = self.elements
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.required:
            spec["required"] = True
        if self.secret or self.no_log is not None:
            spec["no_log"] = bool(self.secret or self.no_log)
        if self.options:
            spec["options"] = argument_spec(self.options)
        if self.required_if:
            spec["required_if"] = [tuple(item) for item in self.required_if]
        return spec

    def encode(self, value: t.Any) -> t.Any:
        """The value as it is sent."""
        if value is None:
            return self.reset
        if self.to_wire is not None:
            return self.to_wire(value)
        if self.options and isinstance(value, dict):
            return encode(self.options, value)
        if self.options and isinstance(value, list):
            return [encode(self.options, item) for item in value]
        return value

    def same(self, desired: t.Any, actual: t.Any) -> bool | None:
        """Does the reply have the desired value? None: it has something that this option cannot be."""
        try:
            return self.equal(desired, actual)
        except MALFORMED:
            return None

    def decode(self, reply: dict[str, t.Any]) -> t.Any:
        """The value in a reply, in the option's shape; UNSET when the reply does not tell."""
        try:
            value = self.read(reply) if callable(self.read) else lookup(reply, self.read or self.wire)
        except MALFORMED:
            return UNSET
        if value is UNSET or value is None:
            return self.default
        if self.options and isinstance(value, dict):
            return decode(self.options, value)
        if self.options and isinstance(value, list):
            return [decode(self.options, item) for item in value if isinstance(item, dict)]
        return value


def argument_spec(fields: t.Iterable[Field]) -> dict[str, t.Any]:
    return {field.name: field.spec() for field in fields}


def encode(fields: t.Iterable[Field], values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A request body: only what is in ``values``."""
    body = {}
    for field in fields:
        if field.name in values:
            sent = field.encode(values[field.name])
            if sent is not UNSET:
                body[field.wire] = sent
    return body


def decode(fields: t.Iterable[Field], reply: dict[str, t.Any]) -> dict[str, t.Any]:
    """Option-shaped values of a reply: only what the reply tells."""
    values = {field.name: field.decode(reply) for field in fields}
    return {name: value for name, value in values.items() if value is not UNSET}


def lookup(reply: t.Any, path: str) -> t.Any:
    """Follow a dotted path through dictionaries; UNSET when it ends early."""
    for key in path.split("."):
        if not isinstance(reply, dict) or key not in reply:
            return UNSET
        reply = reply[key]
    return reply


def given(fields: t.Iterable[Field], params: t.Mapping[str, t.Any], raw: t.Any) -> dict[str, t.Any]:
    """What the task really gave: validated values, without the keys that Ansible filled up with None.

    :param raw: the parameters before validation; tells "absent" from "null" at every level.
    """
    values: dict[str, t.Any] = {}
    for field in fields:
        if not isinstance(raw, dict) or field.name not in raw:
            # values that came from an environment variable or a default are given, too
            if params.get(field.name) is not None:
                values[field.name] = _given_value(field, params[field.name], None)
            continue
        values[field.name] = _given_value(field, params.get(field.name), raw[field.name])
    return values


def _given_value(field: Field, value: t.Any, raw: t.Any) -> t.Any:
    if field.options and isinstance(value, dict):
        return given(field.options, value, raw)
    if field.options and isinstance(value, list):
        raws = raw if isinstance(raw, list) and len(raw) == len(value) else [None] * len(value)
        return [given(field.options, item, raws[index]) for index, item in enumerate(value)]
    return value


def validate(fields: t.Iterable[Field], values: t.Mapping[str, t.Any], prefix: str = "") -> None:
    """Check limits before anything is sent; raises InvalidInput naming the option."""
    for field in fields:
        if field.name in values:
            _validate_one(field, values[field.name], prefix + field.name)


def _validate_one(field: Field, value: t.Any, path: str) -> None:
    if value is None:
        if field.reset is UNSET:
            raise InvalidInput("{0} cannot be reset: the API has no way to clear it. Leave it out or give a value.".format(path))
        return
    if isinstance(value, list):
        _check_length(field, value, path)
        for index, item in enumerate(value):
            _validate_value(field, item, "{0}[{1}]".format(path, entry_label(item, index)))
    else:
        _validate_value(field, value, path)


def _validate_value(field: Field, value: t.Any, path: str) -> None:
    if field.options and isinstance(value, dict):
        validate(field.options, value, path + ".")
    elif not field.elements:
        _check_scalar(field, value, path)
    if field.check is not None:
        with about(path):
            field.check(value)


def entry_label(item: t.Any, index: int) -> t.Any:
    """How messages call an entry of a list: by its name, if it has one, else by its place."""
    return (item.get("name") if isinstance(item, dict) else None) or index


@contextlib.contextmanager
def about(what: str) -> t.Iterator[None]:
    """Messages about refused input say what they are about."""
    try:
        yield
    except InvalidInput as error:
        error.message = "{0} {1}".format(what, error.message)
        raise


def _check_length(field: Field, value: list[t.Any], path: str) -> None:
    if field.max_length is not None and len(value) > field.max_length:
        raise InvalidInput("{0} takes at most {1} entries, not {2}.".format(path, field.max_length, len(value)))


def _check_scalar(field: Field, value: t.Any, path: str) -> None:
    shown = "this value" if field.secret else repr(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput("{0} must be a number, not {1}.".format(path, shown))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        outside = (field.low is not None and value < field.low) or (field.high is not None and value > field.high)
        if outside or (field.step and value % field.step):
            raise InvalidInput("{0} must be {1}, not {2}.".format(path, field.rule or _range(field), shown))
    if field.secret and value == "":
        # more often a variable that is not set than what somebody wants
        way = "null removes it" if field.reset is not UNSET else "leave it out to keep it"
        raise InvalidInput("{0} must not be empty; {1}.".format(path, way))
    if isinstance(value, str):
        too_long = field.max_length is not None and len(value) > field.max_length
        if too_long or (field.pattern and not re.fullmatch(field.pattern, value)):
            rule = field.rule or "at most {0} characters long".format(field.max_length)
            raise InvalidInput("{0} must be {1}; {2} is not.".format(path, rule, shown))


def _range(field: Field) -> str:
    if field.high is None:
        return "at least {0:g}".format(field.low or 0)
    if field.low is None:
        return "at most {0:g}".format(field.high)
    return "between {0:g} and {1:g}".format(field.low, field.high)

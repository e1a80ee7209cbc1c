# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as they were given, before anything has checked them. Pure functions."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_dict

from .fields import Field, argument_spec, entry_label
from .redact import PART_MIN, scalars, secrets_in


def wrong_entries(fields: t.Iterable[Field], raw: dict[str, t.Any]) -> list[str]:
    """The entries of lists that do not agree with the declaration, which ansible-core does not tell."""
    found = []
    for field in fields:
        entries = raw.get(field.name)
        if field.options and isinstance(entries, list):
            spec = argument_spec(field.options)
            found += [
                "{0}[{1}]".format(field.name, entry_label(entry, index))
                for index, entry in enumerate(entries) if not _agrees(entry, spec)
            ]
    return found


def _agrees(entry: t.Any, spec: dict[str, t.Any]) -> bool:
    try:
        values = without_nulls(check_type_dict(entry), spec)
    except (TypeError, ValueError):
        return False
    return not ArgumentSpecValidator(spec).validate(values).error_messages


def task_secrets(params: dict[str, t.Any], spec: dict[str, t.Any]) -> t.Iterator[str]:
    """The secrets in the options of a task, right or wrong. An option that declares not to be a secret is none,
    however it is called; what belongs to a name that is not known may be one, and so may a text where there should be
    dictionaries."""
    for name, value in params.items():
        option = spec.get(name)
        if option is None:
            yield from _long_ones(scalars(value))
        elif option.get("no_log"):
            yield from scalars(value)
        elif "dict" in (option["type"], option.get("elements")):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and "options" in option:
                    yield from task_secrets(item, option["options"])
                elif isinstance(item, str):
                    # ansible-core splits a list at its commas
                    yield from _long_ones([item, *item.split(",")])
        yield from secrets_in(value if option and option.get("no_log") is False else {name: value})


def _long_ones(texts: t.Iterable[str]) -> t.Iterator[str]:
    return (text for text in texts if len(text) >= PART_MIN)


def without_nulls(params: dict[str, t.Any], spec: dict[str, t.Any]) -> dict[str, t.Any]:
    """Parameters without those that are null, at every level that has declared options."""
    kept = {name: value for name, value in params.items() if value is not None}
    for name, value in kept.items():
        options = spec.get(name, {}).get("options")
        if options and isinstance(value, dict):
            kept[name] = without_nulls(value, options)
        elif options and isinstance(value, list):
            kept[name] = [without_nulls(item, options) if isinstance(item, dict) else item for item in value]
    return kept

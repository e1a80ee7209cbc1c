# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the simulated services: declared once as dataclass fields, set from the command line or while running."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import field, fields
from typing import Any

# option() is called in the bodies of dataclasses, where dataclasses.field() belongs
FIELD: Any = field


class OptionError(ValueError):
    """An option that does not exist, or a value that it does not take."""


def option(default: Any, text: str, choices: Iterable[str] | None = None) -> Any:
    """A dataclass field with its help text and, for words, the closed list of its choices."""
    metadata = {"help": text, "choices": tuple(choices) if choices else None}
    if isinstance(default, (list, dict)):
        return FIELD(default_factory=lambda: json.loads(json.dumps(default)), metadata=metadata)
    return FIELD(default=default, metadata=metadata)


def set_options(options: Any, values: dict[str, Any]) -> None:
    """Set several options or none of them. Raises ``OptionError`` that names the option."""
    checked = {name: _convert(options, name, value) for name, value in values.items()}
    for name, value in checked.items():
        setattr(options, name, value)


def set_option_text(options: Any, assignment: str) -> None:
    """Set an option from ``name=value`` as typed on a command line; lists and objects are JSON."""
    name, separator, text = assignment.partition("=")
    if not separator:
        raise OptionError(f"'{assignment}' is not of the form name=value")
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if isinstance(getattr(options, name, None), str):
        value = text
    set_options(options, {name: value})


def describe_options(options: Any) -> list[tuple[str, str, str]]:
    """Name, default as text, and help of every option."""
    rows = []
    for item in fields(options):
        text = item.metadata.get("help", "")
        choices = item.metadata.get("choices")
        if choices:
            text += " One of: " + ", ".join(choices) + "."
        rows.append((item.name, json.dumps(getattr(options, item.name)), text))
    return rows


def _convert(options: Any, name: str, value: Any) -> Any:
    known = {item.name: item for item in fields(options)}
    if name not in known:
        raise OptionError(f"there is no option '{name}' (known: {', '.join(sorted(known))})")
    current = getattr(options, name)
    if isinstance(current, bool):
        if not isinstance(value, bool):
            raise OptionError(f"option '{name}' takes true or false, not {value!r}")
        return value
    if isinstance(current, float):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise OptionError(f"option '{name}' takes a number, not {value!r}")
        return float(value)
    if (current is not None and not isinstance(value, type(current))) or isinstance(value, bool):
        raise OptionError(f"option '{name}' takes a value of type {type(current).__name__}, not {value!r}")
    choices = known[name].metadata.get("choices")
    if choices and value not in choices:
        raise OptionError(f"option '{name}' takes one of {', '.join(choices)}, not {value!r}")
    return value

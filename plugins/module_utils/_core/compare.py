# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is what the server reports already what the task asks for? Pure functions: (desired, actual) -> bool.

Only what the task gave is compared: a key that is missing in ``desired`` is never a difference.
"""

from __future__ import annotations

import json
import typing as t

Equal = t.Callable[[t.Any, t.Any], bool]

# Sizes travel as JSON floats; differences below this are representation, not intention
FLOAT_TOLERANCE = 1e-6


def value(desired: t.Any, actual: t.Any) -> bool:
    """Scalars, and nested structures in which ``desired`` names a subset of the keys."""
    if isinstance(desired, dict):
        return isinstance(actual, dict) and all(value(item, actual.get(key)) for key, item in desired.items())
    if isinstance(desired, (list, tuple)):
        if not isinstance(actual, (list, tuple)) or len(desired) != len(actual):
            return False
        return all(value(mine, theirs) for mine, theirs in zip(desired, actual))
    if isinstance(desired, bool) or isinstance(actual, bool):
        return _as_bool(desired) is _as_bool(actual)
    if isinstance(desired, (int, float)):
        return _close(desired, actual)
    # uids and thresholds are numbers in one place and strings in another (Enterprise facts 1.1, T10, T11)
    return actual is not None and str(desired) == str(actual)


def unordered(desired: t.Any, actual: t.Any) -> bool:
    """Lists in which neither order nor repetition means anything."""
    if actual is None:
        actual = []
    if not isinstance(actual, (list, tuple)):
        return False
    return {_key(item) for item in desired} == {_key(item) for item in actual}


def by_key(name: str, *, ignore: t.Callable[[t.Any], bool] | None = None) -> Equal:
    """Lists of dictionaries that are known by the value under ``name``; extra keys of the server do not count.

    :param ignore: leaves out entries of the server that are not the user's business.
    """

    def equal(desired: t.Any, actual: t.Any) -> bool:
        if not isinstance(actual or [], (list, tuple)):
            return False
        theirs = {
            str(item.get(name)): item
            for item in actual or []
            if isinstance(item, dict) and not (ignore is not None and ignore(item))
        }
        mine = {str(item.get(name)): item for item in desired}
        return mine.keys() == theirs.keys() and all(value(item, theirs[key]) for key, item in mine.items())

    return equal


def version_at_least(desired: t.Any, actual: t.Any) -> bool:
    """A version that was asked for at creation is still honoured when the server has moved on by itself
    (automatic minor upgrades, Cloud facts trap 23); "7.2" also means "7.2.4"."""
    mine, theirs = _version(desired), _version(actual)
    return theirs[: len(mine)] >= mine if mine and theirs else str(desired) == str(actual)


def pem(desired: t.Any, actual: t.Any) -> bool:
    """Certificates differ in white space only by accident (Enterprise facts, T14)."""
    return "".join(str(desired).split()) == "".join(str(actual or "").split())


def always_equal(desired: t.Any, actual: t.Any) -> bool:
    """For what the server reports in a form that cannot be compared."""
    return True


def _version(text: t.Any) -> list[int]:
    parts = str(text).split(".")
    return [int(part) for part in parts] if all(part.isdigit() for part in parts) else []


def _key(item: t.Any) -> str:
    return json.dumps(item, sort_keys=True) if isinstance(item, (dict, list)) else str(item)


def _as_bool(item: t.Any) -> t.Any:
    words = {"true": True, "yes": True, "enabled": True, "false": False, "no": False, "disabled": False}
    return words.get(item.lower(), item) if isinstance(item, str) else item


def _close(desired: float, actual: t.Any) -> bool:
    try:
        return abs(float(actual) - desired) <= FLOAT_TOLERANCE * max(1.0, abs(desired))
    except (TypeError, ValueError):
        return False

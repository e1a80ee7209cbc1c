# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When does what a cluster reports of a database mean the same as what the task says (facts 4.1, "Sent versus
returned")? Pure functions: readers of replies, and comparisons of (desired, actual)."""

from __future__ import annotations

import re
import typing as t

from .._core import compare
from .._core.fields import UNSET

Reply = dict[str, t.Any]

_SIZE = re.compile(r"(\d+)(b|kb|mb|gb)?")
# scheme://user:password@
_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*://)(?:([^/@]*(?:@[^/@]*)*)@)?")
_UNITS = {"": 1, "b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_HIDDEN_KEYS = frozenset(
    ("key", "access_key_id", "secret_access_key", "private_key", "account_key", "sas_token", "client_key")
)
_URL_KEYS = frozenset(("url", "sftp_url", "uri"))
_PEM_KEYS = frozenset(("client_cert", "server_cert"))


def is_hidden(value: t.Any) -> bool:
    """Nothing, or a mask such as "***": what it stands for cannot be compared, and must never be sent back (T5)."""
    return value in (None, "") or isinstance(value, str) and set(value) == {"*"}


# -- readers -----------------------------------------------------------------------------------------------------------


def read_port(reply: Reply) -> t.Any:
    """``port`` is 0 when the cluster has chosen one; where the database listens is told by its endpoints."""
    if isinstance(reply.get("port"), int) and reply["port"]:
        return reply["port"]
    return listening_port(reply)


def listening_port(reply: Reply) -> t.Any:
    for endpoint in _rows(reply.get("endpoints")):
        if isinstance(endpoint.get("port"), int) and endpoint["port"]:
            return endpoint["port"]
    return UNSET


def read_secret(name: str) -> t.Callable[[Reply], t.Any]:
    """A secret that some clusters return, some mask, and some leave empty though it is set."""

    def read(reply: Reply) -> t.Any:
        return UNSET if is_hidden(reply.get(name)) else reply[name]

    return read


def unreadable(reply: Reply) -> t.Any:
    """The key is there, and empty whatever was sent."""
    return UNSET


def read_tags(reply: Reply) -> t.Any:
    """Only the user's: a cluster adds tags of its own, which are marked and cannot be sent."""
    return [row for row in _rows(reply.get("tags")) if not row.get("isSystem")]


def read_eviction_policy(reply: Reply) -> t.Any:
    """What a missing key stands for depends on the kind of database."""
    return reply.get("eviction_policy") or ("allkeys-lru" if reply.get("type") == "memcached" else "volatile-lru")


# -- comparisons -------------------------------------------------------------------------------------------------------


def same_port(desired: t.Any, actual: t.Any) -> bool:
    """0 asks for any port."""
    return desired in (0, actual)


def same_size(desired: t.Any, actual: t.Any) -> bool:
    """"100mb" comes back as "104857600"."""
    return size_in_bytes(desired) == size_in_bytes(actual)


def size_in_bytes(text: t.Any) -> t.Any:
    word = str(text).strip().lower()
    match = _SIZE.fullmatch(word)
    return int(match.group(1)) * _UNITS[match.group(2) or ""] if match else word


def same_modules(desired: t.Any, actual: t.Any) -> bool:
    """By name: ids and versions are added, and Redis 8 enables modules that nobody asked for."""
    return _names(desired) <= _names(actual)


def _names(rows: t.Any) -> set[str]:
    return {str(row.get("module_name")).lower() for row in _rows(rows)}


def same_commands(desired: t.Any, actual: t.Any) -> bool:
    return _words(desired) == _words(actual)


def _words(text: t.Any) -> set[str]:
    return set(str(text or "").lower().replace(",", " ").split())


def same_rows(*names: str) -> compare.Equal:
    """Lists of dictionaries in any order; only these keys count."""

    def key(row: Reply) -> tuple[str, ...]:
        return tuple(str(row.get(name)) for name in names)

    def equal(desired: t.Any, actual: t.Any) -> bool:
        return sorted(key(row) for row in _rows(desired)) == sorted(key(row) for row in _rows(actual))

    return equal


def same_certificates(desired: t.Any, actual: t.Any) -> bool:
    def texts(rows: t.Any) -> set[str]:
        return {"".join(str(row.get("client_cert") or "").split()) for row in _rows(rows)}

    return texts(desired) == texts(actual)


def same_subjects(desired: t.Any, actual: t.Any) -> bool:
    """Subjects in any order; a missing part is an empty one."""

    def key(row: Reply) -> tuple[t.Any, ...]:
        units = row.get("ou") or []
        parts = tuple(str(row.get(name) or "") for name in ("cn", "o", "l", "st", "c"))
        return (*parts, *sorted(map(str, units if isinstance(units, (list, tuple)) else [units])))

    return sorted(key(row) for row in _rows(desired)) == sorted(key(row) for row in _rows(actual))


def same_settings(desired: t.Any, actual: t.Any) -> bool:
    """The given keys of nested settings; lists of plain values in any order."""
    if isinstance(desired, dict):
        return isinstance(actual, dict) and all(
            same_settings(item, actual.get(key)) for key, item in desired.items() if item is not None
        )
    if isinstance(desired, list):
        return compare.unordered(desired, actual)
    return compare.value(desired, actual)


def same_location(desired: t.Any, actual: t.Any) -> bool:
    """Where a backup goes. Keys that are hidden in the reply are taken to be the same."""
    return isinstance(actual, dict) and all(
        _same_item(key, mine, actual.get(key)) for key, mine in desired.items() if mine is not None
    )


def same_sources(desired: t.Any, actual: t.Any) -> bool:
    """Sources of a replica, known by their address; the cluster adds uid, status and figures."""
    theirs = {_without_userinfo(row.get("uri")): row for row in _rows(actual)}
    mine = {_without_userinfo(row.get("uri")): row for row in _rows(desired)}
    return mine.keys() == theirs.keys() and all(same_location(row, theirs[uri]) for uri, row in mine.items())


def _same_item(key: str, mine: t.Any, theirs: t.Any) -> bool:
    if key in _HIDDEN_KEYS and is_hidden(theirs):
        return True
    if key in _URL_KEYS:
        return str(mine) == str(theirs) or (_hides_userinfo(theirs) and _without_userinfo(mine) == _without_userinfo(theirs))
    if key in _PEM_KEYS:
        return compare.pem(mine, theirs)
    return compare.value(mine, theirs)


def _hides_userinfo(url: t.Any) -> bool:
    userinfo = _URL.match(str(url or ""))
    return userinfo is None or "*" in (userinfo.group(2) or "") or ":" not in (userinfo.group(2) or "")


def _without_userinfo(url: t.Any) -> str:
    return _URL.sub(r"\1", str(url or ""))


def _rows(value: t.Any) -> list[Reply]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, (list, tuple)) else []

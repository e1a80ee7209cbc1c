# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of which a random part is not what it was: a key is missing, null, of another type, of another case; the body is
cut, empty, a web page; fields that nobody knows; a wrong content type; and what errors look like, with all that.

What nobody could tell from another truth is left alone: a list without some of its rows, a name in another case, a
subscription without a name, another id.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from simulator.faults import error_response
from simulator.messages import Request, Response

IDENTITY = ("id", "uid", "databaseId", "taskId", "action_uid", "task_id", "resourceId", "additionalResourceId")
# places in a body: (container, key or index)
Place = tuple[Any, Any]
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 1.5, "", " ", "x", "null", "active", [], {}, [None], [[]], {"id": None}, {"": ""},
    [{"name": None}], "1e400", 10**30, "\x00", "é" * 50, {"links": [{"rel": "self"}]},
)


class Mutator:
    """Mutates answers to requests of some ``methods``, the first of them after so many, as often as ``times`` says."""

    def __init__(self, rng: random.Random, methods: tuple[str, ...], after: int, times: int | None) -> None:
        self._rng = rng
        self._methods = methods
        self._after = after
        self._times = times
        self.story: list[str] = []

    def __call__(self, product: str, request: Request, response: Response) -> Response:
        if request.method not in self._methods:
            return response
        if self._after > 0:
            self._after -= 1
            return response
        if self._times is not None:
            if self._times == 0:
                return response
            self._times -= 1
        name, mutated = mutate(self._rng, response)
        self.story.append(f"{request.method} {request.path} -> {response.status}: {name}")
        return mutated


def mutate(rng: random.Random, response: Response) -> tuple[str, Response]:
    """What was done, and the answer that is left of it."""
    places = list(_places(response.body))
    if places and rng.random() < 0.75:
        return _in_place(rng, response)
    return _as_a_whole(rng, response)


def _in_place(rng: random.Random, response: Response) -> tuple[str, Response]:
    body = copy.deepcopy(response.body)
    container, key = rng.choice(list(_places(body)))
    shown = f"{key} = {str(container[key])[:30]!r}"
    name = rng.choice([name for name in IN_PLACE if not _is_another_truth(name, container, key)])
    IN_PLACE[name](rng, container, key)
    return f"{name} {shown}", Response(response.status, body, dict(response.headers))


def _is_another_truth(name: str, container: Any, key: Any) -> bool:
    if name == "drop":
        return isinstance(container, list) and isinstance(container[key], dict)
    if key in IDENTITY:
        return name in ("recase", "strange")
    return key == "name" and name in ("recase", "null", "drop", "strange")


def _drop(rng: random.Random, container: Any, key: Any) -> None:
    del container[key]


def _null(rng: random.Random, container: Any, key: Any) -> None:
    container[key] = None


def _strange(rng: random.Random, container: Any, key: Any) -> None:
    container[key] = copy.deepcopy(rng.choice(STRANGE))


def _wrap(rng: random.Random, container: Any, key: Any) -> None:
    value = container[key]
    container[key] = rng.choice([[value], {"value": value}, str(value)])


def _recase(rng: random.Random, container: Any, key: Any) -> None:
    """The name, or the word that stands under it."""
    if isinstance(container[key], str) and rng.random() < 0.5:
        container[key] = container[key].swapcase()
    elif isinstance(key, str):
        container[rng.choice([key.upper(), key.lower(), key.capitalize(), key + "_"])] = container.pop(key)


def _extra(rng: random.Random, container: Any, key: Any) -> None:
    if isinstance(container, dict):
        container["newField"] = copy.deepcopy(rng.choice(STRANGE))
    else:
        container.append(copy.deepcopy(rng.choice(STRANGE)))


IN_PLACE: dict[str, Callable[[random.Random, Any, Any], None]] = {
    "drop": _drop,
    "null": _null,
    "strange": _strange,
    "wrap": _wrap,
    "recase": _recase,
    "extra": _extra,
}


def _as_a_whole(rng: random.Random, response: Response) -> tuple[str, Response]:
    payload, status, headers = response.payload(), response.status, {"Content-Type": "application/json"}
    kind = rng.choice(("cut", "empty", "html", "type", "scalar", "list", "object", "bytes", "error"))
    bodies: dict[str, Any] = {
        "cut": payload[: rng.randrange(len(payload) + 1)],
        "empty": rng.choice((b"", b" \n", b"null")),
        "type": payload,
        "scalar": rng.choice((b"1", b'"ok"', b"true", b"NaN", b"{}")),
        "list": b"[" + payload + b"]",
        "object": b'{"data": ' + payload + b"}",
        "bytes": bytes(rng.randrange(256) for _number in range(rng.randrange(1, 50))),
    }
    if kind == "html":
        return kind, error_response(status, "html")
    if kind == "error":
        return kind, error_response(rng.choice((408, 500, 502, 503)), rng.choice(("json", "html", "empty")))
    if kind == "type":
        headers = {"Content-Type": rng.choice(("text/plain", "text/html; charset=latin-1", "application/xml", "?"))}
    return kind, Response(status, bodies[kind], headers)


def _places(value: Any) -> Any:
    """Every value in a body, with where it stands."""
    if isinstance(value, dict):
        pairs: list[Place] = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return
    for key, item in pairs:
        yield value, key
        yield from _places(item)

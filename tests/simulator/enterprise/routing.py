# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which method of which path is served by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..messages import Request
from .errors import ApiError, bad_request
from .users import User

FALSE_WORDS = {"false", "0", "no"}


@dataclass
class Call:
    """One request on its way through the state machine."""

    request: Request
    user: User
    params: dict[str, str] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """A path parameter that must be a number; anything else names nothing that exists."""
        text = self.params[name]
        if not text.isdigit():
            raise ApiError(404)
        return int(text)

    def flag(self, name: str) -> bool:
        """A query flag: given alone or with any value that is not a word for no."""
        value = self.request.query.get(name)
        return value is not None and value.lower() not in FALSE_WORDS

    def body(self, required: bool = True) -> dict[str, Any]:
        """The JSON object of the request. 400 if it is something else."""
        try:
            value = self.request.json()
        except ValueError as error:
            raise bad_request("The request body is not valid JSON") from error
        if value is None and not required:
            return {}
        if not isinstance(value, dict):
            raise bad_request("The request body must be a JSON object")
        return value


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Route:
    """One method of one path template; ``since``: the first build that has it."""

    method: str
    template: str
    permission: str | None
    handler: Handler
    since: tuple[int, ...] = ()


class Router:
    """Finds the route of a request. Literal path segments win over parameters."""

    def __init__(self, routes: Iterable[Route]) -> None:
        templates: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            templates.setdefault(_segments(route.template), {})[route.method] = route
        self._templates = sorted(templates.items(), key=_parameters)

    def find(self, method: str, path: str, version: tuple[int, ...]) -> tuple[Route, dict[str, str]]:
        """Route and path parameters. Raises :class:`ApiError` 404 (no such path) or 405 (not with this method)."""
        segments = _segments(path)
        for template, methods in self._templates:
            params = _match(template, segments)
            route = methods.get(method)
            if params is not None and route is not None and version >= route.since:
                return route, params
        offered = self.methods(path, version)
        raise ApiError(405, headers={"Allow": ", ".join(offered)})

    def methods(self, path: str, version: tuple[int, ...]) -> list[str]:
        """The methods of a path. Raises :class:`ApiError` 404 if it has none."""
        segments = _segments(path)
        names = {
            name
            for template, methods in self._templates
            if _match(template, segments) is not None
            for name, route in methods.items()
            if version >= route.since
        }
        if not names:
            raise ApiError(404)
        return sorted(names)


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _parameters(item: tuple[tuple[str, ...], Any]) -> int:
    return sum(segment.startswith("{") for segment in item[0])


def _match(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    params: dict[str, str] = {}
    for expected, actual in zip(template, segments, strict=True):
        if expected.startswith("{"):
            params[expected[1:-1]] = actual
        elif expected != actual:
            return None
    return params

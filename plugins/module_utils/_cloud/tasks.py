# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks: from the API's TaskStateUpdate (facts 2.2) to an Operation."""

from __future__ import annotations

import re
import typing as t

from .._core.operation import FAILED, RUNNING, SUCCEEDED, Operation
from .facts import BUSY_CODES, TASK_STATES, command_words

_RESOURCE_PATH = re.compile(r"/subscriptions/(\d+)(?:/databases/(\d+))?/?$")


def parse_task(data: dict[str, t.Any]) -> Operation:
    """Tolerates every recorded and specified shape: no response, error as object or string, links or _links."""
    response = data.get("response")
    response = response if isinstance(response, dict) else {}
    error = parse_error(response)
    status = str(data.get("status") or "")
    state = TASK_STATES.get(status.lower(), RUNNING)
    if error is not None and state == SUCCEEDED:
        # 6.1: an error in the response is an error, whatever the status says
        state = FAILED
    kind = str(data.get("commandType") or "")
    resource_type, resource_id, parent_id = _resource(kind, response, data)
    return Operation(
        id=str(data.get("taskId") or ""),
        kind=kind,
        status=status,
        state=state,
        description=str(data.get("description") or ""),
        resource_type=resource_type,
        resource_id=resource_id,
        parent_id=parent_id,
        error=error,
        updated=str(data["timestamp"]) if data.get("timestamp") else None,
        source="tasks",
        result=response.get("resource"),
    )


def parse_error(response: dict[str, t.Any]) -> dict[str, t.Any] | None:
    error = response.get("error")
    if not error:
        return None
    if isinstance(error, dict):
        parsed = {
            "code": str(error.get("type") or ""),
            "status": str(error.get("status") or ""),
            "description": str(error.get("description") or ""),
        }
    else:
        parsed = {"code": str(error), "status": "", "description": ""}
    if response.get("additionalInfo"):
        parsed["description"] = "{0} ({1})".format(parsed["description"], response["additionalInfo"]).strip()
    return parsed


def _resource(kind: str, response: dict[str, t.Any], data: dict[str, t.Any]) -> tuple[str, str | None, str | None]:
    """Type, id and parent of what a task is about, from its link if there is one, else from its kind."""
    own, additional = _id(response.get("resourceId")), _id(response.get("additionalResourceId"))
    for href in _links(data):
        match = _RESOURCE_PATH.search(href)
        if match and match.group(2):
            return "database", match.group(2), match.group(1)
        if match:
            return "subscription", match.group(1), None
    words = command_words(kind)
    if "database" in words:
        return "database", own, additional
    if "subscription" in words:
        return "subscription", own, None
    return "", own, additional


def _links(data: dict[str, t.Any]) -> t.Iterator[str]:
    """hrefs of rel=resource, in both generations of link objects (1.4)."""
    links = data.get("links") or data.get("_links")
    if isinstance(links, dict):
        links = [dict(item, rel=rel) for rel, item in links.items() if isinstance(item, dict)]
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "resource" and isinstance(link.get("href"), str):
            yield link["href"]


def _id(value: t.Any) -> str | None:
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) and value != "" else None


def is_create_of(operation: Operation, noun: str) -> bool:
    """A create of a Pro resource of this kind? Unknown words count as one: waiting for them is only slow."""
    words = command_words(operation.kind)
    if not words:
        return True
    return words.startswith(noun) and "create" in words


def is_busy(error: dict[str, t.Any] | None) -> bool:
    return bool(error) and str((error or {}).get("code")) in BUSY_CODES


def is_not_found(error: dict[str, t.Any] | None) -> bool:
    """2.5: "absent" arrives in two channels, HTTP 404 and a failed task whose error says 404."""
    error = error or {}
    return str(error.get("status", "")).startswith("404") or str(error.get("code", "")).endswith("_NOT_FOUND")

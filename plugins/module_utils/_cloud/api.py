# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the Redis Cloud API that this collection makes, and nothing that decides."""

from __future__ import annotations

import hashlib
import typing as t
from urllib.parse import quote

from .._core.errors import NotFound, UnclearWrite
from .._core.operation import Operation
from .._core.transport import Problem, Transport, read_problem
from .facts import BUSY_CODES, IN_USE_CODES, PAGE_SIZE
from .tasks import parse_task

Data = dict[str, t.Any]

# 5.2: the name of a subscription is optional
NAME_TYPES: dict[str, t.Any] = {"id": (str, type(None)), "databaseId": (str,)}
# how often one has to be read without a name to be taken for one that has none
NAMELESS_LOOKS = 3


def read_error(status: int, method: str, data: t.Any, text: str) -> Problem:
    """Codes may stand in the message of the envelope (1.3: the exact envelope is not established)."""
    problem = read_problem(data, text)
    words = problem.code + " " + problem.description
    busy = status in (403, 409, 422, 429) and method != "GET" and (
        any(code in words for code in BUSY_CODES | IN_USE_CODES) or "not active" in words.lower()
    )
    return Problem(problem.code, problem.description, busy)


class CloudApi:
    """One account. Reads return data whose shape was checked; writes return the Operation that they started."""

    def __init__(self, transport: Transport, api_key: str) -> None:
        self.transport = transport
        self.account = hashlib.sha256("\0".join((transport.connection.url, api_key)).encode("utf-8")).hexdigest()
        self._nameless: set[str] = set()

    # -- subscriptions ---------------------------------------------------------------------------------------------

    def subscriptions(self) -> list[Data]:
        return self._named(self._subscriptions)

    def subscription(self, subscription_id: str) -> Data | None:
        path = "/subscriptions/{0}".format(subscription_id)
        found = self._named(lambda: [reply for reply in [self._one(path, "id", subscription_id)] if reply is not None])
        return found[0] if found else None

    def _subscriptions(self) -> list[Data]:
        data = self.transport.get("/subscriptions", check=lambda data: _has_list(data, "subscriptions", "id"))
        return t.cast("list[Data]", data["subscriptions"])

    def _named(self, read: t.Callable[[], list[Data]]) -> list[Data]:
        """A subscription may have no name, but an answer may also have lost it; and whoever overlooks a subscription
        buys a second one."""
        for _look in range(NAMELESS_LOOKS):
            rows = read()
            nameless = {str(row["id"]) for row in rows if row.get("name") is None}
            if nameless <= self._nameless:
                return rows
        self._nameless |= nameless
        return rows

    # -- databases -------------------------------------------------------------------------------------------------

    def databases(self, subscription_id: str) -> list[Data] | None:
        """All of a subscription; None when the API answers 404 to the first page, which has two meanings (1.1)."""
        path = "/subscriptions/{0}/databases".format(subscription_id)
        found: list[Data] = []
        while True:
            try:
                data = self.transport.get(path, {"offset": len(found), "limit": PAGE_SIZE}, check=_is_database_page)
            except NotFound:
                return found or None
            page = _databases_of(data)
            found += page
            # how large pages are at most is not established (8), so a short one is the last only if nothing is missing
            if not page or (len(page) < PAGE_SIZE and len(found) >= _announced(data)):
                return found

    def database(self, subscription_id: str, database_id: str) -> Data | None:
        path = "/subscriptions/{0}/databases/{1}".format(subscription_id, database_id)
        return self._one(path, "databaseId", database_id)

    # -- tasks -----------------------------------------------------------------------------------------------------

    def tasks(self) -> list[Operation]:
        """Those of the last ten days, as far as the API lists them (2.4). Wrapper or bare list."""
        data = self.transport.get(
            "/tasks", check=lambda data: _has_list({"tasks": data} if isinstance(data, list) else data, "tasks", "taskId")
        )
        return [parse_task(row) for row in (data["tasks"] if isinstance(data, dict) else data)]

    def task(self, task_id: str) -> Operation | None:
        try:
            data = self.transport.get(
                "/tasks/{0}".format(quote(task_id, safe="")),
                check=lambda data: isinstance(data, dict) and data.get("taskId", task_id) == task_id,
            )
        except NotFound:
            return None
        operation = parse_task(data)
        operation.id = operation.id or task_id
        return operation

    # -- writes ----------------------------------------------------------------------------------------------------

    def write(self, method: str, path: str, body: Data | None = None) -> Operation:
        """Success codes are no contract (1.3); the body is, and it is a task."""
        reply = self.transport.request(method, path, body=body)
        if not isinstance(reply.data, dict) or not _is_id(reply.data.get("taskId")):
            raise UnclearWrite(
                "{0} {1}: the API answered HTTP {2} without a task.".format(method, path, reply.status),
                status=reply.status,
                method=method,
                path=path,
            )
        return parse_task(reply.data)

    def _one(self, path: str, key: str, wanted: str) -> Data | None:
        try:
            data = self.transport.get(path, check=lambda data: _is_row(data, key) and str(data[key]) == str(wanted))
        except NotFound:
            return None
        return t.cast(Data, data)


def _has_list(data: t.Any, key: str, id_key: str) -> bool:
    """A list whose every entry can be told apart: an entry without id or name could be the one that is looked for."""
    return isinstance(data, dict) and isinstance(data.get(key), list) and all(_is_row(item, id_key) for item in data[key])


def _is_row(data: t.Any, id_key: str) -> bool:
    return isinstance(data, dict) and _is_id(data.get(id_key)) and isinstance(data.get("name"), NAME_TYPES.get(id_key, object))


def _is_id(value: t.Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def _is_database_page(data: t.Any) -> bool:
    """``subscription`` is a list here, and an object in other places of the API (trap 19)."""
    if not isinstance(data, dict) or not isinstance(data.get("subscription"), (list, dict)):
        return False
    return all(_has_list(block, "databases", "databaseId") for block in _blocks(data))


def _databases_of(data: Data) -> list[Data]:
    return [item for block in _blocks(data) for item in block["databases"]]


def _announced(data: Data) -> int:
    """How many databases the subscription has, as far as the page tells."""
    counts = [str(block.get("numberOfDatabases")) for block in _blocks(data)]
    return sum(int(count) for count in counts if count.isdigit())


def _blocks(data: Data) -> list[Data]:
    return data["subscription"] if isinstance(data["subscription"], list) else [data["subscription"]]

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the Redis Enterprise API that this collection makes, and nothing that decides."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._core.errors import ApiError, AuthError, NotFound, TransientError
from .._core.transport import Problem, Transport, read_problem
from .actions import (
    Action,
    parse_bootstrap,
    parse_cluster_action,
    parse_crdb_task,
    parse_node_action,
    parse_transfers,
    parse_v1,
    parse_v1_machine,
    parse_v1_task,
    parse_v2,
    transfer_of,
)
from .facts import (
    BDB,
    BROKEN_CODE,
    BUSY_CODES,
    LASTING_CONFLICTS,
    NODE_ACTION_NAMES,
    NOT_FOUND_CODE,
    TRANSFERS,
)

Data = dict[str, t.Any]

V2 = "/v2/actions"
# of a list, as little as can be: databases are large
IDENTITY = ("uid", "name", "status")
TRANSFER_FIELDS = tuple(
    name + part for name in TRANSFERS for part in ("_status", "_progress", "_failure_reason")
) + ("last_backup_time", "last_export_time")


def read_error(status: int, method: str, data: t.Any, text: str) -> Problem:
    """1.4: a 409 asks to try again, unless it says that something exists already."""
    problem = read_problem(data, text)
    lasting = any(word in problem.code for word in LASTING_CONFLICTS)
    busy = method != "GET" and (status == 409 and not lasting or status == 406 and problem.code in BUSY_CODES)
    return Problem(problem.code, problem.description, busy)


class EnterpriseApi:
    """One cluster. Reads return data whose shape was checked."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.cluster = transport.connection.url.rstrip("/").lower()
        # the v2 routes that this cluster turned out not to have, or not to have in working order (2.3, 2.11)
        self._broken: set[str] = set()

    # -- databases -------------------------------------------------------------------------------------------------

    def bdbs(self, fields: t.Sequence[str] = (), extended: bool = False) -> list[Data]:
        """All databases that the user may see; with ``fields`` only these and the ones that tell them apart."""
        data = self.transport.get("/v1/bdbs", _query(fields, extended), check=_is_bdb_list)
        return t.cast("list[Data]", data)

    def bdb(self, uid: str, fields: t.Sequence[str] = (), extended: bool = False) -> Data | None:
        try:
            data = self.transport.get(
                "/v1/bdbs/{0}".format(quote(uid, safe="")),
                _query(fields, extended),
                check=lambda data: _is_bdb(data) and str(data["uid"]) == uid,
            )
        except NotFound as error:
            # a 404 can come from something in between; that a database does not exist is what the list says
            if any(str(row["uid"]) == uid for row in self.bdbs(IDENTITY)):
                raise TransientError(
                    "Database {0} is listed, but asking for it is answered with HTTP 404.".format(uid), status=404
                ) from error
            return None
        return t.cast(Data, data)

    def create_bdb(self, body: Data) -> Data:
        return t.cast(Data, self._write("POST", "/v1/bdbs", body, _has_uid))

    def update_bdb(self, uid: str, body: Data) -> Data | None:
        return self._write("PUT", "/v1/bdbs/{0}".format(uid), body)

    def delete_bdb(self, uid: str) -> Data | None:
        """The database with its action; what the documents call "status only" (2.1) is None."""
        return self._write("DELETE", "/v1/bdbs/{0}".format(uid))

    def _write(self, method: str, path: str, body: Data | None = None, check: t.Callable[[t.Any], bool] | None = None) -> t.Any:
        try:
            data = self.transport.request(method, path, body=body, check=check or _is_anything).data
        except AuthError as error:
            if "license" in (error.code + " " + error.description).lower():
                error.hint = "The license of the cluster has expired: until it has a new one, databases can be read and deleted, but not created or changed."
            raise
        return data if isinstance(data, dict) else None

    # -- actions ---------------------------------------------------------------------------------------------------

    def actions(self, transfers: bool = True) -> list[Action]:
        """All that the cluster lists: v2, or where that does not work v1 and the databases' own fields.

        :param transfers: whether backups, exports and imports matter, which v1 does not list.
        """
        rows = self._from_v2(V2, _is_action_list)
        if rows is not None:
            return [parse_v2(row) for row in rows]
        return self._v1_actions() + (self.transfers() if transfers else [])

    def action(self, uid: str) -> Action | None:
        """None: the cluster says that it is not running, and that its result is not kept (2.2)."""
        transfer = transfer_of(uid)
        if transfer is not None:
            return next((action for action in self.transfers(transfer[0]) if action.id == uid), None)
        quoted = quote(uid, safe="")
        try:
            row = self._from_v2(V2 + "/" + quoted, lambda data: _is_action(data) and _uid_of(data) == uid)
            if row is not None:
                return parse_v2(row)
            path = "/v1/actions/" + quoted
            return parse_v1(self.transport.get(path, check=lambda data: _is_action(data) and _uid_of(data) == uid))
        except NotFound:
            return None

    def bdb_actions(self, uid: str) -> list[Action]:
        """All of one database. The v1 route knows only state machines; v2 cannot be asked for one database."""
        try:
            data = self.transport.get(
                "/v1/actions/bdb/{0}".format(quote(uid, safe="")),
                check=lambda data: _is_action_list(data) or _is_v1_list(data),
            )
        except NotFound:
            data = []
        machines = data["state-machines"] if isinstance(data, dict) else data
        found = {action.id: action for action in map(parse_v1_machine, machines)}
        rows = self._from_v2(V2, _is_action_list)
        others = [parse_v2(row) for row in rows] if rows is not None else self.transfers(uid)
        found.update((action.id, action) for action in others if action.resource_type == BDB and action.resource_id == uid)
        return list(found.values())

    def transfers(self, uid: str = "") -> list[Action]:
        """Backups, exports and imports from the databases' fields, of all databases or of one (2.7)."""
        one = self.bdb(uid, TRANSFER_FIELDS) if uid else None
        bdbs = self.bdbs(TRANSFER_FIELDS) if not uid else [one] if one is not None else []
        return [action for bdb in bdbs for action in parse_transfers(bdb)]

    def cancel_action(self, uid: str) -> bool:
        """The generic route, which no known release has (2.5). False: this cluster has none, and nothing happened."""
        try:
            self.transport.request("DELETE", "/v1/actions/" + quote(uid, safe=""), body=None)
        except NotFound as error:
            # an action that has ended meanwhile needs no cancelling; every other 404 is about the route
            return error.code == NOT_FOUND_CODE
        except ApiError as error:
            if error.status in (405, 501):
                return False
            raise
        return True

    def offers_cancel(self, uid: str) -> bool | None:
        """Whether the generic route is registered, from OPTIONS; None: the cluster does not tell (1.1)."""
        path = "/v1/actions/" + quote(uid, safe="")
        try:
            allowed = self.transport.request("OPTIONS", path, patient=False).headers.get("allow", "")
        except ApiError:
            return None
        return "DELETE" in allowed.upper() if allowed else None

    def _v1_actions(self) -> list[Action]:
        try:
            data = self.transport.get("/v1/actions", check=lambda data: _is_action_list(data) or _is_v1_list(data))
        except NotFound as error:
            if error.code == NOT_FOUND_CODE:
                return []
            raise
        if isinstance(data, list):
            return [parse_v1(row) for row in data]
        tasks = [parse_v1_task(row) for row in data["actions"]]
        return tasks + [parse_v1_machine(row) for row in data["state-machines"]]

    def _from_v2(self, path: str, check: t.Callable[[t.Any], bool]) -> t.Any:
        """The data, or None when v1 has to be asked. Raises NotFound when v2 says that there is no such action.

        8.2.0 can refuse the list and still answer for one action (2.3), so the two are remembered apart.
        """
        route = V2 if path == V2 else V2 + "/uid"
        if route in self._broken:
            return None
        try:
            return self.transport.get(path, check=check, patient=False)
        except NotFound as error:
            if error.code == NOT_FOUND_CODE:
                if path == V2:
                    return []
                raise
            self._broken.update((V2, V2 + "/uid"))
        except AuthError:
            raise
        except ApiError as error:
            if isinstance(error, TransientError) and self.transport.deadline.passed():
                # there is no time to ask v1, too
                raise
            if error.status in (400, 405, 406, 501) or error.code == BROKEN_CODE:
                self._broken.add(route)
        return None

    # -- nodes, cluster, Active-Active, bootstrap ----------------------------------------------------------------------

    def node_actions(self) -> list[Action]:
        """Of all nodes; the body is documented as "list", with the wrapper of its siblings or without (9)."""
        return [parse_node_action(row) for row in self._listed("/v1/nodes/actions", ("actions",), _is_named)]

    def node_action(self, node_uid: str, name: str) -> Action | None:
        """The last action of this name on a node; None: it never ran, or its result was forgotten (2.9)."""
        try:
            row = self.transport.get(_node_path(node_uid, name), check=lambda data: isinstance(data, dict) and "status" in data)
        except NotFound:
            return None
        # it is the one that was asked for; of its names the cluster's own is shown
        word = str(row.get("name"))
        return parse_node_action(dict(row, node_uid=node_uid, name=word if NODE_ACTION_NAMES.get(word, word) == name else name))

    def cancel_node_action(self, node_uid: str, name: str) -> None:
        self.transport.request("DELETE", _node_path(node_uid, name), check=_is_anything)

    def has_node(self, node_uid: str) -> bool:
        rows = self.transport.get("/v1/nodes", check=lambda data: isinstance(data, list) and all(map(_has_uid, data)))
        return any(str(row["uid"]) == node_uid for row in rows)

    def cluster_actions(self) -> list[Action]:
        return [parse_cluster_action(row) for row in self._listed("/v1/cluster/actions", ("actions",), _is_named)]

    def crdb_tasks(self) -> list[Action]:
        keys = ("crdb_tasks", "tasks")
        return [parse_crdb_task(row) for row in self._listed("/v1/crdb_tasks", keys, lambda row: bool(row.get("id")))]

    def crdb_task(self, task_id: str) -> Action | None:
        """None: unknown, or over for longer than its result is kept (2.8: 500 seconds by default)."""
        try:
            row = self.transport.get(
                "/v1/crdb_tasks/" + quote(task_id, safe=""),
                check=lambda data: isinstance(data, dict) and str(data.get("id")) == task_id,
            )
        except NotFound:
            return None
        return parse_crdb_task(row)

    def cancel_crdb_task(self, task_id: str, force: bool) -> None:
        path = "/v1/crdb_tasks/{0}/actions/cancel".format(quote(task_id, safe=""))
        self.transport.request("POST", path, query={"force": "true"} if force else None, check=_is_anything)

    def bootstrap(self) -> Action | None:
        """Of the node that answers (2.10)."""
        return parse_bootstrap(self.transport.get("/v1/bootstrap", check=_is_bootstrap))

    def _listed(self, path: str, keys: tuple[str, ...], is_row: t.Callable[[Data], bool]) -> list[Data]:
        """The rows of a list, in a wrapper or not. 404 means that there is none (2.2)."""

        def rows(data: t.Any) -> list[Data] | None:
            inner = next((data[key] for key in keys if key in data), None) if isinstance(data, dict) else data
            whole = isinstance(inner, list) and all(isinstance(row, dict) and is_row(row) for row in inner)
            return inner if whole else None

        try:
            return rows(self.transport.get(path, check=lambda data: rows(data) is not None)) or []
        except NotFound:
            return []


def _query(fields: t.Sequence[str], extended: bool) -> dict[str, str]:
    query = {"fields": ",".join(dict.fromkeys((*IDENTITY, *fields)))} if fields else {}
    return dict(query, extended="true") if extended else query


def _node_path(node_uid: str, name: str) -> str:
    return "/v1/nodes/{0}/actions/{1}".format(quote(node_uid, safe=""), quote(name, safe=""))


def _is_anything(data: t.Any) -> bool:
    return True


def _has_uid(data: t.Any) -> bool:
    uid = data.get("uid") if isinstance(data, dict) else None
    return isinstance(uid, (int, str)) and not isinstance(uid, bool) and uid != ""


def _is_bdb(data: t.Any) -> bool:
    """One that can be told apart from others, and whose state is known."""
    return _has_uid(data) and isinstance(data.get("name"), str) and isinstance(data.get("status"), str)


def _is_bdb_list(data: t.Any) -> bool:
    return isinstance(data, list) and all(_is_bdb(row) for row in data)


def _uid_of(row: Data) -> str:
    uid = row.get("action_uid") or row.get("task_id")
    return str(uid) if isinstance(uid, (int, str)) and not isinstance(uid, bool) else ""


def _is_action(data: t.Any) -> bool:
    return isinstance(data, dict) and bool(_uid_of(data))


def _is_action_list(data: t.Any) -> bool:
    return isinstance(data, list) and all(_is_action(row) for row in data)


def _is_v1_list(data: t.Any) -> bool:
    return isinstance(data, dict) and all(_is_action_list(data.get(key)) for key in ("actions", "state-machines"))


def _is_named(row: Data) -> bool:
    return bool(row.get("name") or row.get("task_id")) and "status" in row


def _is_bootstrap(data: t.Any) -> bool:
    status = data.get("bootstrap_status") if isinstance(data, dict) else None
    return isinstance(status, dict) and isinstance(status.get("state"), str)

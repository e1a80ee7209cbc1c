# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Export, import and backup: work that shows in fields of the database and, in v2 only, as an action."""

from __future__ import annotations

from typing import Any

from .actions import OTHER, Action, Actions
from .bdb import Bdb, Transfer
from .bdbs import Bdbs
from .errors import ApiError, bad_request, refused
from .routing import Call, Route
from .validation import check_import_paths, check_location
from .world import World

KINDS = ("export", "import", "backup")


class Transfers:
    """At most one export, one import and one backup of each database at a time."""

    def __init__(self, world: World, actions: Actions, bdbs: Bdbs) -> None:
        self._world = world
        self._actions = actions
        self._bdbs = bdbs

    def routes(self) -> list[Route]:
        base = "/v1/bdbs/{uid}/actions"
        return [
            Route("POST", f"{base}/export", "start_bdb_export", self._export),
            Route("POST", f"{base}/import", "start_bdb_import", self._import),
            *(
                Route(
                    "PUT",
                    f"{base}/{kind}_reset_status",
                    f"reset_bdb_current_{kind}_status",
                    self._resetter(kind),
                )
                for kind in KINDS
            ),
        ]

    def start_backup(self, uid: int) -> Action:
        """What the scheduler does when a backup is due; there is no request that starts one."""
        return self._start("backup", self._bdbs.bdbs[uid])

    def _export(self, call: Call) -> None:
        bdb = self._bdbs.visible(call.number("uid"), call.user)
        body = call.body()
        _only(body, {"export_location", "email_notification"})
        check_location(body.get("export_location"))
        self._check_free(bdb, "export")
        self._start("export", bdb)

    def _import(self, call: Call) -> None:
        bdb = self._bdbs.visible(call.number("uid"), call.user)
        body = call.body(required=False)
        _only(body, {"dataset_import_sources", "email_notification"})
        sources = body.get("dataset_import_sources", bdb.values.get("dataset_import_sources"))
        if not isinstance(sources, list):
            raise bad_request("dataset_import_sources: the value is not of type array of objects")
        if not sources:
            raise refused("missing_dataset_import_sources", "There is nothing to import")
        for source in sources:
            check_location(source, importing=True)
        check_import_paths(sources, self._world.version)
        self._check_free(bdb, "import")
        bdb.status = "import-pending"
        self._start("import", bdb)

    def _check_free(self, bdb: Bdb, kind: str) -> None:
        self._bdbs.check_free(bdb)
        if bdb.transfers[kind].running:
            raise ApiError(
                409, self._world.options.busy_error_code, f"An {kind} of database {bdb.uid} is running"
            )

    def _start(self, kind: str, bdb: Bdb) -> Action:
        options = self._world.options
        name = getattr(options, f"{kind}_action_name")
        action = self._actions.new(OTHER, name, "bdb", bdb.uid, options.transfer_seconds)
        transfer = bdb.transfers[kind] = Transfer(
            "exporting" if kind != "import" else "", last_time=bdb.transfers[kind].last_time, action=action
        )
        action.work = lambda: self._finish(kind, bdb, transfer)
        return self._actions.start(action)

    def _finish(self, kind: str, bdb: Bdb, transfer: Transfer) -> str:
        if kind == "import" and bdb.status == "import-pending":
            bdb.status = "active"
        options = self._world.options
        if self._world.fails(f"fail_{kind}s"):
            reason = options.import_failure_reason if kind == "import" else options.export_failure_reason
            transfer.status, transfer.reason = "failed", reason
            if transfer.action is not None:
                transfer.progress = transfer.action.percent(self._world.now)
            return reason
        transfer.status, transfer.reason, transfer.progress = "succeeded", "", 100.0
        transfer.last_time = self._world.now
        return ""

    def _resetter(self, kind: str) -> Any:
        def reset(call: Call) -> None:
            bdb = self._bdbs.visible(call.number("uid"), call.user)
            if bdb.transfers[kind].running:
                code = self._world.options.busy_error_code
                raise ApiError(409, code, f"The {kind} of database {bdb.uid} is running")
            bdb.transfers[kind] = Transfer(last_time=bdb.transfers[kind].last_time)

        return reset


def _only(body: dict[str, Any], known: set[str]) -> None:
    if set(body) - known:
        raise bad_request(f"Additional properties are not allowed: {sorted(set(body) - known)}")

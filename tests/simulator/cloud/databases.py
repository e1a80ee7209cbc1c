# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests about Pro and Active-Active databases (facts 5.3, 5.5)."""

from __future__ import annotations

import re
from typing import Any

from ..clock import iso
from ..messages import Request, Response
from . import reference, rules, views
from .account import Account
from .errors import HttpProblem, TaskProblem
from .models import Database, Subscription
from .settings import changed_active_active, changed_region, changed_settings
from .tasks import Outcome, Work
from .validation import check_body, read_body, read_json

# the one failed import that was recorded
CORRUPTED = {
    "status": "failed",
    "failureReason": "file-corrupted",
    "failureReasonParams": [
        {"key": "bytes_configured_bdb_limit", "value": "1234"},
        {"key": "bytes_of_expected_dataset", "value": "5678"},
    ],
}


class Databases:
    """One method per operation; each answers, or raises HttpProblem."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._options = account.options

    # Reading

    def list_all(self, request: Request, subscription_id: int) -> Response:
        subscription = self._require_subscription(subscription_id)
        offset = _number(request, "offset", 0, 0)
        limit = min(_number(request, "limit", self._options.page_limit, 1), self._options.page_limit)
        listed = self._account.listed_databases(subscription)
        page = listed[offset : offset + limit]
        if not page and self._options.past_end == "404":
            raise HttpProblem(404)
        items = [views.database_view(database, subscription, self._options, by_id=False) for database in page]
        entry = {
            "subscriptionId": subscription_id,
            "numberOfDatabases": len(listed),
            "databases": items,
            "links": [],
        }
        links = views.self_link(
            self._options, f"/subscriptions/{subscription_id}/databases?offset={offset}&limit={limit}"
        )
        return Response(200, {"accountId": self._options.account_id, "subscription": [entry], "links": links})

    def get(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        subscription, database = self._require(subscription_id, database_id)
        return Response(200, views.database_view(database, subscription, self._options))

    def certificate(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        _subscription, database = self._require(subscription_id, database_id)
        if not database.settings["enableTls"]:
            raise HttpProblem(404)
        return Response(
            200, {"publicCertificatePEMString": "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----"}
        )

    def slow_log(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        self._require(subscription_id, database_id)
        path = f"/subscriptions/{subscription_id}/databases/{database_id}/slow-log"
        return Response(200, {"entries": [], "links": views.self_link(self._options, path)})

    def target_versions(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        _subscription, database = self._require(subscription_id, database_id)
        return Response(
            200, {"targets": [{"redisVersion": version} for version in self._later_versions(database)]}
        )

    def upgrade_status(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        _subscription, database = self._require(subscription_id, database_id)
        if database.upgrade is None:
            raise HttpProblem(404)
        elapsed = self._account.timeline.time - database.upgrade["started"]
        share = min(1.0, elapsed / self._options.upgrade_seconds) if self._options.upgrade_seconds else 1.0
        done = share >= 1.0
        return Response(
            200,
            {
                "databaseId": database.id,
                "targetRedisVersion": database.upgrade["target"],
                "progress": round(100 * share, 1),
                "upgradeStatus": "done" if done else "in-progress",
            },
        )

    # Creating, changing, deleting

    def create(self, request: Request, subscription_id: int) -> Response:
        body = read_body("DatabaseCreateRequest", request)
        account = self._account
        submitted = account.timeline.time
        self._refuse_create(subscription_id, body["name"])

        def check() -> None:
            subscription = self._active_subscription(subscription_id)
            memory = subscription.settings.get("memoryStorage", "ram")
            rules.check_new_database(
                body, memory, subscription.active_active, subscription.region_names, self._options
            )
            if account.name_taken(subscription, body["name"]):
                raise TaskProblem("DATABASE_NAME_EXISTS")
            if body.get("port") in [database.port for database in subscription.databases.values()]:
                raise TaskProblem("DATABASE_CUSTOM_PORT_NOT_UNIQUE")
            if self._options.fail_processing and re.search(self._options.fail_processing, body["name"]):
                raise TaskProblem("PROVISION_FAILURE")

        def apply() -> Outcome:
            subscription = self._subscription(subscription_id)
            if body.get("dryRun"):
                return Outcome(
                    additional_resource_id=subscription.id, resource={"pricing": views.shard_pricing(1)}
                )
            return self._outcome(account.add_database(subscription, body, submitted))

        return self._accepted(202, Work("databaseCreateRequest", check, apply, "create"))

    def update(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("DatabaseUpdateRequest", request)

        def check() -> None:
            subscription, database = self._active(subscription_id, database_id)
            if subscription.active_active:
                raise TaskProblem(
                    "UPDATING_SINGLE_REGION_DATABASE_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION"
                )
            rules.check_database_update(database, body, subscription.settings.get("memoryStorage", "ram"))
            self._check_new_name(subscription, database, body)

        def apply() -> Outcome:
            _subscription, database = self._find(subscription_id, database_id)
            if body.get("dryRun"):
                return Outcome(database.id, subscription_id, resource={"pricing": views.shard_pricing(1)})

            def change() -> None:
                database.settings = changed_settings(database.settings, body)

            self._account.change_database(
                database, self._states(database, body), change, self._options.database_update_seconds
            )
            return self._outcome(database)

        return self._accepted(200, Work("databaseUpdateRequest", check, apply))

    def update_regions(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("CrdbUpdatePropertiesRequest", request)
        local = {region.get("region"): region for region in body.get("regions") or []}

        def check() -> None:
            subscription, database = self._active(subscription_id, database_id)
            if not subscription.active_active:
                raise TaskProblem("UPDATING_LOCAL_PROPERTIES_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION")
            if set(local) - set(subscription.region_names):
                raise TaskProblem("SUBSCRIPTION_INVALID_REGION_NAME")
            for region in local.values():
                rules.check_local_throughput(region.get("localThroughputMeasurement") or {})
                rules.check_sources(region.get("sourceIp") or [])
                rules.check_alerts(region.get("alerts") or [])
                rules.check_backup(region.get("remoteBackup") or {})
            self._check_new_name(subscription, database, body)

        def apply() -> Outcome:
            _subscription, database = self._find(subscription_id, database_id)
            if body.get("dryRun"):
                return Outcome(database.id, subscription_id, resource={"pricing": views.shard_pricing(1)})

            def change() -> None:
                database.settings = changed_active_active(database.settings, body)
                for region, values in local.items():
                    database.regions[region] = changed_region(database.regions[region], values)

            self._account.change_database(
                database, self._states(database, body), change, self._options.database_update_seconds
            )
            return self._outcome(database)

        return self._accepted(200, Work("databaseUpdateRequest", check, apply))

    def delete(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        def check() -> None:
            subscription, database = self._find(subscription_id, database_id)
            if subscription.status not in ("active", "error"):
                raise TaskProblem("SUBSCRIPTION_NOT_ACTIVE")
            if database.status not in ("active", "error"):
                raise TaskProblem("DATABASE_NOT_ACTIVE")

        def apply() -> Outcome:
            subscription, database = self._find(subscription_id, database_id)
            self._account.delete_database(subscription, database)
            return Outcome(database.id, subscription.id)

        return self._accepted(200, Work("databaseDeleteRequest", check, apply))

    # Operations

    def backup(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = check_body("DatabaseBackupRequest", read_json(request) or {})
        region = body.get("regionName")

        def check() -> None:
            subscription, database = self._active(subscription_id, database_id)
            self._check_backup_region(subscription, region)
            configured = (database.regions.get(region or "") or database.settings).get("remoteBackup") or {}
            if not body.get("adhocBackupPath") and not configured.get("active"):
                raise TaskProblem("DATABASE_BACKUP_DISABLED")

        def apply() -> Outcome:
            _subscription, database = self._find(subscription_id, database_id)

            def done() -> None:
                finished = iso(self._account.timeline.timestamp(), 0)
                database.backups[region or ""] = {"lastBackupTime": finished, "status": "success"}

            self._account.timeline.after(self._options.backup_seconds, done)
            return self._outcome(database)

        return self._accepted(200, Work("databaseBackupRequest", check, apply))

    def backup_status(self, request: Request, subscription_id: int, database_id: int) -> Response:
        region = request.query.get("regionName")

        def apply() -> Outcome:
            subscription, database = self._find(subscription_id, database_id)
            self._check_backup_region(subscription, region)
            status = database.backups.get(region or "", {})
            return Outcome(database.id, subscription.id, resource=status)

        return self._accepted(200, Work("databaseBackupStatusRequest", lambda: None, apply, "read"))

    def import_data(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("DatabaseImportRequest", request)
        pattern = self._options.fail_imports
        fails = bool(pattern) and any(re.search(pattern, uri) for uri in body["importFromUri"])

        def check() -> None:
            self._active(subscription_id, database_id)

        def apply() -> Outcome:
            _subscription, database = self._find(subscription_id, database_id)
            database.last_import = {"status": "importing"}

            def done() -> None:
                finished = iso(self._account.timeline.timestamp(), 0)
                database.last_import = {**(CORRUPTED if fails else {"status": "success"}), "lastImportTime": finished}

            self._account.timeline.after(self._options.backup_seconds, done)
            return self._outcome(database)

        return self._accepted(200, Work("databaseImportRequest", check, apply))

    def import_status(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        def check() -> None:
            if self._subscription(subscription_id).status != "active":
                raise TaskProblem("SUBSCRIPTION_NOT_ACTIVE")

        def apply() -> Outcome:
            subscription, database = self._find(subscription_id, database_id)
            return Outcome(database.id, subscription.id, resource=database.last_import)

        return self._accepted(200, Work("databaseImportStatusRequest", check, apply, "read"))

    def upgrade(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("DatabaseUpgradeRedisVersionRequest", request)

        def check() -> None:
            _subscription, database = self._active(subscription_id, database_id)
            if body["targetRedisVersion"] not in self._later_versions(database):
                raise TaskProblem("DATABASE_UPGRADE_INVALID_REDIS_VERSION")

        def apply() -> Outcome:
            _subscription, database = self._find(subscription_id, database_id)
            target = body["targetRedisVersion"]
            database.upgrade = {"target": target, "started": self._account.timeline.time}

            def change() -> None:
                database.settings = {**database.settings, "redisVersion": target}

            self._account.change_database(
                database, ["active-upgrade-pending"], change, self._options.upgrade_seconds
            )
            return self._outcome(database)

        return self._accepted(200, Work("databaseUpgradeRequest", check, apply))

    # Tags: answered at once, without a task

    def tags(self, _request: Request, subscription_id: int, database_id: int) -> Response:
        _subscription, database = self._require(subscription_id, database_id)
        return Response(200, self._tags_view(database))

    def replace_tags(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("DatabaseTagsUpdateRequest", request)
        _subscription, database = self._require(subscription_id, database_id)
        before = database.tags or {}
        database.tags = {}
        for tag in body["tags"]:
            self._set_tag(database, tag["key"], tag["value"], before)
        return Response(200, self._tags_view(database))

    def add_tag(self, request: Request, subscription_id: int, database_id: int) -> Response:
        body = read_body("DatabaseTagCreateRequest", request)
        _subscription, database = self._require(subscription_id, database_id)
        if body["key"].lower() in (database.tags or {}):
            raise HttpProblem(409, f"Tag {body['key'].lower()} exists")
        return Response(200, self._set_tag(database, body["key"], body["value"], {}))

    def update_tag(self, request: Request, subscription_id: int, database_id: int, key: str) -> Response:
        body = read_body("DatabaseTagUpdateRequest", request)
        _subscription, database = self._require(subscription_id, database_id)
        if key not in (database.tags or {}):
            raise HttpProblem(404, f"Tag {key} not found")
        return Response(200, self._set_tag(database, key, body["value"], database.tags or {}))

    def delete_tag(self, _request: Request, subscription_id: int, database_id: int, key: str) -> Response:
        _subscription, database = self._require(subscription_id, database_id)
        if (database.tags or {}).pop(key, None) is None:
            raise HttpProblem(404, f"Tag {key} not found")
        return Response(200, {})

    def _set_tag(
        self, database: Database, key: str, value: str, before: dict[str, dict[str, Any]]
    ) -> dict[str, Any]:
        key = key.lower()  # recorded: costCenter came back as costcenter
        now = iso(self._account.timeline.timestamp(), 0)
        created = before.get(key, {}).get("createdAt", now)
        tag = {"key": key, "value": value, "createdAt": created, "updatedAt": now, "links": []}
        database.tags = {**(database.tags or {}), key: tag}
        return tag

    def _tags_view(self, database: Database) -> dict[str, Any]:
        path = f"/subscriptions/{database.subscription_id}/databases/{database.id}/tags"
        links = views.self_link(self._options, path)
        if database.tags is None:
            return {"links": links}  # recorded for a database that never had tags
        return {"accountId": self._options.account_id, "tags": list(database.tags.values()), "links": links}

    # Common

    def _require_subscription(self, identifier: int) -> Subscription:
        subscription = self._account.subscription(identifier)
        if subscription is None:
            raise HttpProblem(404)
        return subscription

    def _require(self, subscription_id: int, database_id: int) -> tuple[Subscription, Database]:
        subscription = self._require_subscription(subscription_id)
        database = subscription.databases.get(database_id)
        if database is None:
            raise HttpProblem(404)
        return subscription, database

    def _subscription(self, identifier: int) -> Subscription:
        subscription = self._account.subscription(identifier)
        if subscription is None:
            raise TaskProblem("SUBSCRIPTION_NOT_FOUND")
        return subscription

    def _active_subscription(self, identifier: int) -> Subscription:
        subscription = self._subscription(identifier)
        if subscription.status != "active":
            raise TaskProblem("SUBSCRIPTION_NOT_ACTIVE")
        return subscription

    def _find(self, subscription_id: int, database_id: int) -> tuple[Subscription, Database]:
        subscription = self._subscription(subscription_id)
        database = subscription.databases.get(database_id)
        if database is None or database.deleted:
            raise TaskProblem("DATABASE_NOT_FOUND")
        return subscription, database

    def _active(self, subscription_id: int, database_id: int) -> tuple[Subscription, Database]:
        self._active_subscription(subscription_id)
        subscription, database = self._find(subscription_id, database_id)
        if database.status != "active":
            raise TaskProblem("DATABASE_NOT_ACTIVE")
        return subscription, database

    def _outcome(self, database: Database) -> Outcome:
        path = f"/subscriptions/{database.subscription_id}/databases/{database.id}"
        return Outcome(database.id, database.subscription_id, path=path)

    def _states(self, database: Database, body: dict[str, Any]) -> list[str]:
        cluster = body.get("supportOSSClusterApi")
        if cluster is not None and cluster != database.settings["supportOSSClusterApi"]:
            return ["proxy-policy-change-pending", *self._options.update_states]
        return self._options.update_states

    def _check_new_name(self, subscription: Subscription, database: Database, body: dict[str, Any]) -> None:
        if body.get("name") is not None and self._account.name_taken(
            subscription, body["name"], but=database.id
        ):
            raise TaskProblem("DATABASE_NAME_EXISTS")

    def _check_backup_region(self, subscription: Subscription, region: str | None) -> None:
        if subscription.active_active and region is None:
            raise TaskProblem("ACTIVE_ACTIVE_BACKUP_MISSING_REGION_NAME")
        if not subscription.active_active and region is not None:
            raise TaskProblem("BACKUP_REGION_NAME_IS_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION")

    def _later_versions(self, database: Database) -> list[str]:
        current = reference.version_number(database.settings["redisVersion"])
        versions = [str(known["version"]) for known in self._options.redis_versions]
        return [version for version in versions if reference.version_number(version) > current]

    def _refuse_create(self, subscription_id: int, name: str) -> None:
        subscription = self._account.subscription(subscription_id)
        if subscription is None:
            return
        if self._options.subscription_not_active == "http" and subscription.status != "active":
            raise HttpProblem(403, f"Subscription {subscription_id} is not active")
        if self._options.duplicate_name == "http" and self._account.name_taken(subscription, name):
            raise HttpProblem(409, f"Database with name {name} already exists")

    def _accepted(self, status: int, work: Work) -> Response:
        tasks = self._account.tasks
        return Response(status, tasks.view(tasks.submit(work), accepted=True))


def _number(request: Request, name: str, default: int, least: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdigit() or int(text) < least:
        raise HttpProblem(400, f"Bad Request: {name}: {text} is not valid")
    return int(text)

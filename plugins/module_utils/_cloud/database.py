# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redis Cloud Pro databases: the fields (facts 5.3) and how one is found, changed and removed."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t
from urllib.parse import urlsplit

from .._core import compare
from .._core.clock import Deadline
from .._core.errors import Ambiguous, ApiError, Busy, InvalidInput, OperationFailed
from .._core.fields import CREATE, UNSET, UPDATE, Field, decode
from .._core.operation import Operation
from .._core.options import PROCESSING
from .._core.plan import Resource
from .._core.poller import Reading
from .._core.work import CREATING, DELETING, UPDATING, Reply, Work
from .api import CloudApi
from .driver import NAME_REFUSED, CloudDriver, Snapshot
from .facts import ACTIVE, DATABASE_FAILED, LISTING_GRACE, LISTING_LAG, SUBSCRIPTION_FAILED
from .naming import cloud_field as F
from .naming import snake_keys

# in a driver's memory: it was looked for in the list, and it was there
LOOKED, LISTED = "looked for ", "listed "
# For how many seconds what was read may be taken for how it is now
MOMENT = 1.5
# docs/api/examples/create-database: at most 40 characters, letters, digits and hyphens
NAME_PATTERN = r"[A-Za-z](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?"
NAME_RULE = "at most 40 letters, digits and hyphens, starting with a letter and ending with a letter or digit"
PERSISTENCE = (
    "none",
    "aof-every-1-second",
    "aof-every-write",
    "snapshot-every-1-hour",
    "snapshot-every-6-hours",
    "snapshot-every-12-hours",
)
EVICTION = (
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-lrm",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-lrm",
    "volatile-random",
    "volatile-ttl",
    "noeviction",
)
SHARDING_TYPES = ("default-regex-rules", "custom-regex-rules", "redis-oss-hashing")
# what clustering.hashingPolicy says of them
HASHING_POLICIES = {"standard": "default-regex-rules", "custom": "custom-regex-rules"}
# "not customised", in order
DEFAULT_REGEX_RULES = [r".*\{(?<tag>.*)\}.*", r"(?<tag>.*)"]
REGEX_RULE_LENGTH = 256
BACKUP_INTERVALS = tuple("every-{0}-hours".format(hours) for hours in (24, 12, 6, 4, 2, 1))
BACKUP_STORAGE = ("aws-s3", "google-blob-storage", "azure-blob-storage", "ftp")
ALERTS = (
    "dataset-size",
    "datasets-size",
    "throughput-higher-than",
    "throughput-lower-than",
    "latency",
    "syncsource-error",
    "syncsource-lag",
    "connections-limit",
)


def _port(reply: Reply) -> t.Any:
    """The API tells the port only as part of the endpoints, and not before the database is active."""
    for name in ("privateEndpoint", "publicEndpoint"):
        port = str(reply.get(name) or "").rpartition(":")[2]
        if port.isdigit():
            return int(port)
    return UNSET


def _modules(reply: Reply) -> t.Any:
    """Redis 8 and later bundle all modules and list them, whatever was asked for."""
    major = str(reply.get("redisVersion") or "").partition(".")[0]
    if major.isdigit() and int(major) >= 8:
        return UNSET
    rows = reply.get("modules")
    return [{"name": row.get("name")} for row in rows if isinstance(row, dict)] if isinstance(rows, list) else UNSET


def _same_modules(desired: t.Any, actual: t.Any) -> bool:
    return {item.get("name") for item in desired} == {item.get("name") for item in actual}


def _regex_rules(reply: Reply) -> t.Any:
    clustering = reply.get("clustering")
    rules = clustering.get("regexRules") if isinstance(clustering, dict) else None
    if not isinstance(rules, list):
        return UNSET
    rows = [row for row in rules if isinstance(row, dict)]
    return [row.get("pattern") for row in sorted(rows, key=lambda row: row.get("ordinal") or 0)]


def _sharding_type(reply: Reply) -> t.Any:
    clustering = reply.get("clustering")
    policy = clustering.get("hashingPolicy") if isinstance(clustering, dict) else None
    return HASHING_POLICIES.get(str(policy), policy if policy in SHARDING_TYPES else UNSET)


def _replica(reply: Reply) -> t.Any:
    replica = reply.get("replica")
    if isinstance(replica, dict) and isinstance(replica.get("syncSources"), list):
        return replica
    return {"syncSources": [{"endpoint": uri} for uri in _replica_of(reply)]}


def _replica_of(reply: Reply) -> list[str]:
    old = reply.get("replicaOf")
    if isinstance(old, dict) and isinstance(old.get("endpoints"), list):
        return [str(uri) for uri in old["endpoints"]]
    replica = reply.get("replica")
    sources = replica.get("syncSources") if isinstance(replica, dict) else None
    return [str(item.get("endpoint")) for item in sources or [] if isinstance(item, dict)]


def _without_userinfo(uri: str) -> str:
    parts = urlsplit(uri)
    return uri if parts.hostname is None else "{0}://{1}".format(parts.scheme, parts.netloc.rpartition("@")[2])


def _same_sources(desired: t.Any, actual: t.Any) -> bool:
    """By endpoint, which the API may return without the credentials that were sent (traps 28, 38); and whether they are
    encrypted, where it tells."""
    mine, theirs = _sources(desired), _sources(actual)
    return mine.keys() == theirs.keys() and all(
        mine[endpoint] is None or theirs[endpoint] in (None, mine[endpoint]) for endpoint in mine
    )


def _sources(value: t.Any) -> dict[str, bool | None]:
    rows = value.get("sync_sources") or [] if isinstance(value, dict) else [{"endpoint": uri} for uri in value or []]
    return {_without_userinfo(str(row.get("endpoint"))): row.get("encryption") for row in rows}


def _backup(reply: Reply) -> t.Any:
    """Renamed between request and reply (5.3); the storage type is never returned."""
    backup = reply.get("backup")
    if not isinstance(backup, dict):
        return {"active": False}
    return {
        "active": bool(backup.get("enableRemoteBackup")),
        "interval": backup.get("interval"),
        "timeUTC": backup.get("timeUTC"),
        "storagePath": backup.get("destination"),
    }


def _same_backup(desired: t.Any, actual: t.Any) -> bool:
    if desired.get("active") is False or not actual.get("active"):
        return bool(desired.get("active", True)) == bool(actual.get("active"))
    same = all(desired.get(key) in (None, actual.get(key)) for key in ("interval", "storage_path"))
    return same and _same_hour(desired.get("time_utc"), actual.get("time_utc"), actual.get("interval"))


def _same_hour(desired: t.Any, actual: t.Any, interval: t.Any) -> bool:
    """With a 12-hour interval an afternoon hour is returned as its morning twin."""
    if desired in (None, actual):
        return True
    mine, theirs = str(desired).partition(":")[0], str(actual).partition(":")[0]
    if not (mine.isdigit() and theirs.isdigit()):
        return False
    turn = 12 if interval == "every-12-hours" else 24
    return int(mine) % turn == int(theirs) % turn


def _has_client_certificates(reply: Reply) -> t.Any:
    """Only whether there are any is known; an empty list stands for none."""
    security = reply.get("security")
    if not isinstance(security, dict) or "tlsClientAuthentication" not in security:
        return UNSET
    return [{}] if security["tlsClientAuthentication"] or security.get("sslClientAuthentication") else []


def _both_or_none(desired: t.Any, actual: t.Any) -> bool:
    return bool(desired) == bool(actual)


def _network(value: str) -> None:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise InvalidInput("must be an address or a network such as 192.0.2.0/24, not {0!r}.".format(value)) from None


def _rule_length(value: str) -> None:
    if len(value) > REGEX_RULE_LENGTH:
        raise InvalidInput("must be at most {0} characters long, not {1}.".format(REGEX_RULE_LENGTH, len(value)))


def _backup_hour(backup: dict[str, t.Any]) -> None:
    if backup.get("time_utc") is not None and backup.get("interval") not in (None, "every-24-hours", "every-12-hours"):
        raise InvalidInput("takes time_utc only with an interval of 24 or 12 hours.")


MODULE = (F("name", required=True), F("parameters", "dict"))
THROUGHPUT = (
    F("by", choices=("operations-per-second", "number-of-shards"), required=True),
    F("value", "int", required=True, low=1),
)
LOCAL_THROUGHPUT = (
    F("region", required=True),
    F("write_operations_per_second", "int", low=0),
    F("read_operations_per_second", "int", low=0),
)

NAME = F("name", pattern=NAME_PATTERN, rule=NAME_RULE)
PROTOCOL = F("protocol", choices=("redis", "memcached"), mode=CREATE)
PORT = F("port", "int", mode=CREATE, low=10000, high=19999, read=_port)
DATASET_SIZE = F("dataset_size_in_gb", "float", low=0.1)
MEMORY_LIMIT = F("memory_limit_in_gb", "float", low=0.1)
COMMON = (
    NAME,
    PROTOCOL,
    PORT,
    DATASET_SIZE,
    MEMORY_LIMIT,
    F("replication", "bool", reset=True),
    F("throughput_measurement", "dict", options=THROUGHPUT),
    F("local_throughput_measurement", "list", elements="dict", options=LOCAL_THROUGHPUT, mode=CREATE, write_only=True),
    F("data_persistence", choices=PERSISTENCE, reset="none"),
    F("redis_version", mode=CREATE, equal=compare.version_at_least),
    F("auto_minor_version_upgrade", "bool", reset=True),
    F("resp_version", choices=("resp2", "resp3")),
    F("support_oss_cluster_api", "bool", api="supportOSSClusterApi", reset=False),
    F("ram_percentage", "int", low=10, high=50, step=10, rule="10, 20, 30, 40 or 50", reset=20),
    F("average_item_size_in_bytes", "int", mode=CREATE, low=1, write_only=True),
    F(
        "query_performance_factor",
        pattern=r"Standard|\d+x",
        rule='"Standard" or a factor such as "2x"',
        reset="Standard",
        default="Standard",
    ),
    F("modules", "list", elements="dict", options=MODULE, mode=CREATE, read=_modules, equal=_same_modules, write_only=True),
    F("sharding_type", choices=SHARDING_TYPES, mode=CREATE, read=_sharding_type),
)
# 5.2: what a database that is created together with its subscription can be given
CREATION_FIELDS = COMMON

DATABASE_FIELDS: tuple[Field, ...] = COMMON + (
    F("data_eviction_policy", choices=EVICTION, reset="volatile-lru"),
    F(
        "use_external_endpoint_for_oss_cluster_api",
        "bool",
        api="useExternalEndpointForOSSClusterApi",
        reset=False,
        default=False,
    ),
    F(
        "regex_rules",
        "list",
        elements="str",
        mode=UPDATE,
        read=_regex_rules,
        reset=DEFAULT_REGEX_RULES,
        max_length=32,
        check=_rule_length,
    ),
    F("password", secret=True, read="security.password", max_length=49, rule="shorter than 50 characters"),
    F("sasl_username", write_only=True),
    F("sasl_password", secret=True, write_only=True),
    F("source_ip", "list", elements="str", read="security.sourceIps", equal=compare.unordered, max_length=32, check=_network),
    F("enable_tls", "bool", read="security.enableTls", reset=False),
    F(
        "client_tls_certificates",
        "list",
        elements="dict",
        options=(F("public_certificate_pem_string", api="publicCertificatePEMString", required=True),),
        read=_has_client_certificates,
        equal=_both_or_none,
        reset=[],
        write_only=True,
    ),
    F("client_ssl_certificate", read=_has_client_certificates, equal=_both_or_none, reset="", write_only=True),
    F(
        "alerts",
        "list",
        elements="dict",
        options=(F("name", choices=ALERTS, required=True), F("value", "int", required=True, low=0)),
        equal=compare.by_key("name"),
        reset=[],
        default=[],
    ),
    F(
        "replica",
        "dict",
        options=(
            F(
                "sync_sources",
                "list",
                elements="dict",
                required=True,
                options=(F("endpoint", required=True), F("encryption", "bool"), F("server_cert")),
            ),
        ),
        read=_replica,
        equal=_same_sources,
        reset={"syncSources": []},
        default={"sync_sources": []},
    ),
    F("replica_of", "list", elements="str", read=_replica_of, equal=_same_sources, reset=[]),
    F(
        "remote_backup",
        "dict",
        options=(
            F("active", "bool", required=True),
            F("interval", choices=BACKUP_INTERVALS),
            F("time_utc", api="timeUTC", pattern=r"([01]?\d|2[0-3]):00", rule='a full hour such as "14:00"'),
            F("storage_type", choices=BACKUP_STORAGE),
            F("storage_path"),
        ),
        required_if=(("active", True, ("interval", "storage_type", "storage_path")),),
        check=_backup_hour,
        read=_backup,
        equal=_same_backup,
        reset={"active": False},
    ),
    F("periodic_backup_path", read="backup.destination", reset="", write_only=True),
    # last, and in a request of its own: disabling the user and changing its password in one is refused (trap 30)
    F("enable_default_user", "bool", mode=UPDATE, read="security.enableDefaultUser", reset=True, channel="default_user"),
)


# Options of which a task, or an entry of a list, can give one
EXCLUSIVE = (
    ("dataset_size_in_gb", "memory_limit_in_gb"),
    ("replica", "replica_of"),
    ("client_tls_certificates", "client_ssl_certificate"),
    ("remote_backup", "periodic_backup_path"),
)
# option -> the other option and the value of it that the API wants (5.3)
NEEDS: dict[str, tuple[str, t.Any]] = {
    "password": ("protocol", "redis"),
    "sasl_username": ("protocol", "memcached"),
    "sasl_password": ("protocol", "memcached"),
    "use_external_endpoint_for_oss_cluster_api": ("support_oss_cluster_api", True),
    "regex_rules": ("sharding_type", "custom-regex-rules"),
    "client_tls_certificates": ("enable_tls", True),
    "client_ssl_certificate": ("enable_tls", True),
}


def check_together(desired: dict[str, t.Any]) -> None:
    """Rules between options that hold whatever the database is like now. Raises InvalidInput."""
    for name, (other, value) in NEEDS.items():
        if desired.get(name) and desired.get(other) not in (None, value):
            raise InvalidInput("{0} needs {1}={2}.".format(name, other, str(value).lower()))


def _amend(body: dict[str, t.Any], changed: set[str], desired: dict[str, t.Any], reply: Reply) -> None:
    if body.get("replica") == {"syncSources": []}:
        # what is recorded to clear the sources of a replica is an empty replicaOf (5.3)
        del body["replica"]
        body["replicaOf"] = []


DATABASE = Resource(
    "database",
    "Redis Cloud database",
    DATABASE_FIELDS,
    required_to_create=(("name",), ("dataset_size_in_gb", "memory_limit_in_gb")),
    amend=_amend,
)


@dataclasses.dataclass
class Recent:
    """What was read last, and when, to save a request where nothing can have happened since. ``parent`` serves once."""

    rows: list[Reply] = dataclasses.field(default_factory=list)
    parent: Reply | None = None
    when: float = 0.0


class DatabaseDriver(CloudDriver):
    """One database of one subscription, known by name or by id.

    :param detail: also read it by id, which tells the password; the list does not (trap 37).
    :param wanted: it is to exist, so that an id or a parent that is not there is a mistake in the task.
    """

    noun = "database"
    id_key = "databaseId"
    failed_words = DATABASE_FAILED

    def __init__(
        self,
        api: CloudApi,
        deadline: Deadline,
        wait_for: str,
        subscription_id: str,
        *,
        name: str | None = None,
        database_id: str | None = None,
        detail: bool = False,
        wanted: bool = True,
    ) -> None:
        super().__init__(api, deadline, wait_for)
        self.subscription_id = subscription_id
        self.name = name
        self.database_id = database_id
        self.detail = detail
        self.wanted = wanted
        which = repr(name) if name and not database_id else database_id
        self.label = "database {0} in subscription {1}".format(which, subscription_id)
        self.scope = (api.account, "databases", subscription_id)
        self.recent = Recent()

    def find(self) -> Reply | None:
        if self.database_id:
            reply = self.get(self.database_id)
            if reply is None and self.wanted:
                raise InvalidInput(
                    "database_id {0} does not exist in subscription {1}.".format(self.database_id, self.subscription_id),
                    hint="Leave database_id out to create a database.",
                )
            return reply
        matches = [reply for reply in self.listed() if self.is_mine(reply)]
        staying = [reply for reply in matches if self.under_way(reply) != DELETING]
        matches = staying or matches
        if len(matches) > 1:
            raise Ambiguous(
                "{0} databases of subscription {1} are called {2!r}: {3}.".format(
                    len(matches), self.subscription_id, self.name, ", ".join(self.identify(reply) for reply in matches)
                ),
                hint="Say which one with database_id.",
            )
        if not matches:
            return None
        return self.get(self.identify(matches[0])) if self.detail else matches[0]

    def listed(self) -> list[Reply]:
        """All databases. A 404 for the list means "none" only if the subscription itself is there (1.1)."""
        rows = self.api.databases(self.subscription_id)
        if rows is None:
            parent = self.api.subscription(self.subscription_id)
            if parent is None and self.wanted:
                raise InvalidInput("subscription_id {0} does not exist.".format(self.subscription_id))
            self.recent.parent = parent
        else:
            self.recent.parent = None
        self.recent.rows, self.recent.when = rows or [], self.deadline.clock.time()
        return self.recent.rows

    def _has_just_read(self) -> bool:
        return 0 <= self.deadline.clock.time() - self.recent.when < MOMENT

    def get(self, resource_id: str) -> Reply | None:
        return self.api.database(self.subscription_id, resource_id)

    def is_mine(self, reply: Reply) -> bool:
        if self.database_id:
            return self.identify(reply) == self.database_id
        return str(reply.get("name")) == self.name

    def is_own_create(self, operation: Operation) -> bool:
        """Another subscription's databases are none of our business, as far as the task tells."""
        return super().is_own_create(operation) and operation.parent_id in (None, self.subscription_id)

    def check_usable(self, reply: Reply) -> None:
        super().check_usable(reply)
        if reply.get("activeActiveRedis"):
            raise self._active_active()

    def _active_active(self) -> InvalidInput:
        return InvalidInput(
            "{0} is an Active-Active database, which has its own fields and update calls.".format(self.label),
            hint="This module manages databases of single-region subscriptions.",
        )

    def foresee_create(self) -> None:
        self._check_kind(self._subscription())

    def _check_kind(self, subscription: Reply) -> None:
        if subscription.get("deploymentType") == "active-active":
            raise self._active_active()

    def turn(self, action: str, reply: Reply | None) -> Reading:
        """The recommended sequence (4): a write only when the subscription is active."""
        subscription = self._subscription()
        if action == CREATING:
            self._check_kind(subscription)
        status = str(subscription.get("status") or "")
        if status.lower() not in ACTIVE:
            return Reading(False, "waiting for the subscription", status)
        if action == CREATING and not self._list_is_complete(subscription):
            return Reading(False, "waiting for the list of databases", status)
        return Reading(True, "ready", status)

    def _subscription(self) -> Reply:
        subscription, self.recent.parent = self.recent.parent, None
        if subscription is None or not self._has_just_read():
            subscription = self.api.subscription(self.subscription_id)
        if subscription is None:
            raise InvalidInput("subscription_id {0} does not exist.".format(self.subscription_id))
        if str(subscription.get("status") or "").lower() in SUBSCRIPTION_FAILED:
            raise OperationFailed(
                "Subscription {0} is in state {1}, so its databases cannot be changed.".format(
                    self.subscription_id, subscription.get("status")
                )
            )
        return subscription

    def _list_is_complete(self, subscription: Reply) -> bool:
        """A new subscription is active before the databases it was created with are listed (2.4)."""
        count = subscription.get("numberOfDatabases")
        if not isinstance(count, int) or len(self.recent.rows) >= count or len(self.listed()) >= count:
            return True
        return self.noticed("list is incomplete") > LISTING_GRACE

    def read(self, work: Work) -> Reply | None:
        """The first look at a new database goes to the list, which has to show it before the wait may end."""
        own = work.resource_id
        if work.action == CREATING and own and LOOKED + own not in self.memory:
            self.noticed(LOOKED + own)
            row = next((row for row in self.listed() if self.identify(row) == own), None)
            if row is not None:
                self.noticed(LISTED + own)
                if self.under_way(row) and self.wait_for != PROCESSING:
                    return row
        return super().read(work)

    def is_listed(self, reply: Reply) -> bool:
        return LISTED + self.identify(reply) in self.memory or super().is_listed(reply)

    def appeared(self, snapshot: Snapshot) -> bool:
        """The list is read again only when something may have happened since. (The server would refuse a second database
        of the name.)"""
        lately = any(self.is_own_create(operation) and self.is_fresh(operation) for operation in snapshot.values())
        if lately or not self._has_just_read():
            return super().appeared(snapshot)
        return any(self.is_mine(row) for row in self.recent.rows)

    def surroundings(self, work: Work, reply: Reply | None) -> Reading | None:
        """After each change look at the subscription, and wait while it is pending (4)."""
        if work.operation is None:
            return None
        subscription = self.api.subscription(self.subscription_id)
        status = str((subscription or {}).get("status") or "")
        if subscription is None or status.lower() in ACTIVE + SUBSCRIPTION_FAILED:
            return None
        return Reading(False, "provisioning, subscription", status, operation=work.operation, value=reply)

    def create(self, body: dict[str, t.Any]) -> Work:
        path = "/subscriptions/{0}/databases".format(self.subscription_id)
        if 0 <= self.deadline.clock.time() - self.memory.get(NAME_REFUSED, 0.0) < LISTING_LAG:
            # nothing new is known: what the server has said still holds
            raise Busy("", own=True)
        try:
            return self._work(CREATING, self.api.write("POST", path, body))
        except ApiError as error:
            if error.status == 409 and not isinstance(error, Busy) and self.may_show_up():
                # taken by something not listed yet: an earlier create, which will show up (1.3, 8)
                raise Busy(error.message, own=True, status=409, code=error.code, description=error.description) from None
            raise

    def update(self, reply: Reply, body: dict[str, t.Any]) -> Work:
        path = "/subscriptions/{0}/databases/{1}".format(self.subscription_id, self.identify(reply))
        return self._work(UPDATING, self.api.write("PUT", path, body), reply)

    def delete(self, reply: Reply) -> Work:
        return self._work(DELETING, self.delete_one(self.api, self.subscription_id, reply), reply)

    @staticmethod
    def delete_one(api: CloudApi, subscription_id: str, reply: Reply) -> Operation:
        return api.write("DELETE", "/subscriptions/{0}/databases/{1}".format(subscription_id, reply["databaseId"]))

    def _work(self, action: str, operation: Operation, reply: Reply | None = None) -> Work:
        operation.resource_type = "database"
        operation.parent_id = operation.parent_id or self.subscription_id
        operation.resource_id = self.identify(reply) if reply else operation.resource_id
        return Work(action, operation, operation.resource_id)

    def view(self, reply: Reply) -> dict[str, t.Any]:
        """As it is returned to users: the API's keys in snake_case, and the options that mean the same."""
        view = snake_keys(reply)
        view.update(decode((field for field in DATABASE_FIELDS if not field.write_only), reply))
        view["subscription_id"] = int(self.subscription_id)
        return t.cast("dict[str, t.Any]", view)

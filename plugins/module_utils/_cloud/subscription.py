# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redis Cloud Pro subscriptions: the fields (facts 5.2) and how one is found, changed and removed."""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import typing as t

from .._core import compare
from .._core.clock import Deadline
from .._core.errors import Busy, InvalidInput, NotFound, OperationFailed
from .._core.fields import CREATE, UNSET, Field, about, decode
from .._core.operation import SUCCEEDED, Operation
from .._core.options import PROCESSING
from .._core.plan import Resource
from .._core.poller import Reading
from .._core.reconcile import VERIFY_GRACE
from .._core.since import parse_time
from .._core.work import CLEARING, CREATING, DELETING, UPDATING, Reply, Work
from .api import CloudApi
from .database import CREATION_FIELDS, DatabaseDriver
from .driver import CloudDriver
from .facts import (
    ACTIVE,
    DATABASE_FAILED,
    DELETING_WORDS,
    KEY_PENDING,
    LISTING_GRACE,
    SUBSCRIPTION_FAILED,
    SUBSCRIPTIONS_CHANGING_MAX,
    command_words,
)
from .naming import cloud_field as F
from .naming import snake_keys
from .parent import the_one_called

GRACE_PERIODS = ("alerts-only", "immediate", "15-minutes", "30-minutes", "1-hour", "4-hours", "8-hours", "12-hours", "24-hours")


def _providers(reply: Reply) -> t.Any:
    """cloudProviders is read back as cloudDetails, which is empty while the subscription is pending."""
    details = reply.get("cloudDetails")
    return details if isinstance(details, list) and details else UNSET


def _same_providers(desired: t.Any, actual: t.Any) -> bool:
    """Only what can be compared: a multi-AZ subscription splits its CIDR, zone ids come back as names (5.2)."""
    if len(desired) != len(actual):
        return False
    return all(
        mine.get("provider") in (None, theirs.get("provider"))
        and compare.value(mine.get("cloud_account_id") or theirs.get("cloud_account_id"), theirs.get("cloud_account_id"))
        and _same_regions(mine.get("regions") or [], theirs.get("regions") or [])
        for mine, theirs in zip(desired, actual)
    )


def _same_regions(desired: list[dict[str, t.Any]], actual: list[dict[str, t.Any]]) -> bool:
    theirs = {row.get("region"): row for row in actual}
    if {row.get("region") for row in desired} != set(theirs):
        return False
    return all(
        row.get("multiple_availability_zones") in (None, theirs[row["region"]].get("multiple_availability_zones"))
        for row in desired
    )


def _tags(reply: Reply) -> t.Any:
    """The key is missing when there are none; cloudDetails is empty while the subscription is pending (5.2)."""
    details = _providers(reply)
    return (details[0].get("resourceTags") or []) if details and isinstance(details[0], dict) else UNSET


def _keys(reply: Reply) -> t.Any:
    """The keys themselves are not returned; that they are missing shows in the state."""
    keys: dict[str, t.Any] = {"deletionGracePeriod": reply.get("deletionGracePeriod")}
    if str(reply.get("status")).lower() == KEY_PENDING:
        keys["customerManagedKeys"] = []
    return keys


def _same_keys(desired: t.Any, actual: t.Any) -> bool:
    period = desired.get("deletion_grace_period")
    return actual.get("customer_managed_keys") != [] and period in (None, actual.get("deletion_grace_period"))


def _cidr(value: str) -> None:
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        raise InvalidInput("must be a network such as 10.0.0.0/24: {0}.".format(error)) from None
    if network.prefixlen != 24:
        raise InvalidInput("must be a /24 network, not {0}.".format(value))


def _not_empty(value: str) -> None:
    if not value.strip():
        raise InvalidInput("must not be empty.")


def _zones(region: dict[str, t.Any]) -> None:
    wanted = 3 if region.get("multiple_availability_zones") else 1
    if len(region.get("preferred_availability_zones") or [None] * wanted) != wanted:
        raise InvalidInput(
            "needs {0} in preferred_availability_zones with multiple_availability_zones={1}.".format(
                "three zones" if wanted == 3 else "one zone", str(wanted == 3).lower()
            )
        )


NETWORKING = (
    F("deployment_cidr", api="deploymentCIDR", check=_cidr),
    F("vpc_id"),
    F("subnet_ids", "list", elements="str"),
    F("security_group_id"),
)
REGION = (
    F("region", required=True),
    F("multiple_availability_zones", "bool"),
    F("preferred_availability_zones", "list", elements="str"),
    F("networking", "dict", options=NETWORKING),
)
PROVIDER = (
    F("provider", choices=("AWS", "GCP")),
    F("cloud_account_id", "int"),
    F("regions", "list", elements="dict", options=REGION, required=True, check=_zones),
)
ENCRYPTION_KEYS = (
    F(
        "customer_managed_keys",
        "list",
        elements="dict",
        options=(F("resource_name", required=True), F("region")),
        required=True,
        no_log=False,
    ),
    F("deletion_grace_period", choices=GRACE_PERIODS),
)
CREATION_DATABASE = tuple(
    # a database without a name could never be found again
    dataclasses.replace(field, required=True) if field.name == "name" else field
    for field in CREATION_FIELDS
)

SUBSCRIPTION_FIELDS: tuple[Field, ...] = (
    # the API has no rules for it
    F("name", check=_not_empty),
    F("deployment_type", choices=("single-region", "active-active"), mode=CREATE, default="single-region"),
    F("payment_method", choices=("credit-card", "marketplace"), read="paymentMethodType"),
    F("payment_method_id", "int", low=1),
    F("memory_storage", choices=("ram", "ram-and-flash"), mode=CREATE),
    F(
        "persistent_storage_encryption_type",
        choices=("cloud-provider-managed-key", "customer-managed-key"),
        mode=CREATE,
        default="cloud-provider-managed-key",
    ),
    F(
        "persistent_storage_encryption_keys",
        "dict",
        options=ENCRYPTION_KEYS,
        read=_keys,
        equal=_same_keys,
        channel="encryption_keys",
        no_log=False,
    ),
    # may be missing in a reply, which means true (5.2)
    F("public_endpoint_access", "bool", reset=True, default=True),
    F("redis_version", mode=CREATE, write_only=True),
    F("cloud_providers", "list", elements="dict", options=PROVIDER, mode=CREATE, read=_providers, equal=_same_providers),
    F(
        "resource_tags",
        "list",
        elements="dict",
        options=(F("key", required=True, no_log=False), F("value", required=True)),
        read=_tags,
        equal=compare.by_key("key"),
        reset=[],
        max_length=30,
        channel="resource_tags",
    ),
    F("databases", "list", elements="dict", options=CREATION_DATABASE, mode=CREATE, write_only=True),
)

SUBSCRIPTION = Resource(
    "subscription",
    "Redis Cloud subscription",
    SUBSCRIPTION_FIELDS,
    required_to_create=(("name",), ("cloud_providers",), ("databases",)),
)


def check_creation(desired: dict[str, t.Any]) -> None:
    """What can be known about a create before it is sent. Raises InvalidInput."""
    providers = desired.get("cloud_providers") or []
    if len(providers) > 1:
        raise InvalidInput("cloud_providers takes exactly one entry, not {0}.".format(len(providers)))
    if desired.get("deployment_type", "single-region") == "single-region":
        for provider in providers:
            if len(provider.get("regions") or []) != 1:
                raise InvalidInput("cloud_providers[0].regions takes exactly one region in a single-region subscription.")
    names = [database["name"] for database in desired.get("databases") or []]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise InvalidInput("databases names {0} more than once.".format(", ".join(doubles)))
    if desired.get("payment_method") == "marketplace" and desired.get("payment_method_id") is not None:
        raise InvalidInput("payment_method_id does not go with payment_method=marketplace.")
    own_key = desired.get("persistent_storage_encryption_type") != "cloud-provider-managed-key"
    if desired.get("persistent_storage_encryption_keys") and not own_key:
        raise InvalidInput("persistent_storage_encryption_keys needs persistent_storage_encryption_type=customer-managed-key.")
    for database in desired.get("databases") or []:
        with about("databases[{0}]:".format(database["name"])):
            _check_creation_database(database, desired.get("memory_storage"))


def _check_creation_database(database: dict[str, t.Any], storage: str | None) -> None:
    sizes = [name for name in ("dataset_size_in_gb", "memory_limit_in_gb") if database.get(name) is not None]
    if len(sizes) != 1:
        raise InvalidInput("exactly one of dataset_size_in_gb and memory_limit_in_gb is needed.")
    for name in ("ram_percentage", "average_item_size_in_bytes"):
        if database.get(name) is not None and storage != "ram-and-flash":
            raise InvalidInput("{0} needs memory_storage=ram-and-flash.".format(name))


class SubscriptionDriver(CloudDriver):
    """One subscription, known by name or by id.

    :param delete_databases: databases that are in the way of a delete may be deleted, too.
    :param created_with: names of the databases of a create, which belong to what has to be there at its end; None: they
        are not known, but none is created without any.
    """

    noun = "subscription"
    id_key = "id"
    failed_words = SUBSCRIPTION_FAILED
    ready_words = ACTIVE + (KEY_PENDING,)

    def __init__(
        self,
        api: CloudApi,
        deadline: Deadline,
        wait_for: str,
        *,
        name: str | None = None,
        subscription_id: str | None = None,
        wanted: bool = True,
        delete_databases: bool = False,
        created_with: t.Sequence[str] | None = (),
    ) -> None:
        super().__init__(api, deadline, wait_for)
        self.name = name
        self.subscription_id = subscription_id
        self.wanted = wanted
        self.delete_databases = delete_databases
        self.created_with = None if created_with is None else tuple(created_with)
        self.label = "subscription {0}".format(repr(name) if name and not subscription_id else subscription_id)
        self.scope = (api.account, "subscriptions")

    def find(self) -> Reply | None:
        if self.subscription_id:
            reply = self.get(self.subscription_id)
            if reply is None and self.wanted:
                raise InvalidInput(
                    "subscription_id {0} does not exist.".format(self.subscription_id),
                    hint="Leave subscription_id out to create a subscription.",
                )
            return reply
        return the_one_called(self.name, self.listed())

    def listed(self) -> list[Reply]:
        return self.api.subscriptions()

    def get(self, resource_id: str) -> Reply | None:
        return self.api.subscription(resource_id)

    def is_mine(self, reply: Reply) -> bool:
        if self.subscription_id:
            return self.identify(reply) == self.subscription_id
        return reply.get("name") == self.name

    def surroundings(self, work: Work, reply: Reply | None) -> Reading | None:
        """A new subscription is active before its databases are listed (2.4), and they provision on their own."""
        if work.action != CREATING or reply is None or self.created_with == () or self.wait_for == PROCESSING:
            return None
        if str(reply.get("status")).lower() == KEY_PENDING:
            return None
        rows = {str(row.get("name")): row for row in self.api.databases(self.identify(reply)) or []}
        names = self.created_with or tuple(rows)
        missing = [name for name in names if name not in rows] if names else ["its first"]
        # what is not listed any more has been deleted by somebody
        if missing and self.noticed("databases not listed " + self.identify(reply)) < LISTING_GRACE:
            return Reading(False, "provisioning", "databases not listed yet: " + ", ".join(missing), value=reply)
        for name in [name for name in names if name in rows]:
            word = str(rows[name].get("status") or "").lower()
            if word in DATABASE_FAILED:
                raise OperationFailed(
                    "{0} was created, but its database {1!r} is in state {2}.".format(self.label, name, word),
                    reply=reply,
                    hint="Look at it in the Redis Cloud console; delete it with state=absent to create it anew.",
                )
            if word not in ACTIVE:
                return Reading(False, "provisioning", "database {0}: {1}".format(name, word), value=reply)
        return None

    def is_hidden(self, operation: Operation) -> bool:
        """publicEndpointAccess is read back late (2.4)."""
        if operation.state != SUCCEEDED or UPDATING not in command_words(operation.kind):
            return False
        updated = parse_time(operation.updated) if operation.updated else None
        age = self.deadline.clock.time() - updated if updated is not None else 0.0
        return max(age, self.noticed("hidden " + operation.id)) < VERIFY_GRACE

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        """Also the step towards a deletion: the delete of a database."""
        work = super().trace(action, resource_id, snapshot)
        if work is None and action == DELETING:
            for operation in self.api.tasks():
                words = command_words(operation.kind)
                mine = operation.parent_id in (None, resource_id) and operation.id not in (snapshot or {})
                if mine and not operation.finished and words.startswith("database") and DELETING in words:
                    return Work(CLEARING, operation, resource_id, doubtful=operation.parent_id is None)
        return work

    def check_deletable(self, reply: Reply) -> None:
        if self.delete_databases or self.under_way(reply) == DELETING:
            return
        names = [str(row.get("name")) for row in self._databases(self.identify(reply)) if not self._leaving(row)]
        if names:
            raise InvalidInput(
                "{0} still has {1} databases ({2}), so it was not deleted.".format(
                    self.label, len(names), ", ".join(sorted(names)[:10]) + (", ..." if len(names) > 10 else "")
                ),
                hint="Set delete_databases=true to delete them and their data, too.",
            )

    def turn(self, action: str, reply: Reply | None) -> Reading:
        """At most three subscriptions may be changing (4); a fourth waits its turn."""
        own = self.identify(reply) if reply else None
        changing = [
            row for row in self.api.subscriptions() if self.under_way(row) and self.identify(row) != own
        ]
        if len(changing) >= SUBSCRIPTIONS_CHANGING_MAX:
            return Reading(False, "waiting for its turn", "{0} subscriptions are changing".format(len(changing)))
        return Reading(True, "ready", "")

    def create(self, body: dict[str, t.Any]) -> Work:
        body = dict(body, databases=[dict({"protocol": "redis"}, **database) for database in body["databases"]])
        tags = body.pop("resourceTags", None)
        if tags:
            # resource tags are part of the provider in the create, and a call of their own afterwards (5.2)
            body["cloudProviders"] = [dict(provider, resourceTags=tags) for provider in body["cloudProviders"]]
        return self._work(CREATING, self.api.write("POST", "/subscriptions", body))

    def update(self, reply: Reply, body: dict[str, t.Any]) -> Work:
        path = "/subscriptions/{0}".format(self.identify(reply))
        if "resourceTags" in body:
            path += "/resource-tags"
        keys = body.get("persistentStorageEncryptionKeys")
        return self._work(UPDATING, self.api.write("PUT", path, keys or body), reply)

    def delete(self, reply: Reply) -> Work:
        """One database after the other, as long as there are any, then the subscription. The loop comes back."""
        own = self.identify(reply)
        rows = self._databases(own)
        for row in rows:
            # one that somebody else has deleted since it was listed is not in the way any more
            with contextlib.suppress(NotFound):
                if not self._leaving(row):
                    return Work(CLEARING, DatabaseDriver.delete_one(self.api, own, row), own)
        if rows:
            raise Busy("The databases of {0} are still being deleted.".format(self.label))
        return self._work(DELETING, self.api.write("DELETE", "/subscriptions/{0}".format(own)), reply)

    def _databases(self, subscription_id: str) -> list[Reply]:
        """Those that exist: removed ones can stay in the list for a while (2.4)."""
        rows = self.api.databases(subscription_id) or []
        return [row for row in rows if self.api.database(subscription_id, str(row["databaseId"])) is not None]

    def _leaving(self, row: Reply) -> bool:
        return str(row.get("status") or "").lower() in DELETING_WORDS

    def _work(self, action: str, operation: Operation, reply: Reply | None = None) -> Work:
        operation.resource_type = "subscription"
        operation.resource_id = self.identify(reply) if reply else operation.resource_id
        return Work(action, operation, operation.resource_id)

    def view(self, reply: Reply) -> dict[str, t.Any]:
        view = snake_keys(reply)
        view.update(decode((field for field in SUBSCRIPTION_FIELDS if not field.write_only), reply))
        view.pop("persistent_storage_encryption_keys", None)
        view["subscription_id"] = reply["id"]
        return t.cast("dict[str, t.Any]", view)

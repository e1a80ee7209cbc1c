# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of one account and how its resources live: provisioning, changing, flipping to pending, going away."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..clock import Clock, iso
from ..redis_servers import RedisServers, can_bind
from ..timeline import Timeline
from . import rules
from .errors import TaskProblem
from .models import NEVER, Database, Subscription
from .options import CloudOptions
from .settings import local_settings, new_settings
from .tasks import TaskQueue

FIRST_SUBSCRIPTION = 120000
FIRST_DATABASE = 51000000
PORTS = (10000, 19999)


class Account:
    """Everything that belongs to the account, and the clockwork that moves it."""

    def __init__(self, clock: Clock, options: CloudOptions, redis: RedisServers | None) -> None:
        self.options = options
        self.redis = redis
        self.timeline = Timeline(clock)
        self.rng = random.Random(options.seed)
        self.tasks = TaskQueue(self.timeline, options, self.rng)
        self.subscriptions: dict[int, Subscription] = {}
        self.log: list[dict[str, Any]] = []
        self.started = self.timeline.timestamp()
        self._last_subscription = FIRST_SUBSCRIPTION
        self._last_database = FIRST_DATABASE
        self._ports: set[int] = set()

    # Looking things up

    def subscription(self, identifier: int) -> Subscription | None:
        return self.subscriptions.get(identifier)

    def listed_subscriptions(self) -> list[Subscription]:
        now = self.timeline.time
        return [
            subscription for subscription in self.subscriptions.values() if subscription.listed_from <= now
        ]

    def listed_databases(self, subscription: Subscription) -> list[Database]:
        now = self.timeline.time
        return [database for database in subscription.databases.values() if database.listed_from <= now]

    def databases(self) -> Iterator[Database]:
        for subscription in self.subscriptions.values():
            yield from subscription.databases.values()

    def changing_subscriptions(self) -> int:
        """How many count against the limit of subscriptions that may change at a time."""
        return sum(
            1
            for subscription in self.subscriptions.values()
            if subscription.status not in ("active", "error")
        )

    def name_taken(self, subscription: Subscription, name: str, but: int | None = None) -> bool:
        return any(
            database.name == name
            and database.id != but
            and not (database.deleted and self.options.name_free_at_once)
            for database in subscription.databases.values()
        )

    def require_free_slot(self) -> None:
        """Refuse what would make one subscription more change than the account may."""
        if self.changing_subscriptions() >= self.options.max_pending_subscriptions:
            raise TaskProblem("TOO_MANY_PENDING_SUBSCRIPTIONS")

    # Subscriptions

    def add_subscription(self, body: dict[str, Any], submitted: float) -> Subscription:
        """A new subscription with the databases of its request, provisioning."""
        subscription = self._place_subscription(
            body, "pending", submitted + self.options.resource_visible_seconds
        )
        for spec in body["databases"]:
            self._creation_databases(subscription, spec)
        self.record(
            "Subscription", subscription.id, f"Subscription {subscription.settings.get('name')} was created"
        )
        own_key = body.get("persistentStorageEncryptionType") == "customer-managed-key"
        if own_key and not body.get("persistentStorageEncryptionKeys"):
            self.timeline.after(self.options.key_request_seconds, lambda: self._ask_for_key(subscription))
        else:
            self.timeline.after(
                self.options.subscription_seconds, lambda: self.activate_subscription(subscription)
            )
        return subscription

    def _place_subscription(self, body: dict[str, Any], status: str, listed_from: float) -> Subscription:
        settings = {
            name: value
            for name, value in body.items()
            if name not in ("databases", "dryRun") and value is not None
        }
        settings.setdefault("paymentMethod", "credit-card")
        if settings["paymentMethod"] == "credit-card":
            settings.setdefault("paymentMethodId", self.options.payment_methods[0])
        else:
            settings.pop("paymentMethodId", None)
        keys = settings.pop("persistentStorageEncryptionKeys", None) or {}
        if keys.get("deletionGracePeriod"):
            settings["deletionGracePeriod"] = keys["deletionGracePeriod"]
        self._last_subscription += self.rng.randint(1, 9)
        subscription = Subscription(self._last_subscription, settings, status, listed_from)
        subscription.public_access_shown = settings.get("publicEndpointAccess", True)
        self.subscriptions[subscription.id] = subscription
        return subscription

    def _creation_databases(self, subscription: Subscription, spec: dict[str, Any]) -> None:
        quantity = spec.get("quantity") or 1
        spec = {name: value for name, value in spec.items() if name != "quantity"}
        if subscription.settings.get("redisVersion"):
            spec.setdefault("redisVersion", subscription.settings["redisVersion"])
        for number in range(1, quantity + 1):
            name = spec["name"] if quantity == 1 else f"{spec['name']}-{number}"
            database = self.place_database(
                subscription, {**spec, "name": name}, self.options.provisioning_states[0]
            )
            database.listed_from = NEVER

    def _ask_for_key(self, subscription: Subscription) -> None:
        subscription.status = "encryption_key_pending"

    def key_given(self, subscription: Subscription) -> None:
        """The customer managed key of a new subscription has arrived: provisioning goes on."""
        subscription.status = "pending"
        self.timeline.after(
            self.options.subscription_seconds, lambda: self.activate_subscription(subscription)
        )

    def activate_subscription(self, subscription: Subscription) -> None:
        if self._fails(subscription.settings.get("name", "")):
            subscription.status = "error"
            for database in subscription.databases.values():
                database.status = "error"
                database.listed_from = self.timeline.time
            return
        subscription.status = "active"
        subscription.provisioned = True
        for database in list(subscription.databases.values()):
            self.timeline.after(self.options.creation_database_listed_seconds, partial(self._list, database))
            self.walk(database, self.options.provisioning_states, self.options.creation_database_seconds)

    def _list(self, database: Database) -> None:
        database.listed_from = self.timeline.time

    def hold(self, subscription: Subscription, seconds: float) -> None:
        """Make an active subscription pending for a while; several reasons may overlap."""
        if seconds <= 0 or subscription.status not in ("active", "pending"):
            return
        subscription.holds += 1
        subscription.status = "pending"
        self.timeline.after(seconds, lambda: self._release(subscription))

    def _release(self, subscription: Subscription) -> None:
        subscription.holds -= 1
        if subscription.holds == 0 and subscription.status == "pending":
            subscription.status = "active"

    def delete_subscription(self, subscription: Subscription) -> None:
        subscription.status = "deleting"
        self.record(
            "Subscription", subscription.id, f"Subscription {subscription.settings.get('name')} was deleted"
        )
        self.timeline.after(
            self.options.subscription_delete_seconds, lambda: self._forget_subscription(subscription)
        )

    def _forget_subscription(self, subscription: Subscription) -> None:
        self.subscriptions.pop(subscription.id, None)

    def change_public_access(self, subscription: Subscription, value: bool) -> None:
        """The new value takes effect, and is read back, a little later."""

        def shown() -> None:
            subscription.public_access_shown = value

        self.timeline.after(self.options.public_access_seconds, shown)

    # Databases

    def add_database(self, subscription: Subscription, body: dict[str, Any], submitted: float) -> Database:
        """A new database in an active subscription, provisioning."""
        database = self.place_database(subscription, body, self.options.provisioning_states[0])
        database.listed_from = submitted + self.options.resource_visible_seconds
        self.walk(database, self.options.provisioning_states, self.options.database_seconds)
        self.record("Database", database.id, f"Database {database.name} was created")
        self.count_for_flip(subscription)
        return database

    def place_database(self, subscription: Subscription, body: dict[str, Any], status: str) -> Database:
        """A database record without any plans for its future."""
        version = rules.default_version(self.options)
        settings = new_settings(body, version, subscription.settings.get("memoryStorage", "ram"), self.rng)
        self._last_database += self.rng.randint(1, 9)
        now = self.timeline.timestamp()
        port = body.get("port") or self._free_port()
        self._ports.add(port)
        database = Database(
            self._last_database, subscription.id, settings, port, status, now, now, self.timeline.time
        )
        database.active_active = subscription.active_active
        if database.active_active:
            database.regions = local_settings(
                subscription.region_names, body.get("localThroughputMeasurement") or []
            )
        subscription.databases[database.id] = database
        return database

    def _free_port(self) -> int:
        crowded = len(self._ports) > (PORTS[1] - PORTS[0]) // 2  # a very large account shares ports
        while True:
            port = self.rng.randint(*PORTS)
            if (crowded or port not in self._ports) and (self.redis is None or can_bind("127.0.0.1", port)):
                return port

    def walk(self, database: Database, states: list[str], seconds: float) -> None:
        """Let a database go through ``states``, equally long each, and then become active (or fail)."""
        for number, state in enumerate(states):
            self.timeline.after(seconds * number / len(states), partial(self._set_status, database, state))
        self.timeline.after(seconds, lambda: self._settle_database(database))

    def _set_status(self, database: Database, status: str) -> None:
        if not database.deleted:
            database.status = status

    def _settle_database(self, database: Database) -> None:
        if database.deleted:
            return
        if database.activated is None:
            if self._fails(database.name):
                database.status = "error"
                return
            self.activate_database(database)
        database.status = "active"

    def activate_database(self, database: Database) -> None:
        """The database can be used from now on: start the real server."""
        database.activated = self.timeline.timestamp()
        database.status = "active"
        if self.redis is None or not database.start_server or database.settings["protocol"] != "redis":
            return
        if self.redis.start(database.key, database.port, database.settings.get("password")):
            database.address = self.redis.address(database.key)
            if database.address is not None:
                database.port = database.address[1]

    def change_database(
        self, database: Database, states: list[str], apply: Callable[[], None], seconds: float
    ) -> None:
        """Run a change: new values now or at the end, status through ``states`` and back to active."""
        subscription = self.subscriptions[database.subscription_id]

        def applied() -> None:
            apply()
            database.modified = self.timeline.timestamp()
            if self.redis is not None and database.address is not None:
                self.redis.set_password(database.key, database.settings.get("password"))

        if self.options.update_visible_late:
            self.timeline.after(seconds, applied)
        else:
            applied()
        self.walk(database, states, seconds)
        if self.options.flip_on_update:
            self.count_for_flip(subscription)

    def delete_database(self, subscription: Subscription, database: Database) -> None:
        database.deleted = True
        database.status = self.options.database_delete_status
        if self.redis is not None:
            self.redis.stop(database.key)
        self.record("Database", database.id, f"Database {database.name} was deleted")
        self.timeline.after(
            self.options.database_delete_seconds, lambda: self._forget_database(subscription, database)
        )
        if self.options.flip_on_update:
            self.count_for_flip(subscription)

    def _forget_database(self, subscription: Subscription, database: Database) -> None:
        subscription.databases.pop(database.id, None)
        self._ports.discard(database.port)

    def count_for_flip(self, subscription: Subscription) -> None:
        subscription.creates += 1
        if self.options.flip_every and subscription.creates % self.options.flip_every == 0:
            self.hold(subscription, self.options.flip_seconds)

    # Other

    def record(self, kind: str, identifier: int, description: str) -> None:
        """An entry of the account's system log."""
        self.log.append(
            {
                "id": 2900000 + len(self.log),
                "time": iso(self.timeline.timestamp(), 0),
                "originator": "Simulator",
                "apiKeyName": "simulator",
                "resource": kind,
                "resourceId": identifier,
                "type": kind,
                "description": description,
            }
        )

    def _fails(self, name: str) -> bool:
        return bool(self.options.fail_provisioning and re.search(self.options.fail_provisioning, name))

    def place_active_subscription(self, body: dict[str, Any]) -> Subscription:
        """A subscription that has been there for a while (for seeds)."""
        subscription = self._place_subscription(body, "active", self.timeline.time)
        subscription.provisioned = True
        return subscription

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests about Pro and Active-Active subscriptions (facts 5.2, 5.4, 5.10, 5.11)."""

from __future__ import annotations

import re
from typing import Any

from ..messages import Request, Response
from . import reference, rules, views
from .account import Account
from .errors import HttpProblem, TaskProblem
from .models import Subscription
from .settings import LOCAL_THROUGHPUT
from .tasks import Outcome, Work
from .validation import check_body, read_body, read_json


class Subscriptions:
    """One method per operation; each answers, or raises HttpProblem."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._options = account.options

    # Reading

    def list_all(self, _request: Request) -> Response:
        account = self._account
        listed = [self._view(subscription, by_id=False) for subscription in account.listed_subscriptions()]
        links = views.self_link(self._options, "/subscriptions")
        return Response(200, {"accountId": self._options.account_id, "subscriptions": listed, "links": links})

    def get(self, _request: Request, identifier: int) -> Response:
        return Response(200, self._view(self.require(identifier)))

    def pricing(self, _request: Request, identifier: int) -> Response:
        subscription = self.require(identifier)
        links = views.self_link(self._options, f"/subscriptions/{identifier}/pricing")
        return Response(200, {"pricing": views.pricing(subscription), "links": links})

    def redis_versions(self, request: Request) -> Response:
        if "subscriptionId" in request.query:
            self.require(int(request.query["subscriptionId"]))
        return Response(200, {"redisVersions": self._options.redis_versions})

    def maintenance(self, _request: Request, identifier: int) -> Response:
        subscription = self.require(identifier)
        if subscription.status != "active":
            raise HttpProblem(404)  # seen while a subscription is busy
        return Response(200, subscription.maintenance)

    def regions(self, _request: Request, identifier: int) -> Response:
        return Response(200, views.regions_view(self.require(identifier), self._options))

    def require(self, identifier: int) -> Subscription:
        """The subscription, else HTTP 404."""
        subscription = self._account.subscription(identifier)
        if subscription is None:
            raise HttpProblem(404)
        return subscription

    def _view(self, subscription: Subscription, by_id: bool = True) -> dict[str, Any]:
        listed = len(self._account.listed_databases(subscription))
        return views.subscription_view(subscription, listed, self._options, by_id)

    # Creating, changing, deleting

    def create(self, request: Request) -> Response:
        body = read_body("SubscriptionCreateRequest", request)
        account = self._account
        submitted = account.timeline.time
        self._refuse_too_many()

        def check() -> None:
            rules.check_subscription(body, self._options)
            self._check_account(body)
            if not body.get("dryRun"):
                account.require_free_slot()
                self._fail_on_demand(body.get("name") or "")

        def apply() -> Outcome:
            if body.get("dryRun"):
                return Outcome(resource={"pricing": views.shard_pricing(len(body["databases"]))})
            subscription = account.add_subscription(body, submitted)
            return Outcome(subscription.id, path=f"/subscriptions/{subscription.id}")

        return self._accepted(202, Work("subscriptionCreateRequest", check, apply, "create"))

    def update(self, request: Request, identifier: int) -> Response:
        body = read_json(request)
        if isinstance(body, dict) and {"customerManagedKeys", "deletionGracePeriod"} & set(body):
            return self._update_keys(check_body("SubscriptionUpdateCMKRequest", body), identifier)
        body = check_body("SubscriptionUpdateRequest", body)

        def check() -> None:
            self._active(identifier)
            rules.check_subscription_update(body, self._options)

        def apply() -> Outcome:
            subscription = self._found(identifier)
            for name in ("name", "paymentMethod", "paymentMethodId"):
                if body.get(name) is not None:
                    subscription.settings[name] = body[name]
            access = body.get("publicEndpointAccess")
            if access is not None:
                subscription.settings["publicEndpointAccess"] = access
                self._account.change_public_access(subscription, access)
            return self._changed(subscription)

        return self._accepted(200, Work("subscriptionUpdateRequest", check, apply))

    def _update_keys(self, body: dict[str, Any], identifier: int) -> Response:
        def check() -> None:
            rules.check_keys(self._found(identifier), body)

        def apply() -> Outcome:
            subscription = self._found(identifier)
            if body.get("deletionGracePeriod"):
                subscription.settings["deletionGracePeriod"] = body["deletionGracePeriod"]
            if subscription.status == "encryption_key_pending":
                self._account.key_given(subscription)
                return self._outcome(subscription)
            return self._changed(subscription)

        return self._accepted(200, Work("subscriptionUpdateRequest", check, apply))

    def resource_tags(self, request: Request, identifier: int) -> Response:
        body = read_body("SubscriptionResourceTagsUpdateRequest", request)

        def check() -> None:
            provider = self._active(identifier).provider
            internal = (
                provider.get("cloudAccountId") or reference.INTERNAL_ACCOUNT
            ) == reference.INTERNAL_ACCOUNT
            rules.check_resource_tags(body.get("resourceTags") or [], internal)

        def apply() -> Outcome:
            subscription = self._found(identifier)
            subscription.provider["resourceTags"] = body.get("resourceTags") or []
            return self._changed(subscription)

        return self._accepted(202, Work("subscriptionUpdateRequest", check, apply))

    def update_maintenance(self, request: Request, identifier: int) -> Response:
        body = read_body("SubscriptionMaintenanceWindowsSpec", request)

        def check() -> None:
            self._active(identifier)
            rules.check_maintenance(body)

        def apply() -> Outcome:
            subscription = self._found(identifier)
            subscription.maintenance = {"mode": "automatic"}
            if body["mode"] == "manual":
                subscription.maintenance = {
                    "mode": "manual",
                    "timeZone": "Etc/UTC",
                    "windows": body["windows"],
                }
            return self._outcome(subscription)

        return self._accepted(200, Work("subscriptionMaintenanceWindowsUpdateRequest", check, apply))

    def cidr(self, _request: Request, identifier: int) -> Response:
        def apply() -> Outcome:
            subscription = self._found(identifier)
            self._check_cidr_allowed(subscription, "GETTING")
            return Outcome(subscription.id, resource=subscription.cidr)

        return self._accepted(202, Work("peeringListRequest", lambda: None, apply, "read"))

    def update_cidr(self, request: Request, identifier: int) -> Response:
        body = read_body("CidrWhiteListUpdateRequest", request)

        def check() -> None:
            self._check_cidr_allowed(self._active(identifier), "UPDATING")
            rules.check_sources(body.get("cidrIps") or [])

        def apply() -> Outcome:
            subscription = self._found(identifier)
            groups = body.get("securityGroupIds") or []
            subscription.cidr = {"cidr_ips": body.get("cidrIps") or [], "security_group_ids": groups}
            return self._outcome(subscription)

        return self._accepted(202, Work("cidrUpdateRequest", check, apply))

    def _check_cidr_allowed(self, subscription: Subscription, verb: str) -> None:
        if subscription.active_active:
            raise TaskProblem(
                f"{verb}_SINGLE_REGION_CIDR_WHITE_LIST_IS_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION"
            )
        if (
            subscription.provider.get("cloudAccountId") or reference.INTERNAL_ACCOUNT
        ) == reference.INTERNAL_ACCOUNT:
            raise TaskProblem("CIDR_WHITELIST_NOT_ALLOWED")

    def delete(self, _request: Request, identifier: int) -> Response:
        self._refuse_too_many()

        def check() -> None:
            subscription = self._found(identifier)
            if subscription.status not in ("active", "error", "encryption_key_pending"):
                raise TaskProblem("SUBSCRIPTION_NOT_ACTIVE")
            if subscription.databases and subscription.provisioned:
                raise TaskProblem("SUBSCRIPTION_IN_USE")
            if subscription.status != "encryption_key_pending":
                self._account.require_free_slot()

        def apply() -> Outcome:
            subscription = self._found(identifier)
            self._account.delete_subscription(subscription)
            return Outcome(subscription.id)

        return self._accepted(200, Work("subscriptionDeleteRequest", check, apply))

    # Regions of Active-Active subscriptions

    def add_region(self, request: Request, identifier: int) -> Response:
        body = read_body("ActiveActiveRegionCreateRequest", request)

        def check() -> None:
            subscription = self._active(identifier)
            if not subscription.active_active:
                raise TaskProblem("ADDING_REGION_IS_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION")
            if not body.get("deploymentCIDR"):
                raise TaskProblem("NETWORKING_CIDR_MISSING")
            rules.check_cidr(body["deploymentCIDR"])
            if (
                body.get("region")
                not in reference.REGION_NAMES[subscription.provider.get("provider") or "AWS"]
            ):
                raise TaskProblem("SUBSCRIPTION_INVALID_REGION_NAME")

        def apply() -> Outcome:
            subscription = self._found(identifier)
            if body.get("dryRun"):
                return Outcome(subscription.id, resource={"pricing": views.pricing(subscription)})
            networking = {"deploymentCIDR": body["deploymentCIDR"], "vpcId": body.get("vpcId")}
            number = len(subscription.provider["regions"]) + 1
            subscription.provider["regions"].append(
                {"region": body["region"], "networking": networking, "id": number}
            )
            for database in subscription.databases.values():
                database.regions[body["region"]] = dict(LOCAL_THROUGHPUT)
            return self._changed(subscription)

        return self._accepted(200, Work("subscriptionUpdateRequest", check, apply))

    def remove_regions(self, request: Request, identifier: int) -> Response:
        body = read_body("ActiveActiveRegionDeleteRequest", request)
        names = {region.get("region") for region in body.get("regions") or []}

        def check() -> None:
            subscription = self._active(identifier)
            if not set(subscription.region_names) - names:
                raise TaskProblem("ACTIVE_ACTIVE_DELETE_SUBSCRIPTION_MUST_BE_DEPLOYED_IN_AT_LEAST_ONE_REGION")

        def apply() -> Outcome:
            subscription = self._found(identifier)
            if not body.get("dryRun"):
                provider = subscription.provider
                provider["regions"] = [
                    region for region in provider["regions"] if region["region"] not in names
                ]
                for database in subscription.databases.values():
                    database.regions = {
                        name: local for name, local in database.regions.items() if name not in names
                    }
            return self._changed(subscription)

        return self._accepted(200, Work("subscriptionUpdateRequest", check, apply))

    # Common

    def _found(self, identifier: int) -> Subscription:
        subscription = self._account.subscription(identifier)
        if subscription is None:
            raise TaskProblem("SUBSCRIPTION_NOT_FOUND")
        return subscription

    def _active(self, identifier: int) -> Subscription:
        subscription = self._found(identifier)
        if subscription.status != "active":
            raise TaskProblem("SUBSCRIPTION_NOT_ACTIVE")
        return subscription

    def _outcome(self, subscription: Subscription) -> Outcome:
        return Outcome(subscription.id, path=f"/subscriptions/{subscription.id}")

    def _changed(self, subscription: Subscription) -> Outcome:
        self._account.hold(subscription, self._options.subscription_update_seconds)
        return self._outcome(subscription)

    def _check_account(self, body: dict[str, Any]) -> None:
        account = body["cloudProviders"][0].get("cloudAccountId") or reference.INTERNAL_ACCOUNT
        if account < reference.INTERNAL_ACCOUNT:
            raise TaskProblem("CLOUD_ACCOUNT_NOT_FOUND")

    def _fail_on_demand(self, name: str) -> None:
        if self._options.fail_processing and re.search(self._options.fail_processing, name):
            raise TaskProblem("PROVISION_FAILURE")

    def _refuse_too_many(self) -> None:
        if self._options.too_many_pending != "http":
            return
        changing = self._account.changing_subscriptions() + self._account.tasks.unfinished(
            "subscriptionCreateRequest"
        )
        if changing >= self._options.max_pending_subscriptions:
            raise HttpProblem(
                429, "Too many resources are being created, updated or deleted, try again later"
            )

    def _accepted(self, status: int, work: Work) -> Response:
        tasks = self._account.tasks
        return Response(status, tasks.view(tasks.submit(work), accepted=True))

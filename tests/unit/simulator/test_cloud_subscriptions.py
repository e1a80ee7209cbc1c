# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscriptions: life cycle, limits, renamed fields, keys, business rules."""

from __future__ import annotations

from typing import Any

import pytest

PROVIDERS = [{"provider": "AWS", "regions": [{"region": "us-east-1"}]}]
DATABASES = [{"name": "first", "protocol": "redis", "datasetSizeInGb": 1}]
BODY: dict[str, Any] = {"name": "main", "cloudProviders": PROVIDERS, "databases": DATABASES}


def region(**fields: Any) -> list[dict[str, Any]]:
    return [{"provider": "AWS", "regions": [{"region": "us-east-1", **fields}]}]


def create(cloud: Any, **changes: Any) -> int:
    task = cloud.run("POST", "/subscriptions", {**BODY, **changes})
    return int(task["response"]["resourceId"])


def statuses(cloud: Any, path: str, seconds: int, step: float = 1.0) -> list[Any]:
    """The different values of status, in order, while time passes; None for 404."""
    seen: list[Any] = []
    for _step in range(int(seconds / step)):
        response = cloud.send("GET", path)
        value = response.body["status"] if response.status == 200 else None
        if not seen or seen[-1] != value:
            seen.append(value)
        cloud.clock.advance(step)
    return seen


def test_create(make_cloud: Any) -> None:
    cloud = make_cloud(subscription_seconds=20, rate_limit=0)
    identifier = create(cloud)
    assert cloud.get(f"/subscriptions/{identifier}")["cloudDetails"] == []
    assert statuses(cloud, f"/subscriptions/{identifier}", 30) == ["pending", "active"]
    assert cloud.get(f"/subscriptions/{identifier}")["cloudDetails"][0]["regions"][0]["region"] == "us-east-1"


def test_creation_databases_are_listed_late(cloud: Any) -> None:
    identifier = create(cloud)
    cloud.clock.advance(600)
    path = f"/subscriptions/{identifier}"
    assert cloud.get(path)["status"] == "active"
    assert (cloud.get(path)["numberOfDatabases"], cloud.send("GET", f"{path}/databases").status) == (0, 404)
    cloud.clock.advance(31)
    listed = cloud.get(f"{path}/databases")["subscription"][0]["databases"]
    assert [(item["name"], item["status"]) for item in listed] == [("first", "pending")]
    cloud.clock.advance(31)
    assert cloud.get(f"{path}/databases")["subscription"][0]["databases"][0]["status"] == "active"


def test_hidden_databases_are_in_the_way_of_a_deletion(cloud: Any) -> None:
    identifier = create(cloud)
    cloud.clock.advance(605)
    assert cloud.error("DELETE", f"/subscriptions/{identifier}") == "SUBSCRIPTION_IN_USE"


def test_delete(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=0)
    identifier = cloud.subscription()
    path = f"/subscriptions/{identifier}"
    assert cloud.error("DELETE", path) == "SUBSCRIPTION_IN_USE"
    database = cloud.get(f"{path}/databases")["subscription"][0]["databases"][0]["databaseId"]
    cloud.run("DELETE", f"{path}/databases/{database}")
    cloud.clock.advance(10)
    task = cloud.run("DELETE", path)
    assert (task["status"], [link["rel"] for link in task["links"]]) == ("processing-completed", ["self"])
    assert statuses(cloud, path, 70) == ["deleting", None]
    assert cloud.error("DELETE", path) == "SUBSCRIPTION_NOT_FOUND"


def test_update_makes_pending(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=0)
    identifier = cloud.subscription()
    cloud.run("PUT", f"/subscriptions/{identifier}", {"name": "new", "paymentMethodId": 2})
    assert statuses(cloud, f"/subscriptions/{identifier}", 15) == ["pending", "active"]
    assert cloud.get(f"/subscriptions/{identifier}")["name"] == "new"
    cloud.start("PUT", f"/subscriptions/{identifier}", {"name": "newer"})
    assert cloud.error("PUT", f"/subscriptions/{identifier}", {"name": "newest"}) == "SUBSCRIPTION_NOT_ACTIVE"


def test_public_access_is_read_back_late(cloud: Any) -> None:
    identifier = cloud.subscription()
    cloud.run("PUT", f"/subscriptions/{identifier}", {"publicEndpointAccess": False})
    path = f"/subscriptions/{identifier}/databases"

    def seen() -> tuple[bool, int]:
        database = cloud.get(path)["subscription"][0]["databases"][0]
        access = cloud.get(f"/subscriptions/{identifier}")["publicEndpointAccess"]
        return access, len(database["security"]["sourceIps"])

    assert seen() == (True, 1)
    cloud.clock.advance(5)
    assert seen() == (False, 4)
    cloud.options.public_access_shown = False
    assert "publicEndpointAccess" not in cloud.get(f"/subscriptions/{identifier}")


def test_names_are_not_unique(make_cloud: Any) -> None:
    cloud = make_cloud()
    assert create(cloud) != create(cloud)
    assert [item["name"] for item in cloud.get("/subscriptions")["subscriptions"]] == ["main", "main"]


def test_three_may_change_at_a_time(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=0)
    for _number in range(3):
        create(cloud)
    assert cloud.error("POST", "/subscriptions", BODY) == "TOO_MANY_PENDING_SUBSCRIPTIONS"
    cloud.clock.advance(600)
    assert cloud.run("POST", "/subscriptions", BODY)["status"] == "processing-completed"


def test_fourth_change_refused_at_once(make_cloud: Any) -> None:
    cloud = make_cloud(too_many_pending="http", rate_limit=0)
    answers = [cloud.send("POST", "/subscriptions", BODY).status for _number in range(4)]
    assert answers == [202, 202, 202, 429]
    refused = cloud.send("POST", "/subscriptions", BODY)
    assert "x-rate-limit-retry-after-seconds" not in refused.headers
    cloud.clock.advance(1000)
    assert cloud.send("POST", "/subscriptions", BODY).status == 202


def test_customer_managed_key(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=0)
    identifier = create(cloud, persistentStorageEncryptionType="customer-managed-key")
    path = f"/subscriptions/{identifier}"
    assert statuses(cloud, path, 100) == ["pending", "encryption_key_pending"]
    assert "redisIamRole" in cloud.get(path)["customerManagedKeyAccessDetails"]
    keys = {"customerManagedKeys": [{"resourceName": "arn:key"}], "deletionGracePeriod": "1-hour"}
    assert cloud.run("PUT", path, keys)["status"] == "processing-completed"
    assert statuses(cloud, path, 620) == ["pending", "active"]
    assert cloud.get(path)["deletionGracePeriod"] == "1-hour"
    assert "arn:key" not in str(cloud.get(path))


def test_key_for_a_subscription_without(cloud: Any) -> None:
    identifier = cloud.subscription()
    code = cloud.error(
        "PUT", f"/subscriptions/{identifier}", {"customerManagedKeys": [{"resourceName": "arn"}]}
    )
    assert code.endswith("NOT_ALLOWED_WITH_CLOUD_PROVIDER_MANAGED_KEY")


def test_dry_run_creates_nothing(cloud: Any) -> None:
    task = cloud.run("POST", "/subscriptions", {**BODY, "dryRun": True})
    assert task["response"]["resource"]["pricing"][0]["quantity"] == 1
    assert "resourceId" not in task["response"]
    assert cloud.get("/subscriptions")["subscriptions"] == []


def test_several_zones_split_the_network(cloud: Any) -> None:
    networking = {"deploymentCIDR": "10.0.0.0/24"}
    identifier = cloud.subscription(
        cloudProviders=region(multipleAvailabilityZones=True, networking=networking)
    )
    networks = cloud.get(f"/subscriptions/{identifier}")["cloudDetails"][0]["regions"][0]["networking"]
    assert [item["deploymentCIDR"] for item in networks] == ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.128/26"]


def test_renamed_and_defaulted_fields(cloud: Any) -> None:
    identifier = cloud.subscription()
    view = cloud.get(f"/subscriptions/{identifier}")
    assert (view["paymentMethodType"], view["paymentMethodId"]) == ("credit-card", 2)
    assert (view["deploymentType"], view["memoryStorage"]) == ("single-region", "ram")
    networks = view["cloudDetails"][0]["regions"][0]["networking"]
    assert [item["deploymentCIDR"] for item in networks] == ["192.168.0.0/24"]


def test_resource_tags(cloud: Any) -> None:
    tags = {"resourceTags": [{"key": "a", "value": "b"}]}
    internal = cloud.subscription()
    code = cloud.error("PUT", f"/subscriptions/{internal}/resource-tags", tags)
    assert code == "RESOURCE_TAGS_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT"
    own = [{"cloudAccountId": 7, **region(networking={"deploymentCIDR": "10.0.0.0/24"})[0]}]
    identifier = cloud.subscription(cloudProviders=own)
    cloud.run("PUT", f"/subscriptions/{identifier}/resource-tags", tags)
    assert (
        cloud.get(f"/subscriptions/{identifier}")["cloudDetails"][0]["resourceTags"] == tags["resourceTags"]
    )
    cloud.clock.advance(60)
    cloud.run("PUT", f"/subscriptions/{identifier}/resource-tags", {"resourceTags": []})
    assert "resourceTags" not in cloud.get(f"/subscriptions/{identifier}")["cloudDetails"][0]


def test_allow_list_is_an_asynchronous_get(cloud: Any) -> None:
    own = [{"cloudAccountId": 7, **region(networking={"deploymentCIDR": "10.0.0.0/24"})[0]}]
    identifier = cloud.subscription(cloudProviders=own)
    path = f"/subscriptions/{identifier}/cidr"
    cloud.run("PUT", path, {"cidrIps": ["10.0.0.0/8"], "securityGroupIds": []})
    resource = cloud.run("GET", path)["response"]["resource"]
    assert resource == {"cidr_ips": ["10.0.0.0/8"], "security_group_ids": []}
    assert cloud.error("GET", f"/subscriptions/{cloud.subscription()}/cidr") == "CIDR_WHITELIST_NOT_ALLOWED"


def test_maintenance_windows_are_unknown_while_busy(cloud: Any) -> None:
    identifier = cloud.subscription()
    windows = {"mode": "manual", "windows": []}
    code = cloud.error("PUT", f"/subscriptions/{identifier}/maintenance-windows", windows)
    assert code == "MAINTENANCE_WINDOW_MANUAL_MODE_WITH_NO_MAINTENANCE_WINDOWS"
    cloud.run("PUT", f"/subscriptions/{identifier}", {"name": "new"})
    assert cloud.send("GET", f"/subscriptions/{identifier}/maintenance-windows").status == 404


def test_resources_become_listed_late(make_cloud: Any) -> None:
    cloud = make_cloud(resource_visible_seconds=40, subscription_seconds=1)
    identifier = create(cloud)
    cloud.clock.advance(20)
    assert cloud.get("/subscriptions")["subscriptions"] == []
    assert cloud.get(f"/subscriptions/{identifier}")["status"] == "active"
    cloud.clock.advance(20)
    assert [item["id"] for item in cloud.get("/subscriptions")["subscriptions"]] == [identifier]


def test_failures_on_demand(make_cloud: Any) -> None:
    cloud = make_cloud(fail_processing="^bad", fail_provisioning="^sad", rate_limit=0)
    assert cloud.error("POST", "/subscriptions", {**BODY, "name": "bad"}) == "PROVISION_FAILURE"
    identifier = create(cloud, name="sad")
    assert statuses(cloud, f"/subscriptions/{identifier}", 700, step=10) == ["pending", "error"]
    assert cloud.run("DELETE", f"/subscriptions/{identifier}")["status"] == "processing-completed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"databases": []}, "SUBSCRIPTION_MUST_HAVE_AT_LEAST_ONE_DATABASE"),
        ({"databases": DATABASES * 2}, "DATABASE_NAME_DUPLICATE"),
        ({"databases": [{**DATABASES[0], "quantity": 0}]}, ""),
        ({"databases": [{**DATABASES[0], "quantity": -1}]}, "DATABASE_INVALID_QUANTITY"),
        ({"cloudProviders": []}, "MULTIPLE_CLOUD_PROVIDERS_NOT_SUPPORTED"),
        (
            {"cloudProviders": [{"regions": [{"region": "us-east-1"}, {"region": "us-east-2"}]}]},
            "SINGLE_REGION_SUBSCRIPTION_MUST_DEFINE_ONLY_ONE_REGION",
        ),
        ({"cloudProviders": [{"regions": [{"region": "mars"}]}]}, "SUBSCRIPTION_INVALID_REGION_NAME"),
        (
            {"cloudProviders": region(networking={"deploymentCIDR": "10.0.0.0/16"})},
            "SUBSCRIPTION_INVALID_CIDR",
        ),
        ({"cloudProviders": region(networking={"deploymentCIDR": "x"})}, "SUBSCRIPTION_INVALID_CIDR"),
        (
            {"cloudProviders": region(networking={"vpcId": "vpc"})},
            "VPC_ID_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT",
        ),
        (
            {"cloudProviders": region(preferredAvailabilityZones=["a", "b"])},
            "SUBSCRIPTION_BAD_PREFERRED_AZ_SIZE",
        ),
        ({"deploymentType": "active-active"}, "NETWORKING_CIDR_MISSING"),
        ({"paymentMethodId": 99}, "SUBSCRIPTION_PI_NOT_FOUND"),
        (
            {
                "cloudProviders": [
                    {"provider": "GCP", "cloudAccountId": 2, "regions": [{"region": "us-east1"}]}
                ]
            },
            "SUBSCRIPTION_GCP_ALLOW_ONLY_INTERNAL",
        ),
        ({"databases": [{"name": "a", "protocol": "redis"}]}, "DATABASE_SIZE_LIMIT_NOT_DEFINED"),
    ],
)
def test_business_rules(cloud: Any, changes: dict[str, Any], code: str) -> None:
    task = cloud.run("POST", "/subscriptions", {**BODY, **changes})
    assert task.get("response", {}).get("error", {}).get("type", "") == code


def test_several_cards_must_be_chosen_from(make_cloud: Any) -> None:
    cloud = make_cloud(payment_methods=[2, 3])
    assert cloud.error("POST", "/subscriptions", BODY) == "PAYMENT_INFO_NOT_PROVIDED"
    assert (
        cloud.run("POST", "/subscriptions", {**BODY, "paymentMethodId": 3})["status"]
        == "processing-completed"
    )


def test_quantity(cloud: Any) -> None:
    identifier = cloud.subscription(databases=[{**DATABASES[0], "quantity": 3}])
    listed = cloud.get(f"/subscriptions/{identifier}/databases")["subscription"][0]["databases"]
    assert [item["name"] for item in listed] == ["first-1", "first-2", "first-3"]


def test_active_active_regions(cloud: Any) -> None:
    regions = [
        {"region": name, "networking": {"deploymentCIDR": f"10.{number}.0.0/24"}}
        for number, name in enumerate(("us-east-1", "us-east-2"))
    ]
    identifier = cloud.subscription(deploymentType="active-active", cloudProviders=[{"regions": regions}])
    path = f"/subscriptions/{identifier}"
    cloud.run("POST", f"{path}/regions", {"region": "eu-west-1", "deploymentCIDR": "10.9.0.0/24"})
    cloud.clock.advance(60)
    assert len(cloud.get(f"{path}/regions")["regions"]) == 3
    everything = {"regions": [{"region": name} for name in ("us-east-1", "us-east-2", "eu-west-1")]}
    assert cloud.error("DELETE", f"{path}/regions", everything).endswith("AT_LEAST_ONE_REGION")
    cloud.run("DELETE", f"{path}/regions", {"regions": [{"region": "us-east-2"}]})
    database = cloud.get(f"{path}/databases")["subscription"][0]["databases"][0]
    assert [item["region"] for item in database["crdbDatabases"]] == ["eu-west-1", "us-east-1"]
    code = cloud.error("PUT", f"{path}/databases/{database['databaseId']}", {"name": "x"})
    assert code == "SUBSCRIPTION_NOT_ACTIVE"
    cloud.clock.advance(60)
    code = cloud.error("PUT", f"{path}/databases/{database['databaseId']}", {"name": "x"})
    assert code == "UPDATING_SINGLE_REGION_DATABASE_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION"

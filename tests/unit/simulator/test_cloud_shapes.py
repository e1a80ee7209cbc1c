# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers of the simulated Redis Cloud have the shapes that were recorded.

``cloud_shapes.json`` maps the paths of fields to types. ``always``: wherever the enclosing object occurs, the field was
there in every exchange; ``sometimes``: in some; ``facts``: known from elsewhere (the fields that clients read back).
The numbers beside ``evidence`` say how many exchanges it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHAPES = json.loads(Path(__file__).with_name("cloud_shapes.json").read_text(encoding="utf-8"))
TYPE_NAMES = {
    dict: "object",
    list: "array",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    type(None): "null",
}


def differences(kind: str, body: Any) -> list[str]:
    """How ``body`` differs from what was recorded for ``kind``."""
    shape = SHAPES[kind]
    known = {**shape.get("facts", {}), **shape.get("sometimes", {}), **shape["always"]}
    found = []
    for path, value in walk(body):
        if path not in known:
            found.append(f"{path}: never seen")
        elif TYPE_NAMES[type(value)] not in known[path].split("|"):
            found.append(f"{path}: {TYPE_NAMES[type(value)]} instead of {known[path]}")
    for path, item in objects(body):
        for field in direct_fields(shape["always"], path):
            if field not in item:
                found.append(f"{path}: {field} is missing")
    return found


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from walk(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, f"{path}[]")


def objects(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((path, item) for path, item in [("", body), *walk(body)] if isinstance(item, dict))


def direct_fields(fields: dict[str, str], parent: str) -> list[str]:
    prefix = f"{parent}." if parent else ""
    rests = (path[len(prefix) :] for path in fields if path.startswith(prefix))
    return [rest for rest in rests if "." not in rest and "[]" not in rest]


FULL_DATABASE: dict[str, Any] = {
    "alerts": [{"name": "dataset-size", "value": 70}],
    "replica": {"syncSources": [{"endpoint": "redis://host:1", "encryption": True, "serverCert": "PEM"}]},
    "remoteBackup": {
        "active": True,
        "interval": "every-12-hours",
        "timeUTC": "14:00",
        "storageType": "aws-s3",
        "storagePath": "s3://b",
    },
    "queryPerformanceFactor": "2x",
}


@pytest.fixture
def subscription(cloud: Any) -> int:
    return int(cloud.subscription())


def test_accepted_task(cloud: Any) -> None:
    body = cloud.send("DELETE", "/subscriptions/1").body
    assert differences("task accepted", body) == []


def test_completed_task_of_a_create(cloud: Any, subscription: int) -> None:
    task = cloud.run(
        "POST", f"/subscriptions/{subscription}/databases", {"name": "extra", "datasetSizeInGb": 1}
    )
    assert differences("task completed", task) == []
    assert task["response"]["additionalResourceId"] == subscription
    assert [link["rel"] for link in task["links"]] == ["resource", "self"]


def test_completed_task_of_an_asynchronous_get(cloud: Any, subscription: int) -> None:
    database = cloud.database(subscription)
    task = cloud.run("GET", f"/subscriptions/{subscription}/databases/{database}/backup")
    assert task["response"]["resource"] == {}
    assert differences("task completed", task) == []


def test_failed_import(make_cloud: Any) -> None:
    cloud = make_cloud(fail_imports="broken")
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases/{cloud.database(subscription)}/import"
    cloud.run("POST", path, {"sourceType": "http", "importFromUri": ["http://host/broken.rdb"]})
    cloud.clock.advance(60)
    assert differences("import status", cloud.run("GET", path)["response"]["resource"]) == []


def test_failed_task(cloud: Any) -> None:
    task = cloud.run("DELETE", "/subscriptions/1")
    assert differences("task failed", task) == []
    assert task["response"]["error"]["status"] == "404 NOT_FOUND"


def test_subscription(cloud: Any, subscription: int) -> None:
    assert differences("subscription", cloud.get(f"/subscriptions/{subscription}")) == []
    assert differences("subscription list", cloud.get("/subscriptions")) == []


def test_subscription_with_everything(cloud: Any) -> None:
    providers = [
        {
            "provider": "AWS",
            "cloudAccountId": 7,
            "regions": [
                {
                    "region": "us-east-1",
                    "multipleAvailabilityZones": True,
                    "preferredAvailabilityZones": ["use1-az1", "use1-az2", "use1-az4"],
                    "networking": {
                        "deploymentCIDR": "10.1.0.0/24",
                        "vpcId": "vpc-1",
                        "subnetIds": ["subnet-1"],
                    },
                }
            ],
            "resourceTags": [{"key": "team", "value": "a"}],
        }
    ]
    keys = {"customerManagedKeys": [{"resourceName": "arn:key"}], "deletionGracePeriod": "1-hour"}
    identifier = cloud.subscription(
        cloudProviders=providers,
        persistentStorageEncryptionType="customer-managed-key",
        persistentStorageEncryptionKeys=keys,
    )
    assert differences("subscription", cloud.get(f"/subscriptions/{identifier}")) == []


def test_database(cloud: Any, subscription: int) -> None:
    path = f"/subscriptions/{subscription}/databases"
    plain, full = cloud.database(subscription), cloud.database(subscription, name="full", **FULL_DATABASE)
    assert differences("database", cloud.get(f"{path}/{plain}")) == []
    assert differences("database", cloud.get(f"{path}/{full}")) == []
    assert differences("database list", cloud.get(path, offset="0", limit="100")) == []


def test_active_active(cloud: Any) -> None:
    regions = [
        {"region": name, "networking": {"deploymentCIDR": f"10.{number}.0.0/24"}}
        for number, name in enumerate(("us-east-1", "us-east-2"))
    ]
    identifier = cloud.subscription(deploymentType="active-active", cloudProviders=[{"regions": regions}])
    database = cloud.get(f"/subscriptions/{identifier}/databases")["subscription"][0]["databases"][0][
        "databaseId"
    ]
    path = f"/subscriptions/{identifier}/databases/{database}"
    change = {"globalAlerts": FULL_DATABASE["alerts"], "regions": [{"region": "us-east-1", **_backup()}]}
    assert cloud.run("PUT", f"{path}/regions", change)["status"] == "processing-completed"
    assert differences("active-active database", cloud.get(path)) == []
    assert differences("active-active regions", cloud.get(f"/subscriptions/{identifier}/regions")) == []


def _backup() -> dict[str, Any]:
    return {"remoteBackup": FULL_DATABASE["remoteBackup"]}


def test_small_answers(cloud: Any, subscription: int) -> None:
    database = cloud.database(subscription)
    path = f"/subscriptions/{subscription}/databases/{database}"
    assert differences("account", cloud.get("/")) == []
    assert differences("payment methods", cloud.get("/payment-methods")) == []
    assert differences("subscription pricing", cloud.get(f"/subscriptions/{subscription}/pricing")) == []
    assert cloud.get(f"/subscriptions/{subscription}/maintenance-windows") == {"mode": "automatic"}
    windows = {"mode": "manual", "windows": [{"startHour": 12, "durationInHours": 8, "days": ["Monday"]}]}
    cloud.run("PUT", f"/subscriptions/{subscription}/maintenance-windows", windows)
    assert (
        differences("maintenance windows", cloud.get(f"/subscriptions/{subscription}/maintenance-windows"))
        == []
    )
    assert list(cloud.get(f"{path}/tags")) == ["links"]
    cloud.send("PUT", f"{path}/tags", {"tags": [{"key": "costCenter", "value": "x"}]})
    tags = cloud.get(f"{path}/tags")
    assert differences("database tags", tags) == []
    assert tags["tags"][0]["key"] == "costcenter"


def test_http_errors(cloud: Any, make_cloud: Any) -> None:
    assert differences("http error", cloud.send("POST", "/subscriptions", {"nonsense": 1}).body) == []
    assert (
        differences("http error", make_cloud(not_found_body="spring").send("GET", "/subscriptions/1").body)
        == []
    )
    assert cloud.send("GET", "/subscriptions/1").body is None


def test_differences_are_found() -> None:
    """The comparison itself sees a missing, an unknown and a retyped field."""
    body = {"taskId": 1, "commandType": "x", "status": "received", "timestamp": "t", "links": [], "more": 1}
    assert differences("task accepted", body) == [
        "taskId: number instead of string",
        "more: never seen",
        ": description is missing",
    ]

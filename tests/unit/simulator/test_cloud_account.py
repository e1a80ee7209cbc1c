# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask and how often, requests that are refused at once, and the smaller answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.messages import Request

PREFIX = "Bad Request: JSON parameter contains unsupported fields / values. JSON parse error: "


def test_wrong_credentials_get_a_page_of_the_proxy(cloud: Any) -> None:
    for headers in ({}, {"x-api-key": "sim-api-key", "x-api-secret-key": "wrong"}):
        response = cloud.api.handle(Request("GET", "/v1/subscriptions", {}, headers))
        assert response.status == 401
        assert response.content_type() == "text/html"
        assert b"nginx" in response.payload()


def test_rate_limit(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=3)
    left = [cloud.send("GET", "/").headers["X-Rate-Limit-Remaining"] for _number in range(3)]
    assert left == ["2", "1", "0"]
    cloud.clock.advance(20)
    refused = cloud.send("GET", "/")
    assert (refused.status, refused.headers["X-Rate-Limit-Remaining"]) == (429, "0")
    wait = float(refused.headers["x-rate-limit-retry-after-seconds"])
    assert 40 <= wait <= 41
    cloud.clock.advance(wait)
    assert cloud.send("GET", "/").status == 200


def test_default_is_400_requests_a_minute(cloud: Any) -> None:
    statuses = [cloud.send("GET", "/").status for _number in range(401)]
    assert (statuses.count(200), statuses[-1]) == (400, 429)


def test_rate_limit_can_be_switched_off(make_cloud: Any) -> None:
    cloud = make_cloud(rate_limit=0)
    assert {cloud.send("GET", "/").status for _number in range(500)} == {200}
    assert "X-Rate-Limit-Remaining" not in cloud.send("GET", "/").headers


def test_unknown_path_and_method(cloud: Any) -> None:
    assert cloud.send("GET", "/nonsense").status == 404
    assert cloud.send("PATCH", "/subscriptions").status == 405


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"colour": 1}, PREFIX + 'Unrecognized field "colour"'),
        (
            {"datasetSizeInGb": "1"},
            PREFIX + "Cannot deserialize value of type `java.lang.Double` from String",
        ),
        ({"replication": 1}, PREFIX + "Cannot deserialize value of type `java.lang.Boolean`"),
        ({"port": True}, PREFIX + "Cannot deserialize value of type `java.lang.Integer`"),
        ({"port": 12000.0}, PREFIX + "Cannot deserialize value of type `java.lang.Integer`"),
        ({"sourceIp": "0.0.0.0/0"}, PREFIX + "Cannot deserialize value of type `java.util.ArrayList`"),
        (
            {"dataPersistence": "aof"},
            PREFIX + "Cannot deserialize value of type `dataPersistence` from String",
        ),
        ({"alerts": [{"name": "dataset-size", "value": "80"}]}, PREFIX + "Cannot deserialize value of type"),
        ({"alerts": [{"name": "dataset-size"}]}, "Bad Request: value: must not be null"),
        ({"datasetSizeInGb": 0.05}, "Bad Request: datasetSizeInGb: must be greater than or equal to 0.1"),
        ({"name": None}, "Bad Request: name: must not be null"),
        ({"regexRules": [".*"]}, PREFIX + 'Unrecognized field "regexRules"'),
        ({"commandType": "x"}, PREFIX + 'Unrecognized field "commandType"'),
    ],
)
def test_bad_bodies_are_refused_at_once(cloud: Any, fields: dict[str, Any], expected: str) -> None:
    response = cloud.send("POST", "/subscriptions/1/databases", {"name": "a", "datasetSizeInGb": 1, **fields})
    assert response.status == 400
    assert response.body["message"].startswith(expected)
    assert cloud.get("/tasks") == {"tasks": []}


def test_bodies_that_are_not_json(cloud: Any) -> None:
    headers = {"x-api-key": "sim-api-key", "x-api-secret-key": "sim-secret-key"}
    for body in (b"{", b"\xff", b"", b"[]"):
        assert cloud.api.handle(Request("POST", "/v1/subscriptions", {}, headers, body)).status == 400


def test_explicit_null_is_absent(cloud: Any) -> None:
    subscription = cloud.subscription()
    database = cloud.database(subscription, port=None, password=None)
    assert len(cloud.get(f"/subscriptions/{subscription}/databases/{database}")["security"]["password"]) == 32


def test_reference_data(cloud: Any) -> None:
    assert {region["provider"] for region in cloud.get("/regions")["regions"]} == {"AWS", "GCP"}
    assert {region["provider"] for region in cloud.get("/regions", provider="GCP")["regions"]} == {"GCP"}
    assert "RediSearch" in [module["name"] for module in cloud.get("/database-modules")["modules"]]
    assert "none" in [item["name"] for item in cloud.get("/data-persistence")["dataPersistence"]]
    assert cloud.get("/query-performance-factors")["queryPerformanceFactors"][0] == "Standard"
    versions = cloud.get("/subscriptions/redis-versions")["redisVersions"]
    assert sum(version["isDefault"] for version in versions) == 1


def test_log_proves_what_took_effect(cloud: Any) -> None:
    subscription = cloud.subscription()
    cloud.database(subscription)
    entries = cloud.get("/logs")["entries"]
    assert [entry["type"] for entry in entries] == ["Database", "Subscription"]
    assert len(cloud.get("/logs", resourceId=str(subscription))["entries"]) == 1


def test_state_can_be_dumped_as_json(cloud: Any) -> None:
    cloud.subscription()
    cloud.start("POST", "/subscriptions", {"name": "b", "cloudProviders": [], "databases": []})
    state = json.loads(json.dumps(cloud.api.state()))
    assert [item["settings"]["name"] for item in state["subscriptions"]] == ["main"]
    assert len(state["tasks"]) == 2


def test_seed_puts_active_resources(cloud: Any) -> None:
    seeded = cloud.api.seed({"subscriptions": [{"count": 2, "databases": 250}]})["subscriptions"]
    assert [item["name"] for item in seeded] == ["seeded-0001", "seeded-0002"]
    path = f"/subscriptions/{seeded[1]['id']}/databases"
    pages = [cloud.get(path, offset=str(offset))["subscription"][0]["databases"] for offset in (0, 100, 200)]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert {database["status"] for page in pages for database in page} == {"active"}
    assert [database["databaseId"] for page in pages for database in page] == seeded[1]["databases"]


@pytest.mark.parametrize(
    "resources",
    [
        {"databases": []},
        {"subscriptions": [{"databasis": 1}]},
        {"subscriptions": [{"databases": [{"datasetSizeInGb": "x"}]}]},
        {"subscriptions": [{"request": {"cloudProviders": [{"regions": [{"region": "mars"}]}]}}]},
    ],
)
def test_seeds_are_checked(cloud: Any, resources: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="seed"):
        cloud.api.seed(resources)
    assert cloud.get("/subscriptions")["subscriptions"] == []


def test_same_seed_same_account(make_cloud: Any) -> None:
    def run(seed: int) -> Any:
        cloud = make_cloud(seed=seed)
        subscription = cloud.subscription()
        database = cloud.database(subscription)
        return cloud.get(f"/subscriptions/{subscription}/databases/{database}")

    assert run(1) == run(1)
    assert run(1)["security"]["password"] != run(2)["security"]["password"]

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Databases: life cycle, paging, renamed and defaulted fields, partial changes, business rules."""

from __future__ import annotations

from typing import Any

import pytest

NEW = {"name": "extra", "datasetSizeInGb": 1}


@pytest.fixture
def subscription(cloud: Any) -> int:
    return int(cloud.subscription())


@pytest.fixture
def path(subscription: int) -> str:
    return f"/subscriptions/{subscription}/databases"


def read(cloud: Any, subscription: int, **fields: Any) -> Any:
    """A new database as it is read back by id."""
    identifier = cloud.database(subscription, **fields)
    return cloud.get(f"/subscriptions/{subscription}/databases/{identifier}")


def change(cloud: Any, subscription: int, database: int, **fields: Any) -> Any:
    """A database after a change, settled."""
    path = f"/subscriptions/{subscription}/databases/{database}"
    task = cloud.run("PUT", path, fields)
    assert task["status"] == "processing-completed", task
    cloud.clock.advance(600)
    return cloud.get(path)


def test_provisioning(make_cloud: Any) -> None:
    cloud = make_cloud(
        database_seconds=90, provisioning_states=["draft", "rcp-draft", "pending"], rate_limit=0
    )
    path = f"/subscriptions/{cloud.subscription()}/databases"
    identifier = cloud.run("POST", path, NEW)["response"]["resourceId"]
    seen = []
    for _second in range(100):
        view = cloud.get(f"{path}/{identifier}")
        seen.append((view["status"], "publicEndpoint" in view, "activatedOn" in view))
        cloud.clock.advance(1)
    assert sorted(set(seen), key=seen.index) == [
        ("draft", False, False),
        ("rcp-draft", False, False),
        ("pending", False, False),
        ("active", True, True),
    ]
    assert [seen.count(item) for item in sorted(set(seen), key=seen.index)] == [30, 30, 30, 10]


def test_early_endpoints_as_null(make_cloud: Any) -> None:
    cloud = make_cloud(early_endpoints="null")
    path = f"/subscriptions/{cloud.subscription()}/databases"
    identifier = cloud.run("POST", path, NEW)["response"]["resourceId"]
    assert cloud.get(f"{path}/{identifier}")["publicEndpoint"] is None


def test_provisioning_that_fails(make_cloud: Any) -> None:
    cloud = make_cloud(fail_provisioning="^extra$")
    subscription = cloud.subscription()
    database = read(cloud, subscription)
    assert database["status"] == "error"
    path = f"/subscriptions/{subscription}/databases/{database['databaseId']}"
    assert cloud.error("PUT", path, {"name": "new"}) == "DATABASE_NOT_ACTIVE"
    assert cloud.run("DELETE", path)["status"] == "processing-completed"


def test_port_is_in_the_endpoint(cloud: Any, subscription: int) -> None:
    assert read(cloud, subscription, port=12345)["publicEndpoint"].endswith(":12345")
    automatic = read(cloud, subscription, name="other")["publicEndpoint"]
    assert 10000 <= int(automatic.rpartition(":")[2]) <= 19999


def test_pages(make_cloud: Any) -> None:
    cloud = make_cloud()
    subscription = cloud.api.seed({"subscriptions": [{"databases": 150}]})["subscriptions"][0]["id"]
    path = f"/subscriptions/{subscription}/databases"

    def page(**query: str) -> list[str]:
        answer = cloud.get(path, **query)["subscription"][0]
        assert answer["numberOfDatabases"] == 150
        return [database["name"] for database in answer["databases"]]

    names = [f"db-{number:04d}" for number in range(1, 151)]
    assert page() == names[:100]
    assert page(offset="100", limit="100") == names[100:]
    assert page(offset="10", limit="5") == names[10:15]
    assert page(limit="1000") == names[:100]
    past = cloud.send("GET", path, offset="150", limit="100")
    assert (past.status, past.payload()) == (404, b"")
    cloud.options.past_end = "empty"
    assert cloud.get(path, offset="150")["subscription"][0]["databases"] == []
    assert cloud.send("GET", path, limit="0").status == 400
    assert cloud.send("GET", path, offset="x").status == 400


def test_password_is_shown_by_id_only(cloud: Any, subscription: int, path: str) -> None:
    database = read(cloud, subscription, password="Secret-1")
    assert database["security"]["password"] == "Secret-1"
    assert "Secret-1" not in str(cloud.get(path))
    assert "password" not in cloud.get(path)["subscription"][0]["databases"][0]["security"]


def test_server_defaults(cloud: Any, subscription: int) -> None:
    database = read(cloud, subscription)
    assert database["security"]["sourceIps"] == ["0.0.0.0/0"]
    assert database["security"]["enableDefaultUser"] is True
    assert len(database["security"]["password"]) == 32
    assert database["queryPerformanceFactor"] == "Standard"
    assert database["dataEvictionPolicy"] == "volatile-lru"
    assert (database["dataPersistence"], database["replication"]) == ("none", True)
    assert (database["datasetSizeInGb"], database["memoryLimitInGb"]) == (1, 2)
    assert database["redisVersion"] == "8.2"
    assert {module["name"] for module in database["modules"]} >= {"RediSearch", "RedisJSON"}
    assert database["alerts"] == []
    assert "backup" not in database


def test_regex_rules_come_unordered(cloud: Any, subscription: int) -> None:
    database = read(cloud, subscription, shardingType="custom-regex-rules")
    ordinals = [rule["ordinal"] for rule in database["clustering"]["regexRules"]]
    assert (ordinals, database["clustering"]["hashingPolicy"]) == ([1, 0], "custom")
    changed = change(cloud, subscription, database["databaseId"], regexRules=["a", "b", "c"])
    rules = sorted(changed["clustering"]["regexRules"], key=lambda rule: int(rule["ordinal"]))
    assert [rule["pattern"] for rule in rules] == ["a", "b", "c"]


def test_sources_follow_public_access(cloud: Any) -> None:
    private = cloud.subscription(publicEndpointAccess=False)
    assert len(read(cloud, private)["security"]["sourceIps"]) == 4
    given = read(cloud, private, name="given", sourceIp=["10.0.0.0/8"])
    assert given["security"]["sourceIps"] == ["10.0.0.0/8"]
    assert len(change(cloud, private, given["databaseId"], sourceIp=[])["security"]["sourceIps"]) == 4


@pytest.mark.parametrize(("replication", "limit"), [(True, 4), (False, 2)])
def test_sizes(cloud: Any, subscription: int, replication: bool, limit: float) -> None:
    database = read(cloud, subscription, datasetSizeInGb=2, replication=replication)
    assert (database["datasetSizeInGb"], database["memoryLimitInGb"]) == (2, limit)
    changed = change(cloud, subscription, database["databaseId"], memoryLimitInGb=6)
    assert changed["datasetSizeInGb"] == 6 / (2 if replication else 1)


def test_one_size_only(make_cloud: Any) -> None:
    cloud = make_cloud(memory_fields="memoryLimitInGb")
    database = read(cloud, cloud.subscription())
    assert "datasetSizeInGb" not in database
    assert database["memoryLimitInGb"] == 2


def test_write_only_fields(cloud: Any, subscription: int) -> None:
    backup = {"active": True, "interval": "every-24-hours", "timeUTC": "16:00", "storageType": "aws-s3"}
    database = read(
        cloud,
        subscription,
        enableTls=True,
        clientTlsCertificates=[{"publicCertificatePEMString": "PEM-1"}, "PEM-2"],
        remoteBackup={**backup, "storagePath": "s3://bucket"},
        averageItemSizeInBytes=100,
    )
    assert database["security"]["tlsClientAuthentication"] is True
    assert database["backup"] == {
        "enableRemoteBackup": True,
        "interval": "every-24-hours",
        "timeUTC": "16:00",
        "destination": "s3://bucket",
    }
    assert not {"PEM-1", "aws-s3", "averageItemSizeInBytes"} & set(str(database).replace("'", " ").split())


def test_switching_tls_off_erases_certificates(cloud: Any, subscription: int) -> None:
    database = read(cloud, subscription, enableTls=True, clientTlsCertificates=["PEM"])["databaseId"]
    assert (
        change(cloud, subscription, database, enableTls=False)["security"]["tlsClientAuthentication"] is False
    )
    again = change(cloud, subscription, database, enableTls=True)
    assert again["security"]["tlsClientAuthentication"] is False


def test_afternoon_comes_back_as_morning(cloud: Any, subscription: int) -> None:
    backup = {"active": True, "interval": "every-12-hours", "timeUTC": "14:00"}
    stored = {"storageType": "ftp", "storagePath": "ftp://u:p@h/"}
    database = read(cloud, subscription, remoteBackup={**backup, **stored})
    assert database["backup"]["timeUTC"] == "02:00"
    changed = change(cloud, subscription, database["databaseId"], remoteBackup={"active": False})
    assert changed["backup"] == {"enableRemoteBackup": False}


def test_changes_are_partial_and_lists_replace(cloud: Any, subscription: int) -> None:
    alerts = [{"name": "dataset-size", "value": 80}, {"name": "latency", "value": 5}]
    database = read(
        cloud, subscription, alerts=alerts, sourceIp=["10.0.0.0/8"], dataPersistence="aof-every-write"
    )
    changed = change(cloud, subscription, database["databaseId"], alerts=alerts[:1])
    assert [alert["name"] for alert in changed["alerts"]] == ["dataset-size"]
    kept = ("dataPersistence", "datasetSizeInGb", "replication", "security")
    assert {name: changed[name] for name in kept} == {name: database[name] for name in kept}
    assert change(cloud, subscription, database["databaseId"], alerts=[])["alerts"] == []


@pytest.mark.parametrize("cleared", [None, []])
def test_replica_is_cleared_by_null_and_by_the_empty_list(
    cloud: Any, subscription: int, cleared: Any
) -> None:
    sources = {"syncSources": [{"endpoint": "redis://a:1", "serverCert": "PEM"}]}
    database = read(cloud, subscription, replica=sources)
    assert database["replica"]["syncSources"][0]["clientCert"] == "PEM"
    assert "replica" not in change(cloud, subscription, database["databaseId"], replicaOf=cleared)


def test_update_states(make_cloud: Any) -> None:
    cloud = make_cloud(update_states=["rcp-change-pending", "bdb-update-pending"], rate_limit=0)
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases/{cloud.database(subscription)}"

    def seen(**fields: Any) -> list[str]:
        cloud.run("PUT", path, fields)
        statuses = []
        for _second in range(40):
            statuses.append(cloud.get(path)["status"])
            cloud.clock.advance(1)
        return sorted(set(statuses), key=statuses.index)

    assert seen(name="new") == ["rcp-change-pending", "bdb-update-pending", "active"]
    assert seen(supportOSSClusterApi=True)[0] == "proxy-policy-change-pending"


@pytest.mark.parametrize(("late", "during"), [(False, "new"), (True, "extra")])
def test_when_new_values_show(make_cloud: Any, late: bool, during: str) -> None:
    cloud = make_cloud(update_visible_late=late)
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases/{cloud.database(subscription)}"
    cloud.run("PUT", path, {"name": "new"})
    assert cloud.get(path)["name"] == during
    cloud.clock.advance(60)
    assert cloud.get(path)["name"] == "new"


def test_changing_what_is_changing(cloud: Any, subscription: int) -> None:
    path = f"/subscriptions/{subscription}/databases/{cloud.database(subscription)}"
    cloud.run("PUT", path, {"name": "new"})
    assert cloud.error("PUT", path, {"name": "newer"}) == "DATABASE_NOT_ACTIVE"
    assert cloud.error("DELETE", path) == "DATABASE_NOT_ACTIVE"


def test_delete(cloud: Any, subscription: int, path: str) -> None:
    database = cloud.database(subscription)
    cloud.run("DELETE", f"{path}/{database}")
    assert cloud.get(f"{path}/{database}")["status"] == "delete-pending"
    cloud.clock.advance(6)
    assert cloud.send("GET", f"{path}/{database}").status == 404
    assert cloud.error("DELETE", f"{path}/{database}") == "DATABASE_NOT_FOUND"


@pytest.mark.parametrize(("free", "status"), [(True, "processing-completed"), (False, "processing-error")])
def test_name_of_a_deleted_database(make_cloud: Any, free: bool, status: str) -> None:
    cloud = make_cloud(name_free_at_once=free, database_delete_seconds=60)
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases"
    cloud.run("DELETE", f"{path}/{cloud.database(subscription)}")
    assert cloud.run("POST", path, NEW)["status"] == status


def test_every_fourth_create_makes_the_subscription_pending(make_cloud: Any) -> None:
    cloud = make_cloud(flip_every=4, flip_seconds=30, rate_limit=0)
    subscription = cloud.subscription()
    status = []
    for number in range(8):
        body = {**NEW, "name": f"db-{number}"}
        task = cloud.run("POST", f"/subscriptions/{subscription}/databases", body)
        assert task["status"] == "processing-completed"
        status.append(cloud.get(f"/subscriptions/{subscription}")["status"])
        if status[-1] == "pending":
            cloud.clock.advance(29)
            assert cloud.get(f"/subscriptions/{subscription}")["status"] == "pending"
            cloud.clock.advance(2)
    assert status == [*["active"] * 3, "pending"] * 2
    assert cloud.get(f"/subscriptions/{subscription}")["status"] == "active"


def test_create_in_a_pending_subscription(make_cloud: Any) -> None:
    cloud = make_cloud(flip_every=1, flip_seconds=100)
    subscription = cloud.subscription()
    path = f"/subscriptions/{subscription}/databases"
    cloud.run("POST", path, NEW)
    assert cloud.error("POST", path, {**NEW, "name": "b"}) == "SUBSCRIPTION_NOT_ACTIVE"
    cloud.options.subscription_not_active = "http"
    assert cloud.send("POST", path, {**NEW, "name": "b"}).status == 403
    assert cloud.send("DELETE", f"{path}/1").status == 200


def test_provisioning_is_parallel(make_cloud: Any) -> None:
    cloud = make_cloud(flip_every=0, database_seconds=100, processing_seconds=5, rate_limit=0)
    path = f"/subscriptions/{cloud.subscription()}/databases"
    for number in range(5):
        cloud.start("POST", path, {**NEW, "name": f"db-{number}"})
    cloud.clock.advance(5 * 5 + 100)
    statuses = [database["status"] for database in cloud.get(path)["subscription"][0]["databases"]]
    assert statuses == ["active"] * 6


@pytest.mark.parametrize(("channel", "status"), [("task", 202), ("http", 409)])
def test_name_that_exists(make_cloud: Any, channel: str, status: int) -> None:
    cloud = make_cloud(duplicate_name=channel)
    path = f"/subscriptions/{cloud.subscription()}/databases"
    body = {**NEW, "name": "first"}
    assert cloud.send("POST", path, body).status == status
    if channel == "task":
        assert cloud.error("POST", path, body) == "DATABASE_NAME_EXISTS"


def test_dry_run_changes_nothing(cloud: Any, subscription: int, path: str) -> None:
    assert "resourceId" not in cloud.run("POST", path, {**NEW, "dryRun": True})["response"]
    database = cloud.get(path)["subscription"][0]["databases"][0]["databaseId"]
    cloud.run("PUT", f"{path}/{database}", {"name": "new", "dryRun": True})
    assert cloud.get(f"{path}/{database}")["name"] == "first"


def test_modules(cloud: Any, subscription: int) -> None:
    path = f"/subscriptions/{subscription}/databases"
    modules = [{"name": "RedisJSON"}]
    code = "DATABASE_EXPLICIT_MODULES_NOT_SUPPORTED_FOR_THIS_REDIS_VERSION"
    assert cloud.error("POST", path, {**NEW, "modules": modules}) == code
    database = read(cloud, subscription, modules=modules, redisVersion="7.4")
    assert [module["capabilityName"] for module in database["modules"]] == ["JSON"]
    cloud.options.explicit_modules = "ignore"
    assert len(read(cloud, subscription, name="bundled", modules=modules)["modules"]) == 4


def test_memcached(cloud: Any, subscription: int) -> None:
    database = read(cloud, subscription, protocol="memcached", saslUsername="u", saslPassword="p")
    assert "password" not in database["security"]
    assert database["modules"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "1a"}, "DATABASE_INVALID_NAME"),
        ({"name": "a-"}, "DATABASE_INVALID_NAME"),
        ({"name": "a" * 41}, "DATABASE_NAME_TOO_LONG"),
        ({"port": 9999}, "DATABASE_PORT_INVALID_VALUE"),
        ({"memoryLimitInGb": 1}, "DATABASE_SIZE_LIMIT_INVALID_TOO_MANY_MEMORY_SPECIFICATIONS"),
        ({"datasetSizeInGb": None}, "DATABASE_SIZE_LIMIT_NOT_DEFINED"),
        ({"redisVersion": "5.0"}, "DATABASE_REDIS_VERSION_IS_NOT_SUPPORTED"),
        ({"password": "x" * 50}, "DATABASE_PASSWORD_IS_TOO_LONG"),
        ({"useExternalEndpointForOSSClusterApi": True}, "DATABASE_EXTERNAL_ENDPOINT_WITHOUT_OSS_CLUSTER"),
        (
            {"clientTlsCertificates": ["PEM"]},
            "CLIENT_SSL_CERTIFICATE_IS_NOT_ALLOWED_WITHOUT_ENABLE_TLS_IS_TRUE",
        ),
        ({"sourceIp": ["10.0.0.1/8"]}, "DATABASE_INVALID_SIP"),
        ({"sourceIp": [f"10.0.0.{number}/32" for number in range(33)]}, "DATABASE_SIP_OVER_LIMIT"),
        ({"alerts": [{"name": "connections-limit", "value": 1}]}, "DATABASE_INVALID_ALERTS"),
        ({"queryPerformanceFactor": "3x"}, "DATABASE_QUERY_PERFORMANCE_FACTOR_IS_NOT_SUPPORTED"),
        (
            {"queryPerformanceFactor": "2x", "redisVersion": "7.4"},
            "DATABASE_QUERY_PERFORMANCE_FACTOR_SEARCH_IS_REQUIRED",
        ),
        ({"ramPercentage": 20}, "DATABASE_RAM_PERCENTAGE_NOT_SUPPORTED"),
        ({"remoteBackup": {"active": True}}, "DATABASE_INVALID_BACKUP_CONFIGURATION"),
        ({"redisVersion": "7.4", "modules": [{"name": "Nonsense"}]}, "DATABASE_INVALID_MODULE"),
        (
            {"localThroughputMeasurement": [{"region": "us-east-1"}]},
            "LOCAL_THROUGHPUT_MEASUREMENT_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION",
        ),
    ],
)
def test_rules_on_create(cloud: Any, path: str, fields: dict[str, Any], code: str) -> None:
    assert cloud.error("POST", path, {**NEW, **fields}) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (
            {"enableDefaultUser": False, "password": "x"},
            "DISABLING_THE_DEFAULT_USER_AND_UPDATING_A_NEW_PASSWORD_IS_NOT_ALLOWED",
        ),
        ({"regexRules": ["a"]}, "DATABASE_REGEX_RULES_NO_CLUSTERING"),
        (
            {"throughputMeasurement": {"by": "number-of-shards", "value": 1}},
            "DATABASE_CANT_EDIT_THROUGHPUT_BY",
        ),
        ({"name": "first"}, "DATABASE_NAME_EXISTS"),
        ({"name": "-"}, "DATABASE_INVALID_NAME"),
    ],
)
def test_rules_on_update(cloud: Any, subscription: int, path: str, fields: dict[str, Any], code: str) -> None:
    assert cloud.error("PUT", f"{path}/{cloud.database(subscription)}", fields) == code


def test_password_of_a_disabled_user(cloud: Any, subscription: int, path: str) -> None:
    database = cloud.database(subscription)
    assert (
        change(cloud, subscription, database, enableDefaultUser=False)["security"]["enableDefaultUser"]
        is False
    )
    code = cloud.error("PUT", f"{path}/{database}", {"password": "x"})
    assert code == "NOT_ALLOWED_TO_UPDATE_A_DATABASE_PASSWORD_WHEN_DEFAULT_USER_IS_DISABLED"


def test_port_that_is_used(cloud: Any, subscription: int, path: str) -> None:
    cloud.database(subscription, port=12000)
    assert cloud.error("POST", path, {**NEW, "name": "b", "port": 12000}) == "DATABASE_CUSTOM_PORT_NOT_UNIQUE"


def test_backup_and_import(cloud: Any, subscription: int, path: str) -> None:
    database = f"{path}/{cloud.database(subscription)}"
    assert cloud.error("POST", f"{database}/backup") == "DATABASE_BACKUP_DISABLED"
    cloud.run("POST", f"{database}/backup", {"adhocBackupPath": "s3://b"})
    cloud.clock.advance(60)
    assert cloud.run("GET", f"{database}/backup")["response"]["resource"]["status"] == "success"
    source = {"sourceType": "http", "importFromUri": ["http://host/file.rdb"]}
    cloud.run("POST", f"{database}/import", source)
    assert cloud.run("GET", f"{database}/import")["response"]["resource"]["status"] == "importing"
    cloud.clock.advance(60)
    assert cloud.run("GET", f"{database}/import")["response"]["resource"]["status"] == "success"


def test_upgrade(cloud: Any, subscription: int, path: str) -> None:
    database = f"{path}/{cloud.database(subscription, redisVersion='7.4')}"
    targets = [
        target["redisVersion"] for target in cloud.get(f"{database}/available-target-versions")["targets"]
    ]
    assert (targets[0], "7.4" in targets) == ("8.0", False)
    code = cloud.error("POST", f"{database}/upgrade", {"targetRedisVersion": "7.2"})
    assert code == "DATABASE_UPGRADE_INVALID_REDIS_VERSION"
    cloud.run("POST", f"{database}/upgrade", {"targetRedisVersion": "8.2"})
    assert cloud.get(database)["status"] == "active-upgrade-pending"
    assert cloud.get(f"{database}/upgrade")["upgradeStatus"] == "in-progress"
    cloud.clock.advance(121)
    assert cloud.get(f"{database}/upgrade")["upgradeStatus"] == "done"
    assert (cloud.get(database)["status"], cloud.get(database)["redisVersion"]) == ("active", "8.2")


def test_changes_of_what_does_not_exist(make_cloud: Any) -> None:
    cloud = make_cloud()
    known = cloud.subscription()
    requests = [
        ("DELETE", "/subscriptions/1", None, "SUBSCRIPTION_NOT_FOUND"),
        ("PUT", "/subscriptions/1", {"name": "x"}, "SUBSCRIPTION_NOT_FOUND"),
        ("POST", "/subscriptions/1/databases", NEW, "SUBSCRIPTION_NOT_FOUND"),
        ("DELETE", f"/subscriptions/{known}/databases/1", None, "DATABASE_NOT_FOUND"),
        ("PUT", f"/subscriptions/{known}/databases/1", {"name": "x"}, "DATABASE_NOT_FOUND"),
    ]
    assert [cloud.error(method, path, body) for method, path, body, _code in requests] == [
        item[3] for item in requests
    ]
    cloud.options.unknown_resource = "http"
    assert {cloud.send(method, path, body).status for method, path, body, _code in requests} == {404}
    assert cloud.send("POST", f"/subscriptions/{known}/databases", NEW).status == 202

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret in what a module run leaves behind: its result, the system's log, what it remembers on disk.

Every module, with a canary in every option that can hold a secret, whatever becomes of the task. What Ansible makes of
it is tested with real plays in tests/integration/safety/test_secrets.py.
"""

from __future__ import annotations

import base64
import html
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible.module_utils import basic

from ansible_collections.community.redis.plugins.module_utils._cloud.database import DatabaseDriver
from ansible_collections.community.redis.plugins.module_utils._cloud.product import CLOUD
from ansible_collections.community.redis.plugins.module_utils._cloud.run_fleet import FIELDS as CLOUD_FLEET
from ansible_collections.community.redis.plugins.module_utils._cloud.subscription import SUBSCRIPTION_FIELDS
from ansible_collections.community.redis.plugins.module_utils._core.fields import Field, argument_spec
from ansible_collections.community.redis.plugins.module_utils._core.redact import Secrets, is_secret_name
from ansible_collections.community.redis.plugins.module_utils._enterprise.api import EnterpriseApi
from ansible_collections.community.redis.plugins.module_utils._enterprise.product import ENTERPRISE
from ansible_collections.community.redis.plugins.module_utils._enterprise.run_fleet import (
    FIELDS as ENTERPRISE_FLEET,
)
from unit.harness import Bench, Run
from unit.safety.canaries import Canaries
from unit.safety.secret_tasks import (
    cloud_credentials,
    cloud_database,
    cloud_subscription,
    enterprise_credentials,
    enterprise_database,
    enterprise_extra,
    memcached,
    old_cloud_database,
)

Params = dict[str, Any]
FORMS = ("json", "repr", "text")


class World:
    """The bench with canaries for credentials, and ears on every way out of a module run."""

    def __init__(self, bench: Bench, place: Path, log: list[str]) -> None:
        self.bench = bench
        self.canaries = Canaries()
        self._place = place
        self._log = log
        cloud, enterprise = cloud_credentials(self.canaries), enterprise_credentials(self.canaries)
        bench.options("cloud", **cloud)
        bench.options("enterprise", username=enterprise["api_username"], password=enterprise["api_password"])
        # users are made at the beginning
        bench.simulator.reset()
        bench.credentials["cloud"].update(cloud)
        bench.credentials["enterprise"].update(enterprise)
        bench.seed("cloud", subscriptions=[{"request": {"name": "main"}}])

    def run(self, module: str, params: Params, **how: Any) -> Run:
        """A run that may end as it likes, but says nothing."""
        run = self.bench.run(module, params, **how)
        assert self.leaked(run.result) == {}, run.result
        return run

    def sliced(self, module: str, params: Params, seconds: float, **how: Any) -> Run:
        run, handed = self.bench.sliced(module, params, seconds, **how)
        assert self.leaked({"result": run.result, "handed": handed}) == {}, run.result
        return run

    def leaked(self, result: Any) -> dict[str, set[str]]:
        """What has been heard since the last time, by way out."""
        log = "\n".join(self._log)
        self._log.clear()
        found = {"result": self.canaries.found(json.dumps(result)), "log": self.canaries.found(log)}
        return {way: names for way, names in found.items() if names} | self.canaries.found_in_files(
            [self._place]
        )


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    log: list[str] = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda _self, message: log.append(message))
    return World(Bench(monkeypatch), tmp_path, log)


def main(name: str, make: Callable[[Canaries], Params]) -> Callable[[Canaries], Params]:
    return lambda canaries: {"subscription_name": "main", "name": name, **make(canaries)}


def cloud_fleet(canaries: Canaries) -> Params:
    databases = [
        {"name": "one", **cloud_database(canaries, "one ")},
        {"name": "two", **old_cloud_database(canaries, "two ")},
    ]
    return {"subscription_name": "main", "databases": databases}


def enterprise_fleet(canaries: Canaries) -> Params:
    databases = [
        {"name": "one", **enterprise_database(canaries, "one ", 0)},
        {"name": "two", **enterprise_database(canaries, "two ", 3)},
    ]
    return {"databases": databases}


def with_location(kind: int) -> Callable[[Canaries], Params]:
    return lambda canaries: {"name": "cache", **enterprise_database(canaries, location=kind)}


def every_location(canaries: Canaries) -> Params:
    return {"databases": [enterprise_database(canaries, str(kind), kind) for kind in range(6)]}


TASKS: dict[str, tuple[str, Callable[[Canaries], Params]]] = {
    "database": ("redis_cloud_database", main("cache", cloud_database)),
    "database, older options": ("redis_cloud_database", main("cache", old_cloud_database)),
    "memcached": ("redis_cloud_database", main("cache", memcached)),
    "databases": ("redis_cloud_databases", cloud_fleet),
    "subscription": (
        "redis_cloud_subscription",
        lambda canaries: {"name": "new", **cloud_subscription(canaries)},
    ),
    **{
        f"enterprise database, location {kind}": (
            "redis_enterprise_database",
            with_location(kind),
        )
        for kind in range(6)
    },
    "enterprise databases": ("redis_enterprise_databases", enterprise_fleet),
}
# one of each module
MODULES = ("database", "databases", "subscription", "enterprise database, location 3", "enterprise databases")


@pytest.fixture
def task(world: World, request: pytest.FixtureRequest) -> tuple[str, Params]:
    module, make = TASKS[request.param]
    return module, make(world.canaries)


each_task = pytest.mark.parametrize("task", TASKS, indirect=True)
each_module = pytest.mark.parametrize("task", MODULES, indirect=True)


# -- are there canaries everywhere? ------------------------------------------------------------------------------------


def secret_paths(spec: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, option in spec.items():
        if option.get("no_log"):
            yield prefix + name
        yield from secret_paths(option.get("options") or {}, prefix + name + ".")


def canary_paths(canaries: Canaries, value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from canary_paths(canaries, item, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        for item in value:
            yield from canary_paths(canaries, item, prefix)
    elif isinstance(value, str) and canaries.found(value):
        yield prefix


@pytest.mark.parametrize(
    ("connection", "fields", "make"),
    [
        (
            CLOUD,
            CLOUD_FLEET,
            [cloud_credentials, cloud_fleet, lambda canaries: {"databases": [memcached(canaries)]}],
        ),
        (CLOUD, SUBSCRIPTION_FIELDS, [cloud_credentials, cloud_subscription]),
        (
            ENTERPRISE,
            ENTERPRISE_FLEET,
            [enterprise_credentials, every_location],
        ),
    ],
)
def test_every_secret_option_has_a_canary(
    connection: Any, fields: tuple[Field, ...], make: list[Callable[[Canaries], Params]]
) -> None:
    wanted = set(secret_paths({**connection.connection_spec, **argument_spec(fields)}))
    canaries = Canaries()
    assert wanted
    assert wanted <= {path for one in make for path in canary_paths(canaries, one(canaries))}


@pytest.mark.parametrize("fields", [CLOUD_FLEET, ENTERPRISE_FLEET])
def test_secrets_are_known_by_their_names_in_replies(fields: tuple[Field, ...]) -> None:
    def walk(fields: tuple[Field, ...]) -> Iterator[Field]:
        for field in fields:
            yield field
            yield from walk(field.options)

    secret = [field for field in walk(fields) if field.secret]
    assert len(secret) >= 2
    assert [
        field.name for field in secret if not (is_secret_name(field.name) and is_secret_name(field.wire))
    ] == []


# -- whatever becomes of a task ----------------------------------------------------------------------------------------


@each_task
def test_all_goes_well(world: World, task: tuple[str, Params]) -> None:
    module, params = task
    assert world.run(module, params, check=True, diff=True).changed
    created = world.run(module, params, diff=True)
    assert created.changed, created.message
    assert created["diff"]["after"]
    assert not world.run(module, params, diff=True).changed
    again = world.sliced(module, {**params, "update_password": "always"}, 1.0, diff=True)
    assert not again.failed
    if "databases" in params and "name" not in params:
        gone = {
            **params,
            "databases": [{"name": item["name"], "state": "absent"} for item in params["databases"]],
        }
    else:
        gone = {
            **params,
            "state": "absent",
            **({"delete_databases": True} if "cloud_providers" in params else {}),
        }
    assert world.run(module, gone, diff=True).changed


@each_module
@pytest.mark.parametrize("form", FORMS)
def test_server_quotes_the_request(world: World, task: tuple[str, Params], form: str) -> None:
    module, params = task
    for method, status in (
        ("GET", 400),
        ("GET", 503),
        ("POST", 400),
        ("POST", 401),
        ("POST", 404),
        ("POST", 409),
        ("POST", 503),
    ):
        world.bench.simulator.faults.replace([])
        world.bench.fault("echo", method=method, times=None, status=status, body=form)
        run = world.run(module, {**params, "wait_timeout": 20}, diff=True)
        assert run.failed
        if status != 503:
            assert "********" in run.message
            assert f"HTTP {status}" in run.message


@each_module
def test_wrong_options(world: World, task: tuple[str, Params]) -> None:
    """A refused task is shown with all that it was given. Nothing that ansible-core makes of it may be readable."""
    module, params = task
    assert world.run(module, {**params, "pasword": world.canaries.make("misspelled")}).failed
    for name, value in params.items():
        wrong: list[Any] = [{"a": "b"}, "a=b", None]
        if isinstance(value, (dict, list)):
            wrong += [json.dumps(value), repr(value), [json.dumps(value)], [value], json.dumps(value)[:-20]]
        if isinstance(value, dict):
            wrong.append(" ".join(f"{key}={item}" for key, item in value.items()))
            wrong.append({**value, "misspeled": world.canaries.make("misspelled inside")})
        if isinstance(value, list):
            wrong += [[str(item) for item in value], *value]
            wrong += [
                [{**item, "misspeled": world.canaries.make("misspelled inside")}]
                for item in value
                if isinstance(item, dict)
            ]
        for bad in wrong:
            world.run(module, {**params, name: bad}, check=True)


@pytest.mark.parametrize("module", ["redis_enterprise_database", "redis_enterprise_databases"])
def test_settings_of_releases_to_come(world: World, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = enterprise_extra(world.canaries)
    item = {"name": "cache", "memory_size": "1GB", "extra": extra}
    params = item if module.endswith("database") else {"databases": [item]}
    assert "login_secret" in json.dumps(world.run(module, params, check=True, diff=True)["diff"])
    # a cluster that knows them, and shows them
    world.bench.ok("redis_enterprise_database", name="cache", memory_size="1GB")
    old = {key: world.canaries.make("old " + key) for key in extra if is_secret_name(key)}
    read = EnterpriseApi.bdb
    monkeypatch.setattr(
        EnterpriseApi, "bdb", lambda self, *which, **how: {**(read(self, *which, **how) or {}), **old}
    )
    world.run(module, params, check=True, diff=True)


def test_what_only_the_server_knows(world: World) -> None:
    """A secret that was never given to this run is known by its name, or by its place in a URL."""
    world.bench.ok("redis_cloud_database", subscription_name="main", name="cache", dataset_size_in_gb=1)
    secret = world.canaries.make("server's")
    said = json.dumps({"password": secret}) + " " + world.canaries.url("server's url")
    world.bench.fault("rewrite", times=None, set={"description": f"Working on {said} in {json.dumps(said)}"})
    for module in ("redis_cloud_task_info", "redis_cloud_database_info", "redis_cloud_subscription_info"):
        world.run(module, {"subscription_name": "main"} if "database" in module else {})
    world.run("redis_cloud_database", {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 2})
    world.bench.options("cloud", fail_processing="^other$")
    other = {"subscription_name": "main", "name": "other", "dataset_size_in_gb": 1}
    assert "********" in world.run("redis_cloud_database", other).message


def test_passwords_that_replies_tell(world: World) -> None:
    old = {"dataset_size_in_gb": 1, "password": world.canaries.make("old", "-")}
    cache = {"subscription_name": "main", "name": "cache"}
    world.run("redis_cloud_database", {**cache, **old})
    new = {**cache, "password": world.canaries.make("new", "-")}
    changed = world.run("redis_cloud_database", new, diff=True)
    assert changed["diff"] == {"before": {"password": "********"}, "after": {"password": "********"}}
    world.run("redis_cloud_database_info", {"subscription_name": "main"})
    told = world.bench.ok("redis_cloud_database_info", subscription_name="main", return_secrets=True)
    assert told["databases"][0]["password"] == new["password"], "it was asked for"
    assert world.leaked({}) == {}, "and is still in no log"
    pair = {
        "authentication_admin_pass": world.canaries.make("admin", "-"),
        "name": "cache",
        "memory_size": "1GB",
    }
    world.run("redis_enterprise_database", pair)
    world.run("redis_enterprise_database_info", {"extended": True})
    told = world.bench.ok("redis_enterprise_database_info", return_secrets=True)
    assert told["databases"][0]["authentication_admin_pass"] == pair["authentication_admin_pass"]
    assert world.leaked({}) == {}


def test_plan_of_a_dry_run(world: World) -> None:
    secret = world.canaries.make("planned")
    world.bench.fault(
        "rewrite", method="GET", path="/tasks/", times=None, set={"region": {"password": secret}}
    )
    params = {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 1, "dry_run": True}
    run = world.run("redis_cloud_database", params)
    assert run["dry_run_plan"]


def test_memory_holds_nothing_that_the_server_says(world: World) -> None:
    params = TASKS["database"][1](world.canaries)
    said = f"Working for {params['password']}"
    world.bench.fault("rewrite", times=None, set={"description": said})
    run = world.run("redis_cloud_database", {**params, "wait": False})
    assert run["task"]["description"] == "Working for ********"
    assert [path.name for path in Path(tempfile.gettempdir()).glob("community.redis-*/*.json")]


def test_credentials_in_addresses(world: World) -> None:
    for url in (
        world.canaries.url("api_url", "https", host="api.example"),
        world.canaries.url("api_url, as people write it", "https", quoted=False, host="api.example"),
        world.canaries.url("without a scheme", host="api.example").partition("://")[2],
        "https://{0}@api.example".format(world.canaries.make("token", "-")),
        "https://api.example/?token={0}".format(world.canaries.make("parameter", "-")),
    ):
        assert "api_url must" in world.run("redis_cloud_subscription_info", {"api_url": url}).message
        assert "api_url must" in world.run("redis_enterprise_database_info", {"api_url": url}).message


def test_defect_says_what_happened_without_secrets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    module, make = TASKS["database"]
    params = make(world.canaries)

    def fail(self: Any, body: Any) -> None:
        raise KeyError(body["password"])

    monkeypatch.setattr(DatabaseDriver, "create", fail)
    with pytest.raises(AssertionError) as caught:
        world.bench.run(module, params)
    said = str(caught.value)
    assert "A defect in community.redis: KeyError: " in said
    assert "'api_requests': " in said
    assert world.leaked(said.partition("assert not")[0]) == {}


def test_warnings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """ansible-core does not mask them."""
    module, make = TASKS["database"]
    params = make(world.canaries)

    def warn(self: Any, reply: Any) -> None:
        # what the driver is given by every run
        world_warn[0](f"It is called {params['password']}.")

    world_warn: list[Callable[[str], None]] = []
    original = basic.AnsibleModule.__init__

    def remember(self: Any, *args: Any, **options: Any) -> None:
        world_warn[:] = [self.warn]
        original(self, *args, **options)

    monkeypatch.setattr(basic.AnsibleModule, "__init__", remember)
    monkeypatch.setattr(DatabaseDriver, "check_usable", warn)
    run = world.run(module, params)
    assert "It is called ********." in str(run.warnings)


# -- would a leak be noticed? ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelled",
    [
        str,
        json.dumps,
        lambda secret: json.dumps(json.dumps({"x": secret})),
        repr,
        quote,
        quote_plus,
        html.escape,
        str.upper,
        lambda secret: secret[:9],
        lambda secret: secret[-9:],
        lambda secret: secret[:15].encode().hex() and "..." + secret[:12] + "...",
        *[
            lambda secret, before=before: base64.b64encode(before + secret.encode() + b"after").decode()
            for before in (b"", b"a", b"ab", b"user:")
        ],
    ],
)
def test_canary_is_found_however_it_is_spelled(spelled: Callable[[str], str]) -> None:
    canaries = Canaries()
    secret, other = canaries.make("one"), canaries.make("other")
    assert canaries.found(f"before {spelled(secret)} after") == {"one"}
    assert canaries.found(other + spelled(secret)) == {"one", "other"}
    assert canaries.found("nothing") == set()


def test_leak_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without masking each way out has something to tell."""
    monkeypatch.setattr(Secrets, "update", lambda self, *others: None)
    module, make = TASKS["database"]
    params = make(world.canaries)
    leaked = world.leaked(world.bench.run(module, {**params, "api_url": "nowhere"}).result)
    assert {"cloud password", "cloud api_secret_key", "cloud storage_path"} <= leaked["result"]
    log = world.leaked(
        world.bench.run("redis_enterprise_database", enterprise_fleet(world.canaries)["databases"][0]).result
    )["log"]
    assert "one import location sas_token" in log
    (Path(tempfile.gettempdir()) / "file").write_text(json.dumps(params["password"]), encoding="utf-8")
    assert list(world.leaked({}).values()) == [{"cloud password"}]

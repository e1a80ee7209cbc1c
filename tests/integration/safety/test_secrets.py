# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret gets out of a real play, whichever way, whatever becomes of its tasks, and however the server talks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
from integration.safety.eavesdrop import Ears, Vault
from integration.safety.live import Live, running

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

Task = dict[str, Any]
DIRECT, PROCESS = "1", "0"
WAYS = {DIRECT: "in the worker", PROCESS: "as processes"}
SWITCH = "COMMUNITY_REDIS_DIRECT"
FORMS = ("json", "repr", "text")


class Stage:
    """A server with canaries for credentials, and what a play needs to use it."""

    def __init__(self, live: Live, place: Path) -> None:
        self.live = live
        # two runs on one machine must not find each other's
        self.canaries = Canaries(os.getpid())
        self.vault = Vault(self.canaries, place / "vault.json")
        self.ears = Ears(self.canaries, place / "heard")
        self.cloud = cloud_credentials(self.canaries)
        self.enterprise = enterprise_credentials(self.canaries)
        live.options(
            "cloud", **self.cloud, database_seconds=30.0, flip_every=0, rate_limit=0, fail_processing="^bad$"
        )
        user, password = self.enterprise["api_username"], self.enterprise["api_password"]
        live.options("enterprise", username=user, password=password)
        with live.lock:
            # users are made at the beginning
            live.simulator.reset()
        names = ["main", *(f"echo-{form}" for form in FORMS)]
        placed = live.seed("cloud", subscriptions=[{"request": {"name": name}} for name in names])
        uids = live.seed("enterprise", bdbs=[{"name": f"echo-{form}"} for form in FORMS])["bdbs"]
        for row, uid, form in zip(placed["subscriptions"][1:], uids, FORMS, strict=True):
            self._fault(
                "echo", f"/subscriptions/{row['id']}/databases$", method="POST", body=form, status=422
            )
            self._fault("echo", f"/v1/bdbs/{uid}$", method="PUT", body=form, status=403)
        # all tasks of the account are described with a secret of ours, and with one that only the server knows
        described = {"for": self.cloud["api_secret_key"], "password": self.canaries.make("server's own")}
        self._fault(
            "rewrite", "/tasks", method="GET", set={"description": f"Working on {json.dumps(described)}"}
        )

    def _fault(self, kind: str, path: str, method: str, **how: Any) -> None:
        rule = {"match": {"path": path, "method": method}, "action": {"kind": kind, **how}, "times": None}
        with self.live.lock:
            self.live.simulator.faults.add(rule)

    def task(self, module: str, params: Task, /, **keywords: Any) -> Task:
        return {"name": module, f"community.redis.{module}": self.vault.hide(params), **keywords}

    def wrong(self, module: str, params: Task) -> Task:
        return self.task(module, params, ignore_errors=True)

    def play(self, tasks: list[Task], way: str) -> str:
        """Run a play; what it has printed. Tasks that fail are ignored, so it must come to its end."""
        defaults = self.vault.hide(self.live.defaults)
        client = self.live.playbook(
            tasks,
            environment={**self.ears.environment(self.live), SWITCH: way},
            arguments=("--diff", *self.vault.write()),
            module_defaults=defaults,
        )
        with self.ears.watching_processes():
            client.wait()
        assert client.process.returncode == 0, client.output
        self.ears.wait_for_jobs()
        return client.output


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    server = tmp_path / "server"
    server.mkdir()
    with running(server) as live:
        yield Stage(live, tmp_path)


class Params:
    """Options with canaries."""

    def __init__(self, canaries: Canaries) -> None:
        make = canaries.make
        main = {"subscription_name": "main"}
        self.cache = {**main, "name": "cache", **cloud_database(canaries)}
        self.changed = {**main, "name": "cache", **old_cloud_database(canaries), "update_password": "always"}
        self.bad = {**main, "name": "bad", "dataset_size_in_gb": 1, "password": make("refused")}
        fleet = [
            {"name": "one", **cloud_database(canaries, "one ")},
            {"name": "two", **memcached(canaries, "two ")},
            {"name": "bad", "dataset_size_in_gb": 1, "password": make("of what fails")},
        ]
        self.fleet = {**main, "databases": fleet}
        self.subscription = {"name": "new", **cloud_subscription(canaries)}
        self.enterprise = {"name": "cache", **enterprise_database(canaries)}
        nodes = [
            {"name": f"n{kind}", **enterprise_database(canaries, f"{kind} ", kind)} for kind in (0, 1, 3, 5)
        ]
        self.enterprise_fleet = {"databases": nodes}
        self.extra = {**self.enterprise, "name": "other", "extra": enterprise_extra(canaries)}
        self.misspelled = {**self.cache, "pasword": make("misspelled")}
        self.addresses = [
            canaries.url("api_url", "https", host="127.0.0.1:1"),
            "https://{0}@127.0.0.1:1".format(make("token", "-")),
        ]
        self.in_a_loop = {"name": "{{ item }}", "authentication_admin_pass": make("in a loop")}


def tasks_of_both_ways(stage: Stage, params: Params) -> list[Task]:
    """What can become of a task."""
    task, wrong = stage.task, stage.wrong
    jobs = {
        "redis_cloud_database": params.changed,
        "redis_enterprise_database": {**params.enterprise, "colour": 1},
    }
    return [
        task("redis_cloud_database", params.cache),
        task("redis_cloud_database", params.changed, check_mode=True),
        wrong("redis_cloud_database", {**params.cache, "subscription_name": "echo-json"}),
        # what is wrong with it keeps ansible-core from learning which options are secret
        wrong("redis_cloud_database", {**params.cache, "replica": "x"}),
        task("redis_cloud_database_info", {"subscription_name": "main", "return_secrets": True}, no_log=True),
        task("redis_cloud_task_info", {}),
        task("redis_enterprise_database", params.enterprise),
        wrong("redis_enterprise_database", {**params.enterprise, "name": "echo-repr"}),
        task("redis_enterprise_database_info", {"return_secrets": True}, no_log=True),
        task("redis_enterprise_action_info", {}),
        *[
            task(module, options, register=module, **{"async": 60, "poll": 0})
            for module, options in jobs.items()
        ],
        *[
            {
                "name": f"result of {module}",
                "ansible.builtin.async_status": {"jid": f"{{{{ {module}.ansible_job_id }}}}"},
                "register": "job",
                "until": "job is finished",
                "retries": 60,
                "delay": 1,
                "ignore_errors": True,
            }
            for module in jobs
        ],
    ]


def tasks_of_all_kinds(stage: Stage, params: Params) -> list[Task]:
    """The rest, which is cheaper in the worker."""
    task, wrong = stage.task, stage.wrong
    return [
        task("redis_cloud_database", params.cache, check_mode=True),
        wrong("redis_cloud_database", params.bad),
        wrong("redis_cloud_database", {**params.cache, "subscription_name": "echo-repr"}),
        wrong("redis_cloud_database", {**params.cache, "subscription_name": "echo-text"}),
        wrong("redis_cloud_databases", params.fleet),
        task("redis_cloud_subscription", params.subscription, check_mode=True),
        wrong("redis_cloud_subscription", {**params.subscription, "colour": 1}),
        wrong("redis_cloud_database", params.misspelled),
        *[wrong("redis_cloud_subscription_info", {"api_url": url}) for url in params.addresses],
        task("redis_cloud_database_info", {"subscription_name": "main"}),
        task("redis_cloud_database", {**params.changed, "return_secrets": True}, no_log=True),
        task("redis_cloud_task", {"task_id": "none", "wait": False}),
        task("redis_enterprise_database", params.enterprise, check_mode=True),
        task("redis_enterprise_database", {**params.enterprise, "update_password": "always"}),
        wrong("redis_enterprise_database", {**params.enterprise, "replica_sources": "x,y"}),
        wrong("redis_enterprise_database", {**params.enterprise, "name": "echo-json"}),
        wrong("redis_enterprise_database", {**params.enterprise, "name": "echo-text"}),
        wrong("redis_enterprise_database", params.extra),
        task("redis_enterprise_databases", params.enterprise_fleet),
        *[wrong("redis_enterprise_database_info", {"api_url": url}) for url in params.addresses],
        task("redis_enterprise_database_info", {"extended": True}),
        task("redis_enterprise_action", {"bdb_uid": 1}),
        # it names only what may be seen, as the roles do it: Ansible prints the items
        task("redis_enterprise_database", params.in_a_loop, loop=["n0", "n1"]),
    ]


@pytest.mark.parametrize("way", [DIRECT, pytest.param(PROCESS, marks=pytest.mark.every_core)], ids=WAYS.get)
def test_nothing_gets_out_of_a_play(stage: Stage, way: str) -> None:
    params = Params(stage.canaries)
    tasks = tasks_of_both_ways(stage, params)
    if way == DIRECT:
        tasks += tasks_of_all_kinds(stage, params)
    said = stage.play(tasks, way)
    assert stage.ears.found(said) == {}
    # all of this would mean nothing if nothing had been heard, or if all had failed before it began
    failures = sum(bool(task.get("ignore_errors")) for task in tasks)
    assert len(re.findall(r"^fatal: ", said, re.MULTILINE)) == failures - 1, "one job has done its work"
    assert '"password": "********"' in said, "a diff"
    assert said.count("Cannot work on") >= 2
    assert "Working on" in said
    assert "Cannot work on" in (stage.ears.place / "ansible.log").read_text(encoding="utf-8")
    assert "Invoked with" in stage.ears.syslog.read_text(encoding="utf-8")
    assert any("AnsiballZ_redis" in command for command in stage.ears.commands)
    results = [path.read_text(encoding="utf-8") for path in (stage.ears.place / "async").iterdir()]
    assert sorted("Unsupported parameters" in result for result in results) == [False, True]


def test_nothing_gets_out_of_a_job_with_roles(stage: Stage, tmp_path: Path) -> None:
    """As AWX runs it: ansible-runner with its events, credentials in the environment."""
    canaries, connection = stage.canaries, stage.live.credentials
    variables: Task = {
        "redis_cloud_ca_path": connection["cloud"]["ca_path"],
        "redis_cloud_subscription": {"name": "main"},
        "redis_cloud_databases": [{"name": "cache", **cloud_database(canaries)}],
        "redis_enterprise_databases": [{"name": "cache", **enterprise_database(canaries)}],
    }
    roles = ("redis_cloud", "redis_enterprise")
    content = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": stage.vault.hide(variables),
            "tasks": [
                *[
                    {"name": role, "ansible.builtin.include_role": {"name": f"community.redis.{role}"}}
                    for role in roles
                ],
                stage.wrong(
                    "redis_enterprise_database", {**enterprise_database(canaries, "x "), "name": "echo-json"}
                ),
                # refused by the specification of the role's variables
                {
                    "name": "refused",
                    "block": [{"ansible.builtin.include_role": {"name": "community.redis.redis_cloud"}}],
                    "vars": {
                        "redis_cloud_databases": stage.vault.hide(
                            [{**cloud_database(canaries, "y "), "port": "x"}]
                        )
                    },
                    "ignore_errors": True,
                },
            ],
        }
    ]
    job = tmp_path / "heard" / "job"
    for name, text in (("project/site.yml", json.dumps(content)), ("inventory/hosts", Live.inventory())):
        (job / name).parent.mkdir(parents=True)
        (job / name).write_text(text, encoding="utf-8")
    run = ansible_runner.run(
        private_data_dir=str(job),
        playbook="site.yml",
        cmdline=" ".join(["-vvvvv", "--diff", *stage.vault.write()]),
        envvars={
            **stage.live.environment(),
            **stage.ears.environment(stage.live),
            "REDISCLOUD_URL": connection["cloud"]["api_url"],
            "REDISCLOUD_ACCESS_KEY": stage.cloud["api_key"],
            "REDISCLOUD_SECRET_KEY": stage.cloud["api_secret_key"],
            "REDIS_ENTERPRISE_URL": connection["enterprise"]["api_url"],
            "REDIS_ENTERPRISE_USER": stage.enterprise["api_username"],
            "REDIS_ENTERPRISE_PASSWORD": stage.enterprise["api_password"],
            "REDIS_ENTERPRISE_CA_CERT": connection["enterprise"]["ca_path"],
        },
        quiet=True,
        suppress_env_files=True,
        timeout=300,
    )
    assert run.status == "successful", run.stdout.read()
    events = list(run.events)
    # how the runner was called is its own affair: it keeps the whole environment there
    (command,) = job.glob("artifacts/*/command")
    command.unlink()
    assert stage.ears.found(json.dumps(events)) == {}
    said = run.stdout.read()
    assert {path.name for path in job.glob("artifacts/*/*")} >= {"stdout", "job_events"}
    assert len(events) > 30
    assert "Cannot work on" in said
    assert run.stats["changed"]["localhost"] >= 2
    assert run.stats["ignored"]["localhost"] >= 2


def test_a_leak_is_noticed(stage: Stage) -> None:
    """A task that is careless with a secret, in all ways at once."""
    shown = stage.canaries.make("planted", "-")
    careless = "echo {0} > {1}; sleep 1".format(shown, stage.ears.place / "tmp" / "file")
    tasks = [
        {"ansible.builtin.shell": stage.vault.hide(careless)},
        {"ansible.builtin.shell": stage.vault.hide(careless), "async": 20, "poll": 0},
        {"ansible.builtin.set_fact": {"leaked": stage.vault.hide(shown), "cacheable": True}},
        {"ansible.builtin.pause": {"seconds": 2}},
    ]
    found = stage.ears.found(stage.play(tasks, DIRECT))
    ways = {Path(way).relative_to(stage.ears.place).parts[0] if way[0] == "/" else way for way in found}
    assert ways >= {"output", "process list", "ansible.log", "syslog", "tmp", "async", "facts"}
    assert set.union(*found.values()) == {"planted"}

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every YAML example of the README, of the guides and of the roles' READMEs runs as it stands there, one after the other, and
once more without a change. What is no play is held against what it is about. An example of another shape is a failure.
"""

from __future__ import annotations

import dataclasses
import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.world import ROOT, SPEED, World

pytestmark = pytest.mark.fast_clock

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path
    for path in [
        ROOT / "README.md",
        *sorted(ROOT.glob("docs/docsite/rst/*.rst")),
        *sorted(ROOT.glob("roles/*/README.md")),
        ROOT / "CONTRIBUTING.md",
    ]
}
RST = re.compile(r"^( *)\.\. code-block:: yaml\n\n((?:\1    .*\n|\n)+)", re.MULTILINE)
MARKDOWN = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENVIRONMENT = re.compile(r"\b(?:REDISCLOUD|REDIS_CLOUD|REDIS_ENTERPRISE)_[A-Z_]+\b")
RECAP = re.compile(r"changed=(\d+)")


def examples(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return MARKDOWN.findall(text)
    return [textwrap.dedent(match[1]) for match in RST.findall(text)]


@dataclasses.dataclass
class Reader:
    """Somebody who tries everything in a document, in its order."""

    world: World
    directory: Path
    variables: dict[str, Any]
    inventory: Path | None = None
    #: tasks without a play, which go on with what those before them have registered
    tasks: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    done: list[str] = dataclasses.field(default_factory=list)

    def read(self, text: str) -> None:
        data = yaml.safe_load(text)
        name, act = next((name, act) for name, fits, act in SHAPES if fits(data))
        self.done.append(name)
        act(self, text, data)

    def end(self) -> None:
        if self.tasks:
            play = {"name": "Tasks of the document", "hosts": "localhost", "gather_facts": False, "tasks": self.tasks}
            self.twice(json.dumps([play]))

    # what can be done with an example

    def twice(self, playbook: str, *arguments: str) -> None:
        for again in (False, True):
            output = self.run(playbook, *arguments)
            if again:
                assert set(RECAP.findall(output)) == {"0"}, output

    def run(self, playbook: str, *arguments: str) -> str:
        given = self.directory / "variables.json"
        given.write_text(json.dumps(self.variables), encoding="utf-8")
        inventory = [] if self.inventory is None else ["-i", str(self.inventory)]
        play = self.world.playbook(
            playbook, [*inventory, "-e", f"@{given}", *arguments], self.environment()
        )
        assert play.status == 0, play.output
        return play.output

    def environment(self) -> dict[str, str]:
        """As the documents say."""
        ready = self.world.ready
        return {
            "REDISCLOUD_URL": ready["cloud_url"],
            "REDISCLOUD_ACCESS_KEY": ready["cloud"]["api_key"],
            "REDISCLOUD_SECRET_KEY": ready["cloud"]["api_secret_key"],
            "REDIS_ENTERPRISE_URL": ready["enterprise_url"],
            "REDIS_ENTERPRISE_USER": ready["enterprise"]["username"],
            "REDIS_ENTERPRISE_PASSWORD": ready["enterprise"]["password"],
            "REDIS_ENTERPRISE_CA_CERT": self.world.ca_path,
            # the simulator's certificate; the real one of Redis Cloud needs nothing
            "REQUESTS_CA_BUNDLE": self.world.ca_path,
            "SESSIONS_PASSWORD": "a-password",
        }

    def provision(self, text: str, data: dict[str, Any]) -> None:
        product = "cloud" if any(name.startswith("redis_cloud_") for name in data) else "enterprise"
        file = self.directory / f"{product}.yml"
        file.write_text(text, encoding="utf-8")

        def call(name: str) -> str:
            return f"- ansible.builtin.import_playbook: community.redis.{name}_{product}\n"

        self.twice(call("provision"), "-e", f"@{file}")
        self.run(call("teardown"), "-e", f"@{file}")


def keep_tasks(reader: Reader, text: str, data: list[dict[str, Any]]) -> None:
    reader.tasks += data


def keep_inventory(reader: Reader, text: str, data: Any) -> None:
    reader.inventory = reader.directory / "inventory.yml"
    reader.inventory.write_text(text, encoding="utf-8")


def check_credentials(reader: Reader, text: str, data: dict[str, Any]) -> None:
    """The variables that a credential type sets are those that the modules read, from fields that it has."""
    fragments = (ROOT / "plugins" / "doc_fragments").glob("*.py")
    known = set(ENVIRONMENT.findall("".join(path.read_text(encoding="utf-8") for path in fragments)))
    assert set(data.get("env", {})) <= known
    fields = {field["id"] for field in data.get("fields", [])}
    used = set(re.findall(r"{{ (\w+) }}", text))
    if fields:
        assert set(data["required"]) <= fields
        reader.variables["fields"] = sorted(fields)
    else:
        assert used <= set(reader.variables["fields"])


def check_environment(reader: Reader, text: str, data: dict[str, Any]) -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    (collection,) = data["dependencies"]["galaxy"]["collections"]
    assert collection["name"].removesuffix(".git") == galaxy["repository"].removesuffix(".git")


def check_fact(reader: Reader, text: str, data: dict[str, Any]) -> None:
    """What a role is said to return is what it sets."""
    (name,) = data
    role = name.removesuffix("_result")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "roles" / role).rglob("*.yml"))
    assert all(re.search(rf"\b{key}\b", source) for key in data[name])


def check_fragment(reader: Reader, text: str, data: dict[str, Any]) -> None:
    sections = yaml.safe_load((ROOT / "changelogs" / "config.yaml").read_text(encoding="utf-8"))["sections"]
    assert set(data) <= {section for section, _title in sections}


def is_play(data: Any) -> bool:
    return isinstance(data, list) and any("hosts" in item or "ansible.builtin.import_playbook" in item for item in data)


def has(*keys: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and any(key in data for key in keys)


SHAPES: list[tuple[str, Callable[[Any], bool], Callable[[Reader, str, Any], None]]] = [
    ("play", is_play, lambda reader, text, data: reader.twice(text)),
    ("tasks", lambda data: isinstance(data, list), keep_tasks),
    ("returned fact", has("redis_cloud_result", "redis_enterprise_result"), check_fact),
    ("variables", has("redis_cloud_subscription", "redis_enterprise_databases"), Reader.provision),
    ("credential type", has("fields", "env"), check_credentials),
    ("execution environment", has("dependencies"), check_environment),
    ("changelog fragment", has("bugfixes"), check_fragment),
    ("inventory", lambda data: isinstance(data, dict) and all("hosts" in group for group in data.values()), keep_inventory),
]


# What a document takes for granted: variables, and words of its text that take too long for a test.


def nothing(world: World) -> dict[str, Any]:
    return {}


def passwords(world: World) -> dict[str, Any]:
    return {"vault_sessions_password": "a-password"}


def cluster(world: World) -> dict[str, Any]:
    ready = world.ready
    return {
        "cluster_url": ready["enterprise_url"],
        "cluster_user": ready["enterprise"]["username"],
        "cluster_password": ready["enterprise"]["password"],
        "cluster_ca": world.ca_path,
    }


def shop(world: World) -> dict[str, Any]:
    names = ("production", "staging", "test")
    world.seed("cloud", subscriptions=[{"request": {"name": name}} for name in names])
    return {"databases": [{"name": "sessions", "dataset_size_in_gb": 1}]}


def survey(world: World) -> dict[str, Any]:
    """What a job template or a survey says: everything can be a string."""
    world.seed("cloud", subscriptions=[{"request": {"name": "production"}}])
    return {
        "redis_cloud_subscription": {"name": "production"},
        "redis_cloud_databases": [{"name": "sessions", "dataset_size_in_gb": "1"}],
    }


def interrupted(world: World) -> dict[str, Any]:
    """A database that takes longer than the first play waits, a task of an earlier job, two databases of one name."""
    known = world.seed("cloud", subscriptions=[{"request": {"name": "production"}}])["subscriptions"][0]["id"]
    body = {"name": "earlier", "datasetSizeInGb": 1}
    task = world.call("cloud", "POST", f"/subscriptions/{known}/databases", body)["taskId"]
    (uid,) = world.seed("enterprise", bdbs=[{"name": "twice"}])["bdbs"]
    world.options("cloud", database_seconds=8.0 * SPEED)
    return {"task_id": task, "superfluous_uid": uid}


BEFORE: dict[str, Callable[[World], dict[str, Any]]] = {
    "docs/docsite/rst/guide_quickstart.rst": cluster,
    "docs/docsite/rst/guide_fleets.rst": shop,
    "docs/docsite/rst/guide_awx.rst": survey,
    "docs/docsite/rst/guide_safety.rst": interrupted,
    "roles/redis_cloud/README.md": passwords,
    "roles/redis_enterprise/README.md": passwords,
}
SHORTER = {"wait_timeout: 900": "wait_timeout: 3"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_examples_of_a_document(world: World, tmp_path: Path, name: str) -> None:
    found = examples(DOCUMENTS[name])
    reader = Reader(world, tmp_path, BEFORE.get(name, nothing)(world))
    assert found
    for text in found:
        for long, short in SHORTER.items():
            text = text.replace(long, short)
        reader.read(text)
    reader.end()


def test_no_example_is_overlooked() -> None:
    """All YAML in the documents is found: as many blocks as there are words that begin one."""
    for path in DOCUMENTS.values():
        text = path.read_text(encoding="utf-8")
        assert len(examples(path)) == text.count(".. code-block:: yaml") + text.count("```yaml"), path
        assert "```yml" not in text
        assert ".. code-block:: yaml+jinja" not in text


def test_playbooks_in_commands_exist() -> None:
    for path in DOCUMENTS.values():
        for name in re.findall(r"ansible-playbook community\.redis\.(\w+)", path.read_text(encoding="utf-8")):
            assert (ROOT / "playbooks" / f"{name}.yml").exists(), name

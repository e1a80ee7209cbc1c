# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection says of itself agrees with what is in it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import plural_docs
import role_docs
from ansible_collections.community.redis.plugins.module_utils._cloud.database import CREATION_FIELDS

ROOT = Path(__file__).parents[2]
CODE_LINES_MAX = 40
MODULES = {file.stem for file in (ROOT / "plugins" / "modules").glob("*.py") if file.stem != "__init__"}
ACTIONS = {file.stem for file in (ROOT / "plugins" / "action").glob("*.py") if file.stem != "__init__"}


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


RUNTIME = load("meta/runtime.yml")


@pytest.mark.parametrize(
    ("group", "prefix"), [("cloud", "redis_cloud_"), ("enterprise", "redis_enterprise_")]
)
def test_action_group_lists_the_modules_of_its_product(group: str, prefix: str) -> None:
    modules = sorted(name for name in MODULES if name.startswith(prefix))
    assert modules
    assert RUNTIME["action_groups"][group] == modules


def test_every_module_belongs_to_a_product() -> None:
    assert {name for name in MODULES if not name.startswith(("redis_cloud_", "redis_enterprise_"))} == set()


def test_group_all_extends_the_groups_of_both_products() -> None:
    (entry,) = RUNTIME["action_groups"]["all"]
    assert entry["metadata"]["extend_group"] == ["community.redis.cloud", "community.redis.enterprise"]


def test_routing_names_modules_and_action_plugins_that_exist() -> None:
    routing = RUNTIME.get("plugin_routing", {}).get("modules", {})
    assert set(routing) - MODULES == set()
    targets = {entry["action_plugin"] for entry in routing.values() if "action_plugin" in entry}
    assert targets - {f"community.redis.{name}" for name in ACTIONS} == set()
    # none of them leaves people in front of a silent screen
    assert set(routing) | set(ACTIONS) == MODULES


@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_is_documentation_and_a_declaration(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    lines = {number for number, line in enumerate(source.splitlines(), 1) if line.strip() and not line.startswith("#")}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN"):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    assert 0 < len(lines) <= CODE_LINES_MAX


def test_collection_says_what_it_is() -> None:
    galaxy = load("galaxy.yml")
    assert (galaxy["namespace"], galaxy["name"]) == ("community", "redis")
    assert galaxy["license"] == ["GPL-3.0-or-later"]
    assert galaxy["dependencies"] == {}
    for key in ("repository", "documentation", "homepage", "issues", "description", "authors", "tags"):
        assert galaxy[key], key


def test_execution_environment_names_files_that_exist_and_all_that_modules_import() -> None:
    dependencies = load("meta/execution-environment.yml")["dependencies"]
    for name in dependencies.values():
        assert (ROOT / name).is_file()
    lines = (ROOT / dependencies["python"]).read_text(encoding="utf-8").splitlines()
    required = {line.split(">=")[0] for line in lines if line and not line.startswith("#")}
    # urllib3 is what requests is made of
    assert imported() - set(sys.stdlib_module_names) - {"ansible", "ansible_collections", "urllib3"} == required


def imported() -> set[str]:
    """The top-level packages that the plugins import."""
    found: set[str] = set()
    for file in (ROOT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found


def test_version_constant_is_the_version_of_the_collection() -> None:
    source = (ROOT / "plugins" / "module_utils" / "_core" / "version.py").read_text(encoding="utf-8")
    (version,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERSION"
    )
    assert version == load("galaxy.yml")["version"]


def test_sanity_rules_have_no_exceptions() -> None:
    assert [
        file.name for file in ROOT.glob("tests/sanity/ignore*") if file.read_text(encoding="utf-8").strip()
    ] == []


def test_documentation_that_is_copied_is_up_to_date() -> None:
    """Run the script whose name is shown to mend it."""
    assert [file.name for file in plural_docs.stale()] == []
    assert [str(file.relative_to(ROOT)) for file in role_docs.stale()] == []


def test_role_knows_what_a_new_subscription_takes_of_its_databases() -> None:
    keys = load("roles/redis_cloud/vars/main.yml")["__redis_cloud_creation_keys"]
    assert keys == [field.name for field in CREATION_FIELDS]


@pytest.mark.parametrize("role", ["redis_cloud", "redis_enterprise"])
def test_defaults_of_roles_are_documented(role: str) -> None:
    options = load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    documented = {name: entry["default"] for name, entry in options.items() if "default" in entry}
    assert load(f"roles/{role}/defaults/main.yml") == documented

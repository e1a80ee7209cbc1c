# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of the Enterprise modules are run as they stand, in their order."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from unit.harness import PLUGINS, Bench

PREFIX = "community.redis."
# what the variables in the examples stand for
VARIABLES = {
    "sessions.database.uid": "1",
    "requested.action.id": "create-1",
    "requested.action.resource_id": "1",
}
SEED: dict[str, Any] = {
    "bdbs": [{"name": "seeded"}],
    "actions": [
        {"action_uid": "create-1", "name": "SMCreateBDB"},
        {"action_uid": "04d7b6ea-f377-4d40-9b23-9a8f291988df"},
    ],
    "node_actions": [{"node_uid": 3, "action": "remove"}],
    "crdb_tasks": [{"id": "5901ab5d-5ab7-4a2f-8e94-6ba0aefb4cae", "status": "queued"}],
}


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: filled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"{{ *([\w.]+) *}}", lambda match: VARIABLES.get(match[1], "canary-" + match[1]), value)
    return value


def tasks(items: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in items:
        yield from tasks(item.get("block", []))
        for key, options in item.items():
            if key.startswith(PREFIX + "redis_enterprise_"):
                yield key[len(PREFIX) :], filled(options)


@pytest.mark.parametrize("module", ["database", "database_info", "action", "action_info"])
def test_examples_run(bench: Bench, module: str) -> None:
    documented = importlib.import_module(f"{PLUGINS}.modules.redis_enterprise_{module}")
    if module != "database":
        bench.seed("enterprise", **SEED)
    found = list(tasks(yaml.safe_load(documented.EXAMPLES)))
    assert found
    for name, options in found:
        # the connection is that of the test
        for given in ("api_url", "api_username", "api_password", "ca_path"):
            options.pop(given, None)
        bench.ok(name, options)

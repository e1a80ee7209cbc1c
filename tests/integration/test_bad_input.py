# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in a playbook and around it: one clear sentence that names the option or the host, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trustme
from integration.world import World, step

PRODUCTS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloud": ("redis_cloud_database", {"subscription_id": 120001, "name": "cache", "dataset_size_in_gb": 1}),
    "enterprise": ("redis_enterprise_database", {"name": "cache", "memory_size": "1GB"}),
}
# option, value, words of the message; what can be known beforehand is refused before anything is sent
WRONG_VALUES: dict[str, list[tuple[str, Any, str]]] = {
    "cloud": [
        ("data_persistence", "always", "data_persistence"),
        ("dataset_size_in_gb", 0, "dataset_size_in_gb must be at least 0.1"),
        ("memory_limit_in_gb", 1, "dataset_size_in_gb|memory_limit_in_gb"),
        ("port", 80, "port must be between 10000 and 19999"),
        ("name", "no_underscores", "name must be at most 40 letters"),
        ("nonsense", 1, "nonsense"),
    ],
    "enterprise": [
        ("data_persistence", "always", "data_persistence"),
        ("memory_size", -1, "memory_size"),
        ("shards_count", 0, "shards_count must be between 1 and 512"),
        ("uid", 1, "uid|create_uid"),
        ("port", 80, "port must be"),
        ("name", "no_underscores", "name must be"),
        ("nonsense", 1, "nonsense"),
    ],
}
MISSING = {"cloud": ("api_key", "api_secret_key"), "enterprise": ("api_url", "api_username", "api_password")}
FURTHER = {"uid": {"create_uid": 2}}
MESSAGE_LIMIT = 900


def is_clear(message: str) -> bool:
    """One paragraph of ordinary length, without a trace of the code."""
    return 0 < len(message) < MESSAGE_LIMIT and "\n" not in message and "Traceback" not in message


@pytest.mark.every_core
@pytest.mark.parametrize("product", list(PRODUCTS))
def test_wrong_values(world: World, product: str) -> None:
    module, options = PRODUCTS[product]
    cases = WRONG_VALUES[product]
    play = world.play(
        step(name, module, {**options, **FURTHER.get(name, {}), name: value}, fails=True)
        for name, value, _words in cases
    )
    for found, (name, _value, words) in zip(play.steps, cases, strict=True):
        assert found.failed, name
        assert words in found.message
        assert is_clear(found.message) or name == "nonsense"
        assert found.requests == []
        assert not found.changed


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_missing_credentials(world: World, product: str) -> None:
    module, options = PRODUCTS[product]
    group = f"group/community.redis.{product}"
    cases = MISSING[product]
    tasks = []
    for name in cases:
        given = {key: value for key, value in world.defaults[group].items() if key != name}
        tasks.append(step(name, module, {**given, **options}, fails=True))
    play = world.play(tasks, defaults={})
    for found, name in zip(play.steps, cases, strict=True):
        assert found.failed
        assert name in found.message
        assert is_clear(found.message)
        assert found.requests == []


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_unreachable_and_wrong_hosts(world: World, product: str, tmp_path: Path) -> None:
    module, options = PRODUCTS[product]
    other_authority = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other_authority))
    url = world.defaults[f"group/community.redis.{product}"]["api_url"]
    host = url.split("/")[2]
    quick = {**options, "api_retries": 1, "api_timeout": 5}
    html = {"kind": "html", "status": 200}
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"api_url": "https://127.0.0.1:9"}, "127.0.0.1:9", "refused"),
        ({"api_url": "https://no-such-host.invalid:9443"}, "no-such-host.invalid", "api_url"),
        ({"ca_path": str(other_authority)}, host, "ca_path"),
        ({"ca_path": None}, host, "certificate"),
        ({"ca_path": "/no/such/file.pem"}, "/no/such/file.pem", "ca_path"),
        ({"api_url": url.replace("https:", "http:")}, host, "api_url"),
        ({"api_url": "cluster.example.com"}, "cluster.example.com", "api_url must be an absolute https URL"),
    ]
    tasks = [
        step(f"{number}", module, {**quick, **wrong}, fails=True)
        for number, (wrong, _host, _words) in enumerate(cases)
    ]
    rules = [{"action": html, "times": None}]
    tasks.append(step("a proxy", module, quick, fails=True, simulator={"faults": rules}))
    page = [{"action": {"kind": "status", "status": 407, "body": "html"}, "times": None}]
    tasks.append(step("a login page", module, quick, fails=True, simulator={"faults": page}))
    play = world.play(tasks)
    for number, (wrong, named, words) in enumerate(cases):
        found = play[f"{number}"]
        assert found.failed, wrong
        assert named in found.message, wrong
        assert words in found.message, wrong
        assert is_clear(found.message), found.message
        assert found.requests == []
    for name in ("a proxy", "a login page"):
        found = play[name]
        assert found.failed
        assert host in found.message
        assert "HTML page" in found.message
        assert is_clear(found.message)
        assert found.writes == []


@pytest.mark.parametrize("product", list(PRODUCTS))
def test_refused_credentials(world: World, product: str) -> None:
    module, options = PRODUCTS[product]
    secret = MISSING[product][-1]
    play = world.play(
        [step("refused", module, {**options, secret: "canary-secret"}, fails=True)], arguments=["-vvv"]
    )
    found = play["refused"]
    assert "HTTP 401" in found.message
    assert secret in found.message
    assert is_clear(found.message)
    assert found.writes == []
    assert len(found.requests) == 1
    assert "canary-secret" not in play.output

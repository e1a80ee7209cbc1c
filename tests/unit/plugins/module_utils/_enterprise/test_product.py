# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of Redis Enterprise, from the task and from the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from ansible_collections.community.redis.plugins.module_utils._core.operation import Operation
from ansible_collections.community.redis.plugins.module_utils._enterprise.product import ENTERPRISE, BasicAuth
from unit.harness import ENTERPRISE_URL, Bench, RecordingAdapter

INFO = "redis_enterprise_database_info"


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """How the certificates of each request were to be verified."""
    seen: list[Any] = []
    send = RecordingAdapter.send

    def noting(self: RecordingAdapter, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        seen.append(how["verify"])
        return send(self, request, *args, **how)

    monkeypatch.setattr(RecordingAdapter, "send", noting)
    return seen


def test_credentials_from_the_environment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = bench.fails(INFO, api_url=None, api_username=None, api_password=None)
    assert "api_password, api_url, api_username" in missing.message
    assert missing.requests == []
    monkeypatch.setenv("REDIS_ENTERPRISE_URL", ENTERPRISE_URL)
    monkeypatch.setenv("REDIS_ENTERPRISE_USER", bench.credentials["enterprise"]["api_username"])
    monkeypatch.setenv("REDIS_ENTERPRISE_PASSWORD", bench.credentials["enterprise"]["api_password"])
    assert bench.ok(INFO, api_url=None, api_username=None, api_password=None)["databases"] == []


@pytest.mark.parametrize(
    ("word", "expected"), [(None, True), ("true", False), ("YES", False), ("1", False), ("0", True), ("false", True), ("", True)]
)
def test_insecure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, verified: list[Any], word: str | None, expected: bool
) -> None:
    if word is not None:
        monkeypatch.setenv("REDIS_ENTERPRISE_INSECURE", word)
    bench.ok(INFO)
    bench.ok(INFO, validate_certs=True)
    assert verified == [expected, True]


def test_ca_from_the_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, verified: list[Any], tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    monkeypatch.setenv("REDIS_ENTERPRISE_CA_CERT", str(ca))
    bench.ok(INFO)
    bench.ok(INFO, validate_certs=False)
    assert verified == [str(ca), False]


def test_names_and_passwords_in_any_script() -> None:
    request = requests.Request("GET", ENTERPRISE_URL).prepare()
    BasicAuth("admin@example.com", "pässwörd:€").__call__(request)
    assert request.headers["Authorization"] == "Basic YWRtaW5AZXhhbXBsZS5jb206cMOkc3N3w7ZyZDrigqw="


@pytest.mark.parametrize(
    ("operations", "uid", "named"),
    [
        ([], None, []),
        ([Operation("")], None, []),
        ([], "5", [{"bdb_uid": 5}]),
        ([Operation("a", resource_type="bdb", resource_id="5")], None, [{"action_uid": "a", "bdb_uid": 5}]),
        ([Operation("a", resource_type="bdb", resource_id="5")], "6", [{"action_uid": "a", "bdb_uid": 5}]),
        ([Operation("a", resource_type="node", resource_id="5")], None, [{"action_uid": "a"}]),
        ([Operation("a")], "5", [{"action_uid": "a", "bdb_uid": 5}]),
        ([Operation("node:3:remove")], None, [{"action_uid": "node:3:remove"}]),
        (
            [Operation("a", resource_type="bdb", resource_id="5"), Operation("b")],
            "5",
            [{"action_uid": "a", "bdb_uid": 5}, {"action_uid": "b"}],
        ),
    ],
)
def test_how_to_go_on(operations: list[Operation], uid: str | None, named: list[dict[str, Any]]) -> None:
    hint = ENTERPRISE.resume_hint(operations, uid)
    assert "Run the same task again" in hint
    pasted = [yaml.safe_load(text) for text in re.findall(r"'([^']*)'", hint)]
    assert pasted == [[{"community.redis.redis_enterprise_action": handle}] for handle in named]

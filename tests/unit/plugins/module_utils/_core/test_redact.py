# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret in what people see."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.redact import (
    is_secret_name,
    mask_urls,
    secrets_in,
    without_secrets,
)

CANARY = "canary-secret"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "globalPassword",
        "global_password",
        "saslPassword",
        "authentication_redis_pass",
        "authentication_admin_pass",
        "authentication_sasl_pass",
        "secret_access_key",
        "accessSecretKey",
        "consolePassword",
        "account_key",
        "sas_key",
        "private_key",
        "api_secret_key",
        "API-KEY",
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)
    assert without_secrets({name: CANARY, "port": 1}) == {"port": 1}
    assert list(secrets_in({name: CANARY})) == [CANARY]


@pytest.mark.parametrize("name", ["name", "passwords_count", "keys", "public_key", "resource_name", "monkey"])
def test_ordinary_names(name: str) -> None:
    assert not is_secret_name(name)
    assert without_secrets({name: "x"}) == {name: "x"}


def test_nested_everywhere() -> None:
    value: dict[str, Any] = {
        "databases": [{"security": {"password": CANARY, "enableTls": True}}],
        "regions": ({"password": CANARY},),
        "port": 1,
    }
    assert without_secrets(value) == {
        "databases": [{"security": {"enableTls": True}}],
        "regions": [{}],
        "port": 1,
    }
    assert list(secrets_in(value)) == [CANARY, CANARY]
    assert value["databases"][0]["security"]["password"] == CANARY, "the original stays as it is"


@pytest.mark.parametrize(
    "tag", [{"key": "team", "value": "web"}, {"key": "team", "value": "web", "createdAt": "now"}]
)
def test_tags_are_no_secrets(tag: dict[str, Any]) -> None:
    assert without_secrets({"tags": [tag]}) == {"tags": [tag]}
    assert list(secrets_in({"tags": [tag]})) == []


def test_key_of_a_location_is_one() -> None:
    assert without_secrets({"type": "sftp", "key": CANARY}) == {"type": "sftp"}
    assert list(secrets_in({"type": "sftp", "key": CANARY})) == [CANARY]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("redis://default:canary-secret@host:6379", "redis://********@host:6379"),
        (
            "ftp://me:canary-secret@ftp.example/path and redis://:canary-secret@h",
            "ftp://********@ftp.example/path and redis://********@h",
        ),
        ("https://token-canary-secret@host/", "https://********@host/"),
        ("https://host/path@home", "https://host/path@home"),
        ("me@example.com", "me@example.com"),
        ("", ""),
    ],
)
def test_credentials_in_urls(text: str, masked: str) -> None:
    assert mask_urls(text) == masked
    assert without_secrets({"uri": [text]}) == {"uri": [masked]}


def test_passwords_in_urls_are_found() -> None:
    value = {"sources": ["redis://u:one@h", {"endpoint": "redis://:two@h:1/0"}, "redis://user@h", "plain"]}
    assert list(secrets_in(value)) == ["one", "two"]


@pytest.mark.parametrize("value", ["", None, 7, "***", "********", ["x"]])
def test_what_hides_nothing_is_no_secret(value: Any) -> None:
    assert list(secrets_in({"password": value})) == []

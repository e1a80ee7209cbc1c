# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret in what people see."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.redact import (
    Secrets,
    forms,
    is_secret_name,
    mask_text,
    secrets_in,
    spellings,
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
        "x-api-secret-key",
        "auth_token",
        "proxy_pass",
        "login_secret",
        "X-Amz-Signature",
        "credentials",
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
    assert mask_text(text) == masked
    assert without_secrets({"uri": [text]}) == {"uri": [masked]}


def test_passwords_in_urls_are_found() -> None:
    value = {"sources": ["redis://u:one@h", {"endpoint": "redis://:two@h:1/0"}, "redis://user@h", "plain"]}
    assert list(secrets_in(value)) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        # everything up to the last @, and as far as the standard sees a host
        ("redis://u:p@s/w#rd@h:1", ["p@s/w#rd"]),
        ('redis://u:it\'s "quoted"@h', ['it\'s "quoted"']),
        ("ftp://u:word@h/path@home", ["word@h/path", "word"]),
        ("u:word@h:6379", ["word"]),
        ("redis://u:first@second@h:1", ["first@second"]),
        ("https://token-1@h/", ["token-1"]),
        ("https://h/c?sv=1&sig=abc%2F&se=2", ["abc%2F"]),
        ("https://h/?X-Amz-Signature=abc", ["abc"]),
        ("redis://user@h", []),
        ("me@example.com", []),
        ("Error: x@y", []),
        ("10:20", []),
    ],
)
def test_secrets_in_urls_of_all_kinds(text: str, secrets: list[str]) -> None:
    assert set(secrets_in({"uri": text})) == set(secrets)


@pytest.mark.parametrize("value", ["", None, 7, True, "***", "********", [], [None, "*"], {"name": None}])
def test_what_hides_nothing_is_no_secret(value: Any) -> None:
    assert list(secrets_in({"password": value})) == []


def test_secret_of_another_type() -> None:
    assert list(secrets_in({"password": 12345})) == ["12345"]
    assert list(secrets_in({"credentials": {"user": "one", "more": ["two"]}})) == ["one", "two"]


KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAgEAAoIBAQC7VJTUt9Us\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"password": "can\\"ary", "port": 1}', '{"password": "********", "port": 1}'),
        ("{'saslPassword': 'canary', 'port': 1}", "{'saslPassword': '********', 'port': 1}"),
        ('{\\"x-api-key\\": \\"can\\\\\\"ary\\"} left', '{\\"x-api-key\\": \\"********\\"} left'),
        ("a=1&access_token=canary&b=2", "a=1&access_token=********&b=2"),
        # names within what has another name, and a value that was cut
        ("body=\"password='canary'\" left", "body=\"password='********'\" left"),
        ('quoted: "{\\"password\\": \\"cana', 'quoted: "{\\"password\\": \\"********'),
        ("Authorization: Basic Y2FuYXJ5 left", "Authorization: Basic ******** left"),
        ('\\"authorization\\": \\"Basic Y2FuYXJ5\\"', '\\"authorization\\": \\"Basic ********\\"'),
        (f"it is {KEY}left", "it is ********\nleft"),
        (f"it is {KEY[:50]}", "it is ********"),
        # what people say about secrets is left to them
        ("password: must be at least 8 characters", "password: must be at least 8 characters"),
        ("Basic authentication is required", "Basic authentication is required"),
        ("invalid key: 'team'", "invalid key: 'team'"),
        ("name='cache', size=1", "name='cache', size=1"),
    ],
)
def test_secrets_that_texts_show_as_such(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


class TestSecrets:
    WILD = "a'\"\\/%+&<\u20ac b"

    @pytest.mark.parametrize(
        "spelling",
        [
            WILD,
            json.dumps(WILD),
            json.dumps(WILD, ensure_ascii=False),
            json.dumps(json.dumps({"x": WILD})),
            json.dumps({"x": repr(WILD)}),
            repr(WILD),
            quote(WILD),
            quote(WILD, safe=""),
            quote_plus(WILD),
            json.dumps(quote(WILD)),
        ],
    )
    def test_every_spelling(self, spelling: str) -> None:
        secrets = Secrets()
        secrets.add(self.WILD)
        assert secrets.mask(spelling).strip("{\"'x\\: }") == "********"
        assert secrets.mask("nothing of it") == "nothing of it"
        result = {"list": [{"said": spelling}, 7, None, True, "nothing"]}
        assert secrets.clean(result) == {"list": [{"said": secrets.mask(spelling)}, 7, None, True, "nothing"]}

    def test_other_spellings_are_recognised_by_their_escapes(self) -> None:
        assert all(set(text) & set("\\%+") for text in spellings(self.WILD) | spellings("line\n'\u20ac"))

    def test_quoted_in_a_url_and_plain(self) -> None:
        secrets = Secrets()
        secrets.update(secrets_in("redis://u:can%2Fary@h"), ["more"])
        assert secrets.mask("can/ary and can%2Fary and more") == "******** and ******** and ********"

    def test_keys_line_by_line(self) -> None:
        secrets = Secrets()
        secrets.add(KEY)
        for spelling in (
            KEY,
            KEY.strip(),
            KEY.replace("\n", " "),
            KEY.replace("\n", "\r\n"),
            json.dumps(KEY),
            KEY[10:],
        ):
            assert "MIIEvQ" not in secrets.mask(spelling)
            assert "AgEAAo" not in secrets.mask(spelling)
        assert secrets.mask("-----BEGIN RSA PRIVATE KEY-----") == "-----BEGIN RSA PRIVATE KEY-----"

    def test_what_is_no_valid_text(self) -> None:
        """As it comes from an environment of another encoding."""
        secret = b"can\xffary".decode("utf-8", errors="surrogateescape")
        secrets = Secrets()
        secrets.add(secret)
        assert secrets.mask(f"{secret} {secret!r}") == "******** '********'"

    @pytest.mark.parametrize("secret", [" s3cret\n", "s3cret ", "\ts3cret"])
    def test_without_the_white_space_around_it(self, secret: str) -> None:
        """As a file or an environment variable brings it along, and a server trims it."""
        assert {secret, "s3cret"} <= forms(secret)
        secrets = Secrets()
        secrets.add(secret)
        assert secrets.mask("not 's3cret'") == "not '********'"

    def test_long_ones_first(self) -> None:
        secrets = Secrets()
        secrets.update(["pass", "password-1"])
        assert secrets.mask("password-1 and pass") == "******** and ********"
        assert list(secrets) == ["password-1", "pass"], "as Ansible takes them"

    def test_plain_one_has_one_spelling(self) -> None:
        """Ansible compares each with everything that is returned."""
        secrets = Secrets()
        secrets.add("Plain-1234")
        assert secrets == {"Plain-1234"}
        assert spellings("Plain-1234") == set()

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster reports, held against what a task says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.community.redis.plugins.module_utils._core.fields import UNSET
from ansible_collections.community.redis.plugins.module_utils._enterprise import matching as m

PEM = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("reply", "port"),
    [
        ({"port": 12000, "endpoints": [{"port": 13000}]}, 12000),
        ({"port": 0, "endpoints": [{"port": 13000}]}, 13000),
        ({"endpoints": [{"port": 0}, {"port": 13000}]}, 13000),
        ({"port": 0, "endpoints": []}, UNSET),
        ({}, UNSET),
        ({"port": None, "endpoints": None}, UNSET),
    ],
)
def test_port(reply: dict[str, Any], port: Any) -> None:
    assert m.read_port(reply) is port or m.read_port(reply) == port


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ("100mb", "104857600", True),
        ("100MB", 104857600, True),
        ("auto", "auto", True),
        ("auto", "104857600", False),
        ("1gb", "1024mb", True),
        ("100mb", "200mb", False),
        ("1024", "1kb", True),
    ],
)
def test_sizes(desired: Any, actual: Any, same: bool) -> None:
    assert m.same_size(desired, actual) is same


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        (["search"], ["search", "ReJSON"], True),
        (["rejson"], ["ReJSON"], True),
        (["bf"], ["search"], False),
        ([], ["search"], True),
    ],
)
def test_modules(desired: list[str], actual: list[str], same: bool) -> None:
    rows = [{"module_name": name} for name in desired]
    theirs = [{"module_name": name, "semantic_version": "8.0.1", "module_args": ""} for name in actual]
    assert m.same_modules(rows, theirs) is same


def test_certificates_differ_in_white_space_only() -> None:
    other = PEM.replace("\n", "\r\n  ")
    assert m.same_certificates([{"client_cert": PEM}], [{"client_cert": other}])
    assert not m.same_certificates([{"client_cert": PEM}], [{"client_cert": PEM.replace("QUJD", "QUJE")}])
    assert not m.same_certificates([{"client_cert": PEM}], [])
    assert m.same_certificates([], None)


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ({"type": "s3", "bucket_name": "b", "secret_access_key": "x"}, {"type": "s3", "bucket_name": "b"}, True),
        ({"type": "s3", "secret_access_key": "x"}, {"type": "s3", "secret_access_key": "***"}, True),
        ({"type": "s3", "secret_access_key": "x"}, {"type": "s3", "secret_access_key": "x"}, True),
        ({"type": "s3", "secret_access_key": "x"}, {"type": "s3", "secret_access_key": "y"}, False),
        ({"type": "s3", "subdir": "a"}, {"type": "s3", "subdir": "b"}, False),
        ({"type": "s3", "subdir": None}, {"type": "s3", "subdir": "b"}, True),
        ({"type": "url", "url": "ftp://u:p@h/x"}, {"type": "url", "url": "ftp://h/x"}, True),
        ({"type": "url", "url": "ftp://u:p@h/x"}, {"type": "url", "url": "ftp://u:***@h/x"}, True),
        ({"type": "url", "url": "ftp://u:p@h/x"}, {"type": "url", "url": "ftp://u:q@h/x"}, False),
        ({"type": "url", "url": "ftp://u:p@h/x"}, {"type": "url", "url": "ftp://u:p@h/y"}, False),
        ({"type": "url", "url": "ftp://[broken"}, {"type": "url", "url": "ftp://[broken"}, True),
        ({"type": "url"}, {}, False),
        ({"type": "url"}, None, False),
    ],
)
def test_locations(desired: Any, actual: Any, same: bool) -> None:
    assert m.same_location(desired, actual) is same


def test_sources_are_known_by_their_address() -> None:
    mine: list[dict[str, Any]] = [{"uri": "redis://admin:secret@a:1", "compression": 3}, {"uri": "redis://b:2"}]
    theirs = [
        {"uid": 2, "uri": "redis://b:2", "status": "in-sync", "lag": 0},
        {"uid": 1, "uri": "redis://admin:***@a:1", "compression": 3, "client_key": "***"},
    ]
    assert m.same_sources(mine, theirs)
    assert not m.same_sources(mine[:1], theirs)
    assert not m.same_sources([dict(mine[0], compression=4), mine[1]], theirs)


def test_subjects() -> None:
    mine = [{"cn": "one", "ou": "web"}, {"cn": "two"}]
    assert m.same_subjects(mine, [{"cn": "two", "o": ""}, {"cn": "one", "ou": ["web"]}])
    assert not m.same_subjects(mine, [{"cn": "one"}, {"cn": "two"}])


def test_settings_compare_only_what_is_given() -> None:
    actual = {"enabled": True, "names": ["b", "a"], "deep": {"x": 1, "y": 2}}
    assert m.same_settings({"names": ["a", "b"], "deep": {"y": 2}}, actual)
    assert m.same_settings({"deep": {"y": None}}, actual)
    assert not m.same_settings({"deep": {"y": 3}}, actual)
    assert not m.same_settings({"deep": {"y": 3}}, None)


def test_commands() -> None:
    assert m.same_commands("flushall, KEYS", "keys,flushall")
    assert not m.same_commands("keys", "keys,flushall")
    assert m.same_commands("", None)


@pytest.mark.parametrize(("value", "hidden"), [("", True), (None, True), ("***", True), ("a*", False), ("secret", False)])
def test_hidden(value: Any, hidden: bool) -> None:
    assert m.is_hidden(value) is hidden


def test_own_tags_only() -> None:
    tags = [{"key": "a", "value": "b", "isSystem": False}, {"key": "s", "value": "t", "isSystem": True}]
    assert m.read_tags({"tags": tags}) == tags[:1]
    assert m.read_tags({}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("a1*:/", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["uri", "key", "url", "x"]), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, database=None)
@given(JSON)
def test_whatever_the_cluster_says_is_compared_without_a_traceback(actual: Any) -> None:
    rows = [{"uri": "redis://a:1", "key": "k", "value": "v", "client_cert": "c", "cn": "n", "module_name": "m"}]
    for equal in (m.same_sources, m.same_certificates, m.same_subjects, m.same_modules, m.same_rows("key", "value")):
        assert equal(rows, actual) in (True, False)
    for equal in (m.same_location, m.same_settings):
        assert equal({"url": "ftp://h", "key": "k", "x": {"y": [1]}}, actual) in (True, False)
    for equal in (m.same_size, m.same_commands, m.same_port):
        assert equal("1", actual) in (True, False)

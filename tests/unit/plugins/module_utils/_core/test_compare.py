# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is it already as the task wants it?"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core import compare


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("a", None, False),
        ("", None, False),
        (1, 1, True),
        (1, 1.0, True),
        (1, "1", True),
        ("1", 1, True),
        (1, 2, False),
        (1, "one", False),
        (0.1 + 0.2, 0.3, True),
        (0.1, 0.10001, False),
        (10**12, 10**12 + 10**5, True),
        (True, True, True),
        (True, "true", True),
        (True, "enabled", True),
        (False, "disabled", True),
        (True, False, False),
        (False, None, False),
        (True, 1, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 2], False),
        ([], None, False),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"a": {"b": "1"}}, {"a": {"b": 1, "c": 3}}, True),
        ({}, {"a": 1}, True),
        ({"a": 1}, None, False),
        ([{"a": 1}], [{"a": 1, "id": 7}], True),
    ],
)
def test_value(desired: Any, actual: Any, same: bool) -> None:
    assert compare.value(desired, actual) is same


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ([1, 2], [2, 1], True),
        ([1, 1, 2], [1, 2, 2], True),
        (["1"], [1], True),
        ([], None, True),
        ([1], None, False),
        ([1], [1, 2], False),
        ([1], "1", False),
        ([{"a": 1, "b": 2}], [{"b": 2, "a": 1}], True),
        ([{"a": 1}], [{"a": 2}], False),
    ],
)
def test_unordered(desired: Any, actual: Any, same: bool) -> None:
    assert compare.unordered(desired, actual) is same


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ([{"name": "a", "value": 1}], [{"name": "a", "value": 1, "id": "x"}], True),
        (
            [{"name": "a", "value": 1}, {"name": "b"}],
            [{"name": "b", "value": 9}, {"name": "a", "value": 1}],
            True,
        ),
        ([{"name": "a", "value": 1}], [{"name": "a", "value": 2}], False),
        ([{"name": "a"}], [{"name": "a"}, {"name": "b"}], False),
        ([{"name": "a"}, {"name": "b"}], [{"name": "a"}], False),
        ([], [], True),
        ([], None, True),
        ([{"name": "a"}], None, False),
        ([{"name": "a"}], "a", False),
        ([{"name": "a"}], [{"name": "a"}, {"name": "system", "own": True}], True),
    ],
)
def test_by_key(desired: Any, actual: Any, same: bool) -> None:
    equal = compare.by_key("name", ignore=lambda item: bool(item.get("own")))
    assert equal(desired, actual) is same


@pytest.mark.parametrize(
    ("desired", "actual", "same"),
    [
        ("7.2", "7.2", True),
        ("7.2", "7.2.4", True),
        ("7.2", "7.4", True),
        ("7.2", "8.0", True),
        ("7.2", "7.0", False),
        ("7.10", "7.9", False),
        ("7.10", "7.11", True),
        ("7.2.4", "7.2", False),
        ("7", "7.4", True),
        ("latest", "latest", True),
        ("latest", "7.4", False),
        ("7.2", None, False),
    ],
)
def test_version_at_least(desired: Any, actual: Any, same: bool) -> None:
    assert compare.version_at_least(desired, actual) is same


def test_pem() -> None:
    assert compare.pem("-----BEGIN-----\nAB\nCD\n", "-----BEGIN-----\r\nABCD")
    assert not compare.pem("AB", "AC")
    assert not compare.pem("AB", None)


def test_always_equal() -> None:
    assert compare.always_equal(1, 2)

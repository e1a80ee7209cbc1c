# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as they were given."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.given import without_nulls

SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "place": {
        "type": "dict",
        "options": {"city": {"type": "str"}, "box": {"type": "dict", "options": {"no": {"type": "int"}}}},
    },
    "places": {"type": "list", "elements": "dict", "options": {"city": {"type": "str"}}},
    "free": {"type": "dict"},
}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"name": None}, {}),
        ({"name": "", "place": None}, {"name": ""}),
        ({"place": {"city": None, "box": {"no": None}}}, {"place": {"box": {}}}),
        ({"places": [{"city": None}, {"city": "x"}, "text"]}, {"places": [{}, {"city": "x"}, "text"]}),
        ({"free": {"a": None}, "unknown": 0, "_private": None}, {"free": {"a": None}, "unknown": 0}),
        ({"place": "city=x"}, {"place": "city=x"}),
    ],
)
def test_nulls_are_left_out_where_options_are_declared(given: dict[str, Any], kept: dict[str, Any]) -> None:
    before = repr(given)
    assert without_nulls(given, SPEC) == kept
    assert repr(given) == before

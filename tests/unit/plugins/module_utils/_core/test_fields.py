# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One declaration per field: absent, null and value; limits; names on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.community.redis.plugins.module_utils._core.fields import (
    UNSET,
    Field,
    argument_spec,
    decode,
    encode,
    given,
    lookup,
    validate,
)


def not_bad(value: Any) -> None:
    """Gets each entry of a list."""
    if "bad" in (value, value.get("name") if isinstance(value, dict) else None):
        raise InvalidInput("must not be bad.")


PLACE = (Field("city"), Field("zip_code", api="zipCode", reset=""))
FIELDS = (
    Field("name", pattern=r"[a-z]+", max_length=5, rule="at most 5 small letters"),
    Field("size_in_gb", "float", api="sizeInGb", low=0.5, high=10),
    Field("shares", "int", low=10, step=5, rule="a multiple of 5, at least 10", reset=10),
    Field("limit", "int", high=7),
    Field("place", "dict", options=PLACE, reset={}),
    Field("places", "list", elements="dict", options=PLACE, reset=[], max_length=2),
    Field("words", "list", elements="str", read="more.words", max_length=2, check=not_bad),
    Field("items", "list", elements="dict", options=(Field("name"), Field("size", "int", high=2)), check=not_bad),
    Field("password", secret=True, max_length=3),
    Field("mode", choices=("a", "b"), default="a"),
    Field(
        "hours",
        "int",
        to_wire=lambda hours: f"{hours}h",
        read=lambda reply: int(reply.get("h", "0h")[:-1]) or UNSET,
    ),
)
NAMES = {field.name: field for field in FIELDS}


def asked(raw: dict[str, Any]) -> dict[str, Any]:
    """Parameters as AnsibleModule leaves them: what is missing is filled up with None at every level."""

    def fill(fields: tuple[Field, ...], value: dict[str, Any]) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for field in fields:
            item = value.get(field.name)
            if field.options and isinstance(item, dict):
                item = fill(field.options, item)
            elif field.options and isinstance(item, list):
                item = [fill(field.options, entry) for entry in item]
            filled[field.name] = item
        return filled

    return given(FIELDS, fill(FIELDS, raw), raw)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"name": "x"},
        {"name": None},
        {"place": None},
        {"place": {}},
        {"place": {"city": "x"}},
        {"place": {"city": None}},
        {"place": {"city": "x", "zip_code": None}},
        {"places": []},
        {"places": [{"city": "x"}, {"zip_code": None}]},
        {"words": None, "size_in_gb": 1.0, "password": ""},
    ],
)
def test_absent_null_and_value_at_every_level(raw: dict[str, Any]) -> None:
    assert asked(raw) == raw


def test_value_that_did_not_come_from_the_task_counts_too() -> None:
    assert given(FIELDS, {"name": "env", "limit": None}, {}) == {"name": "env"}


def test_given_nested_in_text_form() -> None:
    # a dictionary that Ansible has parsed from text: what it left out cannot be told from null, so it is absent
    values = given(FIELDS, {"place": {"city": "x", "zip_code": None}}, {"place": "city=x"})
    assert values == {"place": {"city": "x"}}


def test_encode() -> None:
    values = {
        "name": "x",
        "size_in_gb": 1.5,
        "shares": None,
        "place": {"city": "x", "zip_code": None},
        "places": [{"zip_code": "1"}],
        "hours": 3,
        "limit": None,
    }
    assert encode(FIELDS, values) == {
        "name": "x",
        "sizeInGb": 1.5,
        "shares": 10,
        "place": {"city": "x", "zipCode": ""},
        "places": [{"zipCode": "1"}],
        "hours": "3h",
    }
    assert encode(FIELDS, {"place": None}) == {"place": {}}
    assert encode(FIELDS, {}) == {}


def test_decode() -> None:
    reply = {
        "name": "x",
        "sizeInGb": 2,
        "place": {"city": "y", "zipCode": "1", "more": True},
        "places": [{"zipCode": "2"}, "odd"],
        "more": {"words": ["a"]},
        "h": "4h",
        "limit": None,
    }
    assert decode(FIELDS, reply) == {
        "name": "x",
        "size_in_gb": 2,
        "place": {"city": "y", "zip_code": "1"},
        "places": [{"zip_code": "2"}],
        "words": ["a"],
        "mode": "a",
        "hours": 4,
    }
    assert decode(FIELDS, {"mode": "b"})["mode"] == "b"


@pytest.mark.parametrize(
    ("path", "found"), [("a.b", 1), ("a", {"b": 1}), ("a.c", UNSET), ("x", UNSET), ("a.b.c", UNSET)]
)
def test_lookup(path: str, found: Any) -> None:
    assert lookup({"a": {"b": 1}}, path) == found


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "toolong"}, "name must be at most 5 small letters; 'toolong' is not."),
        ({"name": "UP"}, "name must be at most 5 small letters; 'UP' is not."),
        ({"name": ""}, "name must be at most 5 small letters; '' is not."),
        ({"size_in_gb": 0.4}, "size_in_gb must be between 0.5 and 10, not 0.4."),
        ({"size_in_gb": 11}, "size_in_gb must be between 0.5 and 10, not 11."),
        ({"shares": 12}, "shares must be a multiple of 5, at least 10, not 12."),
        ({"shares": 5}, "shares must be a multiple of 5, at least 10, not 5."),
        ({"limit": 8}, "limit must be at most 7, not 8."),
        ({"words": ["a", "b", "c"]}, "words takes at most 2 entries, not 3."),
        ({"places": [{}, {}, {}]}, "places takes at most 2 entries, not 3."),
        ({"places": [{}, {"city": None}]}, "places[1].city cannot be reset: the API has no way to clear it."),
        ({"items": [{"name": "a"}, {"name": "b", "size": 3}]}, "items[b].size must be at most 2, not 3."),
        ({"items": [{"size": 3}]}, "items[0].size must be at most 2, not 3."),
        ({"items": [{"name": "a"}, {"name": "bad"}]}, "items[bad] must not be bad."),
        ({"words": ["good", "bad"]}, "words[1] must not be bad."),
        ({"place": {"city": None}}, "place.city cannot be reset"),
        ({"name": None}, "name cannot be reset"),
        ({"password": "canary"}, "password must be at most 3 characters long; this value is not."),
    ],
)
def test_limits(values: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(FIELDS, values)
    assert words in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {
            "name": "abcde",
            "size_in_gb": 0.5,
            "shares": 10,
            "limit": 7,
            "words": ["a", "b"],
            "password": "abc",
        },
        {
            "size_in_gb": 10,
            "shares": 15,
            "limit": -3,
            "places": [{"city": "x", "zip_code": None}],
            "place": {},
        },
        {"shares": None, "place": None, "places": None},
    ],
)
def test_within_the_limits(values: dict[str, Any]) -> None:
    validate(FIELDS, values)


def test_own_check() -> None:
    def refuse(value: Any) -> None:
        raise InvalidInput(f"not {value}")

    with pytest.raises(InvalidInput, match="not 3"):
        validate([Field("x", "int", check=refuse)], {"x": 3})


def test_argument_spec() -> None:
    spec = argument_spec(FIELDS)
    assert spec["name"] == {"type": "str"}
    assert spec["mode"] == {"type": "str", "choices": ["a", "b"]}
    assert spec["words"] == {"type": "list", "elements": "str"}
    assert spec["password"] == {"type": "str", "no_log": True}
    assert spec["places"] == {
        "type": "list",
        "elements": "dict",
        "options": {"city": {"type": "str"}, "zip_code": {"type": "str"}},
    }
    assert Field("x", required=True, no_log=False).spec() == {
        "type": "str",
        "required": True,
        "no_log": False,
    }
    both = Field("x", "dict", options=(Field("a"), Field("b")), required_if=(("a", "1", ("b",)),)).spec()
    assert both["required_if"] == [("a", "1", ("b",))]


def test_the_absence_of_a_value_is_false() -> None:
    assert not UNSET
    assert repr(UNSET) == "UNSET"

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change, decided without any server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core import compare
from ansible_collections.community.redis.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UNSET, UPDATE, Field
from ansible_collections.community.redis.plugins.module_utils._core.plan import (
    NONE,
    Resource,
    digest,
    plan_create,
    plan_delete,
    plan_rest,
    plan_update,
    shown,
    unchanged,
)
from ansible_collections.community.redis.plugins.module_utils._core.redact import MASK
from ansible_collections.community.redis.plugins.module_utils._core.work import CREATING, DELETING, UPDATING

THING = Resource(
    "thing",
    "test thing",
    (
        Field("name"),
        Field("size", "int", api="sizeInGb"),
        Field("region", mode=CREATE),
        Field("version", mode=CREATE, equal=compare.version_at_least),
        Field("rules", "list", elements="str", mode=UPDATE, reset=[], default=[]),
        Field("tags", "list", elements="str", reset=[], equal=compare.unordered),
        Field("password", secret=True),
        Field("hidden", secret=True, write_only=True),
        Field("note", write_only=True),
        Field("factor", reset="Standard", default="Standard"),
        Field("later", "bool", channel="own", reset=False, default=False),
        Field("location", "dict", options=(Field("bucket"), Field("key", secret=True))),
    ),
    required_to_create=(("name",), ("size", "factor")),
)
REPLY: dict[str, Any] = {
    "name": "a",
    "sizeInGb": 1,
    "region": "eu",
    "version": "7.4.2",
    "tags": ["x", "y"],
    "password": "old",
}


class TestCreate:
    def test_everything_but_what_can_only_be_updated(self) -> None:
        desired = {"name": "a", "size": 1, "rules": ["r"], "tags": None, "note": "n", "password": "pw"}
        plan = plan_create(THING, desired)
        assert plan.action == CREATING
        assert plan.body == {"name": "a", "sizeInGb": 1, "note": "n", "password": "pw"}
        assert plan.before == {}
        assert plan.after == {"name": "a", "size": 1, "rules": ["r"], "note": "n", "password": MASK}

    @pytest.mark.parametrize(
        ("desired", "words"),
        [
            ({"size": 1}, "name is required to create a test thing."),
            ({"name": None, "size": 1}, "name is required"),
            ({"name": "", "size": 1}, "name is required"),
            ({"name": "a"}, "size or factor is required to create a test thing."),
        ],
    )
    def test_what_is_required(self, desired: dict[str, Any], words: str) -> None:
        with pytest.raises(InvalidInput, match=words):
            plan_create(THING, desired)


class TestUpdate:
    @pytest.mark.parametrize(
        "desired",
        [
            {},
            {"name": "a", "size": 1.0, "region": "eu", "tags": ["y", "x"]},
            {"version": "7.4"},
            {"version": "7.2"},
            {"factor": "Standard"},
            {"factor": None},
            {"rules": None},
            {"later": None},
            {"password": "old"},
            {"hidden": "anything"},
            {"note": "anything"},
        ],
    )
    def test_nothing_to_do(self, desired: dict[str, Any]) -> None:
        plan = plan_update(THING, desired, REPLY)
        assert (plan.action, plan.body, plan.before, plan.after, plan.sent) == (NONE, {}, {}, {}, {})

    @pytest.mark.parametrize(
        ("desired", "body", "before", "after"),
        [
            ({"name": "b"}, {"name": "b"}, {"name": "a"}, {"name": "b"}),
            ({"name": "a", "size": 2}, {"sizeInGb": 2}, {"size": 1}, {"size": 2}),
            ({"tags": ["x"]}, {"tags": ["x"]}, {"tags": ["x", "y"]}, {"tags": ["x"]}),
            ({"tags": None}, {"tags": []}, {"tags": ["x", "y"]}, {"tags": None}),
            ({"rules": ["r"]}, {"rules": ["r"]}, {"rules": []}, {"rules": ["r"]}),
            ({"factor": "2x"}, {"factor": "2x"}, {"factor": "Standard"}, {"factor": "2x"}),
            ({"password": "new"}, {"password": "new"}, {"password": MASK}, {"password": MASK}),
            ({"later": True}, {"later": True}, {"later": False}, {"later": True}),
        ],
    )
    def test_only_what_differs(
        self, desired: dict[str, Any], body: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        plan = plan_update(THING, desired, REPLY)
        assert (plan.action, plan.body, plan.before, plan.after) == (UPDATING, body, before, after)
        assert set(plan.sent) == set(desired) - {"name"} | set(before)

    @pytest.mark.parametrize(("name", "value"), [("region", "us"), ("version", "8.0")])
    def test_create_only_field_is_refused(self, name: str, value: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            plan_update(THING, {name: value, "size": 9}, REPLY)
        assert caught.value.message == (
            f"{name} of a test thing cannot be changed after creation: it is {REPLY[name]!r}, the task asks for {value!r}."
        )
        assert "Leave the option out" in caught.value.hint

    def test_channels_take_turns(self) -> None:
        first = plan_update(THING, {"name": "b", "later": True}, REPLY)
        assert first.body == {"name": "b"}
        assert first.after == {"name": "b", "later": True}
        second = plan_update(THING, {"name": "b", "later": True}, {**REPLY, "name": "b"})
        assert second.body == {"later": True}

    def test_hidden_values_are_sent_only_on_request(self) -> None:
        desired = {"hidden": "new", "note": "new", "password": "old"}
        plan = plan_update(THING, desired, REPLY, send_secrets=True)
        assert plan.body == {"hidden": "new", "note": "new"}
        assert plan.after == {"hidden": MASK, "note": "new"}

    def test_secret_that_is_not_told_or_masked(self) -> None:
        for reply in ({}, {"password": "********"}):
            assert plan_update(THING, {"password": "new"}, reply).action == NONE
            assert plan_update(THING, {"password": "new"}, reply, send_secrets=True).body == {
                "password": "new"
            }

    def test_value_that_is_not_told_is_named(self) -> None:
        plan = plan_update(THING, {"size": 2, "name": "a"}, {"name": "a"})
        assert (plan.action, plan.unknown) == (NONE, ["size"])

    def test_accepted_fields_are_not_looked_at_again(self) -> None:
        assert plan_update(THING, {"size": 2}, REPLY, accepted=["size"]).action == NONE

    def test_amended_body(self) -> None:
        def amend(
            body: dict[str, Any], changed: set[str], desired: dict[str, Any], reply: dict[str, Any]
        ) -> None:
            body["with"] = sorted(changed)

        resource = Resource("thing", "test thing", THING.fields, amend=amend)
        assert plan_update(resource, {"size": 2}, REPLY).body == {"sizeInGb": 2, "with": ["size"]}

    def test_secrets_inside_are_masked(self) -> None:
        reply = {"location": {"bucket": "a", "key": "old-canary"}}
        plan = plan_update(THING, {"location": {"bucket": "b", "key": "canary"}}, reply)
        assert plan.body == {"location": {"bucket": "b", "key": "canary"}}
        assert "canary" not in str((plan.before, plan.after, plan.sent))


class TestRest:
    """Something else has created it with only some of its fields."""

    TAKEN = ("name", "size")

    @pytest.mark.parametrize(
        "desired",
        [
            {"name": "a", "size": 3},
            {"tags": None, "password": None},
            {"factor": "Standard", "later": False, "rules": [], "tags": []},
        ],
    )
    def test_what_was_taken_and_what_is_default_anyway(self, desired: dict[str, Any]) -> None:
        plan = plan_rest(THING, desired, self.TAKEN)
        assert (plan.action, plan.body, plan.before, plan.after) == (NONE, {}, {}, {})

    def test_what_is_left(self) -> None:
        desired = {"name": "a", "size": 3, "factor": "2x", "later": True, "note": "n", "password": "pw"}
        plan = plan_rest(THING, desired, self.TAKEN)
        assert plan.action == UPDATING
        assert plan.after == {"factor": "2x", "later": True, "note": "n", "password": MASK}


def test_delete_shows_what_there_was() -> None:
    plan = plan_delete(THING, REPLY)
    assert plan.action == DELETING
    assert plan.before["name"] == "a"
    assert plan.before["password"] == MASK
    assert plan.after == {}


class TestReadBack:
    def test_unchanged(self) -> None:
        size = THING.field("size")
        before = digest(size, 1)
        assert unchanged(size, before, {"sizeInGb": 1})
        assert not unchanged(size, before, {"sizeInGb": 3})
        assert not unchanged(size, before, {})

    def test_nothing_of_a_secret_is_kept(self) -> None:
        assert digest(THING.field("password"), "canary") == ""
        assert not unchanged(THING.field("password"), "", {"password": "canary"})
        assert digest(THING.field("size"), UNSET) == ""


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("password", "canary", MASK),
        ("password", "", ""),
        ("password", None, None),
        ("location", {"bucket": "b", "key": "canary"}, {"bucket": "b"}),
        ("name", "redis://u:canary@h", f"redis://{MASK}@h"),
        ("size", 3, 3),
    ],
)
def test_shown(name: str, value: Any, expected: Any) -> None:
    result = shown(THING.field(name), value)
    assert "canary" not in str(result)
    assert result == expected or (name == "location" and result["bucket"] == "b")


def test_diff_of_merged_settings_shows_what_the_task_names() -> None:
    inner = Field("inner", "dict", options=(Field("x"), Field("y", default="2")))
    settings = Field("settings", "dict", merge=True, options=(Field("a", "int"), Field("b", "int"), inner))
    whole = Field("whole", "dict", options=(Field("a", "int"), Field("b", "int")))
    reply = {"settings": {"a": 1, "b": 2, "inner": {"x": "1"}}, "whole": {"a": 1, "b": 2}}
    desired = {"settings": {"b": 3, "inner": {"y": "3"}}, "whole": {"b": 3}}
    plan = plan_update(Resource("thing", "test thing", (settings, whole)), desired, reply)
    assert plan.before == {"settings": {"b": 2, "inner": {"y": "2"}}, "whole": {"a": 1, "b": 2}}
    assert plan.after == desired

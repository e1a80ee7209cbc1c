# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common view of a task and an action, and its way through a result."""

from __future__ import annotations

import json

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.operation import (
    CANCELED,
    FAILED,
    FINISHED,
    PENDING,
    RUNNING,
    STATES,
    SUCCEEDED,
    Operation,
)

KEYS = {
    "id",
    "kind",
    "status",
    "state",
    "progress",
    "description",
    "resource_type",
    "resource_id",
    "parent_id",
    "error",
    "started",
    "updated",
    "source",
}


def test_states() -> None:
    assert set(STATES) == {PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED}
    assert [state for state in STATES if Operation("1", state=state).finished] == list(FINISHED)


def test_handle_survives_its_way_through_a_result() -> None:
    operation = Operation(
        "a-1", kind="create", state=SUCCEEDED, resource_id="17", parent_id="5", result={"big": 1}
    )
    public = json.loads(json.dumps(operation.public()))
    assert set(public) == KEYS
    assert (public["resource_id"], public["parent_id"]) == (17, 5)
    back = Operation.from_public(public)
    assert back == Operation("a-1", kind="create", state=SUCCEEDED, resource_id="17", parent_id="5")
    assert Operation.from_public({**public, "settled": True}) == back


def test_ids_that_are_no_numbers_stay_text() -> None:
    public = Operation("a", resource_id="6ba7b810-9dad").public()
    assert public["resource_id"] == "6ba7b810-9dad"
    assert Operation.from_public(public).resource_id == "6ba7b810-9dad"


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (
            Operation("1", error={"code": "BAD", "status": "400 BAD_REQUEST", "description": "too big"}),
            "BAD: 400 BAD_REQUEST: too big",
        ),
        (Operation("1", error={"code": "BAD", "status": "", "description": ""}), "BAD"),
        (Operation("1", description="it failed"), "it failed"),
        (Operation("1", status="processing-error"), "processing-error"),
        (Operation("1"), "no reason given"),
    ],
)
def test_reason(operation: Operation, reason: str) -> None:
    assert operation.reason() == reason

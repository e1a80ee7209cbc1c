# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of the API that a driver tells apart, written out here: a word less is one that is misunderstood."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._cloud.api import read_error
from ansible_collections.community.redis.plugins.module_utils._cloud.database import DatabaseDriver
from ansible_collections.community.redis.plugins.module_utils._core.clock import Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import Busy, OperationFailed
from ansible_collections.community.redis.plugins.module_utils._core.operation import FAILED, Operation
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    DELETING,
    UPDATING,
    Work,
)
from unit.fake_clock import FakeClock

BUSY = [
    "TOO_MANY_PENDING_SUBSCRIPTIONS",
    "SUBSCRIPTION_NOT_ACTIVE",
    "DATABASE_SUBSCRIPTION_IN_PENDING_STATUS",
    "SUBSCRIPTION_CONTAINS_NON_ACTIVE_DATABASE",
    "DATABASE_NOT_ACTIVE",
    "DATABASE_IS_NOT_ACTIVE",
    "CLUSTER_UNDER_MAINTENANCE",
    "DATABASE_CLUSTER_IS_IN_MAINTENANCE",
    "DATABASE_UPGRADE_IS_ALREADY_RUNNING",
    "CONFLICT_ERROR",
]


class Nowhere:
    """An account of which nothing is asked."""

    account = "account"


def driver() -> DatabaseDriver:
    api: Any = Nowhere()
    return DatabaseDriver(api, Deadline(FakeClock(), 600.0), "provisioning", "5", name="cache")


def judge(action: str, code: str) -> None:
    error = {"code": code, "status": "409 CONFLICT", "description": "Not now"}
    operation = Operation("task", "databaseRequest", state=FAILED, error=error)
    driver().judge_failure(Work(action, operation, "1", ours=True), operation)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("active", ""),
        ("error", ""),
        ("creation-failed", ""),
        ("draft", CREATING),
        ("pending", CREATING),
        ("rcp-draft", CREATING),
        ("dynamic-endpoints-creation-pending", CREATING),
        ("active-change-pending", UPDATING),
        ("something-new", UPDATING),
        ("", UPDATING),
        ("deleting", DELETING),
        ("delete-pending", DELETING),
        ("delete-draft", DELETING),
        ("Delete-Draft", DELETING),
    ],
)
def test_words(status: str, action: str) -> None:
    assert driver().under_way({"databaseId": 1, "status": status}) == action


@pytest.mark.parametrize("code", BUSY)
def test_refused_for_now(code: str) -> None:
    for action in (CREATING, UPDATING, DELETING):
        with pytest.raises(Busy):
            judge(action, code)
    assert read_error(409, "POST", {"type": code, "description": "Not now"}, "").busy


@pytest.mark.parametrize("code", ["PROVISION_FAILURE", "SUBSCRIPTION_CONFLICT", "CONFLICT_ERROR_OF_ANOTHER_KIND", ""])
def test_refused_for_good(code: str) -> None:
    for action in (CREATING, UPDATING, DELETING):
        with pytest.raises(OperationFailed) as caught:
            judge(action, code)
        assert not caught.value.had_effect

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison of requests with the facts about the APIs sees what is wrong; see tests/contract."""

from __future__ import annotations

from typing import Any

import pytest
from contract import violations

CLOUD = "/v1/subscriptions/1/databases"
GOOD: list[tuple[str, str, str, dict[str, str], Any]] = [
    ("cloud", "GET", CLOUD, {"offset": "0", "limit": "100"}, None),
    ("cloud", "POST", CLOUD, {}, {"name": "cache", "datasetSizeInGb": 0.1, "alerts": []}),
    ("cloud", "POST", CLOUD, {}, {"name": "cache", "password": "***"}),
    ("cloud", "DELETE", f"{CLOUD}/2", {}, None),
    ("enterprise", "GET", "/v1/bdbs", {"fields": "uid", "extended": "true"}, None),
    ("enterprise", "POST", "/v1/bdbs", {}, {"name": "cache", "memory_size": 1}),
    ("enterprise", "DELETE", "/v1/nodes/3/actions/remove", {}, None),
    ("enterprise", "OPTIONS", "/v1/actions/1", {}, None),
]
BAD: list[tuple[tuple[str, str, str, dict[str, str], Any], str]] = [
    (("cloud", "GET", "/v1/nothing", {}, None), "the API has no GET /v1/nothing"),
    (("cloud", "PATCH", f"{CLOUD}/2", {}, {}), f"the API has no PATCH {CLOUD}/2"),
    (("cloud", "GET", "/v1/subscriptions/", {"page": "2"}, None), "has no query parameter page"),
    (("cloud", "GET", CLOUD, {"offset": "first"}, None), "query parameter offset is no integer: first"),
    (("cloud", "DELETE", f"{CLOUD}/2", {}, {}), "this operation has no body"),
    (("cloud", "POST", CLOUD, {}, None), "this operation needs a body"),
    (("cloud", "POST", CLOUD, {}, {}), "body: 'name' is a required property"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "colour": "red"}), "'colour' was unexpected"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "databaseId": 1}), "'databaseId' was unexpected"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "port": "80"}), "port: '80' is not of type 'integer'"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "datasetSizeInGb": 0}), "datasetSizeInGb: 0 is less than the minimum of 0.1"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "dataPersistence": "always"}), "dataPersistence: 'always' is not one of"),
    (("cloud", "POST", CLOUD, {}, {"name": "cache", "alerts": [{"name": "latency"}]}), "alerts.0: 'value' is a required"),
    (("cloud", "PUT", f"{CLOUD}/2", {}, {"port": 12000}), "'port' was unexpected"),
    (("enterprise", "GET", "/v3/bdbs", {}, None), "the API has no GET /v3/bdbs"),
    (("enterprise", "DELETE", "/v1/actions/1", {}, None), "the API has no DELETE /v1/actions/1"),
    (("enterprise", "GET", "/v1/bdbs", {"page": "2"}, None), "has no query parameter page"),
    (("enterprise", "POST", "/v1/bdbs", {}, {"name": "cache", "colour": "red"}), "the request has no field colour"),
    (("enterprise", "PUT", "/v1/bdbs/1", {}, {"status": "active"}), "the request has no field status"),
]


@pytest.mark.parametrize("request_", GOOD, ids=lambda request: f"{request[1]} {request[2]}")
def test_requests_that_the_apis_have(request_: tuple[str, str, str, dict[str, str], Any]) -> None:
    assert violations(*request_) == []


@pytest.mark.parametrize(("request_", "words"), BAD, ids=str)
def test_requests_that_the_apis_do_not_have(request_: tuple[str, str, str, dict[str, str], Any], words: str) -> None:
    (found,) = violations(*request_)
    assert words in found

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong, drawn from a seed: faults of requests, distorted answers, readings of the APIs that are not established."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from simulator.messages import Request, Response

WRITES = ("POST", "PUT", "DELETE")
Rule = dict[str, Any]

_BUSY = {
    "cloud": {"kind": "status", "status": 429, "body": "json"},
    "enterprise": {"kind": "status", "status": 409, "body": "json"},
}
_ANY: tuple[Rule, ...] = (
    {"kind": "status", "status": 503, "body": "json"},
    {"kind": "status", "status": 429, "body": "json"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "refuse"},
    {"kind": "connect_timeout"},
    {"kind": "lose"},
    {"kind": "delay", "seconds": 7},
    {"kind": "cut"},
    {"kind": "html"},
    {"kind": "empty"},
)
_READS: tuple[Rule, ...] = (
    {"kind": "status", "status": 502, "body": "html"},
    {"kind": "status", "status": 500, "body": "empty"},
    {"kind": "status", "status": 408, "body": "empty"},
)
_UNCLEAR: tuple[Rule, ...] = (
    {"kind": "status_after", "status": 502, "body": "html"},
    {"kind": "status_after", "status": 500, "body": "json"},
    {"kind": "status_after", "status": 504, "body": "empty"},
    {"kind": "status_after", "status": 408, "body": "empty"},
)
# By which the collection recognises things; what values they have is another matter
_STRUCTURE = {
    "cloud": "taskId commandType status response resourceId additionalResourceId tasks subscription subscriptions "
    "databases databaseId id name links numberOfDatabases timestamp".split(),
    "enterprise": "uid name status action_uid background_op actions state-machines additional_info object_uid "
    "object_type object_name progress action_type creation_time".split(),
}
_PATHS = {
    "cloud": (
        r"/tasks$",
        r"/tasks/",
        r"/databases$",
        r"/databases/\d+$",
        r"/subscriptions$",
        r"/subscriptions/\d+$",
    ),
    "enterprise": (r"/v1/bdbs$", r"/v1/bdbs/\d+$", r"/v2/actions", r"/v1/actions", r"/actions/bdb/"),
}


def fault_rules(rng: random.Random, product: str, count: int) -> list[Rule]:
    """So many rules for simulator.faults; each strikes a few times at most, so that a patient client gets through."""
    rules = []
    for _number in range(count):
        write = rng.random() < 0.5
        match = {"method": rng.choice(WRITES) if write else "GET"}
        if not write and rng.random() < 0.5:
            match["path"] = rng.choice(_PATHS[product])
        draw = rng.random()
        if draw < 0.2:
            action = _rewrite(rng, product)
        elif write:
            action = rng.choice((*_ANY, *_UNCLEAR, _BUSY[product]))
        else:
            action = rng.choice((*_ANY, *_READS))
        after = rng.randrange(2 if write else 8)
        rules.append({"match": match, "after": after, "times": rng.choice((1, 1, 2)), "action": action})
    return rules


def _rewrite(rng: random.Random, product: str) -> Rule:
    """An answer with missing, null or otherwise typed fields."""
    name = rng.choice(_STRUCTURE[product])
    return {"kind": "rewrite", **rng.choice(({"drop": [name]}, {"retype": [name]}, {"set": {name: None}}))}


@dataclasses.dataclass
class Distortion:
    """Answers in another dress: other case of the names, a body that is cut but complete by its length, JSON of
    another shape, a wrong content type."""

    kind: str
    method: str
    after: int
    times: int

    def __call__(self, product: str, request: Request, response: Response) -> Response:
        if request.method != self.method or response.status >= 300 or isinstance(response.body, bytes):
            return response
        if self.after > 0:
            self.after -= 1
            return response
        if self.times <= 0:
            return response
        self.times -= 1
        return _dressed(self.kind, response)

    @classmethod
    def draw(cls, rng: random.Random) -> Distortion:
        kind = rng.choice(("recase", "clip", "null", "scalar", "list", "object", "type", "extra"))
        return cls(kind, rng.choice(("GET", "GET", *WRITES)), rng.randrange(6), rng.choice((1, 1, 2)))


def _dressed(kind: str, response: Response) -> Response:
    body, headers = response.body, dict(response.headers)
    if kind == "recase":
        body = recased(body)
    elif kind == "extra":
        body = with_extras(body)
    elif kind == "clip":
        payload = response.payload()
        body, headers["Content-Type"] = payload[: len(payload) // 2], "application/json"
    elif kind == "type":
        body, headers["Content-Type"] = response.payload(), "text/plain; charset=latin-1"
    else:
        body = {"null": b"null", "scalar": "ok", "list": [body], "object": {"data": body}}[kind]
        if body == b"null":
            headers["Content-Type"] = "application/json"
    return Response(response.status, body, headers)


def recased(value: Any) -> Any:
    """The same with the names in another case: databaseId -> DatabaseId."""
    if isinstance(value, list):
        return [recased(item) for item in value]
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: recased(item) for name, item in value.items()}
    return value


def with_extras(value: Any) -> Any:
    """The same with fields that nobody knows, in every object."""
    if isinstance(value, list):
        return [with_extras(item) for item in value]
    if isinstance(value, dict):
        return {
            **{name: with_extras(item) for name, item in value.items()},
            "newField": {"since": [2027, None]},
        }
    return value


def cloud_options(rng: random.Random) -> dict[str, Any]:
    """Durations, and every reading of what is not established (Cloud facts 8, simulator README)."""
    choice = rng.choice
    return {
        "seed": rng.randrange(1, 10**6),
        "processing_seconds": choice((0.5, 5.0, 20.0)),
        "error_seconds": choice((0.5, 5.0)),
        "task_404_seconds": choice((0.0, 1.0, 20.0, 31.0)),
        "task_visible_seconds": choice((0.0, 0.0, 5.0, 30.0)),
        "resource_visible_seconds": choice((0.0, 0.0, 10.0, 30.0)),
        "task_list": choice(("wrapper", "bare")),
        "finished_tasks_listed": rng.random() < 0.7,
        "error_style": choice(("object", "string")),
        "create_response": choice(("full", "full", "empty", "absent")),
        "change_response": choice(("full", "empty", "absent")),
        "links_style": choice(("links", "_links")),
        "subscription_seconds": choice((20.0, 600.0)),
        "subscription_update_seconds": choice((0.0, 10.0)),
        "subscription_delete_seconds": choice((0.0, 60.0)),
        "creation_database_listed_seconds": choice((0.0, 30.0)),
        "creation_database_seconds": choice((10.0, 60.0)),
        "database_seconds": choice((5.0, 20.0, 180.0)),
        "database_update_seconds": choice((0.0, 30.0)),
        "database_delete_seconds": choice((0.0, 5.0, 30.0)),
        "database_delete_status": choice(("delete-pending", "deleting")),
        "public_access_seconds": choice((0.0, 5.0, 29.0)),
        "provisioning_states": choice(
            (["draft", "pending"], ["pending"], ["rcp-draft", "draft", "rcp-change-pending"])
        ),
        "update_states": choice((["active-change-pending"], ["active-change-draft", "bdb-update-pending"])),
        "update_visible_late": rng.random() < 0.3,
        "rate_limit": choice((400, 400, 30)),
        "max_pending_subscriptions": choice((3, 3, 1)),
        "too_many_pending": choice(("task", "http")),
        "subscription_not_active": choice(("task", "http")),
        "duplicate_name": choice(("task", "http")),
        "unknown_resource": choice(("task", "http")),
        "name_free_at_once": rng.random() < 0.7,
        "flip_every": choice((0, 1, 2, 4)),
        "flip_seconds": choice((5.0, 30.0, 100.0)),
        "flip_on_update": rng.random() < 0.5,
        "past_end": choice(("404", "empty")),
        "page_limit": choice((100, 2)),
        "not_found_body": choice(("empty", "spring")),
        "early_endpoints": choice(("absent", "null")),
        "public_access_shown": True,
    }


def enterprise_options(rng: random.Random, version: str) -> dict[str, Any]:
    """The same of a cluster (Enterprise facts 9, simulator options)."""
    choice = rng.choice
    return {
        "version": version,
        "seed": rng.randrange(1, 10**6),
        "queue_seconds": choice((0.0, 1.0, 8.0)),
        "create_seconds": choice((1.0, 10.0, 90.0)),
        "update_seconds": choice((0.5, 6.0, 40.0)),
        "delete_seconds": choice((0.5, 5.0, 40.0)),
        "retry_task_seconds": choice((0.5, 5.0, 60.0)),
        "action_retention_seconds": choice((0.0, 20.0, 900.0)),
        "action_visible_after_seconds": choice((0.0, 0.0, 2.0, 8.0)),
        "update_status_lag_seconds": choice((0.0, 0.0, 3.0)),
        "stale_actions": rng.random() < 0.4,
        "v2_single_broken": rng.random() < 0.2,
        "v2_raw_words": rng.random() < 0.5,
        "bdb_actions_wrapper": rng.random() < 0.5,
        "completed_machines_with_progress": rng.random() < 0.5,
        "retry_tasks": rng.random() < 0.5,
        "delete_action_vanishes": rng.random() < 0.6,
        "delete_answers_bdb": rng.random() < 0.6,
        "action_uid_in_reads": rng.random() < 0.3,
        "update_visible": choice(("end", "start")),
        "mask_bdb_credentials": rng.random() < 0.3,
        "error_shape": choice(("description", "message")),
        "plain_error_body": choice(("html", "json", "empty")),
    }

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which part of the API reports which actions, and which of them a task has asked for. Asks no more than needed."""

from __future__ import annotations

import typing as t

from .._core.errors import AuthError
from .._core.operation import STATES
from .._core.since import parse_time
from .actions import Action
from .api import EnterpriseApi
from .facts import (
    BDB,
    BOOTSTRAP,
    CLUSTER,
    CRDB,
    CRDB_TASK,
    KNOWN_WORDS,
    MACHINE,
    NODE,
    OTHER,
    TASK,
    is_kind,
    plain_words,
)

Filters = t.Mapping[str, t.Any]

ACTIONS, TRANSFERRED, CRDB_TASKS, NODES, CLUSTERS, BOOTSTRAPPED = "actions", "transfers", "crdb", "nodes", "cluster", "bootstrap"
# what each reports: action types, object types (None: any)
_REPORTS: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    ACTIONS: ((TASK, MACHINE, OTHER), None),
    TRANSFERRED: ((OTHER,), (BDB,)),
    CRDB_TASKS: ((CRDB_TASK,), (CRDB,)),
    NODES: ((TASK,), (NODE,)),
    CLUSTERS: ((TASK,), (CLUSTER,)),
    BOOTSTRAPPED: ((BOOTSTRAP,), (NODE,)),
}
_TRANSFER_WORDS = ("bdb_backup", "bdb_export", "bdb_import")


def sources(filters: Filters) -> set[str]:
    """The sources in which something can match all filters."""
    found = set()
    for source, (types, objects) in _REPORTS.items():
        wanted_types, wanted_objects = filters.get("action_type"), filters.get("object_type")
        if wanted_types and not set(wanted_types) & set(types):
            continue
        if wanted_objects and objects is not None and not set(wanted_objects) & set(objects):
            continue
        if filters.get("name") and not any(source in sources_of(name) for name in filters["name"]):
            continue
        found.add(source)
    if TRANSFERRED in found:
        # where the list of actions has them, it comes first
        found.add(ACTIONS)
    return found


def sources_of(name: str) -> set[str]:
    """Where a kind of action can be found. A word that is not known can be anywhere."""
    word = next((word for word in KNOWN_WORDS if word == name.lower() or plain_words(name) in KNOWN_WORDS[word]), "")
    if word in _TRANSFER_WORDS:
        return {TRANSFERRED, ACTIONS}
    if word.startswith(("bdb_", "module_")):
        return {ACTIONS}
    if word.startswith("crdb_"):
        return {CRDB_TASKS}
    if word in ("cluster_create", "node_join", "cluster_recovery"):
        return {BOOTSTRAPPED}
    if word.startswith("node_"):
        return {NODES, ACTIONS}
    return set(_REPORTS)


def collect(api: EnterpriseApi, filters: Filters, warn: t.Callable[[str], None]) -> list[Action]:
    """All actions from the sources that matter, each once."""
    if filters.get("action_uid"):
        one = find_action(api, filters["action_uid"])
        return [one] if one is not None else []
    wanted = sources(filters)
    if filters.get("bdb_uid") is not None:
        return api.bdb_actions(str(filters["bdb_uid"])) if wanted & {ACTIONS, TRANSFERRED} else []
    found: list[Action] = []
    readers: list[tuple[str, t.Callable[[], list[Action]]]] = [
        (ACTIONS, lambda: api.actions(TRANSFERRED in wanted)),
        (NODES, api.node_actions),
        (CLUSTERS, api.cluster_actions),
        (CRDB_TASKS, api.crdb_tasks),
        (BOOTSTRAPPED, lambda: [action for action in [api.bootstrap()] if action is not None]),
    ]
    for source, read in readers:
        if source in wanted:
            found += _permitted(read, source, warn)
    return distinct(found)


def _permitted(read: t.Callable[[], list[Action]], source: str, warn: t.Callable[[str], None]) -> list[Action]:
    try:
        return read()
    except AuthError as error:
        if error.status != 403 or source == ACTIONS:
            raise
        warn("This user may not read the actions of source {0!r}, so they are left out.".format(source))
        return []


def distinct(actions: t.Iterable[Action]) -> list[Action]:
    """Node actions are listed as tasks, too, with the same id; an action of the cluster has none in its own list."""
    found: dict[str, Action] = {}
    for action in actions:
        twins = [other for other in found.values() if action.resource_type == CLUSTER and other.kind == action.kind]
        if action.id not in found and not twins:
            found[action.id] = action
    return list(found.values())


def find_action(api: EnterpriseApi, uid: str) -> Action | None:
    """One action by its id, wherever it is reported. The ids of the last three are made by this collection."""
    if uid == BOOTSTRAPPED:
        return api.bootstrap()
    kind, _colon, rest = uid.partition(":")
    if kind == NODE and ":" in rest:
        node_uid, _colon, name = rest.partition(":")
        return api.node_action(node_uid, name)
    if kind == CLUSTER and rest:
        return next((action for action in api.cluster_actions() if action.id == uid), None)
    found = api.action(uid)
    if found is None and kind != BDB:
        found = api.crdb_task(uid) or next((action for action in api.node_actions() if action.id == uid), None)
    return found


def matches(action: Action, filters: Filters, since: float | None) -> bool:
    """All given filters at once."""
    words = [word.lower() for word in filters.get("status") or []]
    names = filters.get("name") or []
    object_uid = filters.get("object_uid")
    return (
        action.state in (filters.get("state") or STATES)
        and (not words or action.status.lower() in words)
        and (not names or any(is_kind(action.kind, name) for name in names))
        and (not filters.get("action_type") or action.action_type in filters["action_type"])
        and (not filters.get("object_type") or action.resource_type in filters["object_type"])
        and object_uid in (None, action.resource_id)
        and _is_recent(action, since)
    )


def _is_recent(action: Action, since: float | None) -> bool:
    """An action that tells no time at all may be recent."""
    if since is None:
        return True
    times = [parse_time(text) for text in (action.started, action.updated) if text]
    known = [when for when in times if when is not None]
    return not known or max(known) >= since

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plural modules as subjects: what holds for one resource has to hold for each of many in one run."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from .bench import Heard
from .subjects import (
    CREATE,
    DELETE,
    MEGABYTE,
    UPDATE,
    CloudDatabase,
    EnterpriseDatabase,
    Place,
    Step,
    Subject,
    accepted,
)

ONE, TWO, THREE, FOUR = NAMES = ("one", "two", "three", "four")
Item = dict[str, Any]


class Fleet(Subject):
    """One is changed, one left alone, one replaced by another: all kinds of change in one run."""

    names = frozenset(NAMES)
    size = ""
    sizes: tuple[int, int] = (1, 2)
    #: the option of the size at the server
    wire = ""
    #: the words of ``carried_out`` for a create, an update and a delete
    kinds: tuple[str, str, str] = ("", "", "")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def _address(self) -> Item:
        """The options beside the list of databases."""
        return {}

    def steps(self, rng: random.Random) -> list[Step]:
        create, update, delete = self.kinds
        small, large = self.sizes
        first = [self._item(name, small) for name in (ONE, TWO, THREE)]
        second = [self._item(ONE, large), self._item(TWO, small), self._gone(THREE), self._item(FOUR, small)]
        rng.shuffle(second)
        return [
            self._step(CREATE, first, {create: 3}, {ONE: small, TWO: small, THREE: small}),
            self._step(UPDATE, second, {update: 1, create: 1, delete: 1}, {ONE: large, TWO: small, FOUR: small}),
            self._step(DELETE, [self._gone(name) for name in NAMES], {delete: 3}, {}),
        ]

    def _step(self, action: str, items: list[Item], writes: dict[str, int], sizes: dict[str, int]) -> Step:
        holds = {name: {self.wire: size} for name, size in sizes.items()}
        return Step(action, {**self._address(), "databases": items}, Counter(writes), holds, len(sizes))

    def _item(self, name: str, size: int) -> Item:
        return {"name": name, self.size: size}

    def _gone(self, name: str) -> Item:
        return {"name": name, "state": "absent"}

    def shown(self, result: dict[str, Any]) -> list[dict[str, Any]]:
        return [item[self.noun] for item in result["results"] if item["state"] == "present"]

    def failures(self, result: dict[str, Any]) -> list[str]:
        if re.match(r"^\d+ of \d+ databases failed\. ", result["msg"]):
            return [item["error"] for item in result["results"] if item["failed"]]
        return [result["msg"]]

    def claimed(self, result: dict[str, Any]) -> set[str]:
        found = {item["name"] for item in result.get("results", ()) if item["changed"]}
        assert result["changed"] == bool(found), result
        return found

    def touched(self, place: Place, heard: Iterable[Heard], carried_out: bool = True) -> set[str]:
        return {
            self._name_in(request)
            for request in accepted(heard)
            if not carried_out or self.carried_out(place, [request])
        }

    def _name_in(self, request: Heard) -> str:
        if request.method == "POST":
            return str(json.loads(request.body)["name"])
        return self._known[request.path.rpartition("/")[2]]

    def ours(self, place: Place) -> list[dict[str, Any]]:
        rows = super().ours(place)
        # what has been deleted since is still called so
        self._known.update({str(row.get("id", row.get("uid"))): row["name"] for row in rows})
        return rows


class CloudDatabases(Fleet, CloudDatabase):
    name = "cloud-databases"
    module = "redis_cloud_databases"
    size = "dataset_size_in_gb"
    wire = "datasetSizeInGb"
    kinds = ("databaseCreateRequest", "databaseUpdateRequest", "databaseDeleteRequest")

    def _address(self) -> Item:
        return self.parent


class EnterpriseDatabases(Fleet, EnterpriseDatabase):
    module = "redis_enterprise_databases"
    size = wire = "memory_size"
    sizes = (100 * MEGABYTE, 200 * MEGABYTE)
    kinds = ("POST", "PUT", "DELETE")

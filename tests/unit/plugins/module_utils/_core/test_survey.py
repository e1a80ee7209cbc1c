# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list that the items of a fleet share, where the server's lags behind what a run has done."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.errors import OperationFailed
from ansible_collections.community.redis.plugins.module_utils._core.poller import Reading
from ansible_collections.community.redis.plugins.module_utils._core.survey import AGE_MAX, Survey
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    DELETING,
    JOINING,
    UPDATING,
    Reply,
    Work,
)
from unit.fake_clock import FakeClock

LAG = 75.0
NEW: dict[str, Any] = {"id": 1, "name": "new", "status": "active"}
OLD: dict[str, Any] = {"id": 2, "name": "old", "status": "active"}


class Server:
    """What is there, and what its list shows of it. ``asked`` are the requests: "list", or the id that was read."""

    def __init__(self, *listed: Reply) -> None:
        self.clock = FakeClock()
        self.listed = list(listed)
        self.there = {str(row["id"]): row for row in listed}
        self.asked: list[str] = []

    def survey(self) -> Survey:
        return Survey(self._list, self._get, "id", self.clock, LAG)

    def _list(self) -> list[Reply]:
        self.asked.append("list")
        return list(self.listed)

    def _get(self, resource_id: str) -> Reply | None:
        self.asked.append(resource_id)
        return self.there.get(resource_id)


def find(survey: Survey, name: str) -> Reply | None:
    return survey.find(name, lambda row: "", name)


class TestListThatLags:
    def test_created_one_is_read_as_long_as_it_is_not_listed(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        server.there["1"] = NEW
        survey.note("1", NEW)
        survey.refresh()
        assert survey.rows == [OLD, NEW]
        assert find(survey, "new") == NEW
        server.listed.append(NEW)
        survey.refresh()
        survey.refresh()
        assert survey.rows == [OLD, NEW]
        assert server.asked == ["list", "1", "list", "list"]

    def test_deleted_one_is_read_as_long_as_it_is_listed(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        assert survey.rows == [OLD]
        del server.there["2"]
        survey.note("2", None)
        survey.refresh()
        assert survey.rows == []
        assert find(survey, "old") is None
        server.listed.clear()
        survey.refresh()
        survey.refresh()
        assert server.asked == ["list", "list", "2", "list", "list"]

    def test_next_slice_knows_what_was_created(self) -> None:
        server = Server()
        survey = server.survey()
        survey.note("1", NEW)
        later = server.survey()
        later.pins.update(survey.pins)
        server.there["1"] = NEW
        assert later.rows == [NEW]

    def test_behind_until_it_is_listed_or_has_had_its_time(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        assert not survey.is_behind()
        assert server.asked == []
        server.there["1"] = NEW
        survey.note("1", NEW)
        server.clock.now += LAG - 1
        assert survey.is_behind()
        server.clock.now += 1
        assert not survey.is_behind()

    def test_not_behind_when_it_is_listed(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        survey.note("1", NEW)
        server.listed.append(NEW)
        assert not survey.is_behind()
        assert server.asked == ["list"]

    def test_deleted_one_that_is_still_listed_is_not_waited_for(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        survey.note("2", None)
        assert not survey.is_behind()


class TestAge:
    def test_old_list_is_read_again(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        survey.refresh()
        server.listed.append(NEW)
        server.clock.now += AGE_MAX - 1
        survey.freshen()
        assert survey.rows == [OLD]
        server.clock.now += 1
        survey.freshen()
        assert survey.rows == [OLD, NEW]
        survey.freshen()
        assert survey.rows == [OLD, NEW]
        assert server.asked == ["list", "list"]


class TestLooks:
    def test_end_of_a_work_shows_in_the_list(self) -> None:
        server = Server(OLD)
        survey = server.survey()
        survey.refresh()
        grown = {**OLD, "size": 2}
        survey.through(lambda work: Reading(True, "done", value=NEW), Work(CREATING, resource_id="1"))
        survey.through(lambda work: Reading(True, "done", value=grown), Work(UPDATING, resource_id="2"))
        assert survey.rows == [NEW, grown]
        survey.through(lambda work: Reading(True, "done"), Work(DELETING, resource_id="2"))
        assert survey.rows == [NEW]
        assert server.asked == ["list"]

    @pytest.mark.parametrize(
        ("settled", "work"), [(False, Work(CREATING, resource_id="1")), (True, Work(CREATING))]
    )
    def test_nothing_is_noted_before_it_is_known(self, settled: bool, work: Work) -> None:
        survey = Server(OLD).survey()
        survey.refresh()
        survey.through(lambda work: Reading(settled, "going on", value=NEW), work)
        assert survey.rows == [OLD]
        assert survey.pins == {}

    @pytest.mark.parametrize("settled", [True, False])
    def test_list_is_read_again_after_what_another_run_has_sent(self, settled: bool) -> None:
        server = Server(OLD)
        survey = server.survey()
        survey.refresh()
        server.listed.append(NEW)
        survey.through(lambda work: Reading(settled, "joined"), Work(JOINING, resource_id="2"))
        assert survey.rows == [OLD, NEW]
        assert survey.pins == {}

    def test_list_is_read_again_after_what_another_run_has_failed_with(self) -> None:
        def fail(work: Work) -> Reading:
            raise OperationFailed("It failed.")

        server = Server(OLD)
        survey = server.survey()
        survey.refresh()
        server.listed.clear()
        with pytest.raises(OperationFailed):
            survey.through(fail, Work(JOINING, resource_id="2"))
        assert survey.rows == []

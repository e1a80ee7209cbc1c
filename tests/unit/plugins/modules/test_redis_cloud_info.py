# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_subscription_info and redis_cloud_database_info."""

from __future__ import annotations

from typing import Any

import pytest

from unit.cloud_world import Account
from unit.harness import Bench

SUBSCRIPTIONS = "redis_cloud_subscription_info"
DATABASES = "redis_cloud_database_info"


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


class TestSubscriptions:
    def test_all_by_name_by_id(self, bench: Bench, account: Account) -> None:
        ids = [account.seed("one"), account.seed("two"), account.seed("two")]
        found = bench.ok(SUBSCRIPTIONS)
        assert not found.changed
        assert [item["subscription_id"] for item in found["subscriptions"]] == ids
        assert len(found.requests) == 1
        named = bench.ok(SUBSCRIPTIONS, name="two")["subscriptions"]
        assert [item["subscription_id"] for item in named] == ids[1:]
        (one,) = bench.ok(SUBSCRIPTIONS, subscription_id=ids[0])["subscriptions"]
        assert one["name"] == "one"
        assert one["status"] == "active"
        assert one["cloud_providers"][0]["provider"] == "AWS"

    def test_nothing_is_no_failure(self, bench: Bench) -> None:
        assert bench.ok(SUBSCRIPTIONS)["subscriptions"] == []
        assert bench.ok(SUBSCRIPTIONS, name="nowhere")["subscriptions"] == []
        assert bench.ok(SUBSCRIPTIONS, subscription_id=77, check=True)["subscriptions"] == []

    @pytest.mark.parametrize("shown", [True, False])
    def test_public_access_may_be_missing(self, bench: Bench, account: Account, shown: bool) -> None:
        bench.options("cloud", public_access_shown=shown)
        account.seed("one")
        assert bench.ok(SUBSCRIPTIONS)["subscriptions"][0]["public_endpoint_access"] is True


class TestDatabases:
    def test_all_by_name_by_id(self, bench: Bench, account: Account) -> None:
        home = account.seed("main", databases=3)
        found = bench.ok(DATABASES, subscription_name="main")["databases"]
        assert [item["name"] for item in found] == ["db-0001", "db-0002", "db-0003"]
        (named,) = bench.ok(DATABASES, subscription_id=home, name="db-0002")["databases"]
        (known,) = bench.ok(DATABASES, subscription_id=home, database_id=named["database_id"])["databases"]
        assert known["name"] == "db-0002"
        assert known["port"] == named["port"]
        assert known["subscription_id"] == home

    def test_nothing_is_no_failure(self, bench: Bench, account: Account) -> None:
        home = account.seed("main")
        for options in (
            {"subscription_id": home},
            {"subscription_id": 77},
            {"subscription_name": "nowhere"},
            {"subscription_id": home, "name": "nothing"},
            {"subscription_id": home, "database_id": 77},
        ):
            assert bench.ok(DATABASES, options)["databases"] == []

    @pytest.mark.parametrize("past_end", ["404", "empty"])
    @pytest.mark.parametrize("count", [99, 100, 101, 250])
    def test_pages(self, bench: Bench, account: Account, count: int, past_end: str) -> None:
        bench.options("cloud", past_end=past_end)
        home = account.seed("main", databases=count)
        assert len({item["name"] for item in bench.ok(DATABASES, subscription_id=home)["databases"]}) == count

    def test_passwords_only_on_request(self, bench: Bench, account: Account) -> None:
        home = account.seed("main", databases=2)
        passwords = [database["settings"]["password"] for database in account.databases()]
        run = bench.ok(DATABASES, subscription_id=home)
        assert not any(password in str(run.result) for password in passwords)
        for options in ({}, {"database_id": account.databases()[0]["id"]}):
            run = bench.ok(DATABASES, {"subscription_id": home, "return_secrets": True, **options})
            assert run["databases"][0]["password"] == passwords[0]
        by_id = bench.ok(DATABASES, subscription_id=home, database_id=account.databases()[0]["id"])
        assert not any(password in str(by_id.result) for password in passwords)

    @pytest.mark.parametrize("shown", ["both", "datasetSizeInGb", "memoryLimitInGb"])
    def test_sizes_in_every_form(self, bench: Bench, account: Account, shown: str) -> None:
        bench.options("cloud", memory_fields=shown)
        account.seed("main", databases=1)
        (found,) = bench.ok(DATABASES, subscription_name="main")["databases"]
        sizes = {name: found.get(name) for name in ("dataset_size_in_gb", "memory_limit_in_gb")}
        assert 1 in sizes.values() or 2 in sizes.values()

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({}, "subscription_id, subscription_name"),
            ({"subscription_id": 1, "subscription_name": "main"}, "mutually exclusive"),
            ({"subscription_id": 1, "name": "a", "database_id": 2}, "mutually exclusive"),
            ({"subscription_id": "main"}, "subscription_id"),
        ],
    )
    def test_bad_input(self, bench: Bench, options: dict[str, Any], words: str) -> None:
        run = bench.fails(DATABASES, options)
        assert words in run.message
        assert run.requests == []

    def test_two_subscriptions_of_one_name(self, bench: Bench, account: Account) -> None:
        ids = [account.seed("main"), account.seed("main")]
        run = bench.fails(DATABASES, subscription_name="main")
        assert all(str(known) in run.message for known in ids)

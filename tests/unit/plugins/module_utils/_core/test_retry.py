# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a failed request is sent again."""

from __future__ import annotations

import pytest
from requests.structures import CaseInsensitiveDict

from ansible_collections.community.redis.plugins.module_utils._core.retry import Backoff, retry_after


def test_delays_double_and_then_it_gives_up() -> None:
    backoff = Backoff(5)
    assert [backoff.next("GET", "/", None) for _number in range(6)] == [0.5, 2, 4, 8, 16, None]


def test_no_repetition() -> None:
    assert Backoff(0).next("GET", "/", None) is None


def test_delays_have_a_longest() -> None:
    backoff = Backoff(None)
    assert [backoff.next("POST", "/", None) for _number in range(9)] == [0.5, 2, 4, 8, 16, 30, 30, 30, 30]


def test_unlimited_goes_on_after_the_last_try() -> None:
    backoff = Backoff(1)
    assert [backoff.next("GET", "/", None, unlimited=True) for _number in range(3)] == [0.5, 2, 4]
    assert backoff.next("GET", "/", None) is None


@pytest.mark.parametrize(("hint", "expected"), [(None, 0.5), (0.0, 0.5), (0.1, 0.5), (9.0, 9.0)])
def test_hint_makes_it_longer_never_shorter(hint: float | None, expected: float) -> None:
    assert Backoff(1).next("GET", "/", hint) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "5"}, 5),
        ({"X-Rate-Limit-Retry-After-Seconds": "6.5"}, 6.5),
        ({"Retry-After": "5", "x-rate-limit-retry-after-seconds": "6"}, 6),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, 120),
        ({"Retry-After": "86400"}, 120),
    ],
)
def test_hint_of_the_server(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(CaseInsensitiveDict(headers)) == expected

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeded fault schedules: each history is three schedules, a create, an update and a delete, each under its own faults.

A failing one says how to replay it alone. ``SAFETY_SEEDS`` sets how many histories each resource gets.
"""

from __future__ import annotations

import os

import pytest
from ansible.release import __version__ as ansible_version

from .catalogue import SUBJECTS
from .schedule import play

# Histories per resource: 3 schedules each, 2,280 in all on the main version of ansible-core
MAIN_VERSION = "2.19."
SEEDS = {"cloud-database": 150, "cloud-subscription": 120}
SEEDS_OF_OTHERS = 70
SEEDS_ELSEWHERE = 20
PORTION = 10
REPLAY = os.environ.get("SAFETY_REPLAY", "")


def replay_command(name: str, seed: int) -> str:
    return f"SAFETY_REPLAY={name}/{seed} .venv/bin/python -m pytest tests/unit/safety/test_schedules.py"


def portions() -> list[tuple[str, range]]:
    """Which seeds of which resource run in one test."""
    if REPLAY:
        name, _slash, seed = REPLAY.partition("/")
        return [(name, range(int(seed), int(seed) + 1))]
    found = []
    for name in SUBJECTS:
        count = (
            SEEDS.get(name, SEEDS_OF_OTHERS) if ansible_version.startswith(MAIN_VERSION) else SEEDS_ELSEWHERE
        )
        count = int(os.environ.get("SAFETY_SEEDS", count))
        first = int(os.environ.get("SAFETY_FIRST", 0))
        found += [
            (name, range(start, min(start + PORTION, first + count)))
            for start in range(first, first + count, PORTION)
        ]
    return found


@pytest.mark.parametrize(
    ("name", "seeds"),
    portions(),
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}-{value[-1]}",
)
def test_all_is_as_it_must_be_at_the_end(name: str, seeds: range) -> None:
    failures = []
    for seed in seeds:
        try:
            play(name, seed)
        except AssertionError as error:
            failures.append(f"{error}\n\nreplay this one alone:\n  {replay_command(name, seed)}")
    assert not failures, "\n\n".join(failures)

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the tests of the plugins."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from unit.harness import Bench


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test finds the locks of another one, or credentials of whoever runs it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in list(os.environ):
        if name.startswith(("REDISCLOUD_", "REDIS_CLOUD_", "REDIS_ENTERPRISE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Both simulated products, and a way to run modules against them."""
    return Bench(monkeypatch)

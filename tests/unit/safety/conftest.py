# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the safety tests."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_credentials_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the credentials of whoever runs it."""
    for name in list(os.environ):
        if name.startswith(("REDISCLOUD_", "REDIS_CLOUD_", "REDIS_ENTERPRISE_")):
            monkeypatch.delenv(name)

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that do not come from the Python package index."""

from __future__ import annotations

import os
import shutil
import subprocess

APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=2")


def provide_redis_server() -> bool:
    """Have redis-server, so that the simulator's databases are real ones. Everything works without it, too."""
    if shutil.which("redis-server"):
        return True
    if os.geteuid() == 0 and shutil.which("apt-get") and (install() or (update() and install())):
        return True
    print(
        "redis-server is missing and could not be installed: simulated databases accept no connections",
        flush=True,
    )
    return False


def update() -> bool:
    return apt("update")


def install() -> bool:
    return apt("install", "-y", "--no-install-recommends", "redis-server")


def apt(*words: str) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            [*APT, *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=180,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that do not come from the Python package index."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=2")
SYSTEM_PATHS = ("/usr/sbin", "/usr/local/sbin")


@dataclasses.dataclass(frozen=True)
class Program:
    """``without``: what is different where it is missing. ``public``: where there is systemd, its package would start a
    server that others can reach."""

    name: str
    package: str
    without: str
    public: bool = False

    @property
    def present(self) -> bool:
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_PATHS])
        return shutil.which(self.name, path=path) is not None


REDIS_SERVER = Program("redis-server", "redis-server", "simulated databases accept no connections")
SSHD = Program("sshd", "openssh-server", "the test of a lost SSH connection is skipped", public=True)


def provide(*programs: Program) -> None:
    """Install what is missing, as far as this user may and should. Everything works without it, too."""
    missing = [program for program in programs if not program.present]
    open_to_all = Path("/run/systemd/system").exists()
    wanted = [program.package for program in missing if not (program.public and open_to_all)]
    if wanted and os.geteuid() == 0 and shutil.which("apt-get") and not install(wanted) and apt("update"):
        install(wanted)
    for program in missing:
        if not program.present:
            print(f"{program.name} ({program.package}) is missing: {program.without}", flush=True)


def install(packages: list[str]) -> bool:
    return apt("install", "-y", "--no-install-recommends", *packages)


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

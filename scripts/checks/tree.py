# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the working tree in the place where ansible's tools expect a collection."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from checks.machine import ROOT

PLACE = Path("ansible_collections") / "community" / "redis"


def make_tree(directory: Path) -> Path:
    """Copy what git tracks, or would track, to directory/ansible_collections/community/redis and return that path.

    The copy is a git repository of its own because ansible-test asks git for the list of files; a symbolic link to the
    checkout would not do, and edits made while the checks run do not disturb them.
    """
    tree = directory / PLACE
    tree.mkdir(parents=True)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listing.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    subprocess.run(["git", "init", "-q", "."], cwd=tree, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tree, check=True)
    return tree


def link_checkout(directory: Path) -> None:
    """Make the checkout importable as ansible_collections.community.redis below the directory."""
    link = directory / PLACE
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT, target_is_directory=True)

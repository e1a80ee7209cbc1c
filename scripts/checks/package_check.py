# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the collection's tarball, installs it somewhere else, and looks at what a user would get."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

# All that belongs into the tarball. A new top-level entry has to be added here or to build_ignore in galaxy.yml.
SHIPPED = {
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
MUST_SHIP = {"README.md", "CHANGELOG.md", "LICENSES", "meta", "plugins"}
MUST_SHIP_WHOLE = ("plugins", "roles", "playbooks", "meta")


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    print("$", *command)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def wrong_members(members: set[str], tracked: set[str]) -> list[str]:
    """What is in the tarball and should not be, and what should be and is not."""
    top = {name.partition("/")[0] for name in members}
    problems = [f"must not be in the tarball: {name}" for name in sorted(top - SHIPPED)]
    problems += [f"missing in the tarball: {name}" for name in sorted(MUST_SHIP - top)]
    for name in sorted(tracked - members):
        if name.startswith(tuple(f"{directory}/" for directory in MUST_SHIP_WHOLE)):
            problems.append(f"missing in the tarball: {name}")
    return problems


def undocumented(kind: str, names: list[str], env: dict[str, str]) -> list[str]:
    """The plugins whose whole documentation ansible-doc cannot show from the installed collection."""
    if not names:
        return []
    shown = json.loads(run("ansible-doc", "--json", "--type", kind, *names, env=env))
    if kind == "role":
        return [name for name in names if not shown.get(name, {}).get("entry_points")]
    return [name for name in names if not all(shown.get(name, {}).get(part) for part in ("doc", "examples", "return"))]


def main() -> None:
    work = Path(sys.argv[1])
    built, installed = work / "built", work / "installed"
    tracked = set(run("git", "ls-files").splitlines())
    run("ansible-galaxy", "collection", "build", "--output-path", built)
    (tarball,) = built.glob("*.tar.gz")
    with tarfile.open(tarball) as archive:
        members = {member.name for member in archive.getmembers()}
    problems = wrong_members(members, tracked)
    run("ansible-galaxy", "collection", "install", "--offline", "--collections-path", installed, tarball)
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(installed)}
    modules = sorted(Path(name).stem for name in members if name.startswith("plugins/modules/redis_"))
    roles = sorted(
        {name.split("/")[1] for name in members if name.startswith("roles/") and name.count("/") == 2}
    )
    for kind, names in (("module", modules), ("role", roles)):
        problems += [f"no documentation: {kind} {name}" for name in undocumented(kind, qualified(names), env)]
    print(f"{tarball.name}: {len(members)} members, {len(modules)} modules, {len(roles)} roles")
    if problems or not modules:
        sys.exit("\n".join(problems) or "the tarball has no modules")


def qualified(names: list[str]) -> list[str]:
    return [f"community.redis.{name}" for name in names]


if __name__ == "__main__":
    main()

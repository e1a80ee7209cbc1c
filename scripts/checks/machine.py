# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this machine offers, and the environment in which every tool runs."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"

# Settings of the person at the keyboard must not change a result, and a test must never reach a real account.
DROPPED_PREFIXES = (
    "ANSIBLE_",
    "MOLECULE_",
    "GIT_",
    "REDISCLOUD_",
    "REDIS_CLOUD_",
    "REDIS_ENTERPRISE_",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
)


def interpreter_version(program: Path | str) -> tuple[int, int] | None:
    """The (major, minor) of a released CPython, None when the program does not start or is a pre-release."""
    code = "import sys; i = sys.version_info; print(i[0], i[1], i[3], sys.implementation.name)"
    try:
        done = subprocess.run([program, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    if done.returncode != 0 or words[2:] != ["final", "cpython"]:
        return None
    return int(words[0]), int(words[1])


def is_shim_directory(directory: Path) -> bool:
    """True when the directory's python is a script that chooses an interpreter (pyenv, asdf).

    ansible-test takes such a script for the interpreter itself and fails.
    """
    for name in ("python3", "python"):
        try:
            with open(directory / name, "rb") as program:
                return program.read(2) == b"#!"
        except OSError:
            continue
    return False


def search_path() -> list[Path]:
    """PATH without shim directories."""
    entries = (Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry)
    return [entry for entry in entries if not is_shim_directory(entry)]


def interpreter_directories() -> list[Path]:
    """Where interpreters live beside PATH: versions of pyenv and those that uv manages."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local" / "share" / "uv" / "python"))
    found = [*pyenv.glob("versions/*/bin"), *uv.glob("cpython-*/bin")]
    return sorted({entry.resolve() for entry in found})


@functools.cache
def interpreters() -> dict[tuple[int, int], Path]:
    """Every released CPython 3 of this machine, one program per minor version."""
    found: dict[tuple[int, int], Path] = {}
    for directory in [*search_path(), *interpreter_directories()]:
        for program in sorted(directory.glob("python3.*")):
            match = re.fullmatch(r"python3\.(\d+)", program.name)
            named = (3, int(match.group(1))) if match else None
            if named and named not in found and interpreter_version(program) == named:
                found[named] = program
    return found


def path_for(venv: Path) -> str:
    """A PATH on which the venv comes first and every interpreter can be found under its own name."""
    return os.pathsep.join(str(entry) for entry in [venv / "bin", *search_path(), *interpreter_directories()])


def environment(venv: Path, pip_settings: dict[str, str]) -> dict[str, str]:
    """Environment for a tool of the venv: the caller's without personal settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED_PREFIXES)}
    local = ",".join(filter(None, [env.get("NO_PROXY") or env.get("no_proxy"), "127.0.0.1", "localhost"]))
    env.update(pip_settings)
    env.update(
        PATH=path_for(venv),
        VIRTUAL_ENV=str(venv),
        LC_ALL="C.UTF-8",
        PYTHONDONTWRITEBYTECODE="1",
        NO_PROXY=local,
        no_proxy=local,
        NO_COLOR="1",
    )
    return env

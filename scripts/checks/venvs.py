# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual environments: what is in them, and how they come to be."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from checks.machine import CACHE, ROOT, interpreter_version, interpreters

REQUIREMENTS = ROOT / "tests" / "requirements"

# pip's own settings, as pip reads them from its files and variables, under the names that uv knows.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}
PIP_NAMES = (*UV_NAMES, "proxy", "timeout", "default-timeout", "retries")


class SetupError(Exception):
    """Something that the checks need is missing and cannot be made."""


@dataclasses.dataclass(frozen=True)
class Venv:
    """One virtual environment: an ansible-core with the Pythons that it runs on, and requirement files."""

    name: str
    core: str
    pythons: tuple[tuple[int, int], ...]
    files: tuple[str, ...]

    @property
    def path(self) -> Path:
        return ROOT / ".venv" if self.name == "main" else CACHE / "venvs" / self.name

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"


# Pythons in order of preference. "main" is what people and the demo work with.
DEMO = Venv("main", "ansible-core>=2.19,<2.20", ((3, 11), (3, 12), (3, 13)), ("run.txt",))
MAIN = dataclasses.replace(DEMO, files=("run.txt", "test.txt", "lint.txt"))
OLDEST = Venv("oldest", "ansible-core>=2.17,<2.18", ((3, 11), (3, 12), (3, 10)), ("run.txt", "test.txt"))
NEWEST = Venv("newest", "ansible-core>=2.20", ((3, 14), (3, 13), (3, 12)), ("run.txt", "test.txt"))


def find_python(venv: Venv) -> Path | None:
    """The interpreter for a venv: the one that runs us when it fits, else the first preferred one."""
    ours = sys.version_info[:2]
    if venv.name == "main" and ours in venv.pythons:
        return Path(sys.executable)
    found = interpreters()
    return next((found[version] for version in venv.pythons if version in found), None)


def pip_settings(pip: list[str | Path]) -> dict[str, str]:
    """The machine's pip configuration as PIP_... variables, so that it survives a HOME of our own."""
    listing = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    found: dict[str, str] = {}
    for line in sorted(listing.splitlines(), key=lambda text: text.startswith(":env:")):
        key, separator, value = line.partition("=")
        name = key.rpartition(".")[2]
        if separator and name in PIP_NAMES:
            found["PIP_" + name.upper().replace("-", "_")] = str(ast.literal_eval(value))
    netrc = Path.home() / ".netrc"
    if netrc.exists():
        found["NETRC"] = str(netrc)
    return found


def uv_settings(pip: dict[str, str]) -> dict[str, str]:
    """The same configuration for uv. Like pip it looks at all indexes and takes the best version."""
    settings = {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, variable in UV_NAMES.items():
        value = pip.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            separator = "," if variable == "UV_FIND_LINKS" else " "
            settings[variable] = separator.join(value.split())
    return {key: value for key, value in settings.items() if key not in os.environ}


def make_venv(python: Path, path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    done = subprocess.run([python, "-m", "venv", path], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stdout + done.stderr).strip()
        raise SetupError(
            f"{python} cannot make a virtual environment (Debian: install python3-venv): {reason}"
        )


def bootstrap() -> Path:
    """The venv that holds uv (an installer much faster than pip); without uv its pip does the work."""
    path = CACHE / "venvs" / "bootstrap"
    python = path / "bin" / "python"
    if interpreter_version(python) is None:
        make_venv(Path(sys.executable), path)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"], check=False
        )
    return python


def install(venv: Venv, requirements: list[str]) -> None:
    python = bootstrap()
    uv = python.parent / "uv"
    settings = pip_settings([python, "-m", "pip"])
    if uv.exists():
        env = {**os.environ, **settings, **uv_settings(settings)}
        # as pip does; each of thousands of processes would compile it anew
        options = ["-q", "--compile-bytecode", "--python", str(venv.python)]
        command = [str(uv), "pip", "install", *options, *requirements]
        if subprocess.run(command, env=env, check=False).returncode == 0:
            return
        print("uv could not install the requirements, trying pip", flush=True)
    if (
        subprocess.run([venv.python, "-m", "pip", "install", "-q", *requirements], check=False).returncode
        != 0
    ):
        raise SetupError(f"cannot install {venv.core} and its tools into {venv.path}")


def ensure(venv: Venv) -> bool:
    """Make the venv, or bring it up to date. False when this machine has no Python for it."""
    python = find_python(venv)
    if python is None:
        return False
    files = [REQUIREMENTS / name for name in venv.files]
    text = "\n".join([venv.core, *(file.read_text(encoding="utf-8") for file in files)])
    wanted = hashlib.sha256(text.encode()).hexdigest()
    stamp = venv.path / f"stamp-{'-'.join(file.stem for file in files)}"
    if interpreter_version(venv.python) != interpreter_version(python):
        make_venv(python, venv.path)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        install(venv, [venv.core, *(word for file in files for word in ("-r", str(file)))])
        stamp.write_text(wanted, encoding="utf-8")
    return True

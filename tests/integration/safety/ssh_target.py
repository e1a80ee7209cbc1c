# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A target behind a real SSH connection: OpenSSH's server on the loopback address, for the user who runs the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from integration.safety.clients import Client, descendants, kill

PATIENCE = 30.0
CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


class NoSshError(Exception):
    """There is no target here; the text says why."""


class SshTarget:
    """Raises NoSshError when this machine cannot be one."""

    def __init__(self) -> None:
        programs = {name: _program(name) for name in ("sshd", "ssh", "ssh-keygen")}
        missing = [name for name, program in programs.items() if program is None]
        if missing:
            raise NoSshError(f"there is no {' and no '.join(missing)}; Debian's openssh-server and openssh-client have them")
        # the address of the UNIX socket of a shared connection may not be long
        self.directory = Path(tempfile.mkdtemp(prefix="ssh-"))
        for name in ("host", "user"):
            words = ("-q", "-t", "ed25519", "-N", "", "-f", str(self.directory / name))
            subprocess.run([str(programs["ssh-keygen"]), *words], check=True)
        self.port = _free_port()
        text = CONFIGURATION.format(port=self.port, directory=self.directory)
        (self.directory / "sshd_config").write_text(text, encoding="utf-8")
        if os.geteuid() == 0:
            # what the init script of the package does
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with open(self.directory / "log", "wb") as log:
            self._server = subprocess.Popen(
                [str(programs["sshd"]), "-D", "-e", "-f", str(self.directory / "sshd_config")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._ssh = str(programs["ssh"])
        try:
            self._try()
        except NoSshError:
            self.close()
            raise

    def _try(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            command = [self._ssh, *self.options, "-p", str(self.port), "-i", str(self.directory / "user")]
            tried = subprocess.run(
                [*command, f"{getpass.getuser()}@127.0.0.1", "true"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
            if tried.returncode == 0:
                return
            if self._server.poll() is not None or time.monotonic() > deadline:
                said = (self.directory / "log").read_text(encoding="utf-8", errors="replace").strip()
                raise NoSshError(f"no login at the SSH server of the test: {tried.stderr.decode()} {said}")
            time.sleep(0.2)

    options = ("-o", "BatchMode=yes", "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no")

    def inventory(self) -> str:
        """One host, called target."""
        variables = {
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": getpass.getuser(),
            "ansible_ssh_private_key_file": self.directory / "user",
            "ansible_ssh_common_args": f"'{' '.join(self.options)}'",
            "ansible_control_path_dir": self.directory / "cp",
            "ansible_remote_tmp": self.directory / "tmp",
            "ansible_python_interpreter": sys.executable,
        }
        return "target " + " ".join(f"{name}={value}" for name, value in variables.items()) + "\n"

    def running(self) -> list[int]:
        """What has been started over connections that are open."""
        return [one for one in descendants(self._server.pid) if not _name(one).startswith("sshd")]

    def cut(self) -> None:
        """Every connection ends, without a farewell."""
        for one in descendants(self._server.pid):
            if _name(one).startswith("sshd"):
                kill(one)

    def close(self) -> None:
        for one in [*descendants(self._server.pid), self._server.pid]:
            kill(one)
        self._server.wait(PATIENCE)
        shutil.rmtree(self.directory, ignore_errors=True)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"]))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def hang_up(client: Client) -> None:
    """Kill ssh below ansible-playbook; the connection that it shares has a life of its own."""
    for one in descendants(client.pid):
        if _name(one).startswith("ssh"):
            kill(one)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    except OSError:
        return ""

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prepares what the benchmark needs (venvs, a copy of the collection) and runs it: see ``--help`` of benchmark.run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from checks.__main__ import setup
from checks.machine import CACHE, ROOT, environment
from checks.tree import make_tree
from checks.venvs import MAIN, NEWEST, SetupError, ensure

OUTPUT = ROOT / "tests" / "output" / "benchmark"


def main() -> int:
    try:
        setup("test")
        newest = ensure(NEWEST)
    except SetupError as error:
        print(f"cannot go on: {error}", file=sys.stderr)
        return 2
    copy = CACHE / "benchmark"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    # a copy, so that edits in the meantime do not disturb what is measured
    tree = make_tree(copy)
    env = environment(MAIN.path, {})
    env["PYTHONPATH"] = os.pathsep.join([str(copy), str(tree / "tests"), str(tree / "scripts")])
    command = [
        str(MAIN.python),
        "-m",
        "benchmark.run",
        f"--main={MAIN.path}",
        f"--collections={copy}",
        f"--output={OUTPUT}",
        *sys.argv[1:],
    ]
    if newest:
        command.append(f"--newest={NEWEST.path}")
    else:
        print("No Python for the newest ansible-core on this machine: measured with 2.19 only")
    try:
        return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

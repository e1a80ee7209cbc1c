# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for the pip bootstrap script of ansible-test: installs the pip that came with the interpreter.

ansible-test downloads its script from a host that is no package registry, unless a file of that name is in its cache.
The modules that are no part of pip itself are installed with pip when the arguments name them.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path


def bundled_wheel() -> Path:
    import ensurepip

    # Debian keeps the wheels in a directory of its own.
    places = [
        Path(ensurepip.__file__).parent / "_bundled",
        Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "."),
    ]
    wheels = [wheel for place in places for wheel in sorted(place.glob("pip-*.whl"))]
    if not wheels:
        raise SystemExit(
            "this Python came without pip: no wheel in " + " or ".join(str(place) for place in places)
        )
    return wheels[-1]


def main() -> None:
    with zipfile.ZipFile(bundled_wheel()) as wheel:
        wheel.extractall(sysconfig.get_path("purelib"))
    wanted = [word for word in sys.argv[1:] if word.split("=")[0] in ("setuptools", "wheel")]
    if wanted:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *wanted], check=True)


if __name__ == "__main__":
    main()

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as it is, only with a clock on which a minute takes a few seconds.

How long the traces of a lost request may stay invisible is more than a minute (_core/once.py), and histories of real
processes meet that again and again. And a look a second is slow where a database is built in one.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FACTOR = 8.0
CLOCK = Path("plugins/module_utils/_core/clock.py")
FASTER = """

_BEGAN = {began!r}


class FastClock(Clock):
    def monotonic(self) -> float:
        return {factor!r} * time.monotonic()

    def time(self) -> float:
        return _BEGAN + {factor!r} * (time.time() - _BEGAN)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / {factor!r})


Clock = FastClock
"""


@functools.cache
def fast_collections() -> Path:
    """A directory for ANSIBLE_COLLECTIONS_PATH. Everything but the clock is a link to the tree that we are in."""
    directory = Path(tempfile.mkdtemp(prefix="fast-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    place = directory / "ansible_collections" / "community" / "redis"
    for level in reversed(CLOCK.parents):
        (place / level).mkdir(parents=True)
        for entry in (ROOT / level).iterdir():
            name = entry.relative_to(ROOT)
            if name != CLOCK and name not in CLOCK.parents and entry.name != "__pycache__":
                (place / name).symlink_to(entry)
    text = (ROOT / CLOCK).read_text(encoding="utf-8") + FASTER.format(began=time.time(), factor=FACTOR)
    (place / CLOCK).write_text(text, encoding="utf-8")
    return directory

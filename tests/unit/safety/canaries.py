# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that are recognised wherever they turn up, in whatever spelling and however badly cut.

A canary begins and ends with letters and digits that occur nowhere else; between them stands what has to be escaped in
JSON, URLs, Python, HTML or a shell. Whoever escapes it, leaves its two ends as they are; only base64 does not, and is
looked for in its three alignments. What is searched is the shortest end that is still unique, so that half a secret is
found, too.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

END = 10
SOUGHT = 8
# What is special somewhere. Without a pair of braces, which is a template, and without line breaks
ASCII = "'\"\\/%+&< @:#$;=?!~,x|"
WILD = ASCII + "\u00e9\u20ac"
HEADER = ASCII
PLAIN = "-"


class Canaries:
    """A canary for each name; the same ones in each run, so that a finding can be looked at again."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._ends: dict[str, tuple[str, str]] = {}
        self.values: dict[str, str] = {}

    def make(self, name: str, middle: str = WILD) -> str:
        head, tail = (self._end(), self._end())
        self._ends[name] = (head, tail)
        self.values[name] = head + middle + tail
        return self.values[name]

    def key(self, name: str) -> str:
        """A private key in PEM format."""
        body = self.make(name, "/+" * 20 + "\n" + "+/" * 20 + "\n" + "AB==\n")
        begin, end = ("-----{0} PRIVATE KEY-----\n".format(word) for word in ("BEGIN", "END"))
        self.values[name] = begin + body + "\n" + end
        return self.values[name]

    def url(
        self, name: str, scheme: str = "redis", quoted: bool = True, host: str = "one.example:6379"
    ) -> str:
        """A URL with a canary for a password. ``quoted``: as the standard wants it, else as people write it."""
        self.make(name, WILD if quoted else "@:+&=;~")
        password = quote(self.values[name], safe="") if quoted else self.values[name]
        self.values[name] = "{0}://user:{1}@{2}".format(scheme, password, host)
        return self.values[name]

    def _end(self) -> str:
        letters = string.ascii_letters + string.digits
        return self._rng.choice(string.ascii_letters) + "".join(self._rng.choices(letters, k=END - 1))

    def found(self, text: str) -> set[str]:
        """The names of the canaries in a text."""
        lower = text.lower()
        return {
            name
            for name, (head, tail) in self._ends.items()
            if head[:SOUGHT].lower() in lower
            or tail[-SOUGHT:].lower() in lower
            or any(coded in text for end in (head, tail) for coded in _in_base64(end))
        }

    def found_in_files(self, roots: Iterable[Path]) -> dict[str, set[str]]:
        """The names of the canaries in all files below these directories, and in their names."""
        found: dict[str, set[str]] = {}
        for root in roots:
            for path in [root, *root.rglob("*")]:
                text = str(path)
                if path.is_file() and not path.is_symlink():
                    text += path.read_bytes().decode("utf-8", errors="replace")
                names = self.found(text)
                if names:
                    found[str(path)] = names
        return found


def _in_base64(end: str) -> list[str]:
    """What is the same in the base64 of every text that holds this, whatever stands before and after it."""
    return [
        base64.b64encode(b"\0" * before + end.encode("ascii"))
        .decode("ascii")[-(-before * 8 // 6) : -4]
        .strip("=")
        for before in range(3)
    ]

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugin and the module say to each other between the slices of one run. Pure functions.

The plugin grants a slice its ``seconds``, and says how long those before have ``waited``; the module returns what people
are shown (``what``, ``reading``), and what the next slice has to know, which the plugin hands on as it is.
"""

from __future__ import annotations

import json
import typing as t
import zlib

# The action plugin's private argument, and the module's private result of a slice that is not the last one
SLICE_ARGUMENT = "_redis_slice"
PENDING_RESULT = "_redis_pending"

# The letters that packed bytes are written in: nobody's alphabet (Unicode's private use area)
_FIRST_LETTER = 0xE000


def share(seconds: float, waited: float = 0.0, pending: t.Mapping[str, t.Any] | None = None) -> dict[str, t.Any]:
    """What a slice gets; ``pending`` is what the one before has returned."""
    return {"seconds": seconds, "waited": waited, "known": (pending or {}).get("known")}


def pack(known: dict[str, t.Any]) -> str:
    """Knowledge as a text in which nothing can be masked.

    AnsibleModule masks secrets wherever their text occurs in a result, even in the middle of an id, in a word or a
    number. What people see has to bear that; the next slice would follow a wrong id.
    """
    return "".join(chr(_FIRST_LETTER + byte) for byte in zlib.compress(json.dumps(known).encode("utf-8")))


def unpack(text: str | None) -> dict[str, t.Any]:
    if not text:
        return {}
    packed = bytes(ord(letter) - _FIRST_LETTER for letter in text)
    return t.cast("dict[str, t.Any]", json.loads(zlib.decompress(packed)))

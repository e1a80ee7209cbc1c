# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request that was received, with what became of it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from .messages import Request

WRITES = ("POST", "PUT", "PATCH", "DELETE")
SECRET = re.compile(r"password|secret|accesskey|token|credential|certificate|private_?key", re.IGNORECASE)
USERINFO = re.compile(r"(\w+://)[^/@\s]+@")
MASK = "***"


@dataclass
class Entry:
    """One request. ``status``: what was sent, ``None`` if nothing was. ``write``: it could have changed something."""

    seq: int
    time: float
    product: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    write: bool
    status: int | None = None
    fault: str | None = None
    processed: bool = True


class Journal:
    """Requests in the order of their arrival, secrets masked."""

    def __init__(self, log: TextIO | None = None) -> None:
        self._entries: list[Entry] = []
        self._seq = 0
        self._log = log

    def received(self, product: str, request: Request, time: float) -> Entry:
        """Note a request; ``answered`` completes it."""
        self._seq += 1
        entry = Entry(
            seq=self._seq,
            time=time,
            product=product,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            body=redacted_body(request),
            write=request.method in WRITES,
        )
        self._entries.append(entry)
        return entry

    def answered(
        self, entry: Entry, status: int | None, fault: str | None = None, processed: bool = True
    ) -> None:
        """Note what was sent: ``status`` is ``None`` when the client got no answer."""
        entry.status, entry.fault, entry.processed = status, fault, processed
        if self._log is not None:
            print(json.dumps(asdict(entry)), file=self._log, flush=True)

    def entries(self, since: int = 0, writes: bool = False) -> list[dict[str, Any]]:
        """Entries after the number ``since``; with ``writes`` only those that could have changed something."""
        return [asdict(entry) for entry in self._entries if entry.seq > since and (entry.write or not writes)]

    def clear(self) -> None:
        """Forget all entries; the numbering goes on."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)


def redacted_body(request: Request) -> Any:
    """The JSON body with secrets masked; text that is not JSON is not kept."""
    try:
        return redacted(request.json())
    except ValueError:
        return f"({len(request.body)} bytes that are not JSON)"


def redacted(value: Any) -> Any:
    """``value`` with secret fields and the credentials inside of URLs masked."""
    if isinstance(value, dict):
        return {
            name: MASK if SECRET.search(name) and item else redacted(item) for name, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return USERINFO.sub(rf"\1{MASK}@", value) if isinstance(value, str) else value

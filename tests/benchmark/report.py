# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints rows as they come, and writes them all as JSON, by the names that select them."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from .rows import Row

WIDTH = 118
COLUMNS = "  {target:<12} {result:<12} {verdict:<8} {ours:<40} {other}"


def machine() -> dict[str, Any]:
    """What the figures depend on, as far as it can be known."""
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        "date": time.strftime("%Y-%m-%d %H:%M:%S"),
    }


class Report:
    """``title`` says what is run; ``facts`` are printed above the rows."""

    def __init__(self, directory: Path, facts: dict[str, Any]) -> None:
        self.groups: dict[str, list[Row]] = {}
        self._directory = directory
        self._facts = facts
        self._began = time.monotonic()
        self._how = ""
        for name, value in facts.items():
            print(f"{name:<12} {value}")
        print()
        heads = {
            "target": "target",
            "result": "result",
            "verdict": "",
            "ours": "ours",
            "other": "compared with",
        }
        print(COLUMNS.format(**heads))
        print("=" * WIDTH, flush=True)

    def add(self, row: Row, group: str) -> None:
        self.groups.setdefault(group, []).append(row)
        print(row.what)
        columns = {
            "target": row.target,
            "result": row.result,
            "verdict": row.verdict,
            "ours": row.ours,
            "other": row.other,
        }
        print(COLUMNS.format(**columns).rstrip())
        print(f"  ({row.how})", flush=True)

    def fail(self, name: str, error: Exception) -> None:
        """A measurement that could not be made is a row, too."""
        self.add(Row(f"{name} could not be measured", float("inf"), str(error)[:200], limit=0), name)

    def close(self) -> None:
        judged = [row for rows in self.groups.values() for row in rows if row.met is not None]
        met = sum(1 for row in judged if row.met)
        load = os.getloadavg()[0]
        print("=" * WIDTH)
        print(
            f"{met} of {len(judged)} targets met, {time.monotonic() - self._began:.0f} s, "
            f"load {self._facts['load']} before and {load:.1f} after"
        )
        for row in judged:
            if not row.met:
                print(f"  missed: {row.what}: {row.result} (target {row.target}) - {row.how}")
        facts = {**self._facts, "load_after": round(load, 1)}
        groups = {name: {"facts": facts, "rows": [row.dump() for row in rows]} for name, rows in self.groups.items()}
        self._directory.joinpath("results.json").write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")

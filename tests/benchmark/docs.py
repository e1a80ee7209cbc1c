# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes the figures of the last benchmark into the documentation: nobody types them.

    make bench-docs                     # after make bench, or after a part of it

What was measured replaces the same part of results.json here, which is kept in the repository; the tables between the
marks in the README and in a guide are written from that, and the plots are copied. A unit test sees when they differ.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from .rows import Row

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "tests" / "output" / "benchmark"
KEPT = Path(__file__).with_name("results.json")
IMAGES = ROOT / "docs" / "docsite" / "images"
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "docsite" / "rst" / "guide_fleets.rst"
# in the order of the tables
GROUPS = ("makespan", "lag", "requests", "call", "start", "unchanged", "quota", "growth", "fleet")
BEGIN, END = "figures of make bench", "end of the figures"

Groups = dict[str, dict[str, Any]]


def merged(kept: Groups, measured: Groups) -> Groups:
    """What was measured anew replaces what was known. Raises ValueError when it is not worth being shown."""
    for name, group in measured.items():
        if group["facts"]["size"] != "full":
            raise ValueError("this was a quick run; its figures do not go into the documentation")
        if any("could not be measured" in row["what"] for row in group["rows"]):
            raise ValueError(f"{name} could not be measured")
    both = {**kept, **measured}
    return {
        name: {"facts": both[name]["facts"], "rows": [{**row, "raw": {}} for row in both[name]["rows"]]}
        for name in GROUPS
        if name in both
    }


def rows_of(groups: Groups) -> list[Row]:
    return [Row.load(row) for group in groups.values() for row in group["rows"]]


def where(groups: Groups) -> str:
    """On which machine, and when."""
    keys = ("processor", "cores", "cores used")
    machines = dict.fromkeys(tuple(group["facts"][key] for key in keys) for group in groups.values())
    dates = sorted({group["facts"]["date"][:10] for group in groups.values()})
    named = "; ".join(f"{processor}, {cores} cores, {used}" for processor, cores, used in machines)
    return f"Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))}: {named}."


def readme_table(groups: Groups) -> str:
    """The rows that have short words, in Markdown."""
    lines = ["| what | target | result |", "|---|---|---|"]
    for row in rows_of(groups):
        if row.short:
            missed = " (missed)" if row.met is False else ""
            lines.append(f"| {row.short} | {row.target} | {row.result}{missed} |")
    return "\n".join([*lines, "", where(groups)])


def guide_table(groups: Groups) -> str:
    """All rows, in reStructuredText."""
    lines = [".. list-table::", "  :header-rows: 1", ""]
    heads = ("What", "Target", "Result", "Collection", "Compared with", "How it was measured")
    cells = [
        (row.what, row.target, f"{row.result} {row.verdict}".strip(), row.ours, row.other, row.how)
        for row in rows_of(groups)
    ]
    for line in (heads, *cells):
        lines += [f"  {'  -' if number else '* -'} {cell}".rstrip() for number, cell in enumerate(line)]
    return "\n".join([*lines, "", where(groups)])


def between_marks(text: str, table: str) -> str:
    """The text with this table between its marks, which stand on lines of their own."""
    lines = text.splitlines()
    (begin,) = (number for number, line in enumerate(lines) if BEGIN in line)
    (end,) = (number for number, line in enumerate(lines) if END in line)
    return "\n".join([*lines[: begin + 1], "", *table.splitlines(), "", *lines[end:], ""])


def pages(groups: Groups) -> dict[Path, str]:
    """The files with tables, as they should be."""
    tables = {README: readme_table(groups), GUIDE: guide_table(groups)}
    return {path: between_marks(path.read_text(encoding="utf-8"), table) for path, table in tables.items()}


def main() -> int:
    try:
        measured = json.loads((OUTPUT / "results.json").read_text(encoding="utf-8"))
        groups = merged(json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}, measured)
    except (OSError, ValueError) as error:
        print(f"there is nothing to take over: {error}", file=sys.stderr)
        return 1
    KEPT.write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
    for path, text in pages(groups).items():
        path.write_text(text, encoding="utf-8")
    IMAGES.mkdir(parents=True, exist_ok=True)
    for plot in OUTPUT.glob("*.svg"):
        shutil.copy(plot, IMAGES / plot.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

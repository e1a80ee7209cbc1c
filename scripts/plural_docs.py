# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies the documentation of fields from a singular module into its plural module, where they are suboptions.

    python3 scripts/plural_docs.py          # write
    python3 scripts/plural_docs.py --check  # fail when a plural module is out of date

What is copied stands between the lines MARK_BEGIN and MARK_END of the plural module and is not edited by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MODULES = Path(__file__).resolve().parent.parent / "plugins" / "modules"
MARK_BEGIN = "      # fields of {0}, see scripts/plural_docs.py"
MARK_END = "      # end of the fields of {0}"
PAIRS = {
    "redis_cloud_databases": "redis_cloud_database",
    "redis_enterprise_databases": "redis_enterprise_database",
}
# options of the singular modules that are no fields of the resource
NOT_FIELDS = {"state", "subscription_id", "subscription_name", "database_id", "uid", "dry_run"}


def option_blocks(text: str) -> dict[str, list[str]]:
    """The lines of each option in a module's DOCUMENTATION, by name."""
    documentation = text.split('DOCUMENTATION = r"""', 1)[1].split('"""', 1)[0]
    options = documentation.split("\noptions:\n", 1)[1]
    blocks: dict[str, list[str]] = {}
    name = ""
    for line in options.splitlines():
        top = re.match(r"  (\w+):$", line)
        if line and not line.startswith(" "):
            break
        if top:
            name = top.group(1)
        if name:
            blocks.setdefault(name, []).append(line)
    return blocks


def as_suboption(lines: list[str], names: set[str]) -> list[str]:
    """Indented, required when it is the name, and with references that lead to the suboption."""

    def refer(match: re.Match[str]) -> str:
        return f"O(databases[].{match.group(1)}" if match.group(1) in names else match.group(0)

    return [re.sub(r"O\((\w+)", refer, "    " + line) if line else line for line in lines]


def without_missing(lines: list[str]) -> list[str]:
    """Without the sentences about options that a plural module does not have."""
    kept: list[str] = []
    items: list[list[str]] = []
    for line in lines:
        if re.match(r" +- ", line):
            items.append([line])
        elif items and re.match(r" {8}\S", line):
            items[-1].append(line)
        else:
            kept += [text for item in items for text in item]
            items = []
            kept.append(line)
        if items and any(f"O({name})" in items[-1][-1] for name in NOT_FIELDS):
            items[-1] = [""]
    kept += [text for item in items for text in item]
    return [line for line in kept if line]


def fields(singular: str) -> list[str]:
    blocks = {name: lines for name, lines in option_blocks(singular).items() if name not in NOT_FIELDS}
    result: list[str] = []
    for name, lines in blocks.items():
        lines = as_suboption(without_missing(lines), set(blocks))
        if name == "name":
            lines.append("        required: true")
        result += lines
    return result


def updated(plural: str, singular: str, singular_name: str) -> str:
    begin, end = MARK_BEGIN.format(singular_name), MARK_END.format(singular_name)
    before, rest = plural.split(begin, 1)
    _old, after = rest.split(end, 1)
    return "\n".join([before + begin, *fields(singular), end]) + after


def stale() -> dict[Path, str]:
    """The modules that are out of date, and what should be in them."""
    found = {}
    for plural_name, singular_name in PAIRS.items():
        path = MODULES / f"{plural_name}.py"
        text = path.read_text(encoding="utf-8")
        new = updated(text, (MODULES / f"{singular_name}.py").read_text(encoding="utf-8"), singular_name)
        if new != text:
            found[path] = new
    return found


def main() -> int:
    found = stale()
    if "--check" in sys.argv:
        for path in found:
            print(f"out of date: {path.name}; run scripts/plural_docs.py")
        return len(found)
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the parts of the roles' argument_specs.yml that are options of modules, from the modules themselves.

    .venv/bin/python scripts/role_docs.py          # write
    .venv/bin/python scripts/role_docs.py --check  # fail when a role is out of date

What is written stands between the lines MARK_BEGIN and MARK_END of a variable and is not edited by hand. Of each description
it takes the first sentence, and when the option can be set.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".cache" / "collections"))

PLUGINS = "ansible_collections.community.redis.plugins"
MARK_BEGIN = "          # options of community.redis.{0}, see scripts/role_docs.py\n"
MARK_END = "          # end of the options of community.redis.{0}\n"
WHEN = ("Can only be set when", "Required to create")
WIDTH = 120


@dataclasses.dataclass(frozen=True)
class Part:
    """A role variable that holds options of a module, or those of the items of its option ``below``.

    :param fields: where the fields are declared that the options belong to. :param left_out: options the role has not.
    """

    variable: str
    module: str
    fields: tuple[str, str]
    below: str = ""
    left_out: frozenset[str] = frozenset()

    @property
    def role(self) -> str:
        return "_".join(self.variable.split("_")[:2])

    @property
    def file(self) -> Path:
        return ROOT / "roles" / self.role / "meta" / "argument_specs.yml"

    def text(self) -> str:
        documentation = importlib.import_module(f"{PLUGINS}.modules.{self.module}").DOCUMENTATION
        docs: dict[str, Any] = yaml.safe_load(documentation)["options"]
        fields: Any = getattr(
            importlib.import_module(f"{PLUGINS}.module_utils.{self.fields[0]}"), self.fields[1]
        )
        if self.below:
            docs = docs[self.below]["suboptions"]
            (fields,) = (field.options for field in fields if field.name == self.below)
        docs = {name: entry for name, entry in docs.items() if name not in self.left_out}
        # references to options of the module lead to what they are in the role
        place, old = (f"{self.variable}[]", f"{self.below}[].") if self.below else (self.variable, "")
        reference = re.compile(rf"O\({re.escape(old)}({'|'.join(docs)})\b")
        return "".join(
            f"{line}\n" for line in options(docs, fields, lambda text: reference.sub(rf"O({place}.\1", text))
        )


PARTS = (
    Part(
        "redis_cloud_subscription",
        "redis_cloud_subscription",
        ("_cloud.subscription", "SUBSCRIPTION_FIELDS"),
        left_out=frozenset({"state", "databases", "delete_databases", "dry_run"}),
    ),
    Part("redis_cloud_databases", "redis_cloud_databases", ("_cloud.run_fleet", "FIELDS"), below="databases"),
    Part(
        "redis_enterprise_databases",
        "redis_enterprise_databases",
        ("_enterprise.run_fleet", "FIELDS"),
        below="databases",
    ),
)


def options(
    docs: dict[str, Any], fields: Iterable[Any], refer: Callable[[str], str], pad: str = " " * 10
) -> Iterator[str]:
    """The lines of some options: what the documentation says, and what only the declaration knows."""
    declared = {field.name: field for field in fields}
    for name, entry in docs.items():
        yield f"{pad}{name}:"
        field = declared.get(name)
        facts: dict[str, Any] = {"description": refer(in_short(entry["description"]))}
        facts.update((key, entry[key]) for key in ("type", "elements", "choices", "required") if key in entry)
        if field is not None and field.choices and not isinstance(field.reset, unset()):
            # a role's null is compared with the choices, and these cannot hold null when they are numbers
            if entry["type"] == "str":
                facts["choices"] = [*entry["choices"], None]
            else:
                del facts["choices"]
        if field is not None and field.secret:
            facts["no_log"] = True
        for key, value in facts.items():
            yield from entry_lines(key, value, pad + "  ")
        if "suboptions" in entry:
            yield f"{pad}  options:"
            below = field.options if field is not None else ()
            yield from options(entry["suboptions"], below, refer, pad + "    ")


def unset() -> type:
    return type(importlib.import_module(f"{PLUGINS}.module_utils._core.fields").UNSET)


def in_short(description: str | list[str]) -> str:
    """The first sentence, and those that say when the option can be set."""
    text = description if isinstance(description, str) else " ".join(description)
    first, *others = re.split(r"(?<=\.)\s+(?=[A-Z])", text.strip())
    return " ".join([first, *(sentence for sentence in others if sentence.startswith(WHEN))])


def entry_lines(key: str, value: Any, pad: str) -> Iterator[str]:
    """One key with its value as YAML; a list in one line if it fits."""
    if isinstance(value, list):
        items = yaml.safe_dump(value, default_flow_style=True, width=sys.maxsize).rstrip()
        fits = len(f"{pad}{key}: {items}") <= WIDTH
        text = f"{key}: {items}" if fits else f"{key}:\n" + textwrap.indent(yaml.safe_dump(value), "  ")
    else:
        text = yaml.safe_dump({key: value}, width=WIDTH - len(pad))
    yield from textwrap.indent(text.rstrip(), pad).split("\n")


def updated(text: str, part: Part) -> str:
    begin, end = MARK_BEGIN.format(part.module), MARK_END.format(part.module)
    before, rest = text.split(begin, 1)
    _old, after = rest.split(end, 1)
    return before + begin + part.text() + end + after


def stale() -> dict[Path, str]:
    """The files that are out of date, and what should be in them."""
    wanted: dict[Path, str] = {}
    for part in PARTS:
        wanted[part.file] = updated(wanted.get(part.file) or part.file.read_text(encoding="utf-8"), part)
    return {file: text for file, text in wanted.items() if text != file.read_text(encoding="utf-8")}


def main() -> int:
    found = stale()
    if "--check" in sys.argv:
        for file in found:
            print(f"out of date: {file.relative_to(ROOT)}; run scripts/role_docs.py")
        return len(found)
    for file, text in found.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

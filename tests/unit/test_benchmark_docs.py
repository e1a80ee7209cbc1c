# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures in the documentation are those of the benchmark."""

from __future__ import annotations

import json
from typing import Any

import pytest
from benchmark import docs
from benchmark.rows import Row

FACTS = {"size": "full", "processor": "P", "cores": 2, "cores used": "2.19", "date": "2026-11-28 10:00:00"}


def group(*rows: Row, **facts: Any) -> dict[str, Any]:
    return {"facts": {**FACTS, **facts}, "rows": [row.dump() for row in rows]}


ROW = Row("what it is", 1.5, "3 s", "2 s", 2, unit=" s", how="with care", short="it", raw={"seconds": [1, 2]})
MISSED = Row("another", 3, "3", limit=2, short="the other")
LONG = Row("only in the guide", 7, "7")


@pytest.mark.parametrize("path", docs.pages({"lag": group(ROW)}), ids=lambda path: path.name)
def test_nobody_has_typed_a_figure(path: Any) -> None:
    groups = json.loads(docs.KEPT.read_text(encoding="utf-8"))
    expected = docs.pages(groups)[path]
    assert path.read_text(encoding="utf-8") == expected, "run make bench-docs"


def test_plots_are_there() -> None:
    guide = docs.GUIDE.read_text(encoding="utf-8")
    names = {path.name for path in docs.IMAGES.glob("*.svg")}
    assert names == {"fleet_gantt.svg", "fleet_compared.svg", "fleet_requests.svg"}
    assert all(f"/docs/docsite/images/{name}" in guide for name in names)


def test_part_that_was_measured_anew_replaces_its_own() -> None:
    kept = {"quota": group(MISSED), "lag": group(LONG)}
    both = docs.merged(kept, {"lag": group(ROW, date="2026-12-01 10:00:00"), "makespan": group(ROW)})
    assert list(both) == ["makespan", "lag", "quota"]
    assert [row.what for row in docs.rows_of(both)] == [ROW.what, ROW.what, MISSED.what]
    assert both["lag"]["rows"][0]["raw"] == {}
    assert docs.where(both) == "Measured 2026-11-28 to 2026-12-01: P, 2 cores, 2.19."


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        ({"lag": group(ROW, size="quick: fewer")}, "quick run"),
        ({"lag": group(Row("lag could not be measured", 0, "oh", limit=0))}, "could not be measured"),
    ],
)
def test_what_is_not_worth_being_shown(measured: docs.Groups, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        docs.merged({}, measured)


def test_tables() -> None:
    groups = {"lag": group(ROW, LONG), "quota": group(MISSED)}
    where = "Measured 2026-11-28: P, 2 cores, 2.19."
    assert docs.readme_table(groups).splitlines() == [
        "| what | target | result |",
        "|---|---|---|",
        "| it | <= 2 s | 1.5 s |",
        "| the other | <= 2 | 3 (missed) |",
        "",
        where,
    ]
    table = docs.guide_table(groups)
    assert "  * - what it is\n    - <= 2 s\n    - 1.5 s met\n    - 3 s\n    - 2 s\n    - with care\n" in table
    assert "  * - only in the guide\n    -\n    - 7\n" in table
    assert table.endswith(where)


def test_only_what_is_between_the_marks_is_written() -> None:
    text = f"before\n<!-- {docs.BEGIN} -->\nold\n<!-- {docs.END} -->\nafter\n"
    new = docs.between_marks(text, "new\ntable")
    assert new == f"before\n<!-- {docs.BEGIN} -->\n\nnew\ntable\n\n<!-- {docs.END} -->\nafter\n"
    assert docs.between_marks(new, "new\ntable") == new

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A line of the result: a target, what was measured, and the figures behind it."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from typing import Any

AT_MOST = "<="
AT_LEAST = ">="


@dataclasses.dataclass
class Row:
    """``value`` is compared with ``limit``; a row without a limit only informs.

    ``ours`` and ``other`` are the two raw figures, with their units; ``how`` says on which clock, at which speed and how
    often it was measured. ``short`` are the words for a row of the README; rows without them are left out there.
    """

    what: str
    value: float
    ours: str
    other: str = ""
    limit: float | None = None
    sense: str = AT_MOST
    unit: str = ""
    how: str = ""
    short: str = ""
    raw: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value <= self.limit if self.sense == AT_MOST else self.value >= self.limit

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]

    @property
    def target(self) -> str:
        return "" if self.limit is None else f"{self.sense} {self.limit:g}{self.unit}"

    @property
    def result(self) -> str:
        return f"{figure(self.value)}{self.unit}" if math.isfinite(self.value) else "none"

    def dump(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "met": self.met}

    @classmethod
    def load(cls, data: dict[str, Any]) -> Row:
        return cls(**{name: value for name, value in data.items() if name != "met"})


def figure(value: float) -> str:
    """A number with as many digits as are worth reading."""
    if value == int(value) or value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}".rstrip("0").rstrip(".")


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Median and extremes."""
    return f"{figure(statistics.median(values))} {unit} ({figure(min(values))}-{figure(max(values))})"


def paired(ours: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios of neighbours: what disturbs the machine for a while disturbs both of a pair."""
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A drawing of rectangles, lines and words, without a library."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

WIDTH, MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 800.0, 70.0, 20.0, 52.0, 34.0
LICENCE = (
    "<!-- Copyright: (c) 2026, community.redis contributors; GNU General Public License v3.0+ "
    "SPDX-License-Identifier: GPL-3.0-or-later -->"
)
INK, GRID, PAPER = "#333333", "#dddddd", "#ffffff"


class Plot:
    """A plot with a title above and seconds from left to right; ``height`` is that of the inner area."""

    def __init__(self, title: str, seconds: float, height: float) -> None:
        self._seconds = seconds
        self._height = height
        self._parts: list[str] = []
        total = height + MARGIN_TOP + MARGIN_BOTTOM
        self._head = (
            f"{LICENCE}\n"
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {total:g}" '
            f'font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}">'
        )
        self._box(0, 0, WIDTH, total, PAPER)
        self._words(MARGIN_LEFT, 18, title, size=15)
        self._grid()

    def _grid(self) -> None:
        step = nice_step(self._seconds / 8)
        for number in range(int(self._seconds / step) + 1):
            x = self._x(number * step)
            self._line(x, MARGIN_TOP, x, MARGIN_TOP + self._height, GRID)
            self._words(x, MARGIN_TOP + self._height + 16, f"{number * step:g} s", anchor="middle")

    def box(self, begin: float, end: float, top: float, height: float, color: str) -> None:
        """``top`` counts from the top of the inner area."""
        self._box(self._x(begin), MARGIN_TOP + top, self._x(end) - self._x(begin), height, color)

    def mark(self, moment: float, text: str) -> None:
        """A dashed line from top to bottom with words beside its head."""
        x = self._x(moment)
        self._line(x, MARGIN_TOP, x, MARGIN_TOP + self._height, INK, dashed=True)
        left = x > WIDTH - 200
        self._words(x - 4 if left else x + 4, MARGIN_TOP + 12, text, anchor="end" if left else "start")

    def label(self, top: float, text: str) -> None:
        """Words left of the inner area."""
        self._words(MARGIN_LEFT - 6, MARGIN_TOP + top, text, anchor="end")

    def level(self, top: float) -> None:
        self._line(MARGIN_LEFT, MARGIN_TOP + top, WIDTH - MARGIN_RIGHT, MARGIN_TOP + top, GRID)

    def heading(self, top: float, text: str) -> None:
        self._words(MARGIN_LEFT, MARGIN_TOP + top, text)

    def legend(self, entries: dict[str, str]) -> None:
        """Colors and what they mean, below the title."""
        x = MARGIN_LEFT
        for text, color in entries.items():
            self._box(x, 30, 12, 12, color)
            self._words(x + 17, 40, text)
            x += 34 + 6.3 * len(text)

    def save(self, file: Path) -> None:
        file.write_text("\n".join([self._head, *self._parts, "</svg>", ""]), encoding="utf-8")

    def _x(self, moment: float) -> float:
        return MARGIN_LEFT + moment / self._seconds * (WIDTH - MARGIN_LEFT - MARGIN_RIGHT)

    def _box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.3):.1f}" height="{height:.1f}" fill="{color}"/>'
        )

    def _line(self, x1: float, y1: float, x2: float, y2: float, color: str, dashed: bool = False) -> None:
        dashes = ' stroke-dasharray="4 3"' if dashed else ""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"{dashes}/>'
        )

    def _words(self, x: float, y: float, text: str, size: int = 0, anchor: str = "start") -> None:
        large = f' font-size="{size}"' if size else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{large} fill="{INK}">{escape(text)}</text>'
        )


def nice_step(least: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)

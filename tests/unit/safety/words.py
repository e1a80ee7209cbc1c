# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words of state that no document knows, in the place of those that the server meant.

New words of the servers broke other tools many times; here any such word means "still going", whatever it looks like.
"""

from __future__ import annotations

import random
from typing import Any

from simulator.messages import Request, Response

INVENTED = (
    "hibernating",
    "reticulating-splines",
    "active-failover-draft",
    "almost-active",
    "inactive",
    "processing-completed-partially",
    "processing-error-recovery",
    "completed-with-remarks",
    "failing-over",
    "error-analysis-pending",
    "deleted-soon",
    "QUEUED-2",
    "42",
    "?",
)
STATUS_NAMES = ("status", "state")
# Words that mean an idle part of an object and not the state of something that is waited for
NOT_STATES = ("", "idle", "enabled", "disabled")


class Inventor:
    """Answers with an invented word for every status, in windows of requests; in between they tell the truth.

    ``only``: the words to replace, so that also single states of a longer way can be strange; empty: all.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left = 0
        self.windows = rng.choice((1, 2, 4))
        self.count = 0

    def __call__(self, product: str, request: Request, response: Response) -> Response:
        if response.status >= 300 or not isinstance(response.body, (dict, list)):
            return response
        if self._left == 0 and self.windows > 0 and self._rng.random() < 0.25:
            self.windows -= 1
            self._left = self._rng.randrange(1, 8)
        if self._left == 0:
            return response
        self._left -= 1
        self.count += 1
        word = self._rng.choice(INVENTED)
        part = self._rng.choice((1.0, 0.5))
        return Response(response.status, self._replaced(response.body, word, part), response.headers)

    def _replaced(self, value: Any, word: str, part: float) -> Any:
        if isinstance(value, list):
            return [self._replaced(item, word, part) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: word
            if self._is_state(name, item) and self._rng.random() < part
            else self._replaced(item, word, part)
            for name, item in value.items()
        }

    def _is_state(self, name: str, value: Any) -> bool:
        return name in STATUS_NAMES and isinstance(value, str) and value not in NOT_STATES

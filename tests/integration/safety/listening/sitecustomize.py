# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what goes to the system's log into the file SYSLOG_FILE, in every Python process that has this on its path.

Where the C library sends it cannot be changed, and reading it takes rights that a test does not need.
"""

from __future__ import annotations

import os
import sys
import syslog
from typing import Any

# AnsibleModule prefers the journal of systemd where its library is installed
sys.modules["systemd"] = None  # type: ignore[assignment]  # what makes an import fail


def write(*message: Any) -> None:
    """As syslog.syslog() takes it: perhaps a priority, and a text."""
    with open(os.environ["SYSLOG_FILE"], "a", encoding="utf-8", errors="surrogateescape") as log:
        log.write(f"{message[-1]}\n")


vars(syslog)["syslog"] = write

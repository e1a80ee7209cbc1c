# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases of the cluster software and the database versions they bring."""

from __future__ import annotations

Version = tuple[int, int, int, int]

# Short names stand for one build. Full builds are from release notes and from the vendor's probe of live clusters.
KNOWN_VERSIONS = {
    "7.4": "7.4.2-54",
    "7.4.2": "7.4.2-54",
    "7.4.6": "7.4.6-272",
    "7.8": "7.8.6-286",
    "7.22": "7.22.2-170",
    "7.22.0": "7.22.0-95",
    "8.0": "8.0.20-68",
    "8.2": "8.2.0-46",
    "8.2.0": "8.2.0-25",
    "preview": "100.0.21-16135",
}
PREVIEW_IS: Version = (8, 0, 0, 0)  # recorded with a preview of 8.0: its number is no release number

FULL_VERSIONS = {"6.2": "6.2.13", "7.2": "7.2.7", "7.4": "7.4.2", "8.0": "8.0.0"}


def build(name: str) -> str:
    """The full build for a short name or a build. Raises ``ValueError``."""
    text = KNOWN_VERSIONS.get(name, name)
    parse(text)
    return text


def parse(text: str) -> Version:
    """A build as numbers that compare; previews count as the release they preview. Raises ``ValueError``."""
    release, _dash, number = text.partition("-")
    parts = release.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts) or (number and not number.isdigit()):
        raise ValueError(f"'{text}' is neither a known version nor a build like 7.4.6-272")
    major, minor, patch = (int(part) for part in parts)
    return PREVIEW_IS if major >= 100 else (major, minor, patch, int(number or 0))


def database_versions(version: Version) -> list[str]:
    """The Redis versions that databases of a cluster may have; the last one is the default."""
    if version < (7, 8):
        return ["6.2", "7.2"]
    if version < (8, 0):
        return ["6.2", "7.2", "7.4"]
    if version < (8, 2):
        return ["6.2", "7.2", "7.4", "8.0"]
    return ["7.2", "7.4", "8.0", "8.2", "8.4", "8.6"]


def full_database_version(redis_version: str) -> str:
    """``7.2`` -> ``7.2.7``: what a database reports as ``version``."""
    return FULL_VERSIONS.get(redis_version, f"{redis_version}.0")


def supported_database_versions(version: Version) -> list[dict[str, object]]:
    """The field of that name in nodes."""
    rows: list[dict[str, object]] = [
        {"db_type": "redis", "major": True, "redis_version": name, "version": full_database_version(name)}
        for name in database_versions(version)
    ]
    return [*rows, {"db_type": "memcached", "version": "1.4.17"}]

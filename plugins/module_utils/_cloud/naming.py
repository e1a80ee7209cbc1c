# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between the API's camelCase and the options' snake_case."""

from __future__ import annotations

import re
import typing as t

from .._core.fields import Field

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """supportOSSClusterApi -> support_oss_cluster_api"""
    return _BOUNDARY.sub("_", name).lower()


def camel(name: str) -> str:
    """dataset_size_in_gb -> datasetSizeInGb; names with acronyms say their own in Field.api."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def cloud_field(name: str, type: str = "str", **options: t.Any) -> Field:
    """A Field whose wire name follows from its option name, unless ``api`` says otherwise."""
    options.setdefault("api", camel(name))
    return Field(name, type, **options)


def snake_keys(value: t.Any) -> t.Any:
    """A reply as it is returned to users: snake_case keys, without hypermedia links (Cloud facts 1.4)."""
    if isinstance(value, dict):
        return {snake(str(key)): snake_keys(item) for key, item in value.items() if key not in ("links", "_links")}
    if isinstance(value, list):
        return [snake_keys(item) for item in value]
    return value

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All subjects by name: both products, one resource and many, every version of a cluster that behaves differently."""

from __future__ import annotations

from .fleets import CloudDatabases, EnterpriseDatabases
from .subjects import CloudDatabase, CloudSubscription, EnterpriseDatabase, Subject


class Enterprise74(EnterpriseDatabase):
    name, version = "enterprise-7.4", "7.4"


class Enterprise722(EnterpriseDatabase):
    name, version = "enterprise-7.22", "7.22"


class Enterprise82(EnterpriseDatabase):
    name, version = "enterprise-8.2", "8.2"


class Enterprise820(EnterpriseDatabase):
    name, version = "enterprise-8.2.0", "8.2.0"


class EnterpriseFleet74(EnterpriseDatabases):
    name, version = "enterprise-databases-7.4", "7.4"


class EnterpriseFleet82(EnterpriseDatabases):
    name, version = "enterprise-databases-8.2", "8.2"


_ALL: tuple[type[Subject], ...] = (
    CloudDatabase,
    CloudSubscription,
    Enterprise74,
    Enterprise722,
    Enterprise82,
    Enterprise820,
    CloudDatabases,
    EnterpriseFleet74,
    EnterpriseFleet82,
)
SUBJECTS = {subject.name: subject for subject in _ALL}

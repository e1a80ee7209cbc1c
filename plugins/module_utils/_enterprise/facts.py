# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words of the Redis Enterprise API. Numbers in comments are sections of its reference: status, code and kind words."""

from __future__ import annotations

from .._core.operation import CANCELED, FAILED, PENDING, RUNNING, SUCCEEDED

# 2.4, for v1 tasks, v1 state machines, v2 actions, node actions and CRDB tasks; every other word is still going
ACTION_STATES = {
    "queued": PENDING,
    "pending": PENDING,
    "starting": RUNNING,
    "running": RUNNING,
    "active": RUNNING,
    "started": RUNNING,
    "cancelling": RUNNING,
    "completed": SUCCEEDED,
    "finished": SUCCEEDED,
    "failed": FAILED,
    "aborted": CANCELED,
    "cancelled": CANCELED,
    "canceled": CANCELED,
}
# 2.10; "idle" is no operation at all
BOOTSTRAP_IDLE = "idle"
BOOTSTRAP_STATES = {
    "initiated": PENDING,
    "creating_cluster": RUNNING,
    "joining_cluster": RUNNING,
    "recovering_cluster": RUNNING,
    "completed": SUCCEEDED,
    "error": FAILED,
}
# How often to look at work (see poller.Rhythm): a cluster builds a database in seconds, moves data in minutes or hours,
# and has no limit for requests
RHYTHM = ((0.0, 0.5), (5.0, 1.5), (30.0, 5.0), (120.0, 15.0), (900.0, 30.0))
# 2.7, of backup_status, export_status and import_status; "" and "idle" are no operation at all
TRANSFER_STATES = {
    "initializing": RUNNING,
    "importing": RUNNING,
    "exporting": RUNNING,
    "succeeded": SUCCEEDED,
    "failed": FAILED,
}
TRANSFERS = ("backup", "export", "import")

# 2.6; closed lists: every other word is a transition
ACTIVE = ("active",)
BDB_FAILED = ("creation-failed",)
CREATING_WORDS = ("pending",)
DELETING_WORDS = ("delete-pending",)
# what shows that a change has begun; a word that nobody knows may stand for anything, and shows nothing
CHANGING_WORDS = ("pending", "active-change-pending", "delete-pending")

# action_type in v2 (2.3), and what this collection calls the kinds that have none
TASK, MACHINE, OTHER, CRDB_TASK, BOOTSTRAP = "task", "state-machine", "other", "crdb-task", "bootstrap"
ACTION_TYPES = (TASK, MACHINE, OTHER, CRDB_TASK, BOOTSTRAP)
BDB, NODE, CLUSTER, CRDB = "bdb", "node", "cluster", "crdb"
OBJECT_TYPES = (BDB, NODE, CLUSTER, CRDB)

# The words that people know -> the API's own, spelled as plain_words() spells them (facts 3, row 11). The names of
# exports, imports and backups in v2 are not documented, so several are accepted.
KNOWN_WORDS: dict[str, frozenset[str]] = {
    "bdb_create": frozenset(("smcreatebdb",)),
    "bdb_update": frozenset(("smupdatebdb",)),
    "bdb_delete": frozenset(("smdeletebdb",)),
    "bdb_retry": frozenset(("retrybdb",)),
    "bdb_backup": frozenset(("backup", "bdbbackup", "backupbdb", "smbackupbdb", "databasebackup")),
    "bdb_export": frozenset(("export", "bdbexport", "exportbdb", "smexportbdb", "databaseexport")),
    "bdb_import": frozenset(("import", "bdbimport", "importbdb", "smimportbdb", "databaseimport")),
    "crdb_create": frozenset(("createcrdb",)),
    "crdb_update": frozenset(("updatecrdb", "modifycrdb")),
    "crdb_delete": frozenset(("deletecrdb",)),
    "crdb_flush": frozenset(("flushcrdb",)),
    "crdb_purge": frozenset(("purgecrdb",)),
    "node_remove": frozenset(("removenode", "remove")),
    "node_maintenance_on": frozenset(("maintenanceon",)),
    "node_maintenance_off": frozenset(("maintenanceoff",)),
    "module_install": frozenset(("moduleinstallation",)),
    # a finished bootstrap does not tell any more what it was (2.10), so it may be any of the three
    "cluster_create": frozenset(("creatingcluster", "bootstrap")),
    "node_join": frozenset(("joiningcluster", "bootstrap")),
    "cluster_recovery": frozenset(("recoveringcluster", "bootstrap")),
}

NODE_ACTIONS = ("remove", "maintenance_on", "maintenance_off", "enslave_node")
# 2.9: the list has another name for it than the path
NODE_ACTION_NAMES = {"remove_node": "remove"}

NOT_FOUND_CODE = "action_not_found"
BROKEN_CODE = "invalid_schema"
# 1.4: 409 is "busy, try again" except where it says that something exists already or cannot be changed at all
LASTING_CONFLICTS = ("exists", "read_only", "readonly", "already_running", "already_finished", "already_started")
# 4.1, create errors: 406 with this code is temporary, too
BUSY_CODES = ("busy", "db_busy")

# Not documented: how long a new action or database, or a change of a status, may stay invisible
VISIBLE_GRACE = 15.0


def plain_words(name: str) -> str:
    """A kind without spelling: only letters and digits, lower case (2.5: no complete list is published)."""
    return "".join(char for char in name.lower() if char.isalnum())


def is_kind(kind: str, wanted: str) -> bool:
    """Is the API's ``kind`` the ``wanted`` one, said in the API's words or in those of KNOWN_WORDS?"""
    own = plain_words(kind)
    return own == plain_words(wanted) or own in KNOWN_WORDS.get(wanted.lower(), frozenset())

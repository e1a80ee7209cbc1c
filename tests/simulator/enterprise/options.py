# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every duration and every switch of the simulated cluster.

``auto`` follows the version. A default is what was recorded or documented; where neither exists it is the reading that
asks more of a client.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..options import option
from .versions import KNOWN_VERSIONS, build

AUTO = ("auto", "on", "off")
ERROR_SHAPES = ("description", "message")
PLAIN_BODIES = ("html", "json", "empty")


@dataclass
class EnterpriseOptions:
    """Options of :class:`EnterpriseApi`; all may be changed while it runs."""

    def __setattr__(self, name: str, value: object) -> None:
        """Raises ``ValueError`` for a version that is none."""
        if name == "version":
            build(str(value))
        super().__setattr__(name, value)

    version: str = option(
        "8.2", f"release of the cluster: {', '.join(KNOWN_VERSIONS)}, or a full build like 8.2.0-25"
    )
    seed: int = option(1, "seed of ids, passwords and automatic ports")
    username: str = option("admin@example.com", "user with the management role admin")
    password: str = option("sim-password", "password of username")
    viewer_username: str = option("viewer@example.com", "user with the management role db_viewer")
    viewer_password: str = option("sim-viewer-password", "password of viewer_username")
    cluster_name: str = option("cluster.example.com", "name of the cluster, suffix of its DNS names")
    nodes: int = option(3, "nodes at the start; node 1 is the primary")
    rack_aware: bool = option(False, "the cluster was made rack aware")
    memory_bytes: int = option(4 * 1024**4, "memory for databases in the whole cluster; 0 = any amount")

    # How long things take, in simulated seconds.
    queue_seconds: float = option(1.0, "an action is pending before its work starts")
    create_seconds: float = option(10.0, "creation of a database, after the queue")
    update_seconds: float = option(6.0, "update of a database, after the queue")
    delete_seconds: float = option(5.0, "deletion of a database, after the queue")
    flush_seconds: float = option(3.0, "flush of a database, after the queue")
    transfer_seconds: float = option(20.0, "an export, import or backup")
    retry_task_seconds: float = option(5.0, "the task retry_bdb that follows a creation")
    node_action_seconds: float = option(20.0, "a node action, after the queue")
    cluster_action_seconds: float = option(5.0, "a cluster action, after the queue")
    cancel_seconds: float = option(2.0, "from cancelling to cancelled")
    crdb_task_seconds: float = option(15.0, "a task on an Active-Active database, after the queue")
    crdb_commit_share: float = option(0.6, "share of a CRDB task after which it cannot be cancelled any more")
    crdb_task_ttl_seconds: float = option(500.0, "a finished CRDB task is kept (X-Result-TTL overrides it)")
    bootstrap_seconds: float = option(30.0, "creating, joining or recovering a cluster")
    action_retention_seconds: float = option(900.0, "a finished action is kept; how long is not documented")
    action_visible_after_seconds: float = option(0.0, "a new action is found only after this time")
    update_status_lag_seconds: float = option(
        0.0, "a database still says active after an update was accepted"
    )
    stale_action_seconds: float = option(30.0, "how long stale_actions lasts")

    # Shapes and readings that differ by version or are not established.
    stale_actions: bool = option(
        False, "before 8.0.2: finished state machines are still listed as running (RS166122)"
    )
    v2_list_broken: str = option("auto", "GET /v2/actions fails with invalid_schema (8.2.0 before -46)", AUTO)
    v2_single_broken: bool = option(False, "GET /v2/actions/{uid} fails in the same way")
    v2_raw_words: bool = option(
        False, "v2 shows starting, cancelling, cancelled, aborted instead of its four words"
    )
    bdb_actions_wrapper: bool = option(False, "GET /v1/actions/bdb/{uid} answers the object with two arrays")
    node_actions_wrapper: bool = option(True, "GET /v1/nodes/actions answers an object around the array")
    node_actions_listed: bool = option(True, "node actions are also found as tasks in the lists of actions")
    completed_machines_with_progress: bool = option(False, "finished state machines keep progress in v1")
    retry_tasks: bool = option(True, "a task retry_bdb follows each creation")
    delete_action_vanishes: bool = option(True, "the action of a deletion is gone as soon as it is done")
    delete_answers_bdb: bool = option(True, "DELETE of a database answers the database; else an empty body")
    generic_cancel: bool = option(False, "DELETE /v1/actions/{uid} exists (no known release has it)")
    action_uid_in_reads: bool = option(False, "GET of a busy database contains action_uid")
    update_visible: str = option("end", "when GET shows new values of an update", ("end", "start"))
    omit_defaults: str = option(
        "auto", "GET leaves out documented defaults nobody set (before 7.22.2-20)", AUTO
    )
    require_redis_version: str = option(
        "auto", "a create without redis_version is refused (seen on 7.4.6)", AUTO
    )
    unknown_fields: str = option("refuse", "unknown fields in a request", ("refuse", "ignore"))
    wrong_types: str = option("refuse", "values of a wrong type, choice or range", ("refuse", "ignore"))
    read_only_fields: str = option("refuse", "read-only fields in an update", ("refuse", "ignore"))
    create_only_fields: str = option(
        "refuse", "changes of create-only fields in an update", ("refuse", "ignore")
    )
    newer_fields: str = option("ignore", "fields the documents of this version lack", ("refuse", "ignore"))
    mask_bdb_credentials: bool = option(False, "replies hide the secrets of databases (8.0)")
    mask_text: str = option("***", "what is shown instead of a masked secret")
    return_redis_password: bool = option(
        False, "GET shows authentication_redis_pass instead of an empty string"
    )
    tag_markers: bool = option(True, "tags are answered with isSystem")
    idle_import_word: str = option("", "import_status while nothing runs", ("", "idle"))
    crdbs_wrapper: bool = option(True, "GET /v1/crdbs answers an object around the array")
    crdb_tasks_wrapper: bool = option(False, "GET /v1/crdb_tasks answers an object around the array")
    crdb_tasks_list_finished: bool = option(False, "GET /v1/crdb_tasks shows ended tasks, too")
    crdb_return_credentials: bool = option(False, "GET /v1/crdbs echoes the credentials of the instances")
    crdb_cancelled_word: str = option("failed", "status of a CRDB task after a successful cancel")
    export_action_name: str = option("export", "name of an export in v2 actions; none is documented")
    import_action_name: str = option("import", "name of an import in v2 actions; none is documented")
    backup_action_name: str = option("backup", "name of a backup in v2 actions; none is documented")

    # Errors.
    error_shape: str = option("description", "key of the text in error bodies", ERROR_SHAPES)
    busy_error_code: str = option("db_busy", "error_code of a 409 for a database that is not active")
    plain_error_body: str = option("html", "body of 401, 403, 404 (path), 405 and 503", PLAIN_BODIES)
    license_expired: bool = option(False, "the license is expired: databases cannot be created or updated")

    # Access.
    basic_authentication: bool = option(
        True, "Basic authentication is on (control_plane_basic_authentication, 8.2)"
    )
    jwt_scheme: str = option("both", "scheme of the header with a token", ("both", "JWT", "Bearer"))
    login_lockout_threshold: int = option(5, "wrong passwords until a user is locked; 0 = never")
    login_lockout_duration: float = option(1800.0, "how long a user stays locked; 0 = for good")
    login_lockout_counter_reset_after: float = option(900.0, "wrong passwords older than this do not count")
    redirect_to: str = option("", "act as a node that is not the primary: 307 to this base URL")
    handle_redirects: bool = option(
        False, "a node that is not the primary passes requests on instead of answering 307"
    )
    bootstrap_state: str = option(
        "completed", "state of the local node at the start", ("completed", "idle", "error")
    )
    bootstrap_error: str = option("", "error_code with which the next bootstrap (and its validation) ends")

    # Failures: the next N ones fail, or those of databases whose name matches.
    fail_creates: int = option(0, "so many of the next creations fail")
    fail_updates: int = option(0, "so many of the next updates fail")
    fail_deletes: int = option(0, "so many of the next deletions fail")
    fail_exports: int = option(0, "so many of the next exports fail")
    fail_imports: int = option(0, "so many of the next imports fail")
    fail_backups: int = option(0, "so many of the next backups fail")
    fail_node_actions: int = option(0, "so many of the next node actions fail")
    fail_crdb_tasks: int = option(0, "so many of the next CRDB tasks fail")
    fail_crdb_cancels: int = option(0, "so many of the next cancels of CRDB tasks are answered 409")
    fail_create_names: str = option("", "regular expression: creations of databases with such a name fail")
    fail_update_names: str = option("", "regular expression: updates of databases with such a name fail")
    failure_text: str = option(
        "Not enough memory on any node to place the shards", "error text of failed actions"
    )
    export_failure_reason: str = option("no-permission", "export_failure_reason, backup_failure_reason")
    import_failure_reason: str = option("download-error", "import_failure_reason")

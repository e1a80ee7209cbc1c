# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every duration and every switch of the simulated Redis Cloud, with what is recorded or documented as default.

Where the real service's behaviour is not established, an option offers the readings that a client must survive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..options import option


@dataclass
class CloudOptions:
    """All times are simulated seconds."""

    api_key: str = option("sim-api-key", "Accepted value of the header x-api-key.")
    api_secret_key: str = option("sim-secret-key", "Accepted value of the header x-api-secret-key.")
    account_id: int = option(1001, "Id of the account.")
    seed: int = option(1, "Seed of ids, ports and passwords; read at start and reset only.")
    base_url: str = option("https://api.redislabs.com/v1", "Start of the hrefs in links.")

    # Tasks
    processing_seconds: float = option(5.0, "How long the account works on one task that changes something.")
    read_processing_seconds: float = option(2.5, "The same for a task that only reads (asynchronous GET).")
    processing_by_command: dict[str, float] = option(  # noqa: RUF009  # option() returns dataclasses.field()
        {}, 'Other values by commandType, as JSON: {"databaseDeleteRequest": 2.5}.'
    )
    error_seconds: float = option(1.0, "How long a task takes that is refused when its processing begins.")
    initialized_seconds: float = option(
        0.5, "How much of the processing a task is 'initialized' before it is in progress."
    )
    task_404_seconds: float = option(
        1.0, "GET /tasks/{id} answers 404 for this long after the id was issued."
    )
    task_visible_seconds: float = option(
        0.0, "GET /tasks lists a task only this long after the request that made it."
    )
    task_retention_days: float = option(10.0, "A finished task is forgotten after this many days.")
    task_list: str = option(
        "wrapper", "Form of GET /tasks: an object with the key tasks, or a bare list.", ("wrapper", "bare")
    )
    finished_tasks_listed: bool = option(
        True, "GET /tasks lists finished tasks, too; the published schema speaks of running ones only."
    )
    error_style: str = option("object", "Form of response.error in a failed task.", ("object", "string"))
    create_response: str = option(
        "full",
        "The response of a completed create: with ids, an empty object, or none.",
        ("full", "empty", "absent"),
    )
    change_response: str = option("full", "The same for updates and deletions.", ("full", "empty", "absent"))
    links_style: str = option(
        "links", "Links of a task as a list (since 2023) or as an object (before).", ("links", "_links")
    )

    # Provisioning
    subscription_seconds: float = option(
        600.0, "From the end of processing until a new subscription is active."
    )
    subscription_update_seconds: float = option(
        10.0, "How long a subscription is pending after an update of it."
    )
    subscription_delete_seconds: float = option(
        60.0, "How long a subscription is deleting before it is gone."
    )
    key_request_seconds: float = option(
        60.0, "From the end of processing until a subscription asks for its encryption key."
    )
    creation_database_seconds: float = option(
        60.0, "From an active subscription until the databases created with it are."
    )
    creation_database_listed_seconds: float = option(
        30.0, "From an active subscription until the databases created with it are listed."
    )
    database_seconds: float = option(180.0, "From the end of processing until a new database is active.")
    database_update_seconds: float = option(30.0, "How long a database is changing after an update.")
    database_delete_seconds: float = option(
        5.0, "From the end of processing until a deleted database is gone."
    )
    database_delete_status: str = option("delete-pending", "The status of a database on its way out.")
    upgrade_seconds: float = option(120.0, "How long a database changes its Redis version.")
    backup_seconds: float = option(20.0, "How long a backup or an import runs.")
    public_access_seconds: float = option(
        5.0, "publicEndpointAccess is read back only this long after its change."
    )
    provisioning_states: list[str] = option(  # noqa: RUF009  # option() returns dataclasses.field()
        ["draft", "pending"], "What a new database walks through before it is active, as JSON."
    )
    update_states: list[str] = option(  # noqa: RUF009  # option() returns dataclasses.field()
        ["active-change-pending"], "What a changed database walks through before it is active, as JSON."
    )
    update_visible_late: bool = option(
        False, "New values of a changed database show only when it is active again."
    )
    fail_processing: str = option(
        "", "Regular expression: creates of matching names end in the task error PROVISION_FAILURE."
    )
    fail_provisioning: str = option(
        "", "Regular expression: new resources of matching names end in the status error."
    )
    fail_imports: str = option("", "Regular expression: imports from matching addresses fail, the file being corrupted.")
    resource_visible_seconds: float = option(
        0.0, "A new subscription or database is listed only this long after the request that made it."
    )

    # Rules of the account
    rate_limit: int = option(400, "Requests per window and account; 0 switches the limit off.")
    rate_window_seconds: float = option(60.0, "Length of the window.")
    max_pending_subscriptions: int = option(3, "How many subscriptions may be changing at a time.")
    too_many_pending: str = option(
        "task", "One too many: as task error TOO_MANY_PENDING_SUBSCRIPTIONS or as HTTP 429.", ("task", "http")
    )
    subscription_not_active: str = option(
        "task",
        "POST to a subscription that is changing: task error SUBSCRIPTION_NOT_ACTIVE or HTTP 403.",
        ("task", "http"),
    )
    duplicate_name: str = option(
        "task", "A database name that exists: task error DATABASE_NAME_EXISTS or HTTP 409.", ("task", "http")
    )
    unknown_resource: str = option(
        "task",
        "A change of what does not exist: task error with status 404 or HTTP 404.",
        ("task", "http"),
    )
    name_free_at_once: bool = option(True, "A name can be used again as soon as the deletion was processed.")
    flip_every: int = option(
        4, "Every n-th create of a database in a subscription makes that pending; 0: never."
    )
    flip_seconds: float = option(30.0, "For how long.")
    flip_on_update: bool = option(False, "Updates and deletions of databases count for flip_every, too.")

    payment_methods: list[int] = option(  # noqa: RUF009  # option() returns dataclasses.field()
        [2], "Ids of the credit cards; with more than one a subscription must name its own."
    )
    payment_required: bool = option(
        False, "A subscription must name its credit card even if there is only one."
    )

    # Forms of answers
    past_end: str = option(
        "404", "A page of databases past the end: 404 without a body, or an empty page.", ("404", "empty")
    )
    page_limit: int = option(100, "Default and largest number of databases in a page.")
    not_found_body: str = option(
        "empty", "Body of a 404 for subscriptions, databases, tasks.", ("empty", "spring")
    )
    memory_fields: str = option(
        "both",
        "Which sizes a database shows, whatever was sent.",
        ("both", "datasetSizeInGb", "memoryLimitInGb"),
    )
    early_endpoints: str = option(
        "absent", "Endpoints of a database that is not active yet.", ("absent", "null")
    )
    explicit_modules: str = option(
        "refuse", "Modules sent for Redis 8 and later: task error, or ignored.", ("refuse", "ignore")
    )
    public_access_shown: bool = option(
        True, "Show publicEndpointAccess; the real service may leave it out, which means true."
    )
    redis_versions: list[dict[str, Any]] = option(  # noqa: RUF009  # option() returns dataclasses.field()
        [
            {"version": "7.2", "eolDate": "2027-02-28", "isPreview": False, "isDefault": False},
            {"version": "7.4", "eolDate": "2027-11-30", "isPreview": False, "isDefault": False},
            {"version": "8.0", "eolDate": "2028-05-31", "isPreview": False, "isDefault": False},
            {"version": "8.2", "eolDate": "2028-11-30", "isPreview": False, "isDefault": True},
            {"version": "8.4", "eolDate": "2029-05-31", "isPreview": False, "isDefault": False},
        ],
        "What GET /subscriptions/redis-versions answers.",
    )

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Redis Cloud API: who may ask, how often, and which function answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ..clock import Clock, iso
from ..messages import Request, Response
from ..redis_servers import RedisServers
from . import reference, views
from .account import Account
from .databases import Databases
from .errors import HttpProblem
from .options import CloudOptions
from .seeds import seed_account
from .subscriptions import Subscriptions

HTML_401 = (
    b"<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n"
    b"<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
Handler = Callable[..., Response]


class CloudApi:
    """One account behind ``/v1``."""

    def __init__(
        self, clock: Clock, options: CloudOptions | None = None, redis: RedisServers | None = None
    ) -> None:
        self.options = options or CloudOptions()
        self._account = Account(clock, self.options, redis)
        self._window = -1.0
        self._used = 0
        self._routes = self._table()

    def handle(self, request: Request) -> Response:
        self._account.timeline.advance()
        try:
            self._authenticate(request)
            remaining = self._count_request()
            response = self._dispatch(request)
        except HttpProblem as problem:
            remaining = self._remaining()
            response = self._refusal(request, problem)
        if self.options.rate_limit and response.status != 401:
            response.headers["X-Rate-Limit-Remaining"] = str(remaining)
        return response

    def state(self) -> dict[str, Any]:
        account = self._account
        account.timeline.advance()
        return {
            "time": account.timeline.time,
            "subscriptions": [
                {
                    "id": subscription.id,
                    "status": subscription.status,
                    "listed": subscription.listed_from <= account.timeline.time,
                    "settings": subscription.settings,
                    "databases": [_database_state(database) for database in subscription.databases.values()],
                }
                for subscription in account.subscriptions.values()
            ],
            "tasks": [
                {**account.tasks.view(task), "submitted": task.submitted} for task in account.tasks.all()
            ],
            "requests_in_window": self._used,
        }

    def seed(self, resources: dict[str, Any]) -> dict[str, Any]:
        """See ``seeds.seed_account``."""
        self._account.timeline.advance()
        return seed_account(self._account, resources)

    def close(self) -> None:
        if self._account.redis is not None:
            for database in self._account.databases():
                self._account.redis.stop(database.key)

    # Requests

    def _authenticate(self, request: Request) -> None:
        key = request.headers.get("x-api-key")
        secret = request.headers.get("x-api-secret-key")
        if (key, secret) != (self.options.api_key, self.options.api_secret_key):
            raise HttpProblem(401)

    def _count_request(self) -> int:
        """Fixed windows; refused requests do not count. Returns how many more are allowed."""
        window = self._account.timeline.time // self.options.rate_window_seconds
        if window != self._window:
            self._window, self._used = window, 0
        if self.options.rate_limit and self._used >= self.options.rate_limit:
            ends = (window + 1) * self.options.rate_window_seconds
            wait = str(max(1, round(ends - self._account.timeline.time + 0.5)))
            raise HttpProblem(429, "Rate limit exceeded", {"x-rate-limit-retry-after-seconds": wait})
        self._used += 1
        return self._remaining()

    def _remaining(self) -> int:
        return max(0, self.options.rate_limit - self._used)

    def _dispatch(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        allowed = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if method == request.method:
                parts = [int(part) if part.isdigit() else part for part in match.groups()]
                if method != "GET" and self.options.unknown_resource == "http":
                    self._require(parts)
                return handler(request, *parts)
            allowed = True
        if allowed:
            raise HttpProblem(405, f"Request method '{request.method}' not supported")
        raise HttpProblem(404, "")

    def _require(self, parts: list[Any]) -> None:
        """Refuse a change of a subscription or database that does not exist."""
        if not parts:
            return
        subscription = self._account.subscription(parts[0])
        if subscription is None or (len(parts) > 1 and parts[1] not in subscription.databases):
            raise HttpProblem(404)

    def _refusal(self, request: Request, problem: HttpProblem) -> Response:
        if problem.status == 401:
            return Response(401, HTML_401, {"Content-Type": "text/html"})
        if problem.message is None and self.options.not_found_body == "empty":
            return Response(problem.status, None, dict(problem.headers))
        body = {
            "timestamp": iso(self._account.timeline.timestamp(), 3).replace("Z", "+0000"),
            "status": problem.status,
            "error": REASONS.get(problem.status, "Error"),
        }
        if problem.message:
            body["message"] = problem.message
        return Response(problem.status, {**body, "path": request.path}, dict(problem.headers))

    # Account, tasks, reference data

    def _root(self, _request: Request) -> Response:
        created = iso(self._account.started - 86400, 0)
        key = {
            "name": "simulator-key",
            "accountId": self.options.account_id,
            "accountName": "Simulator",
            "allowedSourceIps": ["0.0.0.0/0"],
            "createdTimestamp": created,
            "owner": {"name": "Simulator", "email": "owner@simulator.example"},
            "userAccountId": 1,
            "httpSourceIp": "127.0.0.1",
        }
        account = {
            "id": self.options.account_id,
            "name": "Simulator",
            "createdTimestamp": created,
            "updatedTimestamp": created,
            "pocStatus": "inactive",
            "marketplaceStatus": "inactive",
            "key": key,
        }
        return Response(200, {"account": account, "links": views.self_link(self.options, "/")})

    def _tasks(self, _request: Request) -> Response:
        tasks = [self._account.tasks.view(task) for task in self._account.tasks.listed()]
        return Response(200, tasks if self.options.task_list == "bare" else {"tasks": tasks})

    def _task(self, _request: Request, identifier: str) -> Response:
        task = self._account.tasks.get(str(identifier))
        if task is None:
            raise HttpProblem(404)
        return Response(200, self._account.tasks.view(task))

    def _payment_methods(self, _request: Request) -> Response:
        methods = [
            {
                "id": identifier,
                "type": "Visa",
                "creditCardEndsWith": f"{9000 + identifier % 1000}",
                "nameOnCard": "Simulator",
                "expirationMonth": 12,
                "expirationYear": 2035,
                "links": [],
            }
            for identifier in self.options.payment_methods
        ]
        links = views.self_link(self.options, "/payment-methods")
        return Response(
            200, {"accountId": self.options.account_id, "paymentMethods": methods, "links": links}
        )

    def _regions(self, request: Request) -> Response:
        provider = request.query.get("provider")
        regions = [region for region in reference.REGIONS if provider in (None, region["provider"])]
        return Response(200, {"regions": regions, "links": views.self_link(self.options, "/regions")})

    def _modules(self, _request: Request) -> Response:
        modules = [
            {
                "name": name,
                "capabilityName": module["capabilityName"],
                "description": module["description"],
                "parameters": [],
            }
            for name, module in reference.MODULES.items()
        ]
        return Response(
            200, {"modules": modules, "links": views.self_link(self.options, "/database-modules")}
        )

    def _persistence(self, _request: Request) -> Response:
        choices = [{"name": name, "description": name} for name in reference.DATA_PERSISTENCE]
        return Response(
            200, {"dataPersistence": choices, "links": views.self_link(self.options, "/data-persistence")}
        )

    def _factors(self, _request: Request) -> Response:
        return Response(200, {"queryPerformanceFactors": list(reference.QUERY_PERFORMANCE_FACTORS)})

    def _logs(self, request: Request) -> Response:
        entries = list(reversed(self._account.log))
        if "resourceId" in request.query:
            entries = [entry for entry in entries if str(entry["resourceId"]) == request.query["resourceId"]]
        offset, limit = int(request.query.get("offset", "0")), int(request.query.get("limit", "100"))
        links = views.self_link(self.options, "/logs")
        return Response(200, {"entries": entries[offset : offset + limit], "links": links})

    def _table(self) -> list[tuple[str, re.Pattern[str], Handler]]:
        subscriptions = Subscriptions(self._account)
        databases = Databases(self._account)
        one = r"/v1/subscriptions/(\d+)"
        database = one + r"/databases/(\d+)"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/v1", self._root),
            ("GET", "/v1/tasks", self._tasks),
            ("GET", r"/v1/tasks/([^/]+)", self._task),
            ("GET", "/v1/subscriptions", subscriptions.list_all),
            ("POST", "/v1/subscriptions", subscriptions.create),
            ("GET", "/v1/subscriptions/redis-versions", subscriptions.redis_versions),
            ("GET", one, subscriptions.get),
            ("PUT", one, subscriptions.update),
            ("DELETE", one, subscriptions.delete),
            ("GET", one + "/pricing", subscriptions.pricing),
            ("PUT", one + "/resource-tags", subscriptions.resource_tags),
            ("GET", one + "/maintenance-windows", subscriptions.maintenance),
            ("PUT", one + "/maintenance-windows", subscriptions.update_maintenance),
            ("GET", one + "/cidr", subscriptions.cidr),
            ("PUT", one + "/cidr", subscriptions.update_cidr),
            ("GET", one + "/regions", subscriptions.regions),
            ("POST", one + "/regions", subscriptions.add_region),
            ("DELETE", one + "/regions", subscriptions.remove_regions),
            ("GET", one + "/databases", databases.list_all),
            ("POST", one + "/databases", databases.create),
            ("GET", database, databases.get),
            ("PUT", database, databases.update),
            ("DELETE", database, databases.delete),
            ("PUT", database + "/regions", databases.update_regions),
            ("POST", database + "/backup", databases.backup),
            ("GET", database + "/backup", databases.backup_status),
            ("POST", database + "/import", databases.import_data),
            ("GET", database + "/import", databases.import_status),
            ("POST", database + "/upgrade", databases.upgrade),
            ("GET", database + "/upgrade", databases.upgrade_status),
            ("GET", database + "/available-target-versions", databases.target_versions),
            ("GET", database + "/certificate", databases.certificate),
            ("GET", database + "/slow-log", databases.slow_log),
            ("GET", database + "/tags", databases.tags),
            ("PUT", database + "/tags", databases.replace_tags),
            ("POST", database + "/tags", databases.add_tag),
            ("PUT", database + r"/tags/([^/]+)", databases.update_tag),
            ("DELETE", database + r"/tags/([^/]+)", databases.delete_tag),
            ("GET", "/v1/payment-methods", self._payment_methods),
            ("GET", "/v1/regions", self._regions),
            ("GET", "/v1/database-modules", self._modules),
            ("GET", "/v1/data-persistence", self._persistence),
            ("GET", "/v1/query-performance-factors", self._factors),
            ("GET", "/v1/logs", self._logs),
        ]
        return [(method, re.compile(pattern), handler) for method, pattern, handler in table]


def _database_state(database: Any) -> dict[str, Any]:
    state = asdict(database)
    state["listed_from"] = None if state["listed_from"] == float("inf") else state["listed_from"]
    return state

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated Redis Enterprise cluster: one state machine, called with requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ..clock import Clock
from ..messages import Request, Response
from ..redis_servers import RedisServers
from .actions import Actions
from .bdbs import Bdbs
from .bootstrap import Bootstrap, ValidationFailed
from .cluster import Cluster
from .crdbs import PREFIXES, Crdbs
from .errors import ApiError
from .nodes import Nodes
from .options import EnterpriseOptions
from .permissions import allowed
from .routing import Call, Route, Router
from .seeding import Seeder
from .transfers import Transfers
from .users import User, Users
from .world import World

LOCAL_PREFIXES = ("/v1/local/", "/v2/local/", "/v1/bootstrap")
NOBODY = User(0, "", "", "", "admin")


class EnterpriseApi:
    """Answers the requests of one cluster. Knows no threads, no sockets and no time but that of ``clock``."""

    def __init__(self, clock: Clock, options: EnterpriseOptions, redis: RedisServers | None = None) -> None:
        self.options = options
        self._world = world = World(clock, options, redis)
        self._users = Users(world)
        self._actions = Actions(world)
        self._nodes = Nodes(world, self._actions)
        self._bdbs = Bdbs(world, self._actions, lambda: len(self._nodes.nodes))
        self._nodes.bdbs = self._bdbs
        self._transfers = Transfers(world, self._actions, self._bdbs)
        self._crdbs = Crdbs(world, self._bdbs)
        self._bootstrap = Bootstrap(world, self._found_cluster)
        parts = (
            self._actions,
            self._bdbs,
            self._transfers,
            self._nodes,
            self._crdbs,
            self._bootstrap,
            Cluster(world, self._users, self._bdbs),
        )
        self._router = Router([*(route for part in parts for route in part.routes()), *self._own_routes()])
        self._seeder = Seeder(
            world,
            self._actions,
            self._bdbs,
            self._nodes,
            self._transfers,
            self._crdbs,
            self._bootstrap,
            self._users,
        )

    def handle(self, request: Request) -> Response:
        """Bring the state up to the clock's time, then answer."""
        self._world.timeline.advance()
        try:
            answer = self._answer(request)
        except ValidationFailed as failure:
            return Response(406, failure.status)
        except ApiError as error:
            return error.response(self.options, coordinator=request.path.startswith(PREFIXES))
        return answer if isinstance(answer, Response) else Response(200, answer)

    def state(self) -> dict[str, Any]:
        """Everything there is, brought up to the clock's time. Secrets are in clear."""
        self._world.timeline.advance()
        return {
            "build": self._world.build,
            "bdbs": self._bdbs.dump(),
            "actions": self._actions.dump(),
            "nodes": self._nodes.dump(),
            **self._crdbs.dump(),
            "bootstrap": self._bootstrap.status(),
        }

    def seed(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Put ready-made resources; see :class:`Seeder`."""
        self._world.timeline.advance()
        return self._seeder.seed(resources)

    def close(self) -> None:
        """Stop the redis-servers of this cluster."""
        self._bdbs.close()

    def _answer(self, request: Request) -> Any:
        _check_headers(request)
        elsewhere = self._redirect(request)
        if elsewhere is not None:
            return elsewhere
        version = self._world.version
        if not self._bootstrap.clustered:
            if not request.path.startswith("/v1/bootstrap"):
                raise ApiError(503)
            user = NOBODY
        elif request.path == "/v1/users/authorize" and request.method == "POST":
            return self._users.authorize(request, Call(request, NOBODY).body(required=False))
        else:
            user = self._users.who(request)
        if request.method == "OPTIONS":
            return Response(200, None, {"Allow": ", ".join(self._methods(request.path))})
        route, params = self._router.find(request.method, request.path, version)
        if not allowed(user.role, route.permission):
            raise ApiError(403)
        return route.handler(Call(request, user, params))

    def _methods(self, path: str) -> list[str]:
        """As recorded with OPTIONS: no release has a route to cancel an action, unless ``generic_cancel`` makes one."""
        names = self._router.methods(path, self._world.version)
        generic = path.startswith("/v1/actions/") and not self.options.generic_cancel
        return [name for name in names if not (generic and name == "DELETE")]

    def _own_routes(self) -> list[Route]:
        return [
            Route("POST", "/v1/users/authorize", None, lambda call: None),
            Route(
                "POST",
                "/v1/users/refresh_jwt",
                None,
                lambda call: self._users.refresh(call.user, call.body(required=False)),
            ),
        ]

    def _redirect(self, request: Request) -> Response | None:
        """What a node that is not the primary answers, unless it passes requests on itself."""
        base = self.options.redirect_to.rstrip("/")
        if not base or self.options.handle_redirects or request.path.startswith(LOCAL_PREFIXES):
            return None
        query = f"?{urlencode(request.query)}" if request.query else ""
        return Response(307, None, {"Location": f"{base}{request.path}{query}"})

    def _found_cluster(self, name: str, user: str, password: str) -> None:
        self.options.cluster_name = name
        administrator = self._users.users[0]
        administrator.email, administrator.password = user, password


def _check_headers(request: Request) -> None:
    """Raises :class:`ApiError` 400 and 505 as documented for headers."""
    accepted = request.headers.get("accept", "*/*")
    if "json" not in accepted and "*/*" not in accepted and "application/*" not in accepted:
        raise ApiError(400, "invalid_header", f"Accept: {accepted} is not supported")
    content = request.headers.get("content-type", "application/json")
    if request.body.strip() and "json" not in content:
        raise ApiError(400, "invalid_header", f"Content-Type: {content} is not supported")
    if request.headers.get("x-api-version", "1") not in ("1", "2"):
        raise ApiError(505)

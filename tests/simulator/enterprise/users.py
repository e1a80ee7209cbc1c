# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users of the cluster: passwords, tokens, lockout, management roles."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from ..clock import iso
from ..messages import Request
from .errors import ApiError
from .permissions import ALL
from .world import World

ROLE_NAMES = ("admin", "cluster_member", "cluster_viewer", "db_member", "db_viewer", "none")
DEFAULT_TTL = 300
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Redis Enterprise"'}


@dataclass
class User:
    """``resources``: the only databases the role reaches (8.2), ``None`` = all."""

    uid: int
    email: str
    name: str
    password: str
    role: str
    resources: set[int] | None = None
    status: str = "active"
    failures: list[float] = field(default_factory=list)
    locked_since: float | None = None

    def sees(self, bdb_uid: int) -> bool:
        return self.resources is None or bdb_uid in self.resources


class Users:
    """Knows who sent a request."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, tuple[User, float]] = {}
        self.created = world.timeline.timestamp()
        options = world.options
        self.users: list[User] = []
        self.add(options.username, options.password, "admin", "Administrator")
        self.add(options.viewer_username, options.viewer_password, "db_viewer", "Viewer")

    def add(
        self, email: str, password: str, role: str, name: str = "", resources: list[int] | None = None
    ) -> User:
        """Add a user. Raises ``ValueError`` for a role that does not exist."""
        if role not in ALL | {"none"}:
            raise ValueError(f"there is no management role '{role}'")
        uid = 1 + max((user.uid for user in self.users), default=0)
        user = User(uid, email, name or email, password, role, None if resources is None else set(resources))
        self.users.append(user)
        return user

    def who(self, request: Request) -> User:
        """The user of a request. Raises :class:`ApiError` 401."""
        scheme, _space, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return self._by_password(*_basic(credentials))
        wanted = self._world.options.jwt_scheme
        if scheme.lower() in ("jwt", "bearer") and wanted.lower() in ("both", scheme.lower()):
            return self._by_token(credentials.strip())
        raise ApiError(401, headers=CHALLENGE)

    def authorize(self, request: Request, body: dict[str, Any]) -> dict[str, str]:
        """A new token. Before 7.8.2 name and password are in the body, since then in the Basic header."""
        in_body = self._world.version < (7, 8, 2)
        name, password = str(body.get("username", "")), str(body.get("password", ""))
        user = self._by_password(name, password) if in_body else self.who(request)
        return {"access_token": self._issue(user, body.get("ttl", DEFAULT_TTL))}

    def refresh(self, user: User, body: dict[str, Any]) -> dict[str, str]:
        return {"access_token": self._issue(user, body.get("ttl", DEFAULT_TTL))}

    def row(self, user: User) -> dict[str, Any]:
        """A user as the API shows it: never with a password."""
        return {
            "auth_method": "regular",
            "certificate_subject_line": "",
            "email": user.email,
            "email_alerts": True,
            "name": user.name,
            "password_issue_date": iso(self.created, 0),
            "role": user.role,
            "role_uids": [ROLE_NAMES.index(user.role) + 1] if user.role in ROLE_NAMES else [],
            "status": "locked" if self._locked(user) else user.status,
            "uid": user.uid,
        }

    def _issue(self, user: User, ttl: Any) -> str:
        if isinstance(ttl, bool) or not isinstance(ttl, int) or not 1 <= ttl <= 86400:
            raise ApiError(400, "invalid_schema", "ttl must be an integer from 1 to 86400")
        token = ".".join(_random_text(self._world, length) for length in (27, 60, 32))
        self._tokens[token] = (user, self._world.now + ttl)
        return token

    def _by_token(self, token: str) -> User:
        user, expires = self._tokens.get(token, (None, 0.0))
        if user is None or expires <= self._world.now:
            raise ApiError(401, headers=CHALLENGE)
        return user

    def _by_password(self, name: str, password: str) -> User:
        if not self._world.options.basic_authentication and self._world.version >= (8, 2):
            raise ApiError(401)
        user = next((user for user in self.users if name in (user.email, user.name)), None)
        if user is None or self._locked(user):
            raise ApiError(401, headers=CHALLENGE)
        if user.password != password:
            self._count_failure(user)
            raise ApiError(401, headers=CHALLENGE)
        if user.status == "password_expired":
            raise ApiError(401, "password_expired", "The password has expired")
        user.failures.clear()
        return user

    def _count_failure(self, user: User) -> None:
        options = self._world.options
        oldest = self._world.now - options.login_lockout_counter_reset_after
        user.failures = [moment for moment in user.failures if moment > oldest] + [self._world.now]
        if 0 < options.login_lockout_threshold <= len(user.failures):
            user.locked_since = self._world.now
            user.failures.clear()

    def _locked(self, user: User) -> bool:
        if user.locked_since is None:
            return False
        duration = self._world.options.login_lockout_duration
        if duration and self._world.now >= user.locked_since + duration:
            user.locked_since = None
            return False
        return True


def _basic(credentials: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ApiError(401, headers=CHALLENGE) from error
    name, _colon, password = text.partition(":")
    return name, password


def _random_text(world: World, length: int) -> str:
    return base64.urlsafe_b64encode(world.random.randbytes(length)).decode("ascii").rstrip("=")

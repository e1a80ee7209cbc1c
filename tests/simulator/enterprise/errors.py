# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster refuses, and the bodies it says so with."""

from __future__ import annotations

from http import HTTPStatus

from ..messages import Response
from .options import EnterpriseOptions


class ApiError(Exception):
    """A refusal. Without ``code`` it comes from the web server, not from the cluster manager."""

    def __init__(
        self, status: int, code: str = "", text: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code} {text}")
        self.status = status
        self.code = code
        self.text = text
        self.headers = headers or {}

    def response(self, options: EnterpriseOptions, coordinator: bool = False) -> Response:
        """The answer in one of the three documented shapes, or as the web server's own page.

        ``coordinator``: the path is served by the Active-Active coordinator, which has a shape of its own.
        """
        if coordinator and self.code:
            body: object = {
                "detail": self.text,
                "status": self.status,
                "title": HTTPStatus(self.status).phrase,
                "type": "about:blank",
            }
            return Response(self.status, body, {**self.headers, "Content-Type": "application/problem+json"})
        if self.code:
            return Response(
                self.status, {options.error_shape: self.text, "error_code": self.code}, self.headers
            )
        return plain_error(self.status, options.plain_error_body, self.text, self.headers)


def plain_error(status: int, shape: str, text: str = "", headers: dict[str, str] | None = None) -> Response:
    """An answer that says no more than its status does."""
    phrase = HTTPStatus(status).phrase
    if shape == "empty":
        return Response(status, None, headers or {})
    if shape == "json":
        return Response(
            status, {"description": text or phrase, "error_code": f"http_{status}"}, headers or {}
        )
    page = f"<html><head><title>{status} {phrase}</title></head><body><h1>{phrase}</h1></body></html>\n"
    return Response(status, page.encode("ascii"), {**(headers or {}), "Content-Type": "text/html"})


def bad_request(text: str) -> ApiError:
    """400 for what does not fit the schema."""
    return ApiError(400, "invalid_schema", text)


def refused(code: str, text: str) -> ApiError:
    """406: understood, but not possible."""
    return ApiError(406, code, text)

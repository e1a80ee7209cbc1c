# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AnsibleModule of the collection, apart from what the tests of the modules show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.errors import InvalidInput, WaitTimeout
from ansible_collections.community.redis.plugins.module_utils._core.options import connection_options


class TestConnectionOptions:
    PARAMS: dict[str, Any] = {
        "validate_certs": True,
        "ca_path": None,
        "client_cert": None,
        "client_key": None,
        "api_timeout": 30,
        "api_retries": 5,
    }

    @pytest.fixture
    def pem(self, tmp_path: Path) -> str:
        (tmp_path / "some.pem").touch()
        return str(tmp_path / "some.pem")

    def test_defaults(self) -> None:
        assert connection_options(self.PARAMS) == {
            "timeout": 30.0,
            "retries": 5,
            "verify": True,
            "cert": None,
        }

    def test_certificates(self, pem: str) -> None:
        assert connection_options({**self.PARAMS, "ca_path": pem})["verify"] == pem
        assert connection_options({**self.PARAMS, "ca_path": pem, "validate_certs": False})["verify"] is False
        assert connection_options({**self.PARAMS, "client_cert": pem})["cert"] == pem
        assert connection_options({**self.PARAMS, "client_cert": pem, "client_key": pem})["cert"] == (
            pem,
            pem,
        )

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"ca_path": "/no/such"}, "ca_path names /no/such"),
            ({"client_cert": "/no/such"}, "client_cert names /no/such"),
            ({"client_key": "/etc/passwd"}, "client_key needs client_cert"),
            ({"api_timeout": 0}, "api_timeout must be at least 1"),
            ({"api_retries": -1}, "api_retries must not be negative"),
        ],
    )
    def test_refused(self, wrong: dict[str, Any], words: str) -> None:
        with pytest.raises(InvalidInput, match=words):
            connection_options({**self.PARAMS, **wrong})


def test_payload_of_a_failure() -> None:
    error = InvalidInput("It is wrong.", hint="Do it right.", error={"code": "X"}, nothing=None)
    assert error.payload() == {"msg": "It is wrong. Do it right.", "error": {"code": "X"}}
    assert WaitTimeout("Too late.").payload() == {"msg": "Too late."}

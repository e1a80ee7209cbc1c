# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask the simulated cluster, how it refuses, and which errors look like what."""

from __future__ import annotations

import pytest

from simulator.enterprise.harness import Cluster

VIEWER = ("viewer@example.com", "sim-viewer-password")


def test_wrong_and_missing_credentials() -> None:
    cluster = Cluster()
    assert cluster.status("GET", "/v1/bdbs", user=("admin@example.com", "wrong")) == 401
    assert cluster.status("GET", "/v1/bdbs", user=("nobody", "wrong")) == 401
    assert cluster.status("GET", "/v1/bdbs", headers={"authorization": ""}) == 401
    assert cluster.status("GET", "/v1/bdbs", headers={"authorization": "Basic !!!"}) == 401
    assert cluster.status("GET", "/v1/nothing", user=("nobody", "wrong")) == 401
    answer = cluster.send("GET", "/v1/bdbs", user=("nobody", "wrong"))
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_user_is_locked_after_wrong_passwords_and_free_again_later() -> None:
    cluster = Cluster(login_lockout_threshold=3, login_lockout_duration=60)
    for _attempt in range(3):
        assert cluster.status("GET", "/v1/bdbs", user=(cluster.user[0], "wrong")) == 401
    assert cluster.status("GET", "/v1/bdbs") == 401
    assert cluster.status("GET", "/v1/bdbs", user=VIEWER) == 200
    cluster.advance(60)
    assert cluster.status("GET", "/v1/bdbs") == 200


def test_old_wrong_passwords_do_not_count() -> None:
    cluster = Cluster(login_lockout_threshold=2, login_lockout_counter_reset_after=10)
    for _attempt in range(4):
        cluster.status("GET", "/v1/bdbs", user=(cluster.user[0], "wrong"))
        cluster.advance(11)
    assert cluster.status("GET", "/v1/bdbs") == 200


def test_a_viewer_reads_and_does_nothing_else() -> None:
    cluster = Cluster()
    cluster.create()
    assert cluster.status("GET", "/v1/bdbs/1", user=VIEWER) == 200
    assert cluster.status("GET", "/v1/actions", user=VIEWER) == 200
    for method, path in (
        ("POST", "/v1/bdbs"),
        ("PUT", "/v1/bdbs/1"),
        ("DELETE", "/v1/bdbs/1"),
        ("POST", "/v1/nodes/1/actions/remove"),
        ("POST", "/v1/crdbs"),
        ("GET", "/v1/users"),
    ):
        assert cluster.status(method, path, {}, user=VIEWER) == 403


def test_a_scoped_role_hides_other_databases() -> None:
    cluster = Cluster()
    cluster.create("one")
    cluster.create("two")
    user = {"email": "scoped@example.com", "password": "p", "role": "db_member", "resources": [2]}
    cluster.api.seed({"users": [user]})
    scoped = ("scoped@example.com", "p")
    assert [bdb["uid"] for bdb in cluster.send("GET", "/v1/bdbs", user=scoped).body] == [2]
    assert cluster.status("GET", "/v1/bdbs/1", user=scoped) == 404


@pytest.mark.parametrize("scheme", ["JWT", "Bearer"])
def test_tokens_work_with_both_schemes_until_they_expire(scheme: str) -> None:
    cluster = Cluster()
    token = cluster.call("POST", "/v1/users/authorize", {"ttl": 60})["access_token"]
    assert token.count(".") == 2
    header = {"authorization": f"{scheme} {token}"}
    assert cluster.status("GET", "/v1/bdbs", headers=header) == 200
    cluster.advance(30)
    renewed = cluster.send("POST", "/v1/users/refresh_jwt", headers=header).body["access_token"]
    cluster.advance(30)
    assert cluster.status("GET", "/v1/bdbs", headers=header) == 401
    assert cluster.status("GET", "/v1/bdbs", headers={"authorization": f"{scheme} {renewed}"}) == 200
    cluster.options.jwt_scheme = "JWT"
    status = cluster.status("GET", "/v1/bdbs", headers={"authorization": f"{scheme} {renewed}"})
    assert status == (200 if scheme == "JWT" else 401)


def test_authorize_takes_its_credentials_where_the_version_expects_them() -> None:
    old = Cluster(version="7.4")
    in_body = {"username": "admin@example.com", "password": "sim-password"}
    nothing = {"authorization": ""}
    assert old.status("POST", "/v1/users/authorize", in_body, headers=nothing) == 200
    assert old.status("POST", "/v1/users/authorize") == 401
    assert Cluster().status("POST", "/v1/users/authorize", in_body, headers=nothing) == 401
    assert Cluster().status("POST", "/v1/users/authorize", {"ttl": 0}) == 400


def test_basic_authentication_can_be_off_from_8_2_on() -> None:
    assert Cluster(basic_authentication=False).status("GET", "/v1/bdbs") == 401
    assert Cluster(basic_authentication=False, version="8.0").status("GET", "/v1/bdbs") == 200


def test_paths_methods_and_headers_that_do_not_exist() -> None:
    cluster = Cluster()
    assert cluster.status("GET", "/v1/endpoints") == 404
    assert cluster.status("GET", "/v1/bdbs/one") == 404
    answer = cluster.send("PATCH", "/v1/bdbs/1")
    assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET, PUT")
    assert cluster.status("OPTIONS", "/v1/bdbs") == 200
    assert cluster.status("GET", "/v1/bdbs", headers={"accept": "text/plain"}) == 400
    assert cluster.status("GET", "/v1/bdbs", headers={"x-api-version": "9"}) == 505
    body = b'{"name": "a", "memory_size": 1}'
    assert cluster.status("POST", "/v1/bdbs", body, headers={"content-type": "text/plain"}) == 400
    assert cluster.status("POST", "/v1/bdbs", b"[1]") == 400


def test_error_bodies_have_the_shape_that_was_chosen() -> None:
    cluster = Cluster(error_shape="message")
    assert set(cluster.send("GET", "/v1/bdbs/9").body) == {"error_code", "message"}
    cluster.options.error_shape = "description"
    assert set(cluster.send("GET", "/v1/bdbs/9").body) == {"error_code", "description"}
    assert b"<html>" in cluster.send("GET", "/v1/nothing").body
    cluster.options.plain_error_body = "empty"
    assert cluster.send("GET", "/v1/nothing").body is None
    cluster.options.plain_error_body = "json"
    assert set(cluster.send("GET", "/v1/nothing").body) == {"error_code", "description"}


def test_another_node_redirects_unless_it_passes_requests_on() -> None:
    cluster = Cluster(redirect_to="https://10.0.0.1:9443")
    answer = cluster.send("PUT", "/v1/bdbs/1?dry_run=true", {}, user=("nobody", "wrong"))
    assert answer.status == 307
    assert answer.headers["Location"] == "https://10.0.0.1:9443/v1/bdbs/1?dry_run=true"
    assert cluster.status("GET", "/v1/local/node/master_healthcheck") == 200
    assert cluster.status("GET", "/v1/bootstrap") == 200
    cluster.options.handle_redirects = True
    assert cluster.status("GET", "/v1/bdbs") == 200


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"7\.x"):
        Cluster(version="7.x")

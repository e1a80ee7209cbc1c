# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's main() in this process against the simulator, on a virtual clock.

    def test_it(bench: Bench) -> None:          # the fixture is in tests/unit/plugins/conftest.py
        bench.options("cloud", database_seconds=600)
        run = bench.ok("redis_cloud_database", subscription_id=120001, name="cache", dataset_size_in_gb=1)
        assert run["changed"] and run.writes and run.seconds > 600

What is real: AnsibleModule with its argument checking and masking, requests.Session, every line of the collection.
What is replaced: the clock, the network (simulator.adapter), standard input and output of the module. Every request is
held against the committed facts about the APIs (tests/contract).
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.util
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings
from ansible.module_utils.common.parameters import PASS_VARS
from contract import violations

from ansible_collections.community.redis.plugins.module_utils._core import module as core_module
from ansible_collections.community.redis.plugins.module_utils._core import slices
from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock
from simulator.adapter import SimulatorAdapter
from simulator.clock import VirtualClock
from simulator.wiring import Simulator

PLUGINS = "ansible_collections.community.redis.plugins"
CLOUD_URL = "https://api.redislabs.com/v1"
ENTERPRISE_URL = "https://cluster.example.com:9443"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
LATENCY = 0.05


class BenchClock(Clock):
    """The collection's clock on the simulator's; ``slept`` are the pauses that were made."""

    def __init__(self, virtual: VirtualClock) -> None:
        self._virtual = virtual
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self._virtual.now()

    def time(self) -> float:
        return self._virtual.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._virtual.advance(seconds)

    def jitter(self, low: float, high: float) -> float:
        return (low + high) / 2


@dataclasses.dataclass
class Sent:
    """One request as it left the collection, unmasked."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any
    product: str
    time: float

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def write(self) -> bool:
        return self.method in WRITES

    def __str__(self) -> str:
        return f"{self.method} {self.path} {'' if self.body is None else json.dumps(self.body)}".rstrip()


@dataclasses.dataclass
class Run:
    """What a module run has returned, asked and taken. ``run["changed"]`` is short for ``run.result["changed"]``."""

    result: dict[str, Any]
    requests: list[Sent]
    seconds: float

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> list[str]:
        """Texts of the warnings; ansible-core 2.19 and later wrap them."""
        found = self.result.get("warnings", [])
        return [item if isinstance(item, str) else json.dumps(item) for item in found]

    @property
    def writes(self) -> list[Sent]:
        return [request for request in self.requests if request.write]

    def bodies(self, method: str) -> list[Any]:
        """The bodies of the requests with this method."""
        return [request.body for request in self.requests if request.method == method]


class Killed(BaseException):
    """The module process ends here, without any chance to clean up."""


class RecordingAdapter(SimulatorAdapter):
    """The simulator behind requests.Session, with a note of everything that was sent."""

    def __init__(self, bench: Bench, product: str) -> None:
        super().__init__(bench.simulator.exchange, product, bench.clock, LATENCY)
        self._bench = bench
        self._name = product

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._bench.note(request, self._name)
        moment = self._bench.kill_at
        if moment is not None and moment == (len(self._bench.sent), "before"):
            raise Killed()
        response = super().send(request, *args, **kwargs)
        if moment is not None and moment == (len(self._bench.sent), "after"):
            raise Killed()
        return response


class Bench:
    """Both simulated products on one virtual clock, and a way to run modules against them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = VirtualClock()
        self.simulator = Simulator(self.clock)
        self.module_clock = BenchClock(self.clock)
        self.sent: list[Sent] = []
        self.kill_at: tuple[int, str] | None = None
        self.credentials: dict[str, dict[str, Any]] = {
            "cloud": {
                "api_key": self.simulator.options["cloud"].api_key,
                "api_secret_key": self.simulator.options["cloud"].api_secret_key,
            },
            "enterprise": {
                "api_url": ENTERPRISE_URL,
                "api_username": self.simulator.options["enterprise"].username,
                "api_password": self.simulator.options["enterprise"].password,
            },
        }
        monkeypatch.setattr(core_module.RedisModule, "clock", self.module_clock)
        monkeypatch.setattr(core_module, "new_session", self.session)

    # the simulator

    def options(self, product: str, **values: Any) -> None:
        """Set options of a simulated product."""
        self.simulator.set_options({product: values})

    def seed(self, product: str, **resources: Any) -> Any:
        """Put ready-made resources; see the seed function of the product."""
        return self.simulator.seed({product: resources})[product]

    def fault(
        self,
        kind: str,
        *,
        method: str = "",
        path: str = "",
        after: int = 0,
        times: int | None = 1,
        **how: Any,
    ) -> None:
        """Let requests meet a fault; see simulator.faults.Rule."""
        match = {name: value for name, value in (("method", method), ("path", path)) if value}
        self.simulator.faults.add(
            {"match": match, "action": {"kind": kind, **how}, "after": after, "times": times}
        )

    def state(self, product: str) -> Any:
        """Everything the product holds, also what its API does not show."""
        return self.simulator.state()[product]

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    # modules

    def run(
        self,
        module: str,
        params: Mapping[str, Any] | None = None,
        *,
        check: bool = False,
        diff: bool = False,
        share: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Run:
        """Run a module as Ansible would. Options can be given as keywords or, for odd names, as a mapping.

        The credentials of the product are added; an option of value None is a null in the task.
        ``share`` is what the action plugin hands to one slice of a long wait.
        """
        product = "cloud" if module.startswith("redis_cloud_") else "enterprise"
        given = {**self.credentials[product], **(params or {}), **options}
        if share is not None:
            given[slices.SLICE_ARGUMENT] = dict(share)
        began, first = self.clock.now(), len(self.sent)
        result = run_main(f"{PLUGINS}.modules.{module}", given, check, diff)
        run = Run(result, self.sent[first:], self.clock.now() - began)
        if check:
            assert run.writes == [], f"{module} wrote in check mode"
        return run

    def ok(self, module: str, params: Mapping[str, Any] | None = None, **options: Any) -> Run:
        """A run that must not fail."""
        run = self.run(module, params, **options)
        assert not run.failed, run.result
        return run

    def fails(self, module: str, params: Mapping[str, Any] | None = None, **options: Any) -> Run:
        """A run that must fail, in words and without a traceback."""
        run = self.run(module, params, **options)
        assert run.failed, run.result
        assert run.message, run.result
        assert "Traceback" not in run.message
        assert "exception" not in run.result, run.result
        return run

    def killed(self, moment: int, when: str, module: str, params: Mapping[str, Any], **options: Any) -> bool:
        """Run a module and kill it at its request number ``moment`` (from 1), ``before`` or ``after`` the server had it.

        False: the run ended before it made so many requests.
        """
        self.kill_at = (len(self.sent) + moment, when)
        try:
            self.run(module, params, **options)
        except Killed:
            return True
        finally:
            self.kill_at = None
        return False

    def sliced(
        self, module: str, params: Mapping[str, Any], seconds: float, **how: Any
    ) -> tuple[Run, list[dict[str, Any]]]:
        """Run a module in slices of ``seconds``, as the action plugin does: the last run, and what the others handed on."""
        handed: list[dict[str, Any]] = []
        began, first = self.clock.now(), len(self.sent)
        pending: dict[str, Any] | None = None
        while True:
            share = slices.share(seconds, self.clock.now() - began, pending)
            run = self.run(module, params, share=share, **how)
            pending = run.result.get(slices.PENDING_RESULT)
            if pending is None:
                return Run(run.result, self.sent[first:], self.clock.now() - began), handed
            handed.append({**pending, **slices.unpack(pending["known"])})
            assert len(handed) < 10000, "the slices do not end"

    # plumbing

    def session(self) -> requests.Session:
        """What the collection gets for requests.Session."""
        session = requests.Session()
        session.trust_env = False
        session.mount(CLOUD_URL, RecordingAdapter(self, "cloud"))
        session.mount(ENTERPRISE_URL, RecordingAdapter(self, "enterprise"))
        return session

    def note(self, request: requests.PreparedRequest, product: str) -> None:
        """Remember a request, and refuse one that the API does not have."""
        body = json.loads(request.body) if request.body else None
        headers = {name: str(value) for name, value in request.headers.items()}
        sent = Sent(str(request.method), str(request.url), headers, body, product, self.clock.now())
        self.sent.append(sent)
        found = violations(product, sent.method, sent.path, sent.query, sent.body)
        assert found == [], f"{sent}: {'; '.join(found)}"


def run_main(name: str, params: Mapping[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
    """The JSON that a module's main() prints for these parameters."""
    internal = {
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_module_name": name.rpartition(".")[2],
    }
    if "inject_invocation" in PASS_VARS:  # since 2.21 the arguments are returned on request, as for -vvv
        internal["_ansible_inject_invocation"] = True
    with _arguments({"ANSIBLE_MODULE_ARGS": {**params, **internal}}), _fresh_warnings():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
            importlib.import_module(name).main()
    result = json.loads(printed.getvalue())
    assert isinstance(result, dict)
    # an exception that nobody has foreseen, such as one of this harness
    assert not str(result.get("msg")).startswith("A defect in community.redis"), result
    return result


@contextlib.contextmanager
def _arguments(arguments: Mapping[str, Any]) -> Iterator[None]:
    """Where AnsibleModule looks for its parameters before it reads standard input."""
    patch = pytest.MonkeyPatch()
    patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode("utf-8"))
    if hasattr(basic, "_ANSIBLE_PROFILE"):  # since 2.19
        patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        # where anything of the controller has been imported, warnings would go to its display instead of the result
        patch.setattr("ansible.module_utils._internal.is_controller", False)
    try:
        yield
    finally:
        patch.undo()


@contextlib.contextmanager
def _fresh_warnings() -> Iterator[None]:
    """Warnings are collected per process, and a module is a process, whatever else a test has imported."""
    ansible_warnings._global_warnings.clear()
    ansible_warnings._global_deprecations.clear()
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("ansible.module_utils._internal"):  # since 2.19
            patch.setattr("ansible.module_utils._internal.is_controller", False)
        yield

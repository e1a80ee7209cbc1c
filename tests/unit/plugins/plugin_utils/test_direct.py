# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a module in the worker: when it is the same, and that the worker is afterwards as it was before."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.basic import AnsibleModule
from ansible.plugins.action import ActionBase

from ansible_collections.community.redis.plugins.plugin_utils import direct

NAME = "community.redis.made_up_module"


class Action(ActionBase):
    """As much of an action as a module call needs."""

    def __init__(
        self,
        transport: str = "local",
        become: Any = None,
        delegate_to: str | None = None,
        environment: dict[str, Any] | None = None,
    ) -> None:
        self._connection = SimpleNamespace(transport=transport, become=become)
        self._task = SimpleNamespace(action=NAME, delegate_to=delegate_to)
        self._templar = SimpleNamespace(template=lambda value: "no" if value == "{{ no }}" else value)
        self._environment = environment or {}
        self._used_interpreter = None

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        raise NotImplementedError

    def _update_module_args(self, module_name: str, module_args: dict[str, Any], task_vars: Any) -> None:
        module_args["_ansible_module_name"] = module_name

    def _compute_environment_string(self, raw_environment_out: Any = None) -> str:
        raw_environment_out.update(self._environment)
        return ""


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (direct.DIRECT_ENVIRONMENT, "ANSIBLE_PYTHON_INTERPRETER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Put a function in the place of a module's main()."""

    def put(main: Callable[[], Any]) -> None:
        made = types.ModuleType(direct.PACKAGE + "made_up_module")
        made.main = main  # type: ignore[attr-defined]  # a module has what is put into it
        monkeypatch.setitem(sys.modules, made.__name__, made)

    return put


class TestWhen:
    @pytest.mark.parametrize(
        ("action", "variables", "possible"),
        [
            ({}, {}, True),
            ({"transport": "ansible.builtin.local"}, {}, True),
            ({"transport": "ssh"}, {}, False),
            ({"transport": "community.docker.docker"}, {}, False),
            ({"become": object()}, {}, False),
            ({}, {"ansible_python_interpreter": sys.executable}, True),
            ({}, {"ansible_python_interpreter": "auto_silent"}, True),
            ({}, {"ansible_python_interpreter": ""}, True),
            ({}, {"ansible_python_interpreter": "/opt/python/bin/python3"}, False),
            ({}, {direct.DIRECT_VARIABLE: False}, False),
            ({}, {direct.DIRECT_VARIABLE: "off"}, False),
            ({}, {direct.DIRECT_VARIABLE: "{{ no }}"}, False),
            ({}, {direct.DIRECT_VARIABLE: "yes"}, True),
            ({}, {direct.DIRECT_VARIABLE: "perhaps"}, False),
        ],
    )
    def test_where(self, action: dict[str, Any], variables: dict[str, Any], possible: bool) -> None:
        assert direct.is_possible(Action(**action), variables) is possible

    @pytest.mark.parametrize(("value", "possible"), [("0", False), ("false", False), ("1", True), ("yes", True)])
    def test_switched_off_by_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, value: str, possible: bool
    ) -> None:
        monkeypatch.setenv(direct.DIRECT_ENVIRONMENT, value)
        assert direct.is_possible(Action(), {}) is possible
        # what is said of a host counts more
        assert direct.is_possible(Action(), {direct.DIRECT_VARIABLE: not possible}) is not possible

    def test_interpreter_of_the_configuration(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", "/opt/python/bin/python3")
        assert direct.is_possible(Action(), {}) is False
        assert direct.is_possible(Action(), {"ansible_python_interpreter": sys.executable}) is True

    def test_delegated_task_has_the_variables_of_its_target(self) -> None:
        other = {"ansible_python_interpreter": "/opt/python/bin/python3"}
        mine: dict[str, Any] = {"ansible_python_interpreter": sys.executable}
        action = Action(delegate_to="localhost")
        assert direct.is_possible(action, {**other, "ansible_delegated_vars": {"localhost": mine}}) is True
        assert direct.is_possible(action, {**mine, "ansible_delegated_vars": {"localhost": other}}) is False

    def test_without_requests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "requests", None)
        assert direct.is_possible(Action(), {}) is False


class TestRun:
    def test_arguments_and_result(self, module: Callable[[Callable[[], Any]], None]) -> None:
        def main() -> None:
            made = AnsibleModule({"size": {"type": "int"}, "secret": {"no_log": True}})
            made.exit_json(size=made.params["size"] + 1, echo=made.params["secret"], changed=True)

        module(main)
        arguments = {"size": "4", "secret": "canary-canary"}
        result = direct.run(Action(), arguments, {})
        assert result["size"] == 5
        assert result["changed"] is True
        assert result["echo"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert "canary" not in str(result)
        assert arguments == {"size": "4", "secret": "canary-canary"}

    def test_failure(self, module: Callable[[Callable[[], Any]], None]) -> None:
        def main() -> None:
            AnsibleModule({"size": {"type": "int"}}).fail_json(msg="no")

        module(main)
        result = direct.run(Action(), {}, {})
        assert (result["failed"], result["msg"]) == (True, "no")
        unknown = direct.run(Action(), {"colour": "red"}, {})
        assert f"Unsupported parameters for ({NAME}) module: colour" in unknown["msg"]

    def test_defect_of_a_module_is_a_failed_task(self, module: Callable[[Callable[[], Any]], None]) -> None:
        def main() -> None:
            raise KeyError("a defect")

        module(main)
        result = direct.run(Action(), {}, {})
        assert result["failed"] is True
        assert "KeyError: 'a defect'" in result["module_stderr"]
        assert result["rc"] == 1

    def test_what_libraries_print_does_not_get_out(
        self, module: Callable[[Callable[[], Any]], None], capfd: pytest.CaptureFixture[str]
    ) -> None:
        def main() -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("always")
                warnings.warn("noise of a library", stacklevel=1)
            print("noise on stdout")
            AnsibleModule({}).exit_json(changed=False)

        module(main)
        # pytest itself collects warnings; here they are to be printed
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(warnings, "showwarning", lambda message, *_more: print(message, file=sys.stderr))
            assert direct.run(Action(), {}, {})["changed"] is False
        assert "noise" not in "".join(capfd.readouterr())

    def test_environment_of_the_task(
        self, module: Callable[[Callable[[], Any]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", "/before")
        seen: dict[str, Any] = {}

        def main() -> None:
            seen.update(number=os.environ["NUMBER"], directory=tempfile.gettempdir())
            os.environ["LEFT_BEHIND"] = "1"

        module(main)
        direct.run(Action(environment={"NUMBER": 3, "TMPDIR": str(tmp_path)}), {}, {})
        assert seen == {"number": "3", "directory": str(tmp_path)}
        assert not {"NUMBER", "LEFT_BEHIND"} & set(os.environ)
        assert tempfile.tempdir == "/before"

    @pytest.mark.parametrize("end", [KeyboardInterrupt, GeneratorExit, SystemExit, ValueError])
    def test_worker_is_as_before_however_it_ends(
        self, module: Callable[[Callable[[], Any]], None], end: type[BaseException]
    ) -> None:
        """Ansible ends a task that takes too long by an exception, which has to get through."""

        def main() -> None:
            os.environ["LEFT_BEHIND"] = "1"
            raise end

        module(main)
        gets_through = not issubclass(end, (Exception, SystemExit))
        before = (basic._ANSIBLE_ARGS, getattr(basic, "_ANSIBLE_PROFILE", None), sys.stdout, sys.stderr)
        with pytest.raises(end) if gets_through else contextlib.nullcontext():
            direct.run(Action(environment={"NUMBER": 3}), {"a": 1}, {})
        after = (basic._ANSIBLE_ARGS, getattr(basic, "_ANSIBLE_PROFILE", None), sys.stdout, sys.stderr)
        assert after == before
        assert not {"NUMBER", "LEFT_BEHIND"} & set(os.environ)

    def test_values_that_are_no_json(self, module: Callable[[Callable[[], Any]], None]) -> None:
        """Paths, or whatever a template makes."""
        module(lambda: AnsibleModule({"place": {"type": "path"}}).exit_json(changed=False))
        assert direct.run(Action(), {"place": Path("/somewhere")}, {})["changed"] is False

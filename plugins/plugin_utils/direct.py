# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a module of this collection inside the worker process, instead of as a new process on the target.

On a local connection most of a module call is not the module: the payload is packed, written, and a new Python started
for it. The worker is a process of its own already. The module's code, its arguments and its result are the same; only
where they run differs, and the places that AnsibleModule shares with its process are put back afterwards.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import os
import sys
import tempfile
import traceback
import typing as t

from ansible import constants
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as module_warnings
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

# Set one of these to false to run modules as processes on a local connection, too.
DIRECT_VARIABLE = "community_redis_direct"
DIRECT_ENVIRONMENT = "COMMUNITY_REDIS_DIRECT"

PACKAGE = "ansible_collections.community.redis.plugins.modules."


def is_possible(action: ActionBase, task_vars: dict[str, t.Any]) -> bool:
    """A local connection, as the same user, with this Python, which has what modules need; and not switched off."""
    variables = _of_target(action, task_vars)
    if not _is_on(action, variables):
        return False
    if action._connection.transport not in ("local", "ansible.builtin.local") or action._connection.become:
        return False
    return _is_this_python(action, variables) and _has_requests()


def _of_target(action: ActionBase, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables of the host that the task is delegated to, if it is."""
    delegated = task_vars.get("ansible_delegated_vars") or {}
    return t.cast("dict[str, t.Any]", delegated.get(action._task.delegate_to) or task_vars)


def _is_on(action: ActionBase, variables: dict[str, t.Any]) -> bool:
    value = variables.get(DIRECT_VARIABLE, os.environ.get(DIRECT_ENVIRONMENT, True))
    return bool(boolean(action._templar.template(value), strict=False))


def _is_this_python(action: ActionBase, variables: dict[str, t.Any]) -> bool:
    """Automatic discovery looks for any Python that will do; this one does."""
    chosen = action._templar.template(constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables))
    return not chosen or str(chosen).startswith("auto") or chosen == sys.executable


def _has_requests() -> bool:
    try:
        importlib.import_module("requests")
    except ImportError:
        return False
    return True


def run(action: ActionBase, module_args: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
    """What ``_execute_module`` returns, without a module process."""
    name = str(action._task.action)
    arguments = dict(module_args)
    action._update_module_args(name, arguments, task_vars)
    environment: dict[str, t.Any] = {}
    action._compute_environment_string(environment)
    output, errors = io.StringIO(), io.StringIO()
    captured = contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors)
    with _environment(environment), _arguments(arguments), captured[0], captured[1]:
        code = _call(importlib.import_module(PACKAGE + name.rpartition(".")[2]).main)
    return _parse(action, {"stdout": output.getvalue(), "stderr": errors.getvalue(), "rc": code})


def _call(main: t.Callable[[], None]) -> int:
    """The exit code of a module process that does this. What ends the worker itself is not caught."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


@contextlib.contextmanager
def _environment(variables: dict[str, t.Any]) -> t.Iterator[None]:
    """The task's ``environment``, for as long as the module runs."""
    before, directory = dict(os.environ), tempfile.tempdir
    os.environ.update({name: str(value) for name, value in variables.items()})
    # found anew when it is needed: it depends on TMPDIR
    tempfile.tempdir = None
    try:
        yield
    finally:
        tempfile.tempdir = directory
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _arguments(arguments: dict[str, t.Any]) -> t.Iterator[None]:
    """Where AnsibleModule looks for its parameters before it reads standard input."""
    names = [name for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE") if hasattr(basic, name)]
    before = {name: getattr(basic, name) for name in names}
    payload = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, default=str)
    basic._ANSIBLE_ARGS = payload.encode("utf-8")
    if "_ANSIBLE_PROFILE" in names:  # since ansible-core 2.19
        basic._ANSIBLE_PROFILE = "legacy"
    module_warnings._global_warnings.clear()
    module_warnings._global_deprecations.clear()
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


def _parse(action: ActionBase, result: dict[str, t.Any]) -> dict[str, t.Any]:
    """As ActionBase reads the output of a module; how differs between versions of ansible-core."""
    takes_profile = "profile" in inspect.signature(action._parse_returned_data).parameters
    data = action._parse_returned_data(result, "legacy") if takes_profile else action._parse_returned_data(result)
    if isinstance(data, dict):
        from ansible.vars.clean import remove_internal_keys

        remove_internal_keys(data)
        return data
    # since ansible-core 2.21, which has no remove_internal_keys() of its own any more
    data.remove_internal_keys()
    return t.cast("dict[str, t.Any]", data.as_result_dict(for_round_trip=True))

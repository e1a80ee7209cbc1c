# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks as data: which command runs where, in which venv."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from checks.machine import CACHE, ROOT, environment
from checks.tree import PLACE
from checks.venvs import MAIN, NEWEST, OLDEST, Venv

HERE = Path(__file__).parent
# in integration/safety: what a play shows; everything else is about processes that end too early
ON_THE_SCREEN = "test_progress or test_secrets"
# what shows a difference between versions of ansible-core; matrix() has the rest
PART = ("-k", "not databases and not fields and not open_questions")
# they have steps of their own
KILLS_APART = "--ignore=tests/integration/safety"


@dataclasses.dataclass(frozen=True)
class Step:
    """One line of the summary. Commands run one after the other in a copy of the tree; the first failure ends it."""

    name: str
    group: str
    venv: Venv
    commands: tuple[tuple[str, ...], ...]
    needs: str = "galaxy.yml"  # without a match for this pattern there is nothing to check
    junit: bool = False  # the commands write {junit}, whose counts go into the last line
    none_selected: bool = False  # pytest may find no test with the marker
    own_home: bool = False
    directory: str = "."  # relative to the copy of the collection
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def present(self) -> bool:
        return any(ROOT.glob(self.needs))


def pytest(name: str, below: str, venv: Venv, *arguments: str) -> Step:
    command = ("python", "-m", "pytest", f"tests/{below}", "--junitxml={junit}", *arguments)
    return Step(
        name,
        below.split("/", maxsplit=1)[0],
        venv,
        (command,),
        needs=f"tests/{below}/**/test_*.py",
        junit=True,
        none_selected="-m" in arguments,
    )


def sanity(name: str, venv: Venv) -> Step:
    return Step(name, "sanity", venv, (("ansible-test", "sanity", "--color", "no"),), own_home=True)


def ansible_lint() -> Step:
    # The rule "args" calls the modules' own validation, which takes required credentials from the environment.
    variables = (
        ("REDISCLOUD_ACCESS_KEY", "unused"),
        ("REDISCLOUD_SECRET_KEY", "unused"),
        ("REDIS_ENTERPRISE_URL", "https://unused.example:9443"),
        ("REDIS_ENTERPRISE_USER", "unused"),
        ("REDIS_ENTERPRISE_PASSWORD", "unused"),
    )
    command = ("ansible-lint", "--offline", "--profile", "production", "--strict")
    return Step("ansible-lint", "lint", MAIN, (command,), variables=variables)


def mypy() -> Step:
    """Called above ansible_collections, because otherwise the plugins are found under two module names."""
    checked = [str(PLACE / name) for name in ("plugins", "tests", "scripts")]
    options = ("--config-file", str(PLACE / "pyproject.toml"), "--cache-dir", str(CACHE / "mypy"))
    return Step("mypy", "lint", MAIN, (("mypy", *options, *checked),), directory="../../..")


def docs() -> Step:
    options = ("--plugin-docs", "--validate-collection-refs", "self")
    return Step(
        "docs", "lint", MAIN, (("antsibull-docs", "lint-collection-docs", *options, "."),), own_home=True
    )


def molecule() -> Iterator[Step]:
    for file in sorted(ROOT.glob("extensions/molecule/*/molecule.yml")):
        scenario = file.parent.name
        yield Step(
            f"molecule-{scenario}", "molecule", MAIN, (("molecule", "test", "--scenario-name", scenario),)
        )


def all_steps() -> list[Step]:
    """Every step; long ones first, so that the last one to start is a short one."""
    return [
        pytest("integration-2.19", "integration", MAIN, KILLS_APART),
        sanity("sanity-2.19", MAIN),
        sanity("sanity-newest", NEWEST),
        *molecule(),
        pytest("safety", "unit/safety", MAIN),
        pytest("safety-live", "integration/safety", MAIN, "-k", f"not ({ON_THE_SCREEN})"),
        pytest("safety-screen", "integration/safety", MAIN, "-k", ON_THE_SCREEN),
        pytest("unit-2.19", "unit", MAIN, "--ignore=tests/unit/safety"),
        pytest("unit-newest", "unit/plugins", NEWEST, *PART),
        pytest("unit-2.17", "unit/plugins", OLDEST, *PART),
        pytest("integration-newest", "integration", NEWEST, KILLS_APART, "-m", "every_core"),
        pytest("integration-2.17", "integration", OLDEST, KILLS_APART, "-m", "every_core"),
        ansible_lint(),
        mypy(),
        Step("ruff", "lint", MAIN, (("ruff", "check", "--no-cache"),)),
        docs(),
        Step("changelog", "lint", MAIN, (("antsibull-changelog", "lint"),)),
        Step("build", "build", MAIN, (("python", "scripts/checks/package_check.py", "{work}"),)),
    ]


def matrix() -> Iterator[Step]:
    """Every test on the other versions of ansible-core, which takes longer than a test run should."""
    for venv, core in ((NEWEST, "newest"), (OLDEST, "2.17")):
        # what does not run below Ansible only depends on Python, and has run once
        for kind, below in (("unit", "unit/plugins"), ("integration", "integration")):
            yield dataclasses.replace(pytest(f"all-{kind}-{core}", below, venv), group="matrix")


def soak(rounds: int, first: int) -> Iterator[Step]:
    """The safety tests on other seeds. Ten rounds are 10,000 schedules in process and 800 killed processes."""
    for number in range(first, first + rounds):
        kills = pytest(f"kills-{number}", "integration/safety", MAIN, "-k", "test_kills")
        settings = {"SAFETY_KILL_ROUNDS": 2, "SAFETY_KILL_FIRST": 2 * number}
        yield dataclasses.replace(kills, variables=_variables(settings))
        schedules = pytest(f"schedules-{number}", "unit/safety", MAIN, "-k", "test_schedules or test_invented or test_properties")
        settings = {"SAFETY_SEEDS": 40, "SAFETY_FIRST": 1000 * number, "SAFETY_EXAMPLES": 40}
        yield dataclasses.replace(schedules, variables=_variables(settings))
        answers = pytest(f"answers-{number}", "unit/safety", MAIN, "-k", "test_tolerance or test_waits or test_screen")
        settings = {"SAFETY_MUTATIONS": 60, "SAFETY_DEADLINES": 30, "SAFETY_SCREENS": 20, "SAFETY_FIRST": 1000 * number}
        yield dataclasses.replace(answers, variables=_variables(settings))


def _variables(settings: dict[str, int]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in settings.items())


def select(words: list[str]) -> list[Step]:
    """The steps with the given names or of the given groups; without words all that a test run has."""
    steps = [*all_steps(), *(matrix() if words else ())]
    known = {step.name for step in steps} | {step.group for step in steps}
    unknown = [word for word in words if word not in known]
    if unknown:
        raise SystemExit(f"no such step: {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    return [step for step in steps if not words or step.name in words or step.group in words]


def step_environment(step: Step, tree: Path, pip_settings: dict[str, str]) -> dict[str, str]:
    collections = tree.parents[2]
    home = collections / "ansible"
    env = environment(step.venv.path, pip_settings)
    env.update(
        # Of its own for each step: ansible-lint installs the collection there, and other steps would find that copy.
        ANSIBLE_HOME=str(home),
        ANSIBLE_REMOTE_TEMP=str(home / "remote"),
        ANSIBLE_ASYNC_DIR=str(home / "async"),
        ANSIBLE_COLLECTIONS_PATH=str(collections),
        PYTHONPATH=f"{collections}:{tree / 'tests'}:{tree / 'scripts'}",
        # The simulators run faster than time, and their minutes are shorter.
        REDIS_CLOUD_REQUESTS_PER_MINUTE="0",
        MYPYPATH=f"{collections}:{tree / 'tests'}:{tree / 'scripts'}",
    )
    env.update(step.variables)
    if step.own_home:
        # ansible-test keeps its venvs below HOME, antsibull-docs a log. One home per core: two of them must not make the same venv at once.
        user_home = CACHE / "home" / step.venv.name
        provide_pip(step.venv, user_home)
        env.update(HOME=str(user_home))
        del env["PYTHONPATH"]
    return env


def provide_pip(venv: Venv, home: Path) -> None:
    """Put the stand-in where the ansible-test of the venv looks for its pip bootstrap script."""
    (source,) = venv.path.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py")
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in set(re.findall(r"pip='([0-9.]+)'", source.read_text(encoding="utf-8"))):
        shutil.copy(HERE / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one call of a module costs, compared with one GET of ansible.builtin.uri, and what it consists of."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .live_rows import play
from .playbook import Ansible
from .rows import Row, figure, paired, spread
from .server import Server

LEAST = Path(__file__).parent / "least"
IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
REQUESTS = ("requests", "urllib3", "charset_normalizer", "chardet", "idna", "certifi")


@dataclasses.dataclass(frozen=True)
class Way:
    """How a module is executed on a local connection: what the environment of ansible-playbook says."""

    name: str
    limit: float
    env: dict[str, str] = dataclasses.field(default_factory=dict)


PROCESS = Way("as a module process", 1.0, {"COMMUNITY_REDIS_DIRECT": "false"})
DIRECT = Way("run directly", 0.25, {"COMMUNITY_REDIS_DIRECT": "true"})
WAYS = (PROCESS, DIRECT)


def calls(ansible: Ansible, directory: Path, quick: bool) -> Iterator[Row]:
    """Loops over an unchanged database, in turn with a GET of the same database, with the module, and with the least
    that a module with the requests library can do."""
    rounds, items = (1, 4) if quick else (6, 6)
    with Server(directory / f"calls-{ansible.core}", rate_limit=0) as server:
        seeded = server.seed(databases=3)[0]
        url = f"{server.info['cloud_url']}/subscriptions/{seeded['id']}/databases/{seeded['databases'][0]}"
        headers = {
            "x-api-key": server.info["cloud"]["api_key"],
            "x-api-secret-key": server.info["cloud"]["api_secret_key"],
        }
        get = {"url": url, "headers": headers, "ca_path": server.info["ca_path"]}
        kinds = {
            "uri": {"ansible.builtin.uri": get},
            "module": one_database(seeded["id"]),
            "least": {"benchmark_least": get},
        }
        loop = {"loop": list(range(items))}
        tasks = [{"name": kind, **call, **loop} for _round in range(1 + rounds) for kind, call in kinds.items()]
        for way in WAYS:
            env = {**way.env, "ANSIBLE_LIBRARY": str(LEAST)}
            played = ansible.play(play(tasks, server), {}, env=env)
            if any(task.changed for task in played.tasks):
                raise RuntimeError("the database was to be unchanged")
            # the first round warms the caches up
            others, ours, least = (
                [task.item for task in played.tasks if task.name == kind][1:] for kind in kinds
            )
            how = f"wall time per item of a loop of {items}, median of {rounds} rounds in turn, Python {ansible.python}"
            if way is PROCESS:
                yield Row(
                    f"one GET of a module with the requests library, and nothing else / one uri GET, "
                    f"ansible-core {ansible.core}",
                    paired(least, others),
                    spread([1000 * value for value in least], "ms"),
                    spread([1000 * value for value in others], "ms"),
                    how=how,
                    raw={"least": least, "uri": others},
                )
            yield Row(
                f"one call on an unchanged database / one uri GET, ansible-core {ansible.core}, {way.name}",
                paired(ours, others),
                spread([1000 * value for value in ours], "ms"),
                spread([1000 * value for value in others], "ms"),
                way.limit,
                how=how,
                short=f"One call {way.name} / one `uri` GET, ansible-core {ansible.core}",
                raw={"module": ours, "uri": others},
            )


def one_database(subscription_id: int) -> dict[str, Any]:
    options = {"subscription_id": subscription_id, "name": "db-0001", "dataset_size_in_gb": 1}
    return {"community.redis.redis_cloud_database": options}


# what a call consists of


def start(ansible: Ansible, directory: Path, quick: bool) -> Iterator[Row]:
    """The payload of a module process, as ansible-core leaves it behind when asked to, and what it imports."""
    repetitions = 3 if quick else 8
    with Server(directory / "start", rate_limit=0) as server:
        seeded = server.seed(databases=1)[0]
        get = {"ansible.builtin.uri": {"url": server.info["control_url"]}}
        tasks = [{"name": "module", **one_database(seeded["id"])}, {"name": "uri", **get}]
        kept = dataclasses.replace(ansible, directory=directory / "kept")
        kept.play(play(tasks, server), {}, env={"ANSIBLE_KEEP_REMOTE_FILES": "1", **PROCESS.env})
        files = {file.stem.partition("_")[2]: file for file in kept.directory.rglob("AnsiballZ_*.py")}
        ours, uri = files["redis_cloud_database"], files["uri"]
        spent = {
            name: import_times(ansible, file, repetitions) for name, file in (("ours", ours), ("uri", uri))
        }
    yield Row(
        "payload of a module process",
        ours.stat().st_size / 1024,
        f"{ours.stat().st_size / 1024:.0f} kB",
        f"uri {uri.stat().st_size / 1024:.0f} kB",
        unit=" kB",
        how=f"what ansible-core {ansible.core} packs for redis_cloud_database",
    )
    shares = ", ".join(f"{name} {figure(value)}" for name, value in spent["ours"].items())
    others = ", ".join(f"{name} {figure(value)}" for name, value in spent["uri"].items())
    total = sum(spent["ours"].values())
    yield Row(
        "imports of a module process",
        total,
        f"{shares} ms",
        f"uri: {others} ms",
        unit=" ms",
        how=f"python -X importtime, the least of {repetitions} runs for each imported module",
        raw=spent,
    )


def import_times(ansible: Ansible, payload: Path, repetitions: int) -> dict[str, float]:
    """Milliseconds by origin. The least of several runs: what is more was somebody else's."""
    least: dict[str, int] = {}
    command = [str(ansible.venv / "bin" / "python"), "-X", "importtime", str(payload)]
    for _repetition in range(repetitions):
        done = subprocess.run(
            command, env=ansible.environment(), capture_output=True, text=True, check=True, timeout=60
        )
        for line in done.stderr.splitlines():
            match = IMPORTED.match(line)
            if match:
                name = match.group(2)
                least[name] = min(least.get(name, 10**9), int(match.group(1)))
    sums: Counter[str] = Counter()
    for name, microseconds in least.items():
        sums[origin(name)] += microseconds
    return {name: value / 1000 for name, value in sums.most_common()}


def origin(module: str) -> str:
    top = module.partition(".")[0]
    if top == "ansible_collections":
        return "the collection"
    if top == "ansible":
        return "ansible-core"
    return "requests" if top in REQUESTS else "other"

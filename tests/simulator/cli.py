# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: ``python -m simulator``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .clock import SimClock
from .cloud.options import CloudOptions
from .enterprise.options import EnterpriseOptions
from .options import describe_options, set_option_text
from .redis_servers import RedisServers

if TYPE_CHECKING:
    from .server import Server

DESCRIPTION = """\
Simulates the REST APIs of Redis Cloud and Redis Enterprise Software: stateful, over HTTPS with a private CA, with real
redis-server processes behind active databases where that program is installed. Ends on SIGTERM and SIGINT and stops
everything that it started.
"""
PARENT_CHECK_SECONDS = 0.5


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description=DESCRIPTION,
        epilog=_options_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--speed", type=float, default=1.0, metavar="N", help="run time N times faster (default 1)")
    add(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="seed of ids, passwords and random faults (default 1)",
    )
    add(
        "--state-dir",
        metavar="DIR",
        help="where the CA and the redis-servers keep their files (default: temporary)",
    )
    add(
        "--cloud-port",
        type=int,
        default=0,
        metavar="P",
        help="HTTPS port of Redis Cloud (default: any free one)",
    )
    add(
        "--enterprise-port",
        type=int,
        default=0,
        metavar="P",
        help="HTTPS port of the cluster (default: any free one)",
    )
    add(
        "--control-port", type=int, default=0, metavar="P", help="HTTP port for tests (default: any free one)"
    )
    add("--no-redis", action="store_true", help="start no redis-servers")
    add("--redis-limit", type=int, default=64, metavar="N", help="start at most N redis-servers (default 64)")
    add("--enterprise-version", metavar="V", help="version of the cluster: 7.4, 7.22 or 8.2")
    add(
        "--chaos",
        type=float,
        default=0.0,
        metavar="RATE",
        help="share of requests that meet a random fault, 0 to 1",
    )
    add(
        "--cloud-option",
        action="append",
        default=[],
        metavar="K=V",
        help="set an option of Redis Cloud, see below",
    )
    add(
        "--enterprise-option",
        action="append",
        default=[],
        metavar="K=V",
        help="set an option of the cluster, see below",
    )
    add(
        "--ready-file", metavar="FILE", help="write addresses and credentials as JSON once everything listens"
    )
    add("--log-file", metavar="FILE", help="append every request as a line of JSON, secrets masked")
    add(
        "--exit-with-parent", action="store_true", help="end when the process that started this one has ended"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = build_parser()
    options = parser.parse_args(arguments)
    cloud, enterprise = CloudOptions(seed=options.seed), EnterpriseOptions(seed=options.seed)
    try:
        if options.enterprise_version:
            set_option_text(enterprise, f"version={options.enterprise_version}")
        for assignment in options.cloud_option:
            set_option_text(cloud, assignment)
        for assignment in options.enterprise_option:
            set_option_text(enterprise, assignment)
    except ValueError as error:
        parser.error(str(error))
    if options.speed <= 0 or not 0 <= options.chaos <= 1:
        parser.error("--speed is greater than 0, --chaos between 0 and 1")
    # Imported only now: --help and a wrong option are answered without loading the web framework.
    from .server import Server
    from .wiring import Simulator

    with _directory(options.state_dir) as directory, _log(options.log_file) as log:
        redis = RedisServers(not options.no_redis, str(directory), options.redis_limit)
        clock = SimClock(options.speed)
        simulator = Simulator(clock, redis, cloud, enterprise, options.seed, options.chaos, log)
        try:
            asyncio.run(_serve(Server(simulator, options.speed, directory), options))
        except OSError as error:
            print(f"simulator: cannot listen: {error}", file=sys.stderr)
            return 1
        finally:
            simulator.close()
    return 0


async def _serve(server: Server, options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    wanted = (options.cloud_port, options.enterprise_port, options.control_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    watcher = asyncio.create_task(_watch_parent(stop)) if options.exit_with_parent else None
    try:
        await server.start(*wanted)
        ready = describe(server)
        print(json.dumps(ready), flush=True)
        if options.ready_file:
            _write_atomically(Path(options.ready_file), ready)
        await stop.wait()
    finally:
        if watcher is not None:
            watcher.cancel()
        if options.ready_file:
            Path(options.ready_file).unlink(missing_ok=True)
        await server.stop()


async def _watch_parent(stop: asyncio.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    stop.set()


def describe(server: Server) -> dict[str, Any]:
    """What a client needs to know: the content of the ready file."""
    cloud, enterprise = server.simulator.options["cloud"], server.simulator.options["enterprise"]
    return {
        "pid": os.getpid(),
        "cloud_url": f"https://{server.host}:{server.ports.cloud}/v1",
        "enterprise_url": f"https://{server.host}:{server.ports.enterprise}",
        "control_url": f"http://{server.host}:{server.ports.control}",
        "ca_path": str(server.ca_path),
        "cloud": {"api_key": cloud.api_key, "api_secret_key": cloud.api_secret_key},
        "enterprise": {"username": enterprise.username, "password": enterprise.password},
    }


def _write_atomically(path: Path, value: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value) + "\n", encoding="utf-8")
    part.replace(path)


@contextlib.contextmanager
def _directory(given: str | None) -> Iterator[Path]:
    if given:
        path = Path(given).absolute()
        path.mkdir(parents=True, exist_ok=True)
        yield path
        return
    path = Path(tempfile.mkdtemp(prefix="simulator-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _log(name: str | None) -> Iterator[TextIO | None]:
    if name is None:
        yield None
        return
    with open(name, "a", encoding="utf-8") as stream:
        yield stream


def _options_help() -> str:
    lines = []
    for title, options in (("--cloud-option", CloudOptions()), ("--enterprise-option", EnterpriseOptions())):
        lines += [
            "",
            f"{title} K=V (numbers are simulated seconds unless said otherwise; lists and objects are JSON):",
        ]
        for name, default, text in describe_options(options):
            shown = default if len(default) <= 40 else default[:37] + "..."
            lines += [f"  {name} (default {shown})", f"      {text}"]
    return "\n".join(lines)

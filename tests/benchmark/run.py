# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark itself; __main__ prepares what it needs and starts it."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import call_rows, live_rows, plots, virtual_rows
from .playbook import Ansible
from .report import Report, machine
from .rows import Row

Measure = Callable[[], Iterator[Row]]


def measurements(
    main: Ansible, newest: Ansible | None, directory: Path, quick: bool, fleet: live_rows.RealFleet
) -> dict[str, Measure]:
    """What is measured, in this order, under the names that select it."""
    cores = [main] if newest is None else [main, newest]

    def beside_fleet() -> Iterator[Row]:
        # it hardly needs the machine, and takes minutes
        if not quick:
            fleet.start()
        return live_rows.unchanged(main, directory, quick)

    return {
        "makespan": lambda: virtual_rows.makespans(quick),
        "lag": lambda: virtual_rows.lags(quick),
        "requests": lambda: virtual_rows.requests_needed(quick),
        "call": lambda: (row for core in cores for row in call_rows.calls(core, directory, quick)),
        "start": lambda: call_rows.start(main, directory, quick),
        "unchanged": beside_fleet,
        "quota": lambda: live_rows.quota(main, directory, quick),
        "growth": lambda: live_rows.growth(main, directory, quick),
        "fleet": lambda: live_rows.fast_fleet(main, directory) if quick else fleet.rows(),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description="Measures what the targets speak of.")
    parser.add_argument("--quick", action="store_true", help="fewer samples and smaller fleets")
    parser.add_argument("--main", type=Path, required=True, help="venv with ansible-core 2.19")
    parser.add_argument("--newest", type=Path, help="venv with the newest ansible-core")
    parser.add_argument("--collections", type=Path, required=True, help="directory with ansible_collections")
    parser.add_argument("--output", type=Path, required=True, help="where results and plots go")
    parser.add_argument("names", nargs="*", help="measure only these")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    work = options.output / "work"
    work.mkdir(parents=True, exist_ok=True)
    main_core = Ansible(options.main, options.collections, work / "main")
    newest = Ansible(options.newest, options.collections, work / "newest") if options.newest else None
    fleet = live_rows.RealFleet(main_core, work)
    measures = measurements(main_core, newest, work, options.quick, fleet)
    unknown = set(options.names) - set(measures)
    if unknown:
        print(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(measures)}", file=sys.stderr)
        return 2
    cores = {f"ansible-core {core.core}": core.python for core in (main_core, newest) if core is not None}
    facts = {
        **machine(),
        "cores used": ", ".join(f"{core} on Python {python}" for core, python in cores.items()),
    }
    facts["size"] = "quick: fewer samples and smaller fleets" if options.quick else "full"
    report = Report(options.output, facts)
    try:
        for name, measure in measures.items():
            if not options.names or name in options.names:
                report_rows(report, name, measure)
    finally:
        fleet.stop()
    report.close()
    if not options.names or "makespan" in options.names:
        for file in plots.draw(options.output):
            print(f"  plot: {file}")
    return 0


def report_rows(report: Report, name: str, measure: Measure) -> None:
    try:
        for row in measure():
            report.add(row, name)
    except Exception as error:  # one thing that cannot be measured does not hide the others
        report.fail(name, error)


if __name__ == "__main__":
    sys.exit(main())

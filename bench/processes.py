"""CPU and memory of the processes that a folder has on file (pattana/embedded/processes.py writes pids there)."""

import json
import resource
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

LOADER = "load"  # the bench itself and the load generators that it has run


def running(folders: Iterable[Path]) -> dict[str, psutil.Process]:
    """Living processes by name."""
    by_name: dict[str, psutil.Process] = {}
    for folder in folders:
        for path in sorted((folder / "pids").glob("*.json")):
            with suppress(psutil.Error, OSError, ValueError, KeyError):
                by_name[path.stem] = psutil.Process(json.loads(path.read_text())["pid"])
    return by_name


def cpu_seconds(folders: Iterable[Path]) -> dict[str, float]:
    """User and system time of each process since its start."""
    spent = {}
    for name, process in running(folders).items():
        with suppress(psutil.Error):
            times = process.cpu_times()
            spent[name] = times.user + times.system
    ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return spent | {LOADER: sum(used.ru_utime + used.ru_stime for used in ours)}


def cpu_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Of those that were there at both times."""
    return {name: after[name] - before[name] for name in before if name in after}


def memory_mb(processes: Iterable[psutil.Process]) -> float:
    """Resident memory, added up: pages that several processes share count for each."""
    total = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total / 2**20

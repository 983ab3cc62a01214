"""What the numbers were measured on, without names of hosts or paths, and what else was going on there."""

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import psutil

QUIET_LOAD = 1.5
_ROOT = Path(__file__).parents[1]


def describe(engines: str) -> dict[str, Any]:
    """For the results. `load` is the load average of the minute before the run."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "cpu": _cpu_model(),
        "system": platform.system(),
        "python": platform.python_version(),
        "engines": engines,
        "load": round(load(), 2),
    }


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def commit() -> str:
    """Short id of what is measured; `+` when the working tree has changes."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=_ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _cpu_model() -> str:
    try:
        match = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        match = None
    return match[1].strip() if match else platform.machine()

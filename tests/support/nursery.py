"""Services that tests start begin as copies of one process that has imported them all and has made each application
once: a start takes a tenth of the processor time then. A copy is a process of its own in every other way.

Run as a program it is that process: one order a line, one answer a line (JSON).
"""

import gc
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import IO, Any

from pattana.embedded.leash import leashed, put_on
from pattana.embedded.processes import Child, Process
from pattana.services import settings_class
from tests.support.api import remember_validators
from tests.support.deployment import ROOT


class Nursery:
    """Begins copies, and buries them."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders, self._answers = orders, answers
        self._lock = Lock()

    def begin(self, service: str, environment: dict[str, str], output: str) -> Process:
        """`output`: path of the file that it writes to."""
        return _Copied(self, int(self._ask("begin", service, environment, output)))

    def child(self, name: str, service: str, folder: Path, environment: Mapping[str, str]) -> Child:
        """Stands for a child that runs `python -m services.<service>`."""
        return _Copy(self, service, name, (), folder=folder, environment=environment)

    def ended(self, pid: int) -> int | None:
        """The exit code (minus the signal that ended it), or None while it lives."""
        code: int | None = self._ask("ended", pid)
        return code

    def _ask(self, *order: Any) -> Any:
        with self._lock:
            print(json.dumps(order), file=self._orders, flush=True)
            return json.loads(self._answers.readline())


class _Copied:
    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ended(self.pid)
        return self.returncode


class _Copy(Child):
    def __init__(self, nursery: Nursery, service: str, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._nursery, self._service = nursery, service

    def _begin(self, output: IO[bytes], environment: dict[str, str]) -> Process:
        return self._nursery.begin(self._service, environment, output.name)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """It ends with this process at the latest, and all copies with it."""
    command = leashed(sys.executable, "-m", "tests.support.nursery")
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        yield Nursery(program.stdin, program.stdout)
        program.stdin.close()


# ---- the program


def main() -> None:
    remember_validators()
    parent = os.getpid()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what services say is no answer
    known: set[str] = set()
    for line in sys.stdin:
        match json.loads(line):
            case "begin", service, environment, output:
                if service not in known:
                    _know(service, environment)
                    known.add(service)
                pid = os.fork()
                if not pid:
                    answers.close()
                    return _become(parent, service, environment, output)
                os.setpgid(pid, pid)
                print(pid, file=answers, flush=True)
            case "ended", pid:
                done, status = os.waitpid(pid, os.WNOHANG)
                print(json.dumps(os.waitstatus_to_exitcode(status) if done else None), file=answers, flush=True)
    return None


def _know(service: str, environment: dict[str, str]) -> None:
    """Makes the application, which nobody starts: what is to be imported and remembered for it, is then."""
    _told(environment)
    import_module(f"services.{service}.app").create_app(settings_class(service)())
    gc.freeze()  # pages that no collector writes to are shared


def _become(parent: int, service: str, environment: dict[str, str], output: str) -> None:
    put_on(parent)
    for descriptor, path, how in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_APPEND)):
        opened = os.open(path, how)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.dup2(1, 2)
    _told(environment)
    runpy.run_module(f"services.{service}", run_name="__main__")


def _told(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


if __name__ == "__main__":
    main()

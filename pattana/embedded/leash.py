"""Runs a command that dies with its parent: `python -I -S leash.py PARENT_PID COMMAND...`.

A program of its own and not a preexec function: code between fork and exec is unsafe beside threads.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def leashed(*command: str) -> list[str]:
    """The command that runs this one, so that it dies with the calling process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def put_on(parent: int) -> None:
    """Binds this process to its parent, here or in nothing: only Linux knows how."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the leash was on
            sys.exit(1)


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    put_on(parent)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()

"""Crash points: named steps at which a fault test kills this process. Knows no service; disarmed it costs one test.

Armed only where `settings.faults` is on, which settings refuse unless tokens come from the embedded edition.
"""

import os
import signal
from collections import Counter
from enum import StrEnum
from pathlib import Path

from shared.settings import Settings


class CrashPoint(StrEnum):
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"  # before the answer
    AFTER_SEND = "after-send"  # before the broker's acknowledgement
    AFTER_ACK = "after-ack"  # before the row is marked as published
    AFTER_APPLY = "after-apply"  # before the offset is committed
    AFTER_PROVIDER = "after-provider"  # before the result of a delivery is recorded


class CrashPoints:
    """`PATTANA_FAULT_AT=after-commit:3` kills at the third reach; `PATTANA_FAULT_FILE` names a file that may say the
    same at any time to a running process. The file is removed when it fires, so that the next start lives."""

    def __init__(self, settings: Settings) -> None:
        self._armed = settings.faults
        self._at = _parse(settings.fault_at) if settings.fault_at else None
        self._file = Path(settings.fault_file) if settings.fault_file else None
        self._order: str | None = None
        self._reached: Counter[CrashPoint] = Counter()

    def reach(self, point: CrashPoint) -> None:
        if self._armed:
            self._reach(point)

    def _reach(self, point: CrashPoint) -> None:
        self._read_file()
        self._reached[point] += 1
        if self._at is not None and self._at[0] is point and self._reached[point] >= self._at[1]:
            if self._file is not None:
                self._file.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def _read_file(self) -> None:
        """A new order in the file starts counting anew; an empty or half-written one is no order yet."""
        if self._file is None or not self._file.exists():
            return
        order = self._file.read_text(encoding="utf-8")
        if order != self._order and order.endswith("\n"):
            self._order = order
            self._at = _parse(order)
            self._reached.clear()


def _parse(order: str) -> tuple[CrashPoint, int]:
    name, _, count = order.strip().partition(":")
    return CrashPoint(name.lower().replace("_", "-")), int(count or 1)

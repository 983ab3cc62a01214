"""The process that parses one file: `python -m shared.sheets.child MEMORY_BYTES SECONDS SIZE`, the file on its input.

It answers with lines of JSON: the header (the next row, as long as it is told null); then, once it was told a list
of columns, each row as [line, width, cells]; at last {"rows": count}. Instead of any of them a refusal may come. A line
that is missing at the end means that a limit ended it. Limits are set before a byte is read, and whatever goes wrong
ends with this process.
"""

import json
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from shared.errors import Refused
from shared.sheets.rows import Header, parse

OUT_OF_MEMORY: Final = 3
_OPEN_FILES: Final = 32
_NICE: Final = 10  # whoever waits for a seat comes first


def main() -> None:
    memory, seconds, size = map(int, sys.argv[1:])
    os.nice(_NICE)
    _limit(memory, seconds)
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would import it; it reserves all of the memory
    try:
        _answer(sys.stdin.buffer.read(size))
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    os._exit(0)  # what was built up need not be taken down again


def _limit(memory: int, seconds: int) -> None:
    with suppress(OSError):  # where memory is short, the kernel shall take this process rather than the service
        Path("/proc/self/oom_score_adj").write_text("1000")
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
    }
    if sys.platform == "linux":  # elsewhere the address space cannot be limited
        limits[resource.RLIMIT_AS] = memory
    for which, limit in limits.items():
        most = resource.getrlimit(which)[1]
        allowed = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(which, (allowed, allowed))


def _answer(data: bytes) -> None:
    count = 0
    try:
        for row in parse(data, _choose):
            _write([row.line, row.width, row.cells])
            count += 1
    except Refused as refused:
        _write({"refused": refused.code, "details": refused.details})
        return
    _write({"rows": count})


def _choose(header: Header) -> Sequence[int] | None:
    _write(header)
    sys.stdout.flush()
    places: list[int] | None = json.loads(sys.stdin.buffer.readline())
    return places


def _write(line: Any) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


if __name__ == "__main__":
    main()

"""The process that parses one file: `python -m shared.sheets.child MEMORY_BYTES SECONDS SIZE [SHEET]`, the file on its
input.

It answers with lines of JSON: rows that may be the header, each a list of cells, and for each it is told the columns
that are wanted, or null; then {"sheet": its name or null, "header": the one that was taken}; each row as [line,
width, cells]; at last {"rows": count, "hidden": how many of them, "hiddenLines": the first of these, "hiddenColumns":
those of the wanted ones, "leftOut": count of rows that are no part of the list, "leftOutRows": [line, text] of
these}. Instead of any of them a refusal may come. A line that is missing at the end means that a limit ended it.
Limits are set before a byte is read, and whatever goes wrong ends with this process.
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
from shared.sheets.rows import open_table
from shared.sheets.table import Header

OUT_OF_MEMORY: Final = 3
_OPEN_FILES: Final = 32
_NICE: Final = 10  # whoever waits for a seat comes first


def main() -> None:
    memory, seconds, size = map(int, sys.argv[1:4])
    os.nice(_NICE)
    _limit(memory, seconds)
    try:
        _answer(sys.stdin.buffer.read(size), "".join(sys.argv[4:]))
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


def _answer(data: bytes, sheet: str) -> None:
    count = 0
    try:
        table = open_table(data, _choose, sheet)
        _write({"sheet": table.name, "header": table.header})
        for row in table.body():
            _write([row.line, row.width, row.cells])
            count += 1
    except Refused as refused:
        _write({"refused": refused.code, "details": refused.details})
        return
    hidden = {"hidden": table.hidden, "hiddenLines": table.hidden_lines, "hiddenColumns": table.hidden_columns}
    _write({"rows": count, **hidden, "leftOut": table.left_out, "leftOutRows": table.left_out_rows})


def _choose(header: Header) -> Sequence[int] | None:
    _write(header)
    sys.stdout.flush()
    places: list[int] | None = json.loads(sys.stdin.buffer.readline())
    return places


def _write(line: Any) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


if __name__ == "__main__":
    main()

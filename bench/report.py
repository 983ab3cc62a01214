"""Results as JSON, as a table to read, and as the page bench/results/latest.md."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import FIGURES, Results, figure
from bench.machine import QUIET_LOAD

RESULTS = Path(__file__).with_name("results")
README = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
_HEADER = ("figure", "median", "unit", "of its ceiling", "target", "runs")


def write(results: Results, machine: dict[str, Any], commit: str, name: str = "latest") -> list[Path]:
    """The files written: <name>.json and <name>.md."""
    RESULTS.mkdir(exist_ok=True)
    document = {"machine": machine, "commit": commit, "measured": _today(), "figures": results.as_json()}
    if results.failures:
        document["failed"] = results.failures
    data, page = RESULTS / f"{name}.json", RESULTS / f"{name}.md"
    data.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    page.write_text("\n".join(_page(results, machine, commit)) + "\n")
    return [data, page]


def fill_readme(results: Results) -> Path:
    """Puts meaning, target and measured value of every figure into the README."""
    before, _, rest = README.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    lines = [_line(("figure", "what it is", "target", "measured")), _line(["---"] * 4)]
    for name, described in FIGURES.items():
        median, target = results.median(name), described.target
        shown = "" if median is None else f"{_number(median)} {described.unit}"
        mark = " (missed)" if _reached(results, name) is False else ""
        aim = "" if target is None else f"{target} {'' if target.of_ceiling else described.unit}".strip()
        lines.append(_line((f"`{name}`", described.meaning, aim, shown + mark)))
    README.write_text("\n".join([before + _BEGIN, *lines, _END]) + after)
    return README


def table(results: Results) -> str:
    """For a terminal; without the costs in CPU time."""
    rows = [_HEADER, *(_row(results, name) for name in results.names() if not name.startswith("cpu_ms_"))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _page(results: Results, machine: dict[str, Any], commit: str) -> Iterator[str]:
    yield "# Results\n"
    yield f"Written by `make bench` on {_today()}; commit {commit}.\n"
    yield f"Machine: {machine['cores']} cores, {machine['memory_gb']} GB, {machine['cpu']}; {machine['engines']}; "
    yield f"Python {machine['python']}. Engines and load generator share it. Load average before: {machine['load']}."
    if machine["size"] != 1:
        yield f"\nOf the people and rows that the figures of size speak of there was a share of {machine['size']:g}."
    if machine["load"] > QUIET_LOAD:
        yield "\n**The machine was busy with something else: not for comparison.**"
    names = [name for name in results.names() if not name.startswith("cpu_ms_")]
    yield "\n" + _line(_HEADER)
    yield _line(["---"] * len(_HEADER))
    yield from (_line(_row(results, name)) for name in names)
    yield from _missed(results, names)
    yield from _costs(results)


def _missed(results: Results, names: list[str]) -> Iterator[str]:
    """What is not reached is said."""
    missed = [name for name in names if _reached(results, name) is False]
    yield "\n## Not reached\n"
    for name in missed:
        ratio, described = results.ratio(name), figure(name)
        share = "" if ratio is None else f" ({ratio:.2f} × {described.of})"
        yield f"- `{name}`: {_number(results.median(name) or 0)} {described.unit}{share} against {described.target}"
    for name, reason in results.failures.items():
        yield f"- `{name}` was not measured: {reason.splitlines()[0]}"
    if not missed and not results.failures:
        yield "Nothing: every target of the figures above is reached."


def _costs(results: Results) -> Iterator[str]:
    """One line per load, one column per process."""
    costs: dict[str, dict[str, float]] = {}
    for name in results.names():
        if name.startswith("cpu_ms_"):
            process, load = _split(name)
            costs.setdefault(load, {})[process] = results.median(name) or 0.0
    processes = sorted({process for row in costs.values() for process in row})
    if not costs:
        return
    yield "\n## CPU time per command, in ms\n"
    yield "`load` is what makes it. Machines are noisy; what a command costs each process is less so.\n"
    yield _line(["load", *processes, "all"])
    yield _line(["---"] * (len(processes) + 2))
    for load, row in costs.items():
        cells = [f"{row[process]:.3f}" if process in row else "" for process in processes]
        yield _line([f"`{load}`", *cells, f"{sum(row.values()):.3f}"])


def _split(name: str) -> tuple[str, str]:
    """Process and load of a figure of CPU time; processes are named before loads, which begin so."""
    rest = name.removeprefix("cpu_ms_")
    at = next(at for word in ("_claims_", "_approvals_", "_opening_") if (at := rest.find(word)) >= 0)
    return rest[:at], rest[at + 1 :]


def _row(results: Results, name: str) -> tuple[str, ...]:
    ratio, target, reached = results.ratio(name), figure(name).target, _reached(results, name)
    verdict = "" if target is None else f"{target} {'reached' if reached else 'missed'}"
    return (
        name,
        _number(results.median(name) or 0.0),
        figure(name).unit,
        "" if ratio is None else f"{ratio:.2f} × {figure(name).of}",
        verdict,
        " ".join(_number(value) for value in results.runs[name]),
    )


def _reached(results: Results, name: str) -> bool | None:
    """None where there is no target."""
    target, median = figure(name).target, results.median(name)
    return None if target is None or median is None else target.reached(median, results.ratio(name))


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _line(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()

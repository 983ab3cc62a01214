"""Progress bars, on the error output and only where somebody is looking."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]


class Bars:
    """One line per part. A part without a total counts only."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last: TaskID | None = None

    def part(self, name: str, total: int | None = None) -> Advance:
        """Ends the part before, and gives what counts the steps of this one."""
        self.end()
        task = self._last = self._progress.add_task(name, total=total)
        return lambda steps: self._progress.advance(task, steps)

    def end(self) -> None:
        if self._last is not None:
            done = self._progress.tasks[-1].completed
            self._progress.update(self._last, total=done or 1, completed=done or 1)


@contextmanager
def bars() -> Iterator[Bars]:
    """Gone when it is left; nothing is printed where the error output is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), TextColumn("{task.completed:>8,.0f}"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield Bars(progress)

"""What one worker does in one go, and in which order: what shares a fixture stays together, the longest come first."""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

# Whole systems that are killed, one for each test. Two of them at once would only take the processors from each other.
HEAVY = ("tests/faults/", "tests/integration/embedded/test_up.py")
# One edition for the whole folder.
TOGETHER = ("tests/integration/operate/", "tests/integration/rights/")
ORDER = (*HEAVY, "tests/e2e/", *TOGETHER, "tests/integration/", "tests/contract/", "tests/unit/")


class Portions(LoadScopeScheduling):  # type: ignore[misc]
    """By file, as fixtures of a module are made once there. One worker does what is heavy, as long as there is other
    work for the others."""

    def _split_scope(self, nodeid: str) -> str:
        return portion(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        others = (work for other, work in self.assigned_work.items() if other is not node)
        if any(scope.startswith(HEAVY) and self._pending_of({scope: work[scope]}) for work in others for scope in work):
            light = next((scope for scope in self.workqueue if not scope.startswith(HEAVY)), None)
            if light is not None:
                self.workqueue.move_to_end(light, last=False)
        super()._assign_work_unit(node)


def portion(nodeid: str) -> str:
    """Tests of one portion run on one worker, one after the other."""
    if nodeid.startswith(HEAVY):
        return nodeid
    folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
    return folder or nodeid.partition("::")[0]


def rank(nodeid: str) -> int:
    """Where in the order it comes."""
    return next((place for place, start in enumerate(ORDER) if nodeid.startswith(start)), len(ORDER))

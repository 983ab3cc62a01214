"""What one worker does in one go, and in which order: what shares a fixture stays together, the longest come first."""

from xdist.scheduler import LoadScopeScheduling

# Each starts engines or an edition of its own for every test and mostly waits.
ALONE = ("tests/faults/", "tests/integration/embedded/test_up.py")
# One edition for the whole folder.
TOGETHER = ("tests/integration/operate/",)
ORDER = (*ALONE, "tests/e2e/", *TOGETHER, "tests/integration/", "tests/contract/", "tests/unit/")


class Portions(LoadScopeScheduling):  # type: ignore[misc]
    """By file, as fixtures of a module are made once there."""

    def _split_scope(self, nodeid: str) -> str:
        return portion(nodeid)


def portion(nodeid: str) -> str:
    if nodeid.startswith(ALONE):
        return nodeid
    folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
    return folder or nodeid.partition("::")[0]


def rank(nodeid: str) -> int:
    return next((place for place, start in enumerate(ORDER) if nodeid.startswith(start)), len(ORDER))

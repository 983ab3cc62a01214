"""Names what fails at once. pytest does so when all is done, which a run that is ended from outside never is."""

from typing import Final

import pytest

MOST: Final = 2_000  # characters of one failure


class Reds:
    """A plugin of the process that prints."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(trylast=True)  # after the letter
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None or not report.failed:
            return
        crash = getattr(report.longrepr, "reprcrash", None)
        said = crash.message if crash else report.longreprtext.strip().rpartition("\n")[2]
        reporter.write_line(f"\nred, {report.when} of {report.nodeid} after {report.duration:.0f} s: {said[:MOST]}")

"""What this release makes of the log, and which generations it can read. Pure."""

from typing import Final

CONSUMER: Final = "reporting"
# Raise it with every change after which the same events lead to other documents (tests/unit/reporting/test_fold_version
# tells): a release that is newer fills a generation of its own, and never goes on in one that another has filled.
FOLD_VERSION: Final = 9
# The oldest version whose documents this release still reads, to answer from while it fills its own.
OLDEST_READABLE: Final = 1

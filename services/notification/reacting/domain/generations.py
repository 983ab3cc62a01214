"""What this release remembers of the log, and which generations it can read. Pure."""

from typing import Final

CONSUMER: Final = "notification"
# Raise it with every change after which the same events lead to other documents (tests/unit/notification/
# test_fold_version tells): a release that is newer fills a generation of its own, and tells nobody anything meanwhile.
FOLD_VERSION: Final = 12
# The oldest version whose documents this release still reads, to send by while it fills its own.
OLDEST_READABLE: Final = 1

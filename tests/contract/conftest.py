"""What this machine cannot do is not collected."""

from tests.support.gateway import nginx

collect_ignore = [] if nginx() else ["test_gateway.py"]

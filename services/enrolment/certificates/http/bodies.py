"""Request bodies about certificates."""

from shared.bodies import Body
from shared.values import Remark


class IssueBody(Body):
    """Nothing yet: the programme's rule says who is due one."""


class ReasonBody(Body):
    """The reason is kept for a while, and never published."""

    reason: Remark

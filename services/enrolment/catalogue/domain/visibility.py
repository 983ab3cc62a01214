"""Who sees a programme before it is published. Pure."""

from typing import Final

from shared.rights import Permission, Principal

_INSIDERS: Final = (Permission.PROGRAMME_WRITE, Permission.PROGRAMME_APPROVE, Permission.SYSTEM_OPERATE)


def sees_drafts(principal: Principal) -> bool:
    """Whether what is not published yet is this caller's business."""
    return any(principal.can(permission) for permission in _INSIDERS)

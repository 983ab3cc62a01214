"""Who sees a programme before it is published. Pure."""

from typing import Final

from shared.rights import Permission, Principal

_INSIDERS: Final = (Permission.PROGRAMME_WRITE, Permission.PROGRAMME_APPROVE, Permission.SYSTEM_OPERATE)


def sees_drafts(principal: Principal) -> bool:
    """Whether this caller may see what is not published yet."""
    return any(principal.can(permission) for permission in _INSIDERS)

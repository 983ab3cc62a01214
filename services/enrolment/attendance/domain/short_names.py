"""Names on lists that leave the house: enough to know who stands at the door, and no more. Pure."""

from typing import Final

_LEADING: Final = frozenset("เแโใไ")  # vowels that are written before the consonant that they follow


def short_name(first: str, last: str) -> str:
    """The first name, and the first consonant or letter of the last one."""
    letters = [sign for sign in last if sign.isalpha() and sign not in _LEADING]
    return f"{first} {letters[0]}." if letters else first

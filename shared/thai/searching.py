"""Finds a text by some of its letters: the tokens that an index holds of it, and those that a question is looked up by.

Knows no store. What is asked is split at spaces into words, and every word must be there: of three letters and more
anywhere, shorter ones at the beginning of a word. Spaces, punctuation, case, tone marks and the kind of digits count
for nothing, so a word may also run over from a first name into a last one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.thai.names import split_name
from shared.thai.text import words_of
from shared.thai.titles import is_title

GRAM: Final = 3
LONGEST_START: Final = GRAM - 1
MOST_WORDS: Final = 8  # of a question; what stands behind them does not narrow it
_DEPENDENT: Final = frozenset("ะัาำิีึืฺุูๅํ๎")  # of the signs that words still have
_START: Final = "^"  # no letter, so no token of the one kind is one of the other


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of a question. None: whatever text is found."""

    words: tuple[str, ...]

    @property
    def long(self) -> tuple[str, ...]:
        """What must be contained in the letters of the text."""
        return tuple(word for word in self.words if len(word) >= GRAM)

    @property
    def starts(self) -> tuple[str, ...]:
        """Tokens of the short words: the text has each of them."""
        return tuple(_START + word for word in self.words if len(word) < GRAM)

    @property
    def tokens(self) -> tuple[str, ...]:
        """A text that is found has all of these, the more telling ones first; one of them finds all that may match.
        None of what nobody asks for: three letters that begin in the middle of a syllable."""
        grams = dict.fromkeys(gram for word in sorted(self.long, key=len, reverse=True) for gram in _grams(word))
        return tuple(grams) + self.starts

    def finds(self, text: str) -> bool:
        """The same by the text alone."""
        words = words_of(text)
        letters, begun = "".join(words), set(starts_of(words))
        return all(word in letters for word in self.long) and begun.issuperset(self.starts)


def starts_of(words: Iterable[str]) -> list[str]:
    """One and two letters that a word begins with."""
    lengths = range(1, LONGEST_START + 1)
    return [_START + word[:length] for word in words for length in lengths if len(word) >= length]


def tokens_of(words: Sequence[str]) -> list[str]:
    """What an index holds of a text of these words, each once."""
    return sorted({*_grams("".join(words)), *starts_of(words)})


def sought_text(question: str) -> Sought:
    return Sought(words_of(question)[:MOST_WORDS])


def sought_name(question: str) -> Sought:
    """By a part of a name, with or without what stands before it."""
    name = split_name(question)
    words = f"{name.first} {name.last}".split()
    while len(words) > 1 and is_title(words[0]):
        del words[0]
    return sought_text(" ".join(words))


def _grams(letters: str) -> list[str]:
    """Those that begin with a letter of its own: no question begins with what stands on or behind a consonant. That
    leaves out one of four, and each is a key of an index for each person."""
    return [letters[at : at + GRAM] for at in range(len(letters) - GRAM + 1) if letters[at] not in _DEPENDENT]

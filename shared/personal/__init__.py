"""What a service keeps of one person, told to that person: kinds of data, each with what it is for, how long it is kept
and where it comes from, as JSON and as paper (docs/adr/0045-what-is-kept-of-one-person.md). Knows no service."""

from shared.personal.kinds import Absent, Item, Kind, Words, days_after, listed, row_of, rows_of

__all__ = ["Absent", "Item", "Kind", "Words", "days_after", "listed", "row_of", "rows_of"]

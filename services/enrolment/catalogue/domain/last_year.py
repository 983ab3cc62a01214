"""The same programme of the year before: its code is this one's with that year in it. Pure."""

import re


def code_of_last_year(code: str, fiscal_year: int) -> str | None:
    """`OPS-2566-002` of `OPS-2567-002`. None for a code without its year."""
    of_year = re.compile(rf"(?<!\d){fiscal_year}(?!\d)")
    return of_year.sub(str(fiscal_year - 1), code) if of_year.search(code) else None

"""What answers look like, for the API document: `responses=told(UnitAnswer)` on a route. Costs a request nothing.

Answers are what they are; tests compare them with these types. Clients must bear fields that are added later.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

T = TypeVar("T")
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Page(TypedDict, Generic[T]):
    """`next`: the cursor of the next page, null at the end. Not to be inherited from: pydantic forgets T."""

    items: list[T]
    next: str | None


def told(model: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": model}}

"""Documents that are found by a part of a text: `search_key` has its letters, `tokens` what an index holds of them.

A list walks along the token of the question that the fewest documents have; all else is looked up in what is passed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pymongo import UpdateOne

from shared.mongo.connecting import Collection, Document
from shared.mongo.errors import translated_calls
from shared.thai import Sought, tokens_of

PROBED: Final = 6  # tokens of a question
COUNTED: Final = 300  # documents with each
RARE: Final = 40  # so few are looked at one by one
FILLED_AT_ONCE: Final = 500


def search_fields(words: Sequence[str]) -> Document:
    """What a document with a text of these words (`words_of`) needs in order to be found."""
    return {"search_key": "".join(words), "tokens": tokens_of(words)}


def conditions(sought: Sought) -> list[Document]:
    """What is asked, as documents tell it. Words have letters and digits alone, which no expression takes for signs."""
    found: list[Document] = [{"search_key": {"$regex": word}} for word in sought.long]
    return found + ([{"tokens": {"$all": list(sought.starts)}}] if sought.starts else [])


def beside(asked: Sequence[Document], token: str) -> list[Document]:
    """Of these conditions, those that a document with this token may not fulfil."""
    said = ({"search_key": {"$regex": token}}, {"tokens": {"$all": [token]}})
    return [condition for condition in asked if condition not in said]


async def fill_in(
    collection: Collection, lacking: str, made: Callable[[Document], Document], read: Sequence[str]
) -> bool:
    """Gives some of the documents of before there was the field `lacking` what is `made` of them. Whether there may be
    more. `read` are the fields it is made of: whoever changes these meanwhile writes all of it."""
    query = {lacking: {"$eq": None}}
    with translated_calls():
        rows = await collection.find(query, dict.fromkeys(read, 1)).limit(FILLED_AT_ONCE).to_list(None)
        writes = [
            UpdateOne({"_id": row["_id"], **{name: row.get(name) for name in read}}, {"$set": made(row)})
            for row in rows
        ]
        if writes:
            await collection.bulk_write(writes, ordered=False)
    return bool(rows)


async def rarest(collection: Collection, tokens: Sequence[str], along: Mapping[str, Any]) -> str:
    """Of some of the tokens, the one that the fewest documents have. `along`: what an index has behind the tokens."""
    if len(tokens) == 1:
        return tokens[0]
    counts: dict[str, int] = {}
    for token in tokens[:: max(1, len(tokens) // PROBED)][:PROBED]:
        with translated_calls():
            counts[token] = await collection.count_documents({"tokens": token, **along}, limit=COUNTED)
        if counts[token] <= RARE:
            return token
    return min(counts, key=lambda token: counts[token])

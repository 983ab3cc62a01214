"""What is remembered, as documents: the forms follow from the types."""

from typing import Any

from pydantic import TypeAdapter

from shared.mongo import Document


def document_of(adapter: TypeAdapter[Any], item: Any, key: str = "id") -> Document:
    """As it is stored: the field `key` is the document's id."""
    document: Document = adapter.dump_python(item)
    return {"_id": document.pop(key), **document}


def item_of(adapter: TypeAdapter[Any], document: Document, key: str = "id") -> Any:
    """The reverse; fields that only the database needs are ignored."""
    return adapter.validate_python({key: document["_id"], **document})

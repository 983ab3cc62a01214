"""Whether somebody listens on a port: all that is asked of a part that starts. Knows no protocol."""

import asyncio

from pattana.embedded.ports import HOST


async def silent(port: int, host: str = HOST) -> str | None:
    """None when somebody listens there, else what is wrong. Our engines listen only when they can serve."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        return f"no answer from {host}:{port}: {type(error).__name__}"
    writer.close()
    return None

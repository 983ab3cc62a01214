"""A bare FastAPI application whose one POST does nothing: what the HTTP side alone can do in one process."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.post("/")
    async def empty() -> dict[str, bool]:
        return {"ok": True}

    return app

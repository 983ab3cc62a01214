"""Puts the routes of features into an application."""

from fastapi import APIRouter, FastAPI


def add_routes(target: FastAPI | APIRouter, *routers: APIRouter) -> None:
    """Their routes become the target's own. They must be complete: prefix, tags and the rest are each router's own say.

    FastAPI's include_router keeps a router as something that is searched, which it does twice for each request, and
    makes each of its routes once more at the first one: as long again as it took to make the application.
    """
    for router in routers:
        target.routes.extend(router.routes)

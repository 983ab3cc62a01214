"""The HTTP of the reporting service."""

from services.reporting.http.routes import router

__all__ = ["router"]

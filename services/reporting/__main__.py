"""Starts the reporting service alone: `python -m services.reporting`."""

from services.reporting.app import create_app
from services.reporting.settings import ReportingSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(create_app, ReportingSettings())

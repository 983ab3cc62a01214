"""Starts the enrolment service alone: `python -m services.enrolment`."""

from services.enrolment.app import create_app
from services.enrolment.settings import EnrolmentSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(create_app, EnrolmentSettings())

"""Starts the notification service alone: `python -m services.notification`."""

from services.notification.app import create_app
from services.notification.settings import NotificationSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(create_app, NotificationSettings())

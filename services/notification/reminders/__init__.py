"""Reminders: messages made because a time has come, by a loop or on demand. Sends nothing."""

from services.notification.reminders.domain import WaveResult

__all__ = ["WaveResult"]

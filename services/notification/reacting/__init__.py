"""Events into messages: which event leads to which message, and what is remembered of it. Sends nothing."""

from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.generations import CONSUMER, FOLD_VERSION, OLDEST_READABLE
from services.notification.reacting.domain.handlers import HANDLERS

__all__ = ["CONSUMER", "FOLD_VERSION", "HANDLERS", "OLDEST_READABLE", "ReactionBatch"]

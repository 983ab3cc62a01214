"""The notification service: turns events into messages to people and units. Knows the other services by their events
only.

    reacting    an event -> the read model and new messages          reminders   time -> new messages
    composing   a message -> recipient, words and calendar entries   sending     a message -> its channel, with retries
    domain      the vocabulary of all four: messages, their kinds, what is remembered of other services' events
"""

"""The conversation with the subscriber: channels, inbox, dialogue, delivery, storage."""

"""Topics as Rasa's intents. A dot, which every id of a topic has once, is no part of a good intent's name and becomes
`__`; ids hold no underscore, so the way back is as plain: `roaming.price` <-> `roaming__price`."""

OUT_OF_SCOPE = "out_of_scope"  # questions that no topic answers; has no `__`, so no topic can be called so
FALLBACK = "nlu_fallback"  # added by Rasa's FallbackClassifier; not an intent of ours


def intent_of(topic_id: str) -> str:
    return topic_id.replace(".", "__")


def topic_of(intent: str) -> str:
    return intent.replace("__", ".")

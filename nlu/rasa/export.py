"""Topics -> the three files Rasa trains on. Pure: texts in, texts out.

The phrasings are those of the built-in search, normalised and with the names of countries and tariffs taken out; the
questions come to Rasa in the same form. So no question begins with "/", which Rasa would take for a command.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from nlu.rasa.intents import OUT_OF_SCOPE, intent_of

VERSION = "3.1"
# In examples Rasa reads [words](kind) and [words]{...} as marked entities, and ${...} as a variable.
_MARKS = str.maketrans(dict.fromkeys("[](){}", " "))
# Of DIET's time nearly all goes into epochs. An example takes 1.6 ms of 2 cores with 6 000 examples of 1 000 intents,
# and more than 10 ms with 66 000 of 1 610: no epoch of these was seen to end (decision 0023).
MOST_EXAMPLES_SEEN = 600_000
FEWEST_EPOCHS, MOST_EPOCHS = 10, 60
# Every step moves the weights of every feature (97 000 pieces of words otherwise), so many examples make large batches.
MOST_WORDS, MOST_PIECES = 10_000, 20_000
MANY_EXAMPLES = 10_000


class _Block(str):
    """Written as a block of lines, where YAML reads no character as anything else."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|"))


def files(topics: Mapping[str, Sequence[str]], outside: Sequence[str]) -> dict[str, str]:
    """By name. `topics`: phrasings by topic; `outside`: questions that no topic answers."""
    named = {**{intent_of(topic): texts for topic, texts in topics.items()}, OUT_OF_SCOPE: outside}
    examples = {intent: lines for intent, texts in named.items() if (lines := _examples(texts))}
    count = sum(map(len, examples.values()))
    return {
        "nlu.yml": _dumped({"version": VERSION, "nlu": [_intent(*each) for each in examples.items()]}),
        "domain.yml": _dumped({"version": VERSION, "intents": list(examples)}),
        "config.yml": _dumped(_config(count)),
    }


def epochs(examples: int) -> int:
    """So many that training stays bearable, and few examples are seen often enough."""
    return min(MOST_EPOCHS, max(FEWEST_EPOCHS, MOST_EXAMPLES_SEEN // max(examples, 1)))


def batch_sizes(examples: int) -> list[int]:
    """Of the first epoch and of the last."""
    return [256, 512] if examples >= MANY_EXAMPLES else [64, 256]


def example(text: str) -> str:
    """On one line, without what Rasa or YAML would read as something else than text."""
    printable = "".join(each if each.isprintable() else " " for each in text.translate(_MARKS))
    return " ".join(printable.split())


def _examples(texts: Iterable[str]) -> list[str]:
    return [line for line in dict.fromkeys(map(example, texts)) if line]


def _intent(name: str, lines: Sequence[str]) -> dict[str, str]:
    return {"intent": name, "examples": _Block("".join(f"- {line}\n" for line in lines))}


def _dumped(content: Mapping[str, Any]) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def _config(examples: int) -> dict[str, Any]:
    return {
        "recipe": "default.v1",
        "assistant_id": "otklik",
        "language": "ru",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer", "max_features": MOST_WORDS},
            {
                "name": "CountVectorsFeaturizer",
                "analyzer": "char_wb",
                "min_ngram": 1,
                "max_ngram": 4,
                "max_features": MOST_PIECES,
            },
            {
                "name": "DIETClassifier",
                "epochs": epochs(examples),
                "batch_size": batch_sizes(examples),
                "embedding_dimension": 64,  # 20 are too narrow for a thousand intents
                "constrain_similarities": True,  # without it half as many questions find their intent
                "entity_recognition": False,  # names are found by our tables
            },
            # For other users of the server: we read the ranking. Among 1000 intents even a sure one is below 0.1.
            {"name": "FallbackClassifier", "threshold": 0.03, "ambiguity_threshold": 0.005},
        ],
        "policies": [],
    }

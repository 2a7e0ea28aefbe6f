"""A small knowledge folder to write and break, and an encoder that counts what it encodes."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHIPPED = Path(__file__).parents[2] / "knowledge"

CATALOGUE = """
market:
  price: {value: 15, source: пример, checked: 2026-11-22, sample: true}
  small:
    days: {value: 3, source: правила, checked: 2026-11-22}
  code: {value: "*105#", source: правила, checked: 2026-11-22}
"""

WORDS = ["один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"]


def topic(topic_id: str, title: str = "Название", **keys: str) -> str:
    """A whole topic; `keys` replace or add raw YAML values."""
    name = topic_id.partition(".")[2]
    values = {
        "title": title,
        "questions": "[" + ", ".join(f"{name} {word}" for word in WORDS) + "]",
        "answer": f"Ответ о {name}.",
        **keys,
    }
    return f"- id: {topic_id}\n" + "".join(f"  {key}: {value}\n" for key, value in values.items())


ZONES = """
zone:
  source: пример
  checked: 2026-11-28
  sample: true
  rows:
    near: {name: Соседи, minute: 15}
    far: {name: Остальные, minute: 60, sample: false}
"""
COUNTRIES = """
country:
  word: страна
  word_forms: {where: в стране, to: в страну, from: из страны}
  source: пример
  checked: 2026-11-28
  refers: {zone: zone}
  rows:
    tr: {name: Турция, forms: {where: в Турции}, words: [анталья], zone: far}
    by: {name: Беларусь, forms: {where: в Беларуси}, words: [минск], zone: near}
"""
COUNTRY_WORDS = ["цена", "минуты", "связь", "звонок", "почём", "дорого", "сколько", "расценки", "стоимость", "тариф"]
PRICE = topic(
    "roaming.price",
    title="Цены за границей",
    about="country",
    title_with_name="Цены {{ country.where }}",
    questions="[" + ", ".join(f"{word} в турции" for word in COUNTRY_WORDS) + "]",
    answer="Минута {{ country.where }} стоит {{ country.zone.minute | rub }}.",
    answer_without_name="Напишите страну.",
    related="[roaming.web, market.sell]",
)
WEB = topic(
    "roaming.web",
    title="Интернет за границей",
    about="country",
    title_with_name="Интернет {{ country.where }}",
    questions="[" + ", ".join(f"интернет {word} в минске" for word in COUNTRY_WORDS) + "]",
    answer="Интернет {{ country.where }}.",
    answer_without_name="Напишите страну.",
)


class Content:
    """A knowledge folder. Starts with two topics and three facts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("catalogue/market.yml", CATALOGUE)
        self.write("catalogue/operator.yml", (SHIPPED / "catalogue/operator.yml").read_text(encoding="utf-8"))
        for language in ("ru", "en", "zh"):
            self.write(f"replies/{language}.yml", (SHIPPED / f"replies/{language}.yml").read_text(encoding="utf-8"))
        self.write("topics/market/selling.yml", topic("market.sell") + topic("market.price"))

    def add_countries(self) -> None:
        """Two tables, and two topics about each of two countries."""
        self.write("tables/zone.yml", ZONES)
        self.write("tables/country.yml", COUNTRIES)
        self.write("topics/roaming/price.yml", PRICE + WEB)

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text
        self.write(file, text.replace(old, new))


class SpellingEncoder:
    """Implements nlu.encoder.Encoder: texts with the same letter triples are near."""

    name = "spelling"
    dimension = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.failure: Exception | None = None

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if self.failure:
            raise self.failure
        self.encoded += texts
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for start in range(len(text) - 2):
                vectors[row, zlib.crc32(text[start : start + 3].encode()) % self.dimension] += 1
        unit: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    async def encode_one(self, text: str) -> npt.NDArray[np.float32]:
        return self.encode([text])[0]

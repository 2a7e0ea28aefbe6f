"""Rules for the wording of answers and replies: nothing literal that belongs in the catalogue, only our Markdown,
careful typography, "вы". A rule is a pattern over one line of the source with what is not prose masked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.checks.finding import Level

TEMPLATE = re.compile(r"\{\{.*?\}\}")
CODE = re.compile(r"`[^`]*`")
LIST_NUMBER = re.compile(r"^\s*\d{1,3}\. ")
QUOTED = re.compile(r"«[^»]*»")
MASK = "\u2060"  # a word joiner: neither letter, digit, space nor punctuation of any rule


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    message: str
    level: Level = Level.ERROR
    hidden: tuple[re.Pattern[str], ...] = (TEMPLATE, CODE)


@dataclass(frozen=True, slots=True)
class Slip:
    line: int  # from 0 in the text
    message: str
    level: Level


UNITS = r"(?:₽|руб|р\.|коп|дн|ден|сут|час|мин|сек|недел|месяц|лет|год|гб|мб|кб|гигабайт|мегабайт|sms|смс|%|процент)"
THOU = r"ты|тебя|тебе|тобой|тво(?:й|я|ё|е|и|его|ей|ю|их|им|ими|ему|ем|ём)"

RULES = (
    Rule(re.compile(rf"\d[\d \u00a0]*{UNITS}", re.I), "число с единицей прямо в тексте; вынесите его в каталог"),
    Rule(
        re.compile(r"\b\d{1,2}\.\d{2}(?:\.\d{2,4})?\b|\b\d{1,2}:\d{2}\b"), "дата или время в тексте; вынесите в каталог"
    ),
    Rule(re.compile(r"[*#]\d[\d*#]*#?"), "код прямо в тексте; вынесите его в каталог", hidden=(TEMPLATE,)),
    Rule(
        re.compile(r"(?<![\w.,])\+?\d[\d\-() ]{2,}\d(?!\w)|(?<![\w.,])\d{3,}(?!\w)"),
        "номер прямо в тексте; вынесите в каталог",
    ),
    Rule(re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:ru|com|рф)\b"), "адрес прямо в тексте; вынесите его в каталог"),
    Rule(re.compile(rf"\b(?:{THOU})\b", re.I), "обращение на «ты»; пишите «вы»", hidden=(TEMPLATE, CODE, QUOTED)),
    Rule(re.compile(r"(?<=[а-яё,] )(?:Вы|Вас|Вам|Вами|Ваш[а-яё]*)\b"), "«вы» пишите со строчной буквы"),
    Rule(re.compile(r"[\"“”]"), "прямые или английские кавычки; поставьте «ёлочки»"),
    Rule(re.compile(r"(?<=\S) - (?=\S)|(?<=\S) -- "), "дефис вместо тире; поставьте «—»"),
    Rule(re.compile(r"(?<=\S)  +(?=\S)|\t"), "лишние пробелы"),
    Rule(re.compile(r"->|=>"), "стрелку пишите так: «→»"),
    Rule(re.compile(r"\.\.\."), "вместо трёх точек поставьте многоточие «…»", Level.WARNING),
    Rule(
        re.compile(r"^\s*#{1,6} |^\s*\|.*\||^\s*>|</?[a-z]+>|!\["),
        "такой разметки у нас нет: только абзацы, списки, **, `, ссылки",
    ),
    Rule(re.compile(r"^\s*(?:\*|\d+\)) "), "пункты списка начинайте с «- » или «1. »"),
    Rule(re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]"), "эмодзи в ответах не ставим", Level.WARNING),
)
PAIRS = (
    (re.compile(r"\*\*"), "нет пары для «**»"),
    (re.compile(r"`"), "нет пары для обратной кавычки"),
)


def slips(source: str) -> Iterator[Slip]:
    """What is wrong, in the order of the rules within a line."""
    for number, line in enumerate(source.split("\n")):
        text = LIST_NUMBER.sub("", line)
        for rule in RULES:
            if rule.pattern.search(_masked(text, rule.hidden)):
                yield Slip(number, rule.message, rule.level)
    for pattern, message in PAIRS:
        if len(pattern.findall(TEMPLATE.sub(MASK, source))) % 2:
            yield Slip(0, message, Level.ERROR)


def _masked(line: str, hidden: tuple[re.Pattern[str], ...]) -> str:
    for pattern in hidden:
        line = pattern.sub(MASK, line)
    return line

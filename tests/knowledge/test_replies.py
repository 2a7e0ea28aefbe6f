from collections.abc import Sequence

import pytest

from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.replies import NAMES
from tests.knowledge.content import Content

FILE = "replies/ru.yml"


def first(variants: Sequence[str]) -> str:
    return variants[0]


def last(variants: Sequence[str]) -> str:
    return variants[-1]


def test_every_shipped_reply_can_be_said(content: Content) -> None:
    replies = load(content.folder).replies
    for name, places in NAMES.items():
        text = replies.say(name, first, dict.fromkeys(places, "42"))
        assert text
        assert "{" not in text
        assert ("42" in text) == bool(places)


def test_one_of_the_variants_is_said(content: Content) -> None:
    content.replace(FILE, "button_helped: Помогло", "button_helped: [Да, Помогло]")
    replies = load(content.folder).replies
    assert [replies.say("button_helped", choose, {}) for choose in (first, last)] == ["Да", "Помогло"]


def test_reply_may_name_a_fact_of_the_catalogue(content: Content) -> None:
    assert "T2" in load(content.folder).replies.say("greeting", first, {})


def test_value_with_braces_is_not_a_placeholder(content: Content) -> None:
    text = load(content.folder).replies.say("agent_joined", first, {"agent": "{place}"})
    assert "{place}" in text


@pytest.mark.parametrize("name", ["nonsense", "queued"])
def test_unknown_name_or_missing_value_is_a_programming_mistake(content: Content, name: str) -> None:
    with pytest.raises(KeyError, match=name):
        load(content.folder).replies.say(name, first, {})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("button_menu: Частые вопросы", "button_menus: Частые вопросы", "неизвестный ключ, возможно «button_menu»"),
        ("button_menu: Частые вопросы", "button_menu: []", "пустой список"),
        ("button_menu: Частые вопросы", f"button_menu: {'ж' * 31}", "длиннее 30 знаков"),
        ("{place}", "{plase}", "неизвестная подстановка {plase}, возможно «place»"),
        ("{until}", "скоро", "нет подстановки {until}"),
        ("button_other: Другое", "button_other: Другое {name}", "здесь подстановок нет"),
        ("operator.name", "operator.nome", "нет такого факта «operator.nome»"),
    ],
)
def test_mistake_in_a_reply_is_told(content: Content, old: str, new: str, expected: str) -> None:
    content.replace(FILE, old, new)
    with pytest.raises(KnowledgeError) as refused:
        load(content.folder)
    told = [str(each) for each in refused.value.faults]
    assert any(each.startswith(FILE) and expected in each for each in told), told

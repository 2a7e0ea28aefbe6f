from knowledge.checks.phrasings import phrasing_findings
from knowledge.loader import load
from tests.knowledge.content import Content, topic

DIFFERENT = "[сгорают гиги, пакет пропадает, лишнее девать некуда, загнать, продам, торговля, биржа, лот, ау, деньги]"


def messages(content: Content, area: str = "market") -> str:
    return "\n".join(str(finding) for finding in phrasing_findings(load(content.folder)) if area in str(finding))


def test_a_third_of_the_questions_does_without_the_title(content: Content) -> None:
    echoes = "[" + ", ".join(f"продажа трафика {word}" for word in "абвгдежзи") + ", сбыть]"
    content.write("topics/market/a.yml", topic("market.echo", title="Продажа трафика", questions=echoes))
    assert "лишь 1 из 10 вопросов обходятся без слов названия" in messages(content)


def test_different_questions_are_no_findings(content: Content) -> None:
    content.write("topics/market/a.yml", topic("market.fine", title="Продажа трафика", questions=DIFFERENT))
    assert "market.fine" not in messages(content)


def test_the_same_words_twice_are_named(content: Content) -> None:
    questions = DIFFERENT.replace("ау", "пропадает пакет")
    content.write("topics/market/a.yml", topic("market.twice", title="Продажа", questions=questions))
    assert "«пропадает пакет» — те же слова, что «пакет пропадает»" in messages(content)


def test_translations_need_questions_too(content: Content) -> None:
    english = "{title: Sell, answer: Open the app., questions: [sell traffic]}"
    content.write("topics/market/a.yml", topic("market.en", title="Продажа", questions=DIFFERENT, en=english))
    assert "en.questions: вопросов 1, а нужно не меньше 5" in messages(content)

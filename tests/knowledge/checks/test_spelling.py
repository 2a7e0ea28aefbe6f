import pytest

from knowledge.checks.spelling import misspelt


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Откройте приложение и выберите «Маркет».", []),
        ("Откройте приложние.", ["приложние"]),
        ("Подключён безлимит, а безлимитом не пользуюсь.", []),
        ("SIM-карта и eSIM, Wi-Fi, wi-fi-роутер", []),
        ("`балланс` в {{ operator.баланс }} и [тут](t2.ru/страниц)", []),
        ("кто-нибудь по-русски", []),
    ],
)
def test_words_no_dictionary_knows_are_named(text: str, wrong: list[str]) -> None:
    assert misspelt(text, frozenset({"безлимит"})) == wrong

"""The language of a message, also when it has next to none."""

import pytest

from nlu.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("как узнать баланс", "ru"),
        ("VoLTE не работает", "ru"),
        ("подключил Netflix, can't log in пишет", "ru"),
        ("how do I check my balance", "en"),
        ("my sim card is lost", "en"),
        ("hello", "en"),
        ("no signal since Monday", "en"),
        ("I can’t call", "en"),
        ("怎么查余额", "zh"),
        ("我的SIM卡没有信号", "zh"),
        ("残高はどこで確認できますか", "other"),
        ("잔액 확인", "other"),
        ("як дізнатися свій номер", "other"),
        ("баланс қанша", "other"),
        ("wie kann ich mein guthaben prüfen", "other"),
        ("como saber mi saldo", "other"),
        ("qanday qilib balansni bilish", "other"),
        ("ελληνικά", "other"),
        ("", "ru"),
        ("*105#", "ru"),
        ("🙂", "ru"),
        ("eSIM", "ru"),
        ("Samsung Galaxy", "ru"),
        ("i подключить тариф в крыму iPhone", "ru"),
        ("подключiть тариф в крыму сейчас", "ru"),
    ],
)
def test_language_of_a_message(text: str, language: str) -> None:
    assert detect_language(text) == language

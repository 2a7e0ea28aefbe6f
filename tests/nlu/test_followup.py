"""Short questions that lean on the previous one, and short questions that stand alone."""

import pytest

from nlu.followup import FollowUp, FollowUpKind, follow_up

KINDS = {
    FollowUpKind.PRICE: [
        "а сколько стоит?", "это платно?", "сколько?", "а это бесплатно", "какая цена", "сколько будет стоить",
        "а комиссия есть?", "how much?", "how much does it cost", "多少钱",
    ],
    FollowUpKind.TERM: [
        "а когда придут", "на сколько дней", "сколько ждать", "а когда?", "как долго ждать?", "на какой срок",
        "сколько действует",
    ],
    FollowUpKind.LIMITS: ["какой лимит", "сколько раз можно", "какой минимум?", "а ограничения есть?"],
    FollowUpKind.CONNECT: ["как подключить", "а как его подключить?", "где подключить"],
    FollowUpKind.DISCONNECT: ["как отключить?", "а как это отключить", "как её отключить потом", "а отменить можно"],
    FollowUpKind.REFUND: ["вернуть можно?", "а вернуть деньги можно", "а возврат?"],
    FollowUpKind.CHECK: ["как проверить?", "где посмотреть"],
    FollowUpKind.WHY: ["почему?", "а почему так", "why", "为什么"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_a_short_question_tells_what_of_the_topic_it_asks(kind: FollowUpKind, text: str) -> None:
    assert follow_up(text) == FollowUp(kind)


@pytest.mark.parametrize(
    "text", ["а в турции?", "а на теле2?", "а для пенсионеров", "и на планшете?", "ну а в крыму", "а для юрлиц?"]
)
def test_another_object_for_the_same_question_is_elliptic(text: str) -> None:
    assert follow_up(text) == FollowUp(None, elliptic=True)


@pytest.mark.parametrize(
    "text",
    [
        "сколько стоит роуминг в турции", "как отключить подписку", "как подключить интернет", "вернуть роутер",
        "почему нет сети", "как узнать баланс", "когда спишут абонентскую плату", "сколько гигабайт осталось",
        "а если минуты кончились", "а что делать если нет сети", "и снова нет интернета", "роуминг", "в турции",
        "привет", "проверить баланс", "какой у меня тариф", "а номер свой как узнать", "отключить все платные услуги",
        "сколько стоит сменить тариф", "включить роуминг", "как посмотреть детализацию", "а", "ну", "", "🙂",
        "а скажите мне пожалуйста про все ваши тарифы",
    ],
)  # fmt: skip
def test_a_question_with_its_own_content_is_no_follow_up(text: str) -> None:
    assert follow_up(text) is None


def test_follow_ups_are_named_as_topics_name_them() -> None:
    assert set(FollowUpKind) == {"price", "term", "limits", "connect", "disconnect", "refund", "check", "why"}

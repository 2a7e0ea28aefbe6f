import pytest

from knowledge.checks.content import check, production_findings
from knowledge.checks.finding import Level
from knowledge.checks.wording import slips
from knowledge.loader import load
from knowledge.stats import statistics
from tests.knowledge.content import SHIPPED, Content, topic

LONG_ENOUGH = "Это понятный ответ, в нём сказано, что сделать сначала и что потом. " * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Услуга стоит 50 рублей.", "число с единицей"),
        ("Подождите 3 дня.", "число с единицей"),
        ("Пакет на 10 ГБ.", "число с единицей"),
        ("Наберите *105#.", "код прямо в тексте"),
        ("Наберите `*105#`.", "код прямо в тексте"),
        ("Позвоните 8 800 555-35-35.", "номер прямо в тексте"),
        ("Позвоните 611.", "номер прямо в тексте"),
        ("Зайдите на t2.ru.", "адрес прямо в тексте"),
        ("До 01.12 включительно.", "дата или время"),
        ("Проверь свой баланс, ты увидишь его в меню.", "на «ты»"),
        ("Проверим, и Вы увидите.", "со строчной буквы"),
        ('Нажмите "Да".', "кавычки"),
        ("Связь - это важно.", "дефис вместо тире"),
        ("Два  пробела.", "лишние пробелы"),
        ("Меню -> Тарифы", "стрелку"),
        ("Подождите...", "многоточие"),
        ("# Заголовок", "разметки"),
        ("<b>жирно</b>", "разметки"),
        ("* пункт", "пункты списка"),
        ("Готово 🎉", "эмодзи"),
        ("**важно", "нет пары для «**»"),
        ("код `да", "нет пары для обратной кавычки"),
    ],
)
def test_slip_is_found(text: str, message: str) -> None:
    assert any(message in slip.message for slip in slips(text)), [slip.message for slip in slips(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Откройте {{ operator.app }} → «Тариф» — там всё видно.",
        "Наберите `{{ codes.balance }}` и нажмите вызов.",
        "1. Выберите тариф.\n2. Подтвердите.",
        "Сеть 4G и 5G, две SIM, T2, Wi-Fi, кое-где.",
        "«Ты где?» — спросит друг. Вы ответите.",
        "**Важно:** отправьте `СТОП` на {{ market.number }}.",
        "От {{ a.min | rub }} до {{ a.max | rub }} за {{ a.days | count('день', 'дня', 'дней') }}.",
    ],
)
def test_careful_wording_has_no_slips(text: str) -> None:
    assert list(slips(text)) == []


def test_slip_is_told_with_its_line(content: Content) -> None:
    answer = f"|\n    {LONG_ENOUGH}\n    Ждите 3 дня."
    content.write("topics/market/selling.yml", topic("market.sell", answer=answer))
    found = [finding for finding in check(load(content.folder)) if "число" in str(finding)]
    assert [(finding.place.line, finding.level) for finding in found] == [(6, Level.ERROR)]


def test_same_question_in_two_topics_is_an_error(content: Content) -> None:
    content.replace("topics/market/selling.yml", "price один", "'Sell,  ОДИН!'")
    (finding,) = [finding for finding in check(load(content.folder)) if finding.level is Level.ERROR]
    assert "тот же вопрос, что в теме «market.sell»" in str(finding)


def test_same_words_in_another_order_are_a_warning(content: Content) -> None:
    content.replace("topics/market/selling.yml", "sell один", "как быстро продать старые гигабайты")
    content.replace("topics/market/selling.yml", "price один", "гигабайты старые продать быстро")
    (finding,) = [finding for finding in check(load(content.folder)) if "те же слова" in str(finding)]
    assert finding.level is Level.WARNING


def test_short_answer_self_reference_and_unused_fact_are_told(content: Content) -> None:
    content.write("topics/market/selling.yml", topic("market.sell", related="[market.sell]"))
    told = "\n".join(str(finding) for finding in check(load(content.folder)))
    assert "слов в ответе 3, а нужно от 25 до 90" in told
    assert "тема ссылается на саму себя" in told
    assert "market.small.days: факт нигде не используется" in told


def test_code_of_the_catalogue_belongs_in_backticks(content: Content) -> None:
    content.write("topics/market/selling.yml", topic("market.sell", answer='"Наберите {{ market.code }}."'))
    assert any("обратные кавычки" in str(finding) for finding in check(load(content.folder)))


def test_production_refuses_sample_facts_that_are_told(content: Content) -> None:
    content.write("topics/market/selling.yml", topic("market.sell", answer='"{{ market.price }}"'))
    names = [finding.place.key for finding in production_findings(load(content.folder))]
    assert "market.price" in names
    assert "market.small.days" not in names


def test_statistics_count(content: Content) -> None:
    content.write("topics/market/selling.yml", topic("market.sell", related="[market.price]") + topic("market.price"))
    counted = statistics(load(content.folder)).to_dict()
    assert counted["topics"] == 2
    assert counted["phrasings"] == 22
    assert counted["topics_by_area"] == {"market": 2}
    assert counted["topics_by_language"] == {"ru": 2}
    assert counted["unreferenced_topics"] == 1


def test_shipped_content_loads_and_has_no_errors() -> None:
    base = load(SHIPPED)
    assert len(base.topics) >= 165
    assert [str(finding) for finding in check(base) if finding.level is Level.ERROR] == []


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        (("Длина одной SMS до", "{{ market.price }}. Длинные делятся."), True),
        (("1. Откройте меню.", "2. Нажмите «Да».", "", "1. Другой список."), False),
    ],
)
def test_a_number_that_would_begin_a_list_is_named(content: Content, lines: tuple[str, ...], is_found: bool) -> None:
    text = "|\n" + "".join(f"    {line}\n" for line in (*lines, LONG_ENOUGH))
    content.write("topics/market/buying.yml", topic("market.buy", answer=text))
    named = [str(found) for found in check(load(content.folder)) if "market.buy: answer" in str(found)]
    assert any("«15. Длинные делятся.» покажется пунктом списка" in finding for finding in named) is is_found

"""Short questions that make sense only after another one: "а сколько стоит?", "как отключить?", "а в турции?". Pure."""

from dataclasses import dataclass
from enum import StrEnum

from nlu.normalize import tokens
from nlu.wordlist import wordlist
from nlu.words import lemma, part_of_speech


class FollowUpKind(StrEnum):
    """The names under which a topic says where its follow-ups lead."""

    PRICE = "price"
    TERM = "term"
    LIMITS = "limits"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    REFUND = "refund"
    CHECK = "check"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`kind`: what of the previous topic is asked. `elliptic`: its question with another object ("а в турции?")."""

    kind: FollowUpKind | None
    elliptic: bool = False


_LONGEST = 6  # words
# First forms that tell the kind. The order decides between several: "сколько стоит вернуть" is about returning.
_KINDS = {
    FollowUpKind.REFUND: wordlist("вернуть возвращать возврат refund 退款"),
    FollowUpKind.DISCONNECT: wordlist(
        "отключить отключать выключить выключать убрать отменить отказаться деактивировать удалить отписаться "
        "отключение "
        "disable cancel deactivate unsubscribe 取消 怎么取消"
    ),
    FollowUpKind.CONNECT: wordlist(
        "подключить подключать включить включать активировать оформить подключение оформление активация "
        "enable activate 开通 怎么开通"
    ),
    FollowUpKind.CHECK: wordlist("проверить проверять посмотреть узнать узнавать глянуть увидеть check"),
    FollowUpKind.LIMITS: wordlist(
        "лимит ограничение минимум максимум максимально минимально минимальный максимальный раз много limit"
    ),
    FollowUpKind.PRICE: wordlist(
        "стоить стоимость цена почем платно платный бесплатно бесплатный платить заплатить обойтись комиссия дорого "
        "price cost much free 多少钱 免费吗"
    ),
    FollowUpKind.TERM: wordlist(
        "день сутки час долго ждать ожидать прийти приходить действовать длиться срок продлиться надолго неделя месяц "
        "long 多久 多长时间"
    ),
    FollowUpKind.WHY: wordlist("почему зачем отчего why 为什么"),
}
# Alone they tell the kind too; beside another word that word tells.
_LONE = {"сколько": FollowUpKind.PRICE, "когда": FollowUpKind.TERM}
_AROUND = wordlist(
    """
    а в за и на но ну о с до к по его ее их им оно он она они это этот то тот тогда там так такой туда потом теперь же
    ли бы как какой каков сколько когда где мне я мы нам быть можно мочь нужно надо придется прийтись хотеть обратно
    назад снова опять еще уже вообще самый сам один 1 если раз нельзя что рубль деньги деньга примерно сейчас сразу есть
    how does do it is the to i can will take when long for a
    """
)
_OPENERS = wordlist("а и")
# A verb makes it a question of its own: "а если минуты кончились".
_WHOLE_QUESTION = frozenset({"VERB", "INFN", "PRED", "PRTS"})


def follow_up(text: str) -> FollowUp | None:
    """None for a question with its own content: "как отключить подписку", "сколько стоит роуминг в турции"."""
    words = tokens(text)
    if not 1 <= len(words) <= _LONGEST:
        return None
    kind = _kind([lemma(word) for word in words])
    if kind is not None:
        return FollowUp(kind)
    return FollowUp(None, elliptic=True) if _is_elliptic(words) else None


def _kind(words: list[str]) -> FollowUpKind | None:
    telling = [word for word in words if any(word in known for known in _KINDS.values())]
    if any(word not in _AROUND and word not in telling for word in words):
        return None
    for kind, known in _KINDS.items():
        if any(word in known for word in telling):
            return kind
    return next((_LONE[word] for word in words if word in _LONE), None)


def _is_elliptic(words: list[str]) -> bool:
    if words[0] == "ну":
        words = words[1:]
    if len(words) < 2 or len(words) > 5 or words[0] not in _OPENERS:
        return False
    return not any(part_of_speech(word) in _WHOLE_QUESTION for word in words[1:])

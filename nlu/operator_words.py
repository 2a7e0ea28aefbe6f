"""Is the message a request for a person? "позовите человека" is, "сменить оператора" is not. Pure.

A request is a word for a person and a word of asking with nothing of substance between them, or a person alone.
"""

from collections.abc import Sequence

from nlu.wordlist import wordlist

# First forms all through.
PERSON = wordlist(
    """
    оператор операторша опиратор апиратор аператор оператар человек сотрудник сотрудница специалист консультант
    менеджер диспетчер саппорт техподдержка operator agent human person representative specialist
    """
)
ASK = wordlist(
    """
    позвать звать пригласить вызвать соединить соединять переключить переключать переключиться перевести переводить
    связать дать давать подключить подключать нужный нужно надо требоваться необходимый хотеть хотеться можно прошу
    просить ждать поговорить говорить пообщаться общаться связаться соединиться
    connect speak talk need want get give call transfer
    """
)
# Asked with "how", these have an answer of their own: the phones and chats of the support.
REACH = wordlist("связаться поговорить говорить пообщаться общаться соединиться speak talk call")
HOW = wordlist("как где куда почему когда зачем how")
AROUND = wordlist(
    """
    а автоответчик адекватный б бот бы быстро быть в ваш все да до друг ж же живой здесь и или к кто линия любой мне
    мочь мы на настоящий не нет но нормальный ну обычный онлайн от отдел пожалуйста плиз поддержка просто реальный
    робот с сейчас служба со сразу срочно срочный тут техника технический только у уже хоть чат что чтобы это этот я
    какой-нибудь кто-нибудь кто-то лучше есть алло быстрый скорый
    a an bot can could customer i just let like me not please real live some support the to with would you
    """
)
SOMEONE = wordlist("живой реальный настоящий нормальный live real")
# "передать человеку", "подключить человека к тарифу": a person who is somebody else.
CALLING = wordlist("позвать звать пригласить соединить соединять переключить переключать поговорить пообщаться связать")
CHINESE = ("人工", "真人", "转客服", "找客服")


def asks_for_person(words: Sequence[str]) -> bool | None:
    """True: asks for a person; False: says that none is needed; None: is about something else. `words`: first forms."""
    if any(request in word for word in words for request in CHINESE):
        return True
    people = [place for place, word in enumerate(words) if word in PERSON or _is_anyone_alive(words, place)]
    if not people:
        return None
    answers = [_asked(words, place) for place in people]
    return next((answer for answer in answers if answer is not None), None)


def _asked(words: Sequence[str], person: int) -> bool | None:
    ask = _nearest_ask(words, person)
    alone = all(word in PERSON or word in ASK or word in AROUND for word in words)
    if ask is None:
        return (person == 0 or words[person - 1] != "не" or None) if alone else None
    if ask > 0 and words[ask - 1] == "не":
        return False
    if alone:
        return None if _asks_how(words, ask) else True
    return True if _is_certain(words, person, ask) else None


def _nearest_ask(words: Sequence[str], person: int) -> int | None:
    """The word of asking that governs the person: only small words may stand between."""
    for step in (-1, 1):
        place = person + step
        while 0 <= place < len(words) and abs(place - person) <= 5:
            if words[place] in ASK:
                return place
            if words[place] not in AROUND:
                break
            place += step
    return None


def _is_certain(words: Sequence[str], person: int, ask: int) -> bool:
    """The rest of the message has substance of its own, so weigh the request itself."""
    if _asks_how(words, ask) or "связь" in words[person + 1 : person + 2]:
        return False
    between = words[min(person, ask) : max(person, ask)]
    if words[person] == "человек":
        return words[ask] in CALLING or any(word in SOMEONE for word in between)
    return words[ask] not in {"надо", "нужно", "можно"} or len(between) <= 2


def _asks_how(words: Sequence[str], ask: int) -> bool:
    """ "как связаться", "не могу дозвониться": the way is asked for, and that is a topic."""
    before = words[max(0, ask - 3) : ask]
    return words[ask] in REACH and any(word in HOW or word == "не" for word in before)


def _is_anyone_alive(words: Sequence[str], place: int) -> bool:
    """ "есть кто живой", "живые есть?" """
    return words[place] == "живой" and all(word in AROUND for word in words)

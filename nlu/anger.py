"""Is the person angry, and is there anything but anger in the message? Pure.

Anger next to a question must not hide the question: only a message of insults alone counts as anger.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from nlu.act_words import ANGRY_EMOJI
from nlu.wordlist import wordlist

# First forms.
STRONG = wordlist(
    """
    издеваться поиздеваться задолбать заколебать задрать бесить взбесить беспредел безобразие позор позорный
    позорище кошмар кошмарный отвратительный отвратительно отвратный мерзкий мерзость хамство хамить хам наглость
    обнаглеть охренеть офигеть хрень фигня бред бредовый чушь надувательство лохотрон кидалово ворье грабеж
    грабитель урод уродский дебил дебильный идиот идиотский идиотизм дура дурак дурацкий тупой тупица тупость кретин
    козел тварь сволочь гад гадина скотина мразь ублюдок подонок придурок чмо лузер никчемный безмозглый помойка
    шарага шарашка отстой говно говеный гавно дерьмо дерьмовый хреновый паршивый ненавидеть сдохнуть заткнуться
    хер нахер херня похер
    idiot idiots stupid useless scam scammers crap suck sucks hate ridiculous disgusting 垃圾 骗子
    """
)
# Exact forms: "достали" is rage, "как достать симку" is not. Threats to leave or to sue: `nlu.threats`.
STRONG_FORMS = wordlist("достал достала достали воры жулики пожалуюсь отстаньте")
STRONG_PHRASES = (
    ("буду", "жаловаться"), ("будем", "жаловаться"), ("сколько", "можно"), ("ни", "стыда"), ("пошли", "вы"),
    ("пошел", "ты"), ("иди", "ты"), ("идите", "вы"), ("руки", "из"), ("нервов", "нет"),
)  # fmt: skip
# Neither rage by themselves nor a question: they have a plain use as well.
MILD = wordlist(
    """
    блин черт жесть дно мрак ужас ужасный ужасно обман обманывать обманщик развод вор воровать лох тупить хреново
    бесполезный жалоба жаловаться пожаловаться подать подавать стыд совесть нервы нерв терпение сила
    роскомнадзор роспотребнадзор фас прокуратура суд иск засудить
    """
)
EMPTY = wordlist(
    """
    а в во вообще вот все всегда вы ваш весь да до друг другой же за заявление и из или к как-то каждый компания
    контора конкретно конкурент который куда люди человек меня мне мой мы на над нам нас наш не ни но ну о он они
    оно она от очень писать по полный полнейший постоянно просто про прям прямо реально с сам самый сейчас скоро
    слишком снова совсем совершенно сюда такой так там ты то только тот тут у уже целый что это этот я быть бот
    робот давно день еще опять оператор мтс билайн мегафон теле2 tele2 т2 t2 йота хватит можно нет какой-то ждать
    один настоящий абсолютно спасибо привет здравствуйте пойти послать идти рука сколько
    a are is of so such the this to you your all
    """
)
_OBSCENE = re.compile(
    r"(?:на|за|от|о|а|по|вы|до|у|про|пере|раз|рас|об|долбо|ни)?(?:ху[йеиюя]|пизд|еб[аеиулнс])|бля(?:$|т|д|х)"
    r"|су(?:ка|ки|ку|чка|чки|чара)$|муд(?:ак|ил|ох)|пид[оа]?р|залуп|fuck|shit|bitch|asshole|妈的|操你"
)
_CENSORED = re.compile(r"[а-яё]\*+[а-яё]", re.IGNORECASE)


def is_angry(text: str, tokens: Sequence[str], words: Sequence[str]) -> bool:
    return (
        any(map(_is_strong, tokens, words))
        or any(pair in STRONG_PHRASES for pair in pairwise(tokens))
        or _CENSORED.search(text) is not None
        or not ANGRY_EMOJI.isdisjoint(text)
        or _shouts(text)
    )


def has_substance(tokens: Sequence[str], words: Sequence[str]) -> bool:
    """Is there a word left that a question could be about? Two letters are none ("х**ня" falls into such)."""
    return any(
        len(token) > 2 and word not in EMPTY and word not in MILD and not _is_strong(token, word)
        for token, word in zip(tokens, words, strict=True)
    )


def _is_strong(token: str, word: str) -> bool:
    return word in STRONG or token in STRONG_FORMS or _OBSCENE.match(token) is not None


def _shouts(text: str) -> bool:
    """Capitals alone are a habit and exclamation marks are joy; both together are a shout."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 10 and "!" in text and all(character.isupper() for character in letters)

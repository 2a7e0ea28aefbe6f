"""A new topic to fill in: what `otklik knowledge new` writes."""

from pathlib import Path

from knowledge.base import KnowledgeBase
from knowledge.faults import perhaps
from knowledge.topic_schema import FEWEST_QUESTIONS, FEWEST_QUESTIONS_ELSEWHERE, ID, LONGEST_TITLE


class CannotMake(Exception):
    """The text says why, in words of an editor."""


def new_topic(base: KnowledgeBase, folder: Path, topic_id: str, title: str, file: str = "") -> Path:
    """Adds the skeleton to `topics/<area>/<file or name>.yml` and returns that path. Raises CannotMake."""
    area, _, name = topic_id.partition(".")
    _refuse(base, topic_id, title)
    path = folder / "topics" / area / f"{file.removesuffix('.yml') or name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if path.exists() else ""
    path.write_text(before + skeleton(topic_id, title), encoding="utf-8")
    return path


def skeleton(topic_id: str, title: str) -> str:
    """Not yet a topic: the loader asks for the questions, which only a person can write."""
    fewest = FEWEST_QUESTIONS.get(topic_id.partition(".")[0], FEWEST_QUESTIONS_ELSEWHERE)
    return (
        f"- id: {topic_id}\n"
        f'  title: "{title}"\n'
        f"  questions: # от {fewest}, как пишут люди; треть — без слов названия\n"
        "    - \n"
        "  answer: |\n"
        "    Сначала что сделать, потом условия. Цены и коды — из каталога: {{ operator.app }}.\n"
        "  related: []\n"
    )


def _refuse(base: KnowledgeBase, topic_id: str, title: str) -> None:
    if not ID.fullmatch(topic_id):
        raise CannotMake(f"«{topic_id}» не подходит; ждали «область.имя-темы» латиницей, как market.sell-minutes")
    if topic_id in base.topics:
        topic = base.topics[topic_id]
        raise CannotMake(f"тема «{topic_id}» уже есть: {topic.file}:{topic.line}")
    areas = sorted({topic.area for topic in base.topics.values()})
    area = topic_id.partition(".")[0]
    if area not in areas and perhaps(area, areas):
        raise CannotMake(f"области «{area}» нет{perhaps(area, areas)}")
    if not title or len(title) > LONGEST_TITLE or '"' in title:
        raise CannotMake(f"название «{title}» не подходит; ждали от 1 до {LONGEST_TITLE} знаков, кавычки — «ёлочки»")

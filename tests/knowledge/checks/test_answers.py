from pathlib import Path

from knowledge.build import build
from knowledge.checks.answers import answer_findings
from knowledge.loader import load
from tests.knowledge.content import Content, SpellingEncoder, topic

HOW = "Откройте приложение, выберите раздел «Услуги», найдите там {} и нажмите «Отключить»."


def findings(content: Content, encoder: SpellingEncoder, tmp_path: Path, *answers: str) -> list[str]:
    topics = [topic(f"market.t{number}", answer=f'"{answer}"') for number, answer in enumerate(answers)]
    content.write("topics/market/selling.yml", "".join(topics))
    base = load(content.folder)
    return [str(found) for found in answer_findings(base, build(base, encoder, tmp_path / "index"))]


def test_an_answer_with_another_name_put_in_is_named(
    content: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    (found,) = findings(content, encoder, tmp_path, HOW.format("гудок"), HOW.format("маячок"))
    assert "market.t1: answer: ответ почти тот же, что у темы «market.t0»" in found


def test_different_answers_are_no_finding(content: Content, encoder: SpellingEncoder, tmp_path: Path) -> None:
    assert not findings(content, encoder, tmp_path, HOW.format("гудок"), "Позвоните в банк и заблокируйте карту.")

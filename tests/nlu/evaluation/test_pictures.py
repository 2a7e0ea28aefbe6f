from pathlib import Path

from nlu.evaluation.pictures import RELIABILITY, RISK_COVERAGE, draw
from tests.nlu.evaluation.test_report import OUTCOMES


def test_both_pictures_are_drawn(tmp_path: Path) -> None:
    draw(OUTCOMES, tmp_path, risk=0.02)
    for name in (RISK_COVERAGE, RELIABILITY):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")

"""Fitting confidence: a known truth is found again, and what is written can be read."""

import json
from pathlib import Path

import numpy as np
import pytest

from nlu.confidence import Candidate, rank, read_coefficients
from nlu.training.calibrate import START, Row, fit, fit_logistic, main, measure, read_rows, tune_shares


def made_up_rows(count: int, seed: int = 1) -> list[Row]:
    """The right topic stands out the more, the easier the question; one in six has no answer."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        ease = float(chance.uniform(-0.02, 0.08)) if number % 6 else -0.05
        rivals = [Candidate(f"t{place}", *_around(chance, 0.86), 0.1) for place in range(5)]
        right = Candidate("right", *_around(chance, 0.86 + ease), max(0.0, 6 * ease))
        rows.append(Row(3 + number % 5, "right" if number % 6 else None, (right, *rivals)))
    return rows


def _around(chance: np.random.Generator, centre: float) -> tuple[float, float]:
    best = float(chance.normal(centre, 0.015))
    return best, best - 0.01


def as_line(row: Row) -> str:
    candidates = [
        {
            "topic": item.topic,
            "similarity": item.similarity,
            "topic_similarity": item.topic_similarity,
            "lexical": item.lexical,
        }
        for item in row.candidates
    ]
    return json.dumps({"words": row.words, "right": row.right, "candidates": candidates})


def test_known_weights_are_found_again() -> None:
    chance = np.random.default_rng(7)
    truth = np.array([-1.0, 2.0, 3.0, 0.5, -0.5])
    design = np.column_stack([np.ones(20_000), chance.normal(size=(20_000, 4))])
    labels = (chance.uniform(size=20_000) < 1 / (1 + np.exp(-design @ truth))).astype(float)
    np.testing.assert_allclose(fit_logistic(design, labels), truth, atol=0.15)


def test_a_score_that_seems_to_count_against_a_topic_is_left_out() -> None:
    chance = np.random.default_rng(7)
    design = np.column_stack([np.ones(2_000), chance.normal(size=(2_000, 4))])
    labels = (design[:, 1] < 0).astype(float)
    assert fit_logistic(design, labels)[1] == 0


def test_fitted_probabilities_keep_their_promise_on_unseen_questions() -> None:
    rows = made_up_rows(2_000)
    coefficients = fit(rows, tune_shares(rows, START))
    quality = measure(made_up_rows(2_000, seed=2), coefficients)
    assert quality.calibration_error < 0.06
    assert quality.answerable < quality.rows


def test_a_question_nothing_answers_gets_less_than_one_that_stands_out() -> None:
    rows = made_up_rows(1_000)
    coefficients = fit(rows, tune_shares(rows, START))
    clear = rank([Candidate("a", 0.94, 0.93, 0.5), Candidate("b", 0.86, 0.85, 0.1)], 4, coefficients)[0]
    vague = rank([Candidate("a", 0.86, 0.85, 0.1), Candidate("b", 0.86, 0.85, 0.1)], 4, coefficients)[0]
    assert clear.probability > vague.probability + 0.3


def test_rows_are_read_fitted_and_written_for_serving(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "rows.jsonl", tmp_path / "confidence.json"
    source.write_text("\n".join(map(as_line, made_up_rows(300))))
    main([str(source), "--to", str(target), "--origin", "made up"])
    assert read_coefficients(target).fused > 0
    assert json.loads(target.read_text())["fitted_on"] == "made up"
    assert set(json.loads(capsys.readouterr().out)) == {"rows", "answerable", "top1", "log_loss", "calibration_error"}


def test_a_row_of_another_form_is_named_by_its_line() -> None:
    good = as_line(made_up_rows(1)[0])
    with pytest.raises(SystemExit, match="line 2 is not a row"):
        read_rows([good, '{"words": 3}'])


def test_a_question_without_candidates_teaches_nothing() -> None:
    assert read_rows(['{"words": 3, "right": null, "candidates": []}']) == []

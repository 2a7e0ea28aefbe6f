"""The shipped encoder for real: meaning, unit length, independence of neighbours, and refusals that say what to do."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

from nlu.encoder import (
    MODEL_FOLDER,
    EncoderError,
    OnnxEncoder,
    build_encoder,
    query_prompt,
)

TEXTS = [
    "как узнать баланс",
    "да",
    "",
    "Добрый день! Подскажите, пожалуйста, почему интернет стал таким медленным по вечерам и что мне с этим делать?",
    "how do I check my balance",
    "怎么查余额",
    "🙂",
    "*105#",
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(MODEL_FOLDER)


def test_every_vector_has_unit_length(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: OnnxEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: OnnxEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_texts_keep_their_order(encoder: OnnxEncoder) -> None:
    many = [f"вопрос {number} " + "и ещё " * (number % 7) for number in range(80)]
    vectors = encoder.encode(many)
    np.testing.assert_allclose(vectors[[3, 41, 79]], encoder.encode([many[3], many[41], many[79]]), atol=1e-4)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("как узнать баланс", "сколько денег на счету", "как продать гигабайты"),
        ("потерял телефон, заблокируйте симку", "украли телефон с сим-картой", "сколько стоит сменить тариф"),
        ("не работает интернет", "инет пропал", "хочу поменять номер"),
        ("how do I check my balance", "как узнать баланс", "как раздать интернет"),
        ("怎么查余额", "как узнать баланс", "как подключить роуминг"),
    ],
)
def test_the_same_meaning_is_nearer_than_another(encoder: OnnxEncoder, question: str, near: str, far: str) -> None:
    vectors = encoder.encode([question, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_long_text_is_cut_and_not_refused(encoder: OnnxEncoder) -> None:
    assert encoder.encode(["слово " * 5000]).shape == (1, encoder.dimension)


def test_half_a_surrogate_pair_spoils_nothing(encoder: OnnxEncoder) -> None:
    assert np.isfinite(encoder.encode(["баланс \ud83d", "баланс"])).all()


def test_the_shipped_model_is_built_by_its_word_and_by_its_folder() -> None:
    assert build_encoder("shipped").name == build_encoder(str(MODEL_FOLDER)).name


def test_the_manifest_says_how_near_the_original_is() -> None:
    manifest = json.loads((MODEL_FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["cosine_to_original"]["min"] > 0.998


def copy_of_the_model(folder: Path) -> Path:
    for name in ("manifest.json", "model.onnx", "tokenizer.json"):
        shutil.copy(MODEL_FOLDER / name, folder / name)
    return folder


@pytest.mark.parametrize("name", ["manifest.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copy_of_the_model(tmp_path)
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=rf"{name} is missing.*nlu\.training\.export"):
        OnnxEncoder(folder)


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    folder = copy_of_the_model(tmp_path)
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    with pytest.raises(EncoderError, match=r"tokenizer\.json is not the file its manifest describes"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x", "dimension": "many"}', "\x00"])
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(EncoderError, match=r"is not a manifest of an encoder"):
        OnnxEncoder(tmp_path)


def test_another_model_without_the_extra_tells_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if it were not installed
    with pytest.raises(EncoderError, match=r"otklik\[train\]"):
        build_encoder("intfloat/multilingual-e5-base")


def test_the_prompt_is_the_models_own_or_that_of_its_family() -> None:
    assert query_prompt("some/model", {"query": "Q: "}) == "Q: "
    assert query_prompt("intfloat/multilingual-E5-base", {"query": ""}) == "query: "
    assert query_prompt("some/model", {}) == ""


class TwoNumbers:
    """Stands for a sentence-transformers model: two numbers per text, in double precision."""

    def __init__(self, name: str) -> None:
        if "nowhere" in name:
            raise OSError(f"{name} is not a local folder and is not a valid model identifier")
        self.prompts = {"query": "", "document": ""}

    def float(self) -> "TwoNumbers":
        return self

    def encode(
        self, texts: list[str], *, prompt: str = "", normalize_embeddings: bool = False, show_progress_bar: bool
    ) -> npt.NDArray[np.float64]:
        assert not show_progress_bar
        length = 1.0 if normalize_embeddings else 3.0
        return np.array([[length, 0] if prompt == "query: " else [0, length] for _ in texts])


@pytest.fixture
def sentence_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("sentence_transformers")
    library.SentenceTransformer = TwoNumbers  # type: ignore[attr-defined]  # a module made for the test
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)


@pytest.mark.usefixtures("sentence_transformers")
def test_another_model_by_name_keeps_the_port() -> None:
    encoder = build_encoder("intfloat/multilingual-e5-base")
    assert (encoder.name, encoder.dimension) == ("intfloat/multilingual-e5-base", 2)
    assert encoder.encode(["баланс"]).tolist() == [[1, 0]]
    assert encoder.encode(["баланс"]).dtype == np.float32
    assert encoder.encode([]).shape == (0, 2)


@pytest.mark.usefixtures("sentence_transformers")
def test_a_model_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(EncoderError, match=r"'nowhere' is neither a folder with manifest\.json nor a model"):
        build_encoder("nowhere")


def test_serving_code_imports_no_torch() -> None:
    code = "import sys, nlu.encoder, nlu.batcher, nlu.understanding; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "False"

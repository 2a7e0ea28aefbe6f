"""A real sentence-transformers model by its name, and its way into ONNX. Skipped without the extra `train`."""

from pathlib import Path

import numpy as np
import pytest

from nlu.encoder import build_encoder

transformers = pytest.importorskip("transformers", reason="pip install otklik[train]")
pytest.importorskip("sentence_transformers", reason="pip install otklik[train]")

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "query",
    ":",
    "как",
    "узнать",
    "баланс",
    "роуминг",
    "в",
    "турции",
]
TEXTS = ["как узнать баланс", "роуминг в турции", ""]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two layers of random weights: enough to be loaded, asked and exported as any other."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    transformers.BertModel(config).save_pretrained(folder / "bert")
    return folder / "bert"  # sentence-transformers pools by the mean where nothing is said


def test_any_model_serves_by_its_name(model: Path) -> None:
    encoder = build_encoder(str(model))
    vectors = encoder.encode(TEXTS)
    assert (encoder.name, encoder.dimension) == (str(model), 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(TEXTS[:1]), vectors[:1], atol=1e-5)


@pytest.mark.filterwarnings("ignore")  # torch warns of its own insides
def test_any_model_becomes_an_encoder_without_torch(model: Path, tmp_path: Path) -> None:
    from nlu.training.export import export  # noqa: PLC0415  torch may not be installed

    export(model, tmp_path, name="tiny", base="random numbers")
    served, original = build_encoder(str(tmp_path)), build_encoder(str(model))
    prompted = original.encode([f"query: {text}" for text in TEXTS])
    assert ((served.encode(TEXTS) * prompted).sum(axis=1) > 0.99).all()

"""`python -m nlu.training.export SOURCE_FOLDER`: a sentence-transformers folder into the encoder folder that is served.

Writes model.onnx, tokenizer.json and manifest.json beside LICENSE and README.md, which are kept by hand.
Needs the extra `train`; refuses to leave a model whose vectors differ from the original's.
"""

import argparse
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from nlu.encoder import MANIFEST, MODEL_FOLDER, OnnxEncoder, Vectors, file_digest
from nlu.training.graph import WEIGHTS, load_original, quantised_graph

NAME = "e5-small-ru-en-zh"
BASE = "intfloat/multilingual-e5-small, vocabulary trimmed to 63 093 pieces of Russian, English, Chinese and Ukrainian"
PREFIX = "query: "
LEAST_COSINE = 0.995
PACKAGES = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime", "tokenizers")

SENTENCES = (
    "как узнать баланс",
    "куда делись мои деньги?",
    "обещанный платеж",
    "симка не ловит сеть уже вторые сутки, что делать?",
    "хочу продать лишние гигабайты на маркете",
    "сколько стоит роуминг в турции и надо ли его подключать заранее",
    "*105# не работает",
    "отключите мне все платные подписки",
    "как перенести номер к вам от другого оператора",
    "забыл пин-код, телефон просит PUK",
    "мне позвонили из службы безопасности и я назвал код из смс",
    "Здравствуйте! Подскажите, пожалуйста, почему медленный интернет по вечерам?",
    "привет",
    "спасибо",
    "да",
    "инет сдох",
    "eSIM на второй телефон",
    "VoLTE не работает",
    "how do I check my balance",
    "my internet is very slow today",
    "where is the nearest office",
    "怎么查余额",
    "我的手机没有信号",
    "як дізнатися свій номер",
)


def export(source: Path, folder: Path, name: str, base: str) -> str:
    """Returns the name the encoder will carry."""
    original = load_original(str(source))
    expected = np.asarray(original.encode([PREFIX + text for text in SENTENCES]), dtype=np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(original, folder / "tokenizer.json")
    onnx.save(quantised_graph(original), folder / "model.onnx")

    manifest = describe(original, folder, name=name, base=base)
    write_json(folder / MANIFEST, manifest)
    encoder = OnnxEncoder(folder)
    cosines = check_against(expected, encoder.encode(SENTENCES))
    write_json(folder / MANIFEST, manifest | {"cosine_to_original": cosines})
    return encoder.name


def write_tokenizer(original: SentenceTransformer, path: Path) -> None:
    """With the padding switched on; the length limit stays in the manifest alone."""
    tokenizer = Tokenizer.from_str(original.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_truncation()
    tokenizer.enable_padding(pad_id=original.tokenizer.pad_token_id, pad_token=original.tokenizer.pad_token)
    tokenizer.save(str(path), pretty=False)


def describe(original: SentenceTransformer, folder: Path, *, name: str, base: str) -> dict[str, object]:
    return {
        "name": name,
        "base": base,
        "dimension": len(original.encode("")),
        "max_tokens": original.max_seq_length,
        "prefix": PREFIX,
        "pooling": "mean over tokens and unit length, inside the graph",
        "weights": WEIGHTS,
        "files": {file: file_digest(folder / file) for file in ("model.onnx", "tokenizer.json")},
        "versions": {package: version(package) for package in PACKAGES},
    }


def check_against(expected: Vectors, actual: Vectors) -> dict[str, float | int]:
    cosines = (expected * actual).sum(axis=1)
    if cosines.min() < LEAST_COSINE:
        raise SystemExit(
            f"the exported encoder differs from the original: cosine {cosines.min():.4f} for sentence "
            f"{int(cosines.argmin())}, expected at least {LEAST_COSINE}. Does the original pool by the mean?"
        )
    return {
        "sentences": len(cosines),
        "mean": round(float(cosines.mean()), 5),
        "min": round(float(cosines.min()), 5),
    }


def write_json(path: Path, value: dict[str, object]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Export a sentence-transformers folder to ONNX int8.")
    parser.add_argument("source", type=Path, help="the folder sentence-transformers can load")
    parser.add_argument("--to", type=Path, default=MODEL_FOLDER, help="where to write (default: the shipped model)")
    parser.add_argument("--name", default=NAME, help="the encoder's name in the manifest")
    parser.add_argument("--base", default=BASE, help="what it was made from, in words, for the manifest")
    options = parser.parse_args(arguments)
    print(export(options.source, options.to, options.name, options.base))


if __name__ == "__main__":
    main()

"""What else would find topics, on the same phrasings and the same questions as ours.

python -m bench.baselines                                   BM25, tf-idf and ours: a table
python -m bench.baselines --encoder FOLDER                  and an encoder that nobody tuned on them
python -m bench.baselines --rasa http://127.0.0.1:5005      and a Rasa that is running
python -m bench.baselines --json                            one JSON object

Needs the extra `bench`. Every ranker gets the query that the bot would search (`nlu.understanding`), normalised and
with names masked, so that only the ranking differs. Confidence is the ranker's own score of its first topic.
"""

import argparse
import logging
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench.baselines import measure, report
from bench.baselines.bm25 import Bm25
from bench.baselines.documents import by_phrasing, by_topic
from bench.baselines.masking import Masking
from bench.baselines.measure import Asked, Row
from bench.baselines.ours import Ours
from bench.baselines.ranker import Ranker
from bench.baselines.rasa import Rasa, client_of
from bench.baselines.report import Comparison
from bench.baselines.tfidf import Tfidf
from bench.baselines.vectors import by_vectors
from bench.machine import NAMED, this_machine
from bot import config as configuration
from bot import log
from bot.commands.model import QUESTIONS, read_questions
from bot.commands.progress import shown
from bot.config import Config
from knowledge.build import Phrasing, phrasings
from knowledge.loader import load
from nlu.encoder import MANIFEST, build_encoder

PACKAGES = (*NAMED[:3], "bm25s", "scikit-learn")


def main() -> None:
    options = _options()
    log.configure("warning", "console")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it switches its own debugging on
    with threadpool_limits(1):
        compared = compare(options, configuration.load(options.config))
    print(report.as_json(compared) if options.json else report.as_markdown(compared))


def compare(options: argparse.Namespace, config: Config) -> Comparison:
    machine = this_machine(PACKAGES)
    questions = measure.asked(read_questions(options.questions))
    base = load(config.knowledge.folder)
    told = phrasings(base)
    with Ours(config) as ours:  # first, so that what is wrong with it is known at once
        rankers = chain[Ranker]((Masking(ranker, base) for ranker in others(options, told)), [ours])
        rows = [_measured(ranker, questions) for ranker in rankers]
    in_scope = sum(asked.question.is_in_scope for asked in questions)
    return Comparison(machine, len(questions), in_scope, len(base.topics), len(told), rows)


def others(options: argparse.Namespace, told: Sequence[Phrasing]) -> Iterator[Ranker]:
    ways = (by_phrasing(told), by_topic(told))
    yield from map(Bm25, ways)
    yield from map(Tfidf, ways)
    if options.encoder:
        yield from _by_vectors(options.encoder, told, options.index)
    if options.rasa:
        with client_of(options.rasa) as client:
            yield Rasa(client, {phrasing.topic for phrasing in told}, example=told[0].text)


def _by_vectors(model: str, told: Sequence[Phrasing], index: Path) -> Iterator[Ranker]:
    encoder = build_encoder(model, threads=1)
    threadpool_limits(1)  # again: torch, if that was it, has only now brought threads of its own
    folder = Path(model) if (Path(model) / MANIFEST).is_file() else None
    return by_vectors(encoder, told, index, folder)


def _measured(ranker: Ranker, questions: Sequence[Asked]) -> Row:
    return measure.measure(ranker, questions, shown(questions, len(questions), ranker.name))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("config.yml"), help="whose knowledge and encoder to use")
    parser.add_argument(
        "--questions", type=Path, default=QUESTIONS, help="with their right topics, a JSON object a line"
    )
    parser.add_argument("--encoder", help="a folder made by nlu.training.export or a sentence-transformers name")
    parser.add_argument("--index", type=Path, default=Path("var/baselines"), help="where its vectors are kept")
    parser.add_argument("--rasa", help="the address of its server")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()

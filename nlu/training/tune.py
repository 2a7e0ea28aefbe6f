"""Tunes an encoder on questions of known topic, so that questions of one topic lie together and topics apart.

Every topic has a middle that is learned along; the loss is the softmax over the cosines of a question to all middles
(NormFace, Wang et al. 2017). So each question is told apart from every topic at each step, its nearest neighbours most
of all: no pairs, no mining of hard negatives. The middles are thrown away: the search makes its own from the content.

Needs the extra `train`. Half the numbers are computed in bfloat16, which halves the time.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch.nn.functional import cross_entropy, normalize

from nlu.training.export import PREFIX
from nlu.training.graph import pooled
from nlu.training.noise import noisy

Show = Callable[[str], None]
Track = Callable[[Iterable["list[Example]"], int, str], Iterable["list[Example]"]]

MOST_TOKENS = 40
LONGEST_BATCH_RUN = 16  # batches cut from one run sorted by length: little padding, still mixed
ENCODED_AT_ONCE = 64


class Example(Protocol):
    """A normalised question and the number of its topic."""

    @property
    def text(self) -> str: ...
    @property
    def topic(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """`layers`: so many of the base's lowest are kept, 0 for all; `frozen`: so many of these are not tuned."""

    epochs: int = 4
    layers: int = 0
    frozen: int = 6
    learning_rate: float = 2e-4
    middles_learning_rate: float = 3e-4
    batch: int = 64
    temperature: float = 0.05
    patience: int = 2  # epochs without a better result on the held-out questions
    seed: int = 1


class Tuning:
    """One run. `held_out` questions are never trained on and tell when to stop."""

    def __init__(
        self, base: SentenceTransformer, examples: Sequence[Example], held_out: Sequence[Example], settings: Settings
    ) -> None:
        torch.manual_seed(settings.seed)
        self._random = Random(settings.seed)  # noqa: S311  # a training run is to be repeated, not to be secret
        self._base = base
        self._examples = examples
        self._held_out = held_out
        self._settings = settings
        self._transformer = base[0].auto_model
        _keep_layers(self._transformer, settings.layers)
        _freeze(self._transformer, settings.frozen)
        self._middles = torch.nn.Parameter(self._first_middles())

    def run(self, show: Show, track: Track) -> float:
        """Tunes the base in place. Returns the share of held-out questions nearest to the middle of their topic."""
        optimizer = self._optimizer()
        steps = self._settings.epochs * -(-len(self._examples) // self._settings.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 50, 1 - step / steps))
        best, best_state, worse = -1.0, {}, 0
        started = time.monotonic()
        for epoch in range(1, self._settings.epochs + 1):
            loss = self._train_epoch(optimizer, schedule, track)
            found = self._found()
            minutes = (time.monotonic() - started) / 60
            show(f"epoch {epoch}: loss {loss:.3f}, held-out top-1 {found:.1%}, {minutes:.0f} min")
            worse = 0 if found > best else worse + 1
            if found > best:
                best, best_state = found, _copied(self._transformer)
            if worse >= self._settings.patience:
                break
        self._transformer.load_state_dict(best_state)
        return best

    def _train_epoch(
        self, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LambdaLR, track: Track
    ) -> float:
        self._transformer.train()
        batches = track(self._batches(), -(-len(self._examples) // self._settings.batch), "Tuning")
        losses = [self._step(batch, optimizer, schedule) for batch in batches]
        return float(np.mean(losses))

    def _step(
        self,
        batch: Sequence[Example],
        optimizer: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LambdaLR,
    ) -> float:
        vectors = self._encoded([noisy(example.text, self._random) for example in batch])
        cosines = vectors @ normalize(self._middles, dim=1).T
        topics = torch.tensor([example.topic for example in batch])
        loss = cross_entropy(cosines / self._settings.temperature, topics)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained(), 1.0)
        optimizer.step()
        schedule.step()
        return float(loss.item())

    def _batches(self) -> Iterator[list[Example]]:
        """All examples once, in random order, each batch of questions of about one length."""
        examples, size = list(self._examples), self._settings.batch
        self._random.shuffle(examples)
        for start in range(0, len(examples), size * LONGEST_BATCH_RUN):
            run = sorted(examples[start : start + size * LONGEST_BATCH_RUN], key=lambda example: len(example.text))
            batches = [run[first : first + size] for first in range(0, len(run), size)]
            self._random.shuffle(batches)
            yield from batches

    def _encoded(self, texts: Sequence[str]) -> torch.Tensor:
        tokens = self._base.tokenizer(
            [PREFIX + text for text in texts],
            padding=True,
            truncation=True,
            max_length=MOST_TOKENS,
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self._transformer(**tokens).last_hidden_state
        return pooled(states.float(), tokens["attention_mask"])

    def _found(self) -> float:
        vectors = self._vectors([example.text for example in self._held_out])
        middles = normalize(self._middles.detach(), dim=1)
        nearest = (vectors @ middles.T).argmax(dim=1)
        return float((nearest == torch.tensor([example.topic for example in self._held_out])).float().mean())

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]  # Any where torch is not installed
    def _vectors(self, texts: Sequence[str]) -> torch.Tensor:
        self._transformer.eval()
        order = sorted(range(len(texts)), key=lambda position: len(texts[position]))
        vectors = torch.empty(len(texts), self._transformer.config.hidden_size)
        for start in range(0, len(order), ENCODED_AT_ONCE):
            rows = order[start : start + ENCODED_AT_ONCE]
            vectors[rows] = self._encoded([texts[row] for row in rows])
        return vectors

    def _first_middles(self) -> torch.Tensor:
        """Means of the untuned vectors, away from what all vectors have in common."""
        vectors = self._vectors([example.text for example in self._examples])
        topics = torch.tensor([example.topic for example in self._examples])
        count = int(topics.max()) + 1
        sums = torch.zeros(count, vectors.shape[1]).index_add_(0, topics, vectors)
        means = sums / torch.bincount(topics, minlength=count).clamp(min=1).unsqueeze(1)
        return normalize(means - 0.9 * vectors.mean(dim=0), dim=1)

    def _optimizer(self) -> torch.optim.Optimizer:
        tuned = {"params": self._trained(), "lr": self._settings.learning_rate, "weight_decay": 0.01}
        middles = {"params": [self._middles], "lr": self._settings.middles_learning_rate, "weight_decay": 0.0}
        return torch.optim.AdamW([tuned, middles])

    def _trained(self) -> list[torch.nn.Parameter]:
        return [parameter for parameter in self._transformer.parameters() if parameter.requires_grad]


def _keep_layers(transformer: torch.nn.Module, layers: int) -> None:
    if layers:
        transformer.encoder.layer = transformer.encoder.layer[:layers]
        transformer.config.num_hidden_layers = layers


def _freeze(transformer: torch.nn.Module, layers: int) -> None:
    """Of the token table only what the content names would be tuned: it stays as it is."""
    for parameter in transformer.embeddings.parameters():
        parameter.requires_grad = False
    for layer in transformer.encoder.layer[:layers]:
        for parameter in layer.parameters():
            parameter.requires_grad = False


def _copied(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}

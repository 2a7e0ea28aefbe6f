"""Batching: neighbours share a batch and nothing else."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from nlu.batcher import Batcher, BatcherClosed
from nlu.encoder import MODEL_FOLDER, OnnxEncoder, Vectors


class RecordingEncoder:
    """A vector of a text is its length; a text "boom" fails its batch. `gate` can hold the encoding up."""

    name = "recording"
    dimension = 2

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        assert self.gate.wait(10)
        self.batches.append(list(texts))
        self.threads.add(threading.get_ident())
        if "boom" in texts:
            raise ValueError("a text cannot be encoded")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


async def test_questions_asked_together_share_a_batch() -> None:
    encoder = RecordingEncoder()
    async with Batcher(encoder) as batcher:
        vectors = await asyncio.gather(*(batcher.encode("я" * length) for length in range(1, 9)))
    assert [vector[0] for vector in vectors] == list(range(1, 9))
    assert [len(batch) for batch in encoder.batches] == [8]


async def test_a_batch_does_not_outgrow_its_limit() -> None:
    encoder = RecordingEncoder()
    async with Batcher(encoder, max_batch=3) as batcher:
        await asyncio.gather(*(batcher.encode(str(number)) for number in range(7)))
    assert max(len(batch) for batch in encoder.batches) == 3


async def test_encoding_leaves_the_event_loop_alone() -> None:
    encoder = RecordingEncoder()
    encoder.gate.clear()
    async with Batcher(encoder) as batcher:
        asking = asyncio.ensure_future(batcher.encode("баланс"))
        await asyncio.sleep(0.05)  # the loop turns while the encoder is held up
        assert not asking.done()
        encoder.gate.set()
        await asking
    assert encoder.threads.isdisjoint({threading.get_ident()})
    assert len(encoder.threads) == 1


async def test_one_failing_text_does_not_fail_its_neighbours() -> None:
    async with Batcher(RecordingEncoder()) as batcher:
        first, broken, second = await asyncio.gather(
            batcher.encode("a"), batcher.encode("boom"), batcher.encode("bcd"), return_exceptions=True
        )
    assert isinstance(broken, ValueError)
    assert isinstance(first, np.ndarray)
    assert isinstance(second, np.ndarray)
    assert (first[0], second[0]) == (1, 3)


async def test_work_goes_on_after_a_failure() -> None:
    async with Batcher(RecordingEncoder()) as batcher:
        with pytest.raises(ValueError, match="cannot be encoded"):
            await batcher.encode("boom")
        assert (await batcher.encode("ok"))[0] == 2


async def test_an_encoder_that_loses_a_text_fails_it_and_does_not_hang() -> None:
    class Forgetful(RecordingEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return super().encode(texts)[1:]

    async with Batcher(Forgetful()) as batcher:
        with pytest.raises(ValueError, match="gave 0 vectors for 1 texts"):
            await batcher.encode("баланс")


async def test_a_question_given_up_is_not_encoded() -> None:
    encoder = RecordingEncoder()
    encoder.gate.clear()
    async with Batcher(encoder) as batcher:
        busy = asyncio.ensure_future(batcher.encode("первый"))
        await asyncio.sleep(0.05)
        given_up = asyncio.ensure_future(batcher.encode("второй"))
        await asyncio.sleep(0)
        given_up.cancel()
        encoder.gate.set()
        await busy
    assert encoder.batches == [["первый"]]


@pytest.mark.parametrize("text", ["баланс", "boom"])
async def test_a_question_given_up_while_it_is_encoded_harms_nobody(text: str) -> None:
    encoder = RecordingEncoder()
    encoder.gate.clear()
    async with Batcher(encoder) as batcher:
        given_up = asyncio.ensure_future(batcher.encode(text))
        await asyncio.sleep(0.05)
        given_up.cancel()
        encoder.gate.set()
        assert (await batcher.encode("ok"))[0] == 2


async def test_a_recent_text_is_not_encoded_again_and_cannot_be_spoiled() -> None:
    encoder = RecordingEncoder()
    async with Batcher(encoder) as batcher:
        first = await batcher.encode("баланс")
        again = await batcher.encode("баланс")
    assert np.array_equal(first, again)
    assert len(encoder.batches) == 1
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 5


async def test_only_the_latest_texts_are_remembered() -> None:
    encoder = RecordingEncoder()
    async with Batcher(encoder, remembered=2) as batcher:
        for text in ("1", "2", "1", "3", "1", "2"):
            await batcher.encode(text)
    assert encoder.batches == [["1"], ["2"], ["3"], ["2"]]


async def test_closing_finishes_what_was_accepted_and_refuses_the_rest() -> None:
    encoder = RecordingEncoder()
    encoder.gate.clear()
    batcher = Batcher(encoder, max_batch=2)
    accepted = [asyncio.ensure_future(batcher.encode(str(number))) for number in range(5)]
    await asyncio.sleep(0.05)
    closing = asyncio.ensure_future(batcher.close())
    await asyncio.sleep(0)
    with pytest.raises(BatcherClosed):
        await batcher.encode("поздно")
    encoder.gate.set()
    await closing
    assert all(answer.done() for answer in accepted)
    assert len(await asyncio.gather(*accepted)) == 5


async def test_closing_twice_or_unused_is_harmless() -> None:
    batcher = Batcher(RecordingEncoder())
    await batcher.close()
    await batcher.close()


async def test_the_shipped_encoder_gives_the_same_vectors_in_batches() -> None:
    encoder = OnnxEncoder(MODEL_FOLDER)
    texts = ["как узнать баланс", "роуминг", "почему так медленно работает интернет по вечерам"]
    async with Batcher(encoder) as batcher:
        batched = await asyncio.gather(*(batcher.encode(text) for text in texts))
    for text, vector in zip(texts, batched, strict=True):
        np.testing.assert_allclose(vector, encoder.encode([text])[0], atol=1e-4)

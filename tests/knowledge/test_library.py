import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from knowledge.faults import KnowledgeError
from knowledge.library import Library
from nlu.batcher import Batcher
from tests.knowledge.content import Content, SpellingEncoder, topic

SELLING = "topics/market/selling.yml"


async def opened(content: Content, encoder: SpellingEncoder) -> Library:
    return await Library.open(content.folder, content.folder.parent / "index", encoder, Batcher(encoder))


async def until_answer(library: Library, topic_id: str, text: str) -> None:
    async with asyncio.timeout(20):
        while library.topic(topic_id) is None or library.answer(topic_id) != text:
            await asyncio.sleep(0.05)


async def test_open_library_finds_answers_and_speaks(content: Content, encoder: SpellingEncoder) -> None:
    library = await opened(content, encoder)
    assert library.fault is None
    assert [each.id for each in library.topics()] == ["market.sell", "market.price"]
    assert (await library.find("sell один"))[0].topic == "market.sell"
    assert library.answer("market.sell") == "Ответ о sell."
    assert library.topic("nowhere.at-all") is None
    assert library.reply("button_helped") == "Помогло"
    assert "3" in library.reply("queued", place=3)


async def test_broken_content_does_not_open(content: Content, encoder: SpellingEncoder) -> None:
    content.write(SELLING, "- id: [")
    with pytest.raises(KnowledgeError, match=SELLING):
        await opened(content, encoder)


async def test_changed_file_is_live_after_reload(content: Content, encoder: SpellingEncoder) -> None:
    library = await opened(content, encoder)
    content.write("topics/market/new.yml", topic("market.new"))
    await library.reload()
    assert library.answer("market.new") == "Ответ о new."
    assert (await library.find("new два"))[0].topic == "market.new"


async def test_broken_file_is_refused_told_once_and_mended(content: Content, encoder: SpellingEncoder) -> None:
    library = await opened(content, encoder)
    content.replace(SELLING, "title: Название", "titel: Название")
    with capture_logs() as logs:
        for _ in range(3):
            await library.reload()
    assert [entry["event"] for entry in logs] == ["knowledge_refused"]
    assert library.fault is not None
    assert f"{SELLING}:2: titel" in library.fault
    assert library.answer("market.sell") == "Ответ о sell."
    content.replace(SELLING, "titel: Название", "title: Название")
    await library.reload()
    assert library.fault is None


async def test_failing_encoder_keeps_the_old_knowledge_and_is_tried_again(
    content: Content, encoder: SpellingEncoder
) -> None:
    library = await opened(content, encoder)
    content.replace(SELLING, "sell один", "sell продажа")
    encoder.failure = RuntimeError("no memory")
    await library.reload()
    assert library.fault == "RuntimeError: no memory"
    encoder.failure = None
    await library.reload()
    assert library.fault is None
    assert "sell продажа" in library.base.topics["market.sell"].questions


async def test_unchanged_files_are_not_loaded_again(content: Content, encoder: SpellingEncoder) -> None:
    library = await opened(content, encoder)
    before = library.base
    await library.reload()
    assert library.base is before


async def test_watching_takes_over_saved_files(content: Content, encoder: SpellingEncoder) -> None:
    library = await opened(content, encoder)
    watching = asyncio.ensure_future(library.watch())
    content.replace(SELLING, "Ответ о sell.", "Новый ответ.")
    await until_answer(library, "market.sell", "Новый ответ.")
    content.replace(SELLING, "Новый ответ.", "Ещё новее.")
    await until_answer(library, "market.sell", "Ещё новее.")
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


async def test_watching_survives_a_folder_that_is_gone_for_a_while(
    content: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    library = await opened(content, encoder)
    content.folder.rename(tmp_path / "away")
    watching = asyncio.ensure_future(library.watch())
    async with asyncio.timeout(20):
        while not library.fault:
            await asyncio.sleep(0.05)
    (tmp_path / "away").rename(content.folder)
    content.replace(SELLING, "Ответ о sell.", "Снова здесь.")
    await until_answer(library, "market.sell", "Снова здесь.")
    assert library.fault is None
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching

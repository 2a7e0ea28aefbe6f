"""Receipts: what a messenger tells of our messages moves them forward only, and one that comes too early waits."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.dialogue.ports import Draft
from bot.messages import Receipt, Report
from bot.storage import conversations, outbox, receipts
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.migrate import upgrade
from bot.storage.tables import early_reports, messages
from tests.support.clock import MORNING
from tests.support.core import closing, open_database, subscriber
from tests.support.instant import run_instantly

DELIVERED, READ, FAILED = Receipt.DELIVERED, Receipt.READ, Receipt.FAILED
Settled = tuple[str, str | None]


class Post:
    """The outbox of some chats, as a messenger sees it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def queue(self, *texts: str, chat: str = "1") -> list[int]:
        async with self.database.work() as connection:
            conversation_id = await conversations.find_or_create(connection, subscriber(chat), MORNING)
            conversation = await conversations.load(connection, conversation_id)
            return await outbox.add(connection, conversation, [Draft(text) for text in texts], MORNING)

    async def sent(self, message_id: int, sent_as: str) -> None:
        async with self.database.work() as connection:
            await outbox.mark_sent(connection, message_id, sent_as)

    async def told(
        self, sent_as: str, receipt: Receipt, *, chat: str = "1", reason: str = "", after: timedelta = timedelta()
    ) -> int | None:
        report = Report(subscriber(chat), sent_as, receipt, reason)
        async with self.database.work() as connection:
            return await receipts.take_report(connection, report, MORNING + after)

    async def states(self, chat_conversation: int = 1) -> list[str]:
        return [state for state, _ in await self.settled(chat_conversation)]

    async def settled(self, conversation_id: int = 1) -> list[Settled]:
        query = (
            select(messages.c.delivery, messages.c.error)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.id)
        )
        async with self.database.reading() as connection:
            return [(row.delivery, row.error) for row in await connection.execute(query)]

    async def waiting(self) -> int:
        async with self.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(early_reports))).scalar_one())


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


async def test_a_sent_message_is_delivered_and_then_read(post: Post) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    assert await post.told("m1", DELIVERED) == 1
    assert await post.states() == ["delivered"]
    assert await post.told("m1", READ) == 1
    assert await post.states() == ["read"]


async def test_a_repeated_receipt_changes_nothing(post: Post) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    await post.told("m1", READ)
    assert await post.told("m1", READ) is None


@pytest.mark.parametrize("late", [DELIVERED, FAILED])
async def test_nothing_becomes_unread(post: Post, late: Receipt) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    await post.told("m1", READ)
    assert await post.told("m1", late) is None
    assert await post.states() == ["read"]


async def test_what_was_read_counts_for_everything_before_it_and_nothing_after(post: Post) -> None:
    first, second, third = await post.queue("один", "два", "три")
    for message_id in (first, second, third):
        await post.sent(message_id, f"m{message_id}")
    await post.told(f"m{first}", DELIVERED)
    await post.told(f"m{second}", READ)
    assert await post.states() == ["read", "read", "sent"]


async def test_what_never_came_is_not_read_along(post: Post) -> None:
    failed, uncertain, refused, last = await post.queue("один", "два", "три", "четыре")
    await post.sent(refused, "m3")
    await post.sent(last, "m4")
    async with post.database.work() as connection:
        await outbox.mark_dead(connection, failed, Delivery.FAILED, "too long")
        await outbox.mark_dead(connection, uncertain, Delivery.UNCERTAIN, "no answer")
    await post.told("m3", FAILED, reason="not for this client")
    await post.told("m4", READ)
    assert await post.states() == ["failed", "uncertain", "failed", "read"]


async def test_a_message_that_is_not_sent_yet_is_not_read_along(post: Post) -> None:
    await post.queue("один")
    (second,) = await post.queue("два")
    await post.sent(second, "m2")
    await post.told("m2", READ)
    assert await post.states() == ["pending", "read"]


@pytest.mark.parametrize(("reason", "error"), [("no such sticker", "no such sticker"), ("", receipts.NO_REASON)])
async def test_a_failed_receipt_makes_a_dead_letter_with_its_reason(post: Post, reason: str, error: str) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    assert await post.told("m1", FAILED, reason=reason) == 1
    assert await post.settled() == [("failed", error)]
    async with post.database.reading() as connection:
        (letter,) = await outbox.dead_letters(connection)
    assert (letter.message_id, letter.error) == (first, error)


@pytest.mark.parametrize("arrived", [DELIVERED, READ])
async def test_what_failed_on_one_device_and_arrived_on_another_has_arrived(post: Post, arrived: Receipt) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    await post.told("m1", FAILED, reason="an old client")
    assert await post.told("m1", arrived) == 1
    assert await post.settled() == [(arrived.value, None)]
    assert await post.told("m1", FAILED) is None


class TestEarly:
    async def test_a_receipt_is_not_lost_that_comes_before_we_know_the_messenger_s_id(self, post: Post) -> None:
        first, second = await post.queue("один", "два")
        await post.sent(first, "m1")
        assert await post.told("m2", READ) is None
        assert await post.states() == ["sent", "pending"]
        await post.sent(second, "m2")
        assert await post.states() == ["read", "read"]
        assert await post.waiting() == 0

    async def test_of_several_the_one_that_tells_most_counts_in_any_order(self, post: Post) -> None:
        (first,) = await post.queue("один")
        for receipt in (DELIVERED, READ, DELIVERED, FAILED):
            await post.told("m1", receipt)
        await post.sent(first, "m1")
        assert await post.states() == ["read"]

    async def test_a_receipt_of_another_chat_does_not_wait_for_this_one(self, post: Post) -> None:
        """VK counts messages of some kinds anew in each chat."""
        (first,) = await post.queue("один")
        await post.queue("два", chat="2")
        await post.told("m1", READ, chat="2")
        await post.sent(first, "m1")
        assert await post.states() == ["sent"]

    async def test_a_receipt_for_no_message_of_ours_is_forgotten_after_an_hour(self, post: Post) -> None:
        await post.told("unknown", READ)
        await post.told("other", READ, after=timedelta(minutes=59))
        assert await post.waiting() == 2
        await post.told("newest", READ, after=timedelta(minutes=61))
        assert await post.waiting() == 2

    async def test_an_id_and_a_reason_of_any_length_fit(self, post: Post) -> None:
        (first,) = await post.queue("один")
        await post.told("м" * 500, FAILED, reason="я" * 5000)
        await post.sent(first, "м" * 500)
        assert await post.settled() == [("failed", "я" * 1000)]
        assert await post.told("м" * 500, READ) == 1


async def test_a_receipt_of_another_chat_or_account_changes_nothing(post: Post) -> None:
    (first,) = await post.queue("один")
    await post.queue("два", chat="2")
    await post.sent(first, "m1")
    assert await post.told("m1", READ, chat="2") is None
    assert await post.told("m1", FAILED, chat="3") is None
    assert await post.states() == ["sent"]


async def test_the_same_id_in_two_chats_is_two_messages(post: Post) -> None:
    (first,) = await post.queue("один")
    (second,) = await post.queue("два", chat="2")
    await post.sent(first, "7")
    await post.sent(second, "7")
    assert await post.told("7", READ, chat="2") == 2
    assert (await post.states(1), await post.states(2)) == (["sent"], ["read"])


async def test_a_receipt_stamps_a_change_so_that_the_desk_sees_it(post: Post) -> None:
    (first,) = await post.queue("один")
    await post.sent(first, "m1")
    before = await _changes(post.database)
    await post.told("m1", DELIVERED)
    assert await _changes(post.database) > before


async def _changes(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.max(messages.c.change)))).scalar_one())


Step = tuple[str, Receipt | None]
STEPS = st.lists(st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from([*Receipt, None])), max_size=12)
PROGRESS = ["pending", "sent", "failed", "delivered", "read"]


def test_whatever_comes_in_whatever_order_no_message_goes_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=25)
    @given(STEPS)
    def check(steps: Sequence[Step]) -> None:
        run_instantly(_follow(tmp_path_factory.mktemp("receipts"), steps))

    check()


async def _follow(folder: Path, steps: Sequence[Step]) -> None:
    """`None`: the message is sent."""
    async with closing(open_database(folder)) as database:
        await upgrade(database)
        post = Post(database)
        ids = dict(zip(("m1", "m2", "m3"), await post.queue("один", "два", "три"), strict=True))
        sent: set[str] = set()
        before = await post.states()
        for sent_as, receipt in steps:
            if receipt is not None:
                await post.told(sent_as, receipt)
            elif sent_as not in sent:
                sent.add(sent_as)
                await post.sent(ids[sent_as], sent_as)
            after = await post.states()
            assert all(PROGRESS.index(was) <= PROGRESS.index(now) for was, now in zip(before, after, strict=True))
            before = after
        assert all(state != "pending" for name, state in zip(ids, before, strict=True) if name in sent)

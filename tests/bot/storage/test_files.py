import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import AttachmentKind, Sender
from bot.storage import files as files_module
from bot.storage.files import FileRefused, Files, Upload, folder_of

SENDER = Sender("web", "site", "c" * 64)
CHAT = folder_of(SENDER)
LIMIT = 1024
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def save(files: Files, name: str, content: bytes = PNG) -> str:
    return files.save(SENDER, Upload(name, io.BytesIO(content)), LIMIT).kept


def test_a_kept_file_is_read_back_as_what_it_is(files: Files) -> None:
    ref = save(files, "снимок.exe")
    found = files.read(ref)
    assert found
    assert (found.content, found.mime, found.name) == (PNG, "image/png", "снимок.png")
    card = files.find(ref)
    assert card
    assert (card.kind, card.size_bytes) == (AttachmentKind.PHOTO, len(PNG))


def test_the_client_s_name_is_never_a_path(files: Files, tmp_path: Path) -> None:
    ref = save(files, "../../../evil\\..\\x.png")
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {
        ref,
        f"{ref}.json",
    }
    found = files.find(ref)
    assert found
    assert found.name == "x.png"


@pytest.mark.parametrize("name", ["", ".", "..", ".png", "\0", "\u202e", "/", "   "])
def test_a_name_that_says_nothing_becomes_file(files: Files, name: str) -> None:
    found = files.find(save(files, name))
    assert found
    assert found.name == "file.png"


@given(st.text())
def test_any_name_ends_as_one_visible_line(name: str) -> None:
    shown = files_module._name(name, files_module.sniff(PNG))  # type: ignore[arg-type]  # PNG is a known type
    assert shown.endswith(".png")
    assert shown.isprintable()
    assert "/" not in shown
    assert "\\" not in shown


def test_limits_of_size_and_type(files: Files) -> None:
    with pytest.raises(FileRefused) as caught:
        save(files, "a.png", PNG + b"\0" * LIMIT)
    assert (caught.value.reason, caught.value.status) == ("too_large", 413)
    with pytest.raises(FileRefused) as caught:
        save(files, "a.png", b"MZ\x90\0")
    assert (caught.value.reason, caught.value.status) == ("unknown_type", 415)


@pytest.mark.parametrize(
    "ref", ["", "x", "../../etc/passwd", f"{CHAT}/../{CHAT}/x", f"{CHAT}/{'a' * 32}", f"{CHAT}/{'a' * 32}\n"]
)
def test_a_ref_that_is_not_ours_is_nothing(files: Files, ref: str) -> None:
    assert files.find(ref) is None
    assert files.read(ref) is None


def test_a_half_written_file_is_not_seen(files: Files, tmp_path: Path) -> None:
    ref = save(files, "a.png")
    (tmp_path / f"{ref}.json").unlink()
    assert files.find(ref) is None


def test_the_card_holds_no_more_than_is_needed(files: Files, tmp_path: Path) -> None:
    ref = save(files, "a.png")
    assert set(json.loads((tmp_path / f"{ref}.json").read_text())) == {"kind", "name", "mime", "size"}


def test_a_chat_has_a_folder_that_tells_nothing_of_it() -> None:
    assert folder_of(SENDER) != folder_of(Sender("web", "site", "d" * 64))
    assert SENDER.chat_id not in folder_of(SENDER)

"""config.yml: every mistake at once with its line and key; secrets from the environment and from nowhere else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import config as configuration
from bot.channels.registry import KINDS
from bot.config import Config, Secrets, anchored_url, load, load_secrets
from bot.errors import ConfigError
from bot.messages import Audience

ROOT = Path(__file__).parents[2]

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.yml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Secrets.model_fields:
        monkeypatch.delenv(f"OTKLIK_{name.upper()}", raising=False)


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value.faults


def test_the_shipped_configuration_loads() -> None:
    config = load(ROOT / "config.yml")
    assert config.server.host == "127.0.0.1"
    assert config.knowledge.folder == ROOT / "knowledge"
    assert config.knowledge.folder.is_dir()


def test_the_shipped_configuration_names_every_block() -> None:
    text = (ROOT / "config.yml").read_text(encoding="utf-8")
    for name in (*Config.model_fields, *KINDS):
        assert f"{name}:" in text


def test_an_empty_file_is_the_defaults(write: Write, tmp_path: Path) -> None:
    config = load(write(""))
    assert config.dialogue == Config().dialogue
    assert config.knowledge.folder == tmp_path / "knowledge"


def test_every_mistake_is_told_at_once_with_its_line_and_key(write: Write) -> None:
    path = write(
        "server:\n"
        "  port: many\n"
        "dialogue:\n"
        "  wrong_answers: 2\n"
        "  menu: [a.b]\n"
        "channels:\n"
        "  pigeon:\n"
        "    enabled: true\n"
        "  web:\n"
        "    colour: red\n"
        "log:\n"
        "  level: loud\n"
        "desk:\n"
        "  timezone: Moon/Crater\n"
        "databse:\n"
        "  url: x\n"
    )
    told = faults(path)
    places = [fault.split(": ")[:2] for fault in told]
    assert sorted(places) == sorted(
        [
            ["config.yml:2", "server.port"],
            ["config.yml:4", "dialogue.wrong_answers"],
            ["config.yml:7", "channels.pigeon"],
            ["config.yml:10", "channels.web.colour"],
            ["config.yml:12", "log.level"],
            ["config.yml:14", "desk.timezone"],
            ["config.yml:15", "databse"],
        ]
    )
    unknown = [fault for fault in told if "unknown key" in fault]
    assert len(unknown) == 3
    assert all("docs/configuration.md" in fault for fault in unknown)


def test_a_missing_key_is_told_with_the_line_of_its_block(write: Write) -> None:
    (fault,) = faults(write("server:\n  port: 1\ndesk:\n  hours: {}\n"))
    assert fault.startswith("config.yml:3: desk: hours")


@pytest.mark.parametrize(
    "text",
    [
        "server: [",
        "a: b: c",
        "\t- x",
        b"\xff\xfe\x00",
        "- list\n- of things",
        "just words",
        "server: !!python/object:os {}",
    ],
)
def test_what_is_no_configuration_is_one_plain_fault(write: Write, text: str | bytes) -> None:
    (fault,) = faults(write(text))
    assert fault.startswith("config.yml")


@pytest.mark.parametrize("text", ["1: 2", "server: 7", "channels: [web]", "dialogue: {menu: {a: b}}", "log:"])
def test_a_value_of_a_wrong_shape_is_a_fault_with_its_line(write: Write, text: str) -> None:
    assert all(fault.startswith("config.yml:1: ") for fault in faults(write(text)))


def test_a_file_that_is_not_there_or_is_a_folder_says_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.yml", tmp_path):
        (fault,) = faults(path)
        assert str(path) in fault
        assert "--config" in fault


def test_relative_paths_are_relative_to_the_file_and_others_stay(write: Write, tmp_path: Path) -> None:
    config = load(write("files: f\nknowledge: {folder: k, index: /i}\ndatabase: {url: 'sqlite+aiosqlite:///v/o.db'}\n"))
    assert config.files == tmp_path / "f"
    assert config.knowledge.folder == tmp_path / "k"
    assert config.knowledge.index == Path("/i")
    assert config.database.url == f"sqlite+aiosqlite:///{tmp_path}/v/o.db"


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:////absolute/o.db", "sqlite+aiosqlite:///:memory:"])
def test_an_address_without_a_relative_path_stays(url: str, tmp_path: Path) -> None:
    assert anchored_url(url, tmp_path) == url


@pytest.mark.parametrize(
    "url", ["", "otklik.db", "sqlite:///o.db", "mysql://u:p4ssw0rd@db/o", "postgresql+asyncpg://db/o"]
)
def test_a_database_that_cannot_work_is_a_fault_that_shows_no_password(
    write: Write, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (fault,) = faults(write(f"database:\n  url: '{url}'\n"))
    assert fault.startswith("config.yml:2: database.url: expected the address of a SQLite file")
    if url:
        monkeypatch.setenv("OTKLIK_DATABASE_URL", url)
        with pytest.raises(ConfigError, match="OTKLIK_DATABASE_URL: expected") as caught:
            load_secrets(write(""))
        fault += str(caught.value)
    assert "p4ssw0rd" not in fault


class TestSecrets:
    def test_come_from_the_environment(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "1:from-environment")
        assert load_secrets(write("")).telegram_token.get_secret_value() == "1:from-environment"

    def test_come_from_the_env_file_beside_the_configuration_unless_the_environment_has_them(
        self, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write("")
        lines = "OTKLIK_TELEGRAM_TOKEN=1:file\nOTKLIK_TELEGRAM_WEBHOOK_SECRET=file\nOTHER=x\n"
        (tmp_path / ".env").write_text(lines, encoding="utf-8")
        monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "1:environment")
        secrets = load_secrets(path)
        assert secrets.telegram_token.get_secret_value() == "1:environment"
        assert secrets.telegram_webhook_secret.get_secret_value() == "file"

    def test_are_empty_by_default(self, write: Write) -> None:
        assert all(not secret.get_secret_value() for _, secret in load_secrets(write("")))

    def test_never_show_in_a_repr(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTKLIK_TELEGRAM_TOKEN", "1:from-environment")
        assert "from-environment" not in repr(load_secrets(write("")))

    @pytest.mark.parametrize("key", ["telegram_token", "token", "webhook_secret", "secret"])
    def test_in_the_configuration_are_mistakes(self, write: Write, key: str) -> None:
        (fault,) = faults(write(f"channels:\n  telegram:\n    {key}: abc123\n"))
        assert "unknown key" in fault
        assert "abc123" not in fault

    @pytest.mark.parametrize("key", ["short", "ключ-для-компаний", "has a space", "x" * 65])
    def test_a_business_key_that_no_link_can_carry_is_a_mistake_that_does_not_tell_it(
        self, write: Write, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        monkeypatch.setenv("OTKLIK_BUSINESS_KEY", key)
        monkeypatch.setenv("OTKLIK_DATABASE_URL", "mysql://example.org")
        with pytest.raises(ConfigError) as caught:
            load_secrets(write(""))
        assert [fault.partition(":")[0] for fault in caught.value.faults] == [
            "OTKLIK_DATABASE_URL",
            "OTKLIK_BUSINESS_KEY",
        ]
        assert key not in str(caught.value)

    def test_a_business_key_may_be_what_a_link_can_carry(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTKLIK_BUSINESS_KEY", "biz_2026-Q4")
        assert load_secrets(write("")).business_key.get_secret_value() == "biz_2026-Q4"

    def test_are_known_for_every_need_of_a_channel(self) -> None:
        assert {need for kind in KINDS.values() for need in kind.needs} <= set(Secrets.model_fields)


def models(model: type[BaseModel]) -> list[type[BaseModel]]:
    kinds = [field.annotation for field in model.model_fields.values()]
    nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return [model, *(found for kind in nested for found in models(kind))]


@pytest.mark.parametrize("model", models(Config), ids=lambda model: model.__name__)
def test_every_block_refuses_unknown_keys_and_cannot_be_changed(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"
    assert model.model_config.get("frozen")


@pytest.mark.parametrize("model", models(Config)[1:], ids=lambda model: model.__name__)
def test_every_value_says_what_it_is_for(model: type[BaseModel]) -> None:
    plain = [
        name
        for name, field in model.model_fields.items()
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel))
        if not field.description
    ]
    assert plain == []


def test_the_folder_of_the_configuration_decides_not_the_folder_one_stands_in(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("")
    monkeypatch.chdir(tmp_path)
    assert configuration.load(Path("config.yml")).files == tmp_path / "var/files"


class TestAllowedFor:
    """Every messenger has it; the kinds of channels decide nothing."""

    @pytest.mark.parametrize("name", KINDS)
    def test_is_everybody_unless_the_file_says_otherwise(self, write: Write, name: str) -> None:
        assert getattr(load(write("")).channels, name).allowed_for == frozenset(Audience)
        business = write(f"channels:\n  {name}:\n    allowed_for: [business]\n")
        assert getattr(load(business).channels, name).allowed_for == {Audience.BUSINESS}
        nobody = write(f"channels:\n  {name}:\n    allowed_for: []\n")
        assert getattr(load(nobody).channels, name).allowed_for == frozenset()

    def test_an_audience_that_there_is_not_is_a_mistake_with_its_line(self, write: Write) -> None:
        (fault,) = faults(write("channels:\n  web:\n    allowed_for: [everybody]\n"))
        assert fault.startswith("config.yml:3: channels.web.allowed_for")
        assert "'private' or 'business'" in fault

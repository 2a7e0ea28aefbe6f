"""The typed model of config.yml. Every mistake is reported at once, with its line and key; secrets never live here."""

import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, create_model, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.channels.registry import KINDS
from bot.errors import ConfigError
from handoff.settings import DeskSettings


class Section(BaseModel):
    """Unknown keys are mistakes: a setting that is misspelt must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(Section):
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 for every interface")
    port: int = Field(8080, ge=0, le=65535, description="port of the web chat, the desk and the webhooks")


DATABASES = ("sqlite+aiosqlite:///",)
EXPECTED_DATABASE = "expected the address of a SQLite file, such as sqlite+aiosqlite:///var/otklik.db"


class DatabaseSettings(Section):
    url: str = Field(
        "sqlite+aiosqlite:///var/otklik.db",
        description="SQLAlchemy address; a relative path is relative to config.yml. OTKLIK_DATABASE_URL overrides it",
    )

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if not url.startswith(DATABASES):
            raise ValueError(EXPECTED_DATABASE)
        return url


class KnowledgeSettings(Section):
    folder: Path = Field(Path("knowledge"), description="topics/, catalogue/ and replies/ of the content team")
    index: Path = Field(Path("var/index"), description="where the built index is kept; may be deleted at any time")


class RasaSettings(Section):
    url: str = Field("http://127.0.0.1:5005", pattern=r"^https?://\S+$", description="where `rasa run` listens")
    timeout_s: float = Field(1.0, gt=0, le=10, description="an answer later than this is not waited for")


class NluSettings(Section):
    backend: Literal["built-in", "rasa"] = Field(
        "built-in", description="who reads questions; with rasa the built-in search stands by"
    )
    encoder: str = Field(
        "shipped",
        description="`shipped`, a folder made by nlu.training.export, or a sentence-transformers model (extra [train])",
    )
    threads: int = Field(1, ge=1, le=64, description="processor threads for one batch of questions")
    rasa: RasaSettings = RasaSettings()


class DialogueSettings(Section):
    wrong_answers: float = Field(
        0.02,
        gt=0,
        le=0.5,
        description="the share of wrong answers that is tolerated; the rest is asked back or passed on",
    )
    clarify: float = Field(0.1, ge=0, le=1, description="from this probability up a topic is offered as a button")
    menu: tuple[str, ...] = Field((), max_length=8, description="topics offered on first contact")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="the least important line to write")
    format: Literal["console", "json"] = Field("console", description="console for people, json for collectors")


# One block for each messenger of the registry, so that a new messenger needs no line here.
_BLOCKS: dict[str, Any] = {name: (kind.settings, kind.settings()) for name, kind in KINDS.items()}
Channels = create_model("Channels", __base__=Section, **_BLOCKS)


class Config(Section):
    """The whole of config.yml; see `load`."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    nlu: NluSettings = NluSettings()
    dialogue: DialogueSettings = DialogueSettings()
    channels: Channels = Channels()
    desk: DeskSettings = DeskSettings()
    files: Path = Field(Path("var/files"), description="files of subscribers and agents")
    log: LogSettings = LogSettings()


# What every messenger can carry in a link.
BUSINESS_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
EXPECTED_BUSINESS_KEY = "expected 8 to 64 Latin letters, digits, _ or -, because links carry it"


class Secrets(BaseSettings):
    """Secrets come from the environment or .env, and from nowhere else: OTKLIK_TELEGRAM_TOKEN and so on."""

    model_config = SettingsConfigDict(env_prefix="OTKLIK_", extra="ignore", frozen=True)

    api_secret: SecretStr = SecretStr("")
    database_url: SecretStr = SecretStr("")
    business_key: SecretStr = SecretStr("")
    telegram_token: SecretStr = SecretStr("")
    telegram_webhook_secret: SecretStr = SecretStr("")
    viber_token: SecretStr = SecretStr("")
    vk_token: SecretStr = SecretStr("")
    vk_webhook_secret: SecretStr = SecretStr("")


def load(path: Path) -> Config:
    """Raises ConfigError with every mistake. Relative paths in the result are relative to the file's folder."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: there is no such file. Run from the project's folder or name it: --config"]
        ) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}. Name a readable file: --config"]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path.name}: not readable as YAML: {error}"]) from None
    if not isinstance(values or {}, dict):
        raise ConfigError(
            [f"{path.name}: expected `key: value` blocks such as `server:`, found {type(values).__name__}"]
        )
    try:
        config = Config.model_validate(values or {})
    except ValidationError as error:
        raise ConfigError([_fault(path.name, root, details) for details in error.errors()]) from None
    return _anchored(config, path.resolve().parent)


def _fault(file: str, root: yaml.Node | None, details: ErrorDetails) -> str:
    keys = [str(part) for part in details["loc"]]
    line = _line(root, keys)
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        message = "unknown key. Remove it or mend its spelling; docs/configuration.md lists every key"
    return f"{file}:{line}: {'.'.join(keys)}: {message}"


def _line(node: yaml.Node | None, keys: list[str]) -> int:
    """The line of the deepest of the nested keys that the file really has."""
    line = 1
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((name, value) for name, value in node.value if name.value == key), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _anchored(config: Config, folder: Path) -> Config:
    encoder = folder / config.nlu.encoder
    changes: dict[str, Any] = {
        "nlu": config.nlu.model_copy(update={"encoder": str(encoder)}) if encoder.is_dir() else config.nlu,
        "files": folder / config.files,
        "knowledge": config.knowledge.model_copy(
            update={"folder": folder / config.knowledge.folder, "index": folder / config.knowledge.index}
        ),
        "database": config.database.model_copy(update={"url": anchored_url(config.database.url, folder)}),
    }
    return config.model_copy(update=changes)


def anchored_url(url: str, folder: Path) -> str:
    """A relative SQLite path becomes absolute; anything else stays."""
    scheme, mark, path = url.partition(":///")
    is_relative = mark and scheme.startswith("sqlite") and path and not path.startswith((":memory:", "/"))
    return f"{scheme}:///{folder / path}" if is_relative else url


def load_secrets(config_path: Path) -> Secrets:
    """From the environment, else from the .env beside the configuration. Raises ConfigError."""
    secrets = Secrets(_env_file=config_path.resolve().parent / ".env")
    faults = []
    url = secrets.database_url.get_secret_value()
    if url and not url.startswith(DATABASES):
        faults.append(f"OTKLIK_DATABASE_URL: {EXPECTED_DATABASE}")
    key = secrets.business_key.get_secret_value()
    if key and not BUSINESS_KEY.fullmatch(key):
        faults.append(f"OTKLIK_BUSINESS_KEY: {EXPECTED_BUSINESS_KEY}")
    if faults:
        raise ConfigError(faults)
    return secrets


def database_url(config: Config, secrets: Secrets) -> str:
    """OTKLIK_DATABASE_URL, else `database.url`."""
    return secrets.database_url.get_secret_value() or config.database.url

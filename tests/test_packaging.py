"""The distribution: our four top-level names are ours alone, and what a program reads beside its code is packed."""

import importlib
import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("bot", "nlu", "knowledge", "handoff")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# What each package reads at run time beside its modules.
NEEDED = (
    "bot/channels/web/static/",
    "bot/storage/migrations/",
    "handoff/console/static/",
    "handoff/console/templates/",
    "nlu/model/",
)


def owners(name: str) -> set[str]:
    """Distributions that bring the name: by their files, or by an editable install of this folder."""
    found = set(metadata.packages_distributions().get(name, ()))
    for distribution in metadata.distributions():
        if f'"{ROOT.as_uri()}"' in (distribution.read_text("direct_url.json") or "") and (ROOT / name).is_dir():
            found.add(distribution.name)
    return {owner.lower() for owner in found}


@pytest.mark.parametrize("name", NAMES)
def test_a_top_level_name_has_one_owner_in_the_environment(name: str) -> None:
    assert owners(name) <= {"otklik"}


@pytest.mark.parametrize("name", NAMES)
def test_a_top_level_name_is_imported_from_this_project(name: str) -> None:
    found = importlib.import_module(name)
    assert Path(found.__file__ or "").parent == ROOT / name


def test_the_wheel_lists_exactly_the_packages() -> None:
    assert tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == NAMES


def test_the_command_exists() -> None:
    module, _, function = PROJECT["project"]["scripts"]["otklik"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_what_is_read_at_run_time_lies_inside_a_package_and_is_not_ignored() -> None:
    """Hatchling packs what git does not ignore."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for folder in NEEDED:
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files, folder
        relative = [path.relative_to(ROOT) for path in files]
        assert not [path for path in relative if f"{path.parts[0]}/" in ignored or path.name in ignored]
        assert not [path for path in relative if any(f"{part}/" in ignored for part in path.parts[:-1])]


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling builds the wheel; it is not here")
def test_the_wheel_holds_what_is_read_at_run_time(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    packed = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in packed if ".dist-info/" not in name}
    assert top == set(NAMES)
    for folder in NEEDED:
        assert any(name.startswith(folder) for name in packed), folder

"""House rules that a linter does not know, checked on the source. A failure lists every place that breaks the rule."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.channels.registry import KINDS

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
MESSENGERS = {*KINDS, "telegram", "vk", "viber"}
BANNED = re.compile(r"(Manager|Helper|Utils?|Processor|Engine|Data|Info|Base|Abstract)(?![a-z])")
# A migration is a list of columns.
LISTS = ("bot/storage/migrations",)
# The composition root joins the routes of the web chat; a payload to replay is Telegram's unless another is named.
MESSENGER_NAMERS = ("bot/app.py", "bot/commands/replay.py")
# Each of these holds the tasks it starts, and ends them.
TASK_HOLDERS = ("bot/lanes.py", "bot/background.py", "bot/channels", "nlu/batcher.py")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file of ours."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def at(self, node: ast.stmt | ast.expr) -> str:
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"

    def is_in(self, *places: str) -> bool:
        return any(self.path.is_relative_to(ROOT / place) for place in places)

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Calls of a function or method of this name."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
                yield node


def sources(*folders: str) -> list[Source]:
    return [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


CODE = sources("bot", "nlu", "knowledge", "handoff")


def test_modules_stay_short() -> None:
    lengths = {str(source.path.relative_to(ROOT)): len(source.text.splitlines()) for source in CODE}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_stay_short() -> None:
    long = [
        f"{source.at(node)} {node.name}: {_length(node)}"
        for source in CODE
        for node in source.nodes
        if isinstance(node, Function) and not source.is_in(*LISTS) and _length(node) > LONGEST_FUNCTION
    ]
    assert long == []


def _length(function: Function) -> int:
    """Lines without the docstring and without the functions inside, which count by themselves."""
    documented = ast.get_docstring(function) is not None
    inner = [node for node in ast.walk(function) if isinstance(node, Function) and node is not function]
    return _lines(function) - (_lines(function.body[0]) if documented else 0) - sum(map(_lines, inner))


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_modules_say_what_they_are_for() -> None:
    silent = [source for source in CODE if source.text.strip() and ast.get_docstring(source.tree) is None]
    assert [str(source.path.relative_to(ROOT)) for source in silent] == []


def test_only_the_unit_of_work_commits() -> None:
    committing = [source for source in CODE if not source.is_in("bot/storage/database.py")]
    assert [source.at(call) for source in committing for call in source.calls("commit")] == []


def test_no_messenger_is_named_outside_of_its_folder() -> None:
    """Differences between messengers are data: bot.channels.channel.Capabilities, bot.channels.registry.Kind."""
    core = [source for source in sources("bot", "handoff") if not source.is_in("bot/channels")]
    named = [
        f"{source.at(node)} {node.value}"
        for source in core
        for node in source.nodes
        if isinstance(node, ast.Constant) and node.value in MESSENGERS and not source.is_in(*MESSENGER_NAMERS)
    ]
    assert named == []


def test_tasks_are_started_where_they_are_looked_after() -> None:
    others = [source for source in CODE if not source.is_in(*TASK_HOLDERS)]
    bare = [source.at(call) for source in others for call in source.calls("create_task") if not _is_in_group(call)]
    assert bare == []
    assert [source.at(call) for source in CODE for call in source.calls("ensure_future")] == []


def _is_in_group(call: ast.Call) -> bool:
    """A TaskGroup looks after its tasks; these are the names we give one."""
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(receiver, ast.Name) and receiver.id in ("group", "loops", "tasks")


def test_the_core_looks_at_no_clock_but_the_given_one() -> None:
    """Time comes in: bot.dialogue.ports.Clock. A messenger's events carry the messenger's time."""
    core = [source for source in sources("bot", "handoff") if not source.is_in("bot/clock.py", "bot/channels")]
    looks = [
        source.at(call)
        for source in core
        for name in ("now", "utcnow", "today")
        for call in source.calls(name)
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("datetime", "date")
    ]
    assert looks == []


def test_the_name_of_a_class_says_what_it_is() -> None:
    classes = [(source, node) for source in CODE for node in source.nodes if isinstance(node, ast.ClassDef)]
    empty = [f"{source.at(node)} {node.name}" for source, node in classes if BANNED.search(node.name)]
    assert [name for name in empty if not name.endswith(" KnowledgeBase")] == []


def test_an_ignored_check_says_why() -> None:
    """`# type: ignore[code]  # the reason`"""
    bare = [
        f"{source.path.relative_to(ROOT)}:{number}"
        for source in [*CODE, *sources("tests")]
        for number, line in enumerate(source.text.splitlines(), 1)
        if (found := re.search(r"# type: ignore\b(.*)", line)) and source.path != Path(__file__)
        if not re.match(r"\[[a-z-]+(, *[a-z-]+)*\] +# *\S", found[1])
    ]
    assert bare == []

"""Answer templates. Jinja's own parser reads them, but nothing is ever executed: a template may only name catalogue
facts and show them through a filter, so every mistake is found when the knowledge is loaded, with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from jinja2 import Environment, TemplateSyntaxError, nodes

from knowledge.catalogue import Catalogue, Value

LONGEST_RENDERED = 4_000
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
ALLOWED = "в скобках бывает только {{ группа.факт }}, {{ … | rub }} или {{ … | count('день', 'дня', 'дней') }}"
FORMS = {"rub": 0, "count": 3}


@dataclass(frozen=True, slots=True)
class Use:
    """A fact in a template: `{{ market.min_lot_gb | count('гигабайт', 'гигабайта', 'гигабайтов') }}`."""

    fact: str
    line: int
    filter: str = ""
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 in the template."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Template:
    parts: tuple[str | Use, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Either problems, or a text that is complete."""

    text: str
    facts: frozenset[str] = field(default_factory=frozenset)
    problems: tuple[Problem, ...] = ()


class Templates:
    """Parses templates, each text once."""

    def __init__(self) -> None:
        self._jinja = Environment(autoescape=False)  # noqa: S701  # answers are Markdown; renderers escape
        self._parsed: dict[str, Template] = {}

    def parse(self, source: str) -> Template:
        if source not in self._parsed:
            self._parsed[source] = self._parse(source)
        return self._parsed[source]

    def _parse(self, source: str) -> Template:
        try:
            tree = self._jinja.parse(source)
            return Template(tuple(_parts(tree)))
        except TemplateSyntaxError as error:
            return Template(problems=(Problem(error.lineno, f"шаблон не читается; {ALLOWED}"),))
        except RecursionError:
            return Template(problems=(Problem(1, f"слишком много скобок; {ALLOWED}"),))
        except _NotAllowed as error:
            return Template(problems=(Problem(error.line, ALLOWED),))


class _NotAllowed(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _parts(tree: nodes.Template) -> Iterator[str | Use]:
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise _NotAllowed(output.lineno)
        for node in output.nodes:
            yield node.data if isinstance(node, nodes.TemplateData) else _use(node)


def _use(node: nodes.Expr) -> Use:
    if not isinstance(node, nodes.Filter):
        return Use(_path(node), node.lineno)
    forms = tuple(argument.value for argument in node.args if isinstance(argument, nodes.Const))
    is_call_plain = len(forms) == len(node.args) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    is_known = FORMS.get(node.name) == len(forms) and all(isinstance(form, str) for form in forms)
    if not (is_call_plain and is_known) or node.node is None:
        raise _NotAllowed(node.lineno)
    return Use(_path(node.node), node.lineno, node.name, forms)


def _path(node: nodes.Expr) -> str:
    names: list[str] = []
    last = node
    while isinstance(last, nodes.Getattr):
        names.append(last.attr)
        last = last.node
    if not isinstance(last, nodes.Name):
        raise _NotAllowed(node.lineno)
    return ".".join([last.name, *reversed(names)])


def render(template: Template, catalogue: Catalogue, *, language: str = "ru") -> Rendered:
    uses = [part for part in template.parts if isinstance(part, Use)]
    problems = [*template.problems, *(problem for use in uses for problem in _problems(use, catalogue))]
    if problems:
        return Rendered("", problems=tuple(problems))
    text = "".join(
        part if isinstance(part, str) else _shown(part, catalogue.facts[part.fact].value, language)
        for part in template.parts
    ).strip()
    if len(text) > LONGEST_RENDERED:
        return Rendered("", problems=(Problem(1, f"ответ длиннее {LONGEST_RENDERED} знаков; сократите"),))
    return Rendered(text, frozenset(catalogue.facts[use.fact].name for use in uses))


def _problems(use: Use, catalogue: Catalogue) -> Iterator[Problem]:
    fact = catalogue.facts.get(use.fact)
    if fact is None:
        yield Problem(use.line, catalogue.missing(use.fact))
    elif use.filter and not isinstance(fact.value, int | float):
        yield Problem(use.line, f"«{use.fact}» — не число ({fact.value}); фильтр {use.filter} здесь не нужен")


def _shown(use: Use, value: Value, language: str) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, str):
        return value
    if use.filter == "rub":
        return rub(value, language)
    if use.filter == "count":
        return count(value, use.forms, language)
    return str(value) if isinstance(value, int) else number(value, language)  # 2026 may be a year


def number(value: float, language: str = "ru") -> str:
    """1500 -> "1 500", 1.5 -> "1,5" (in English "1,500" and "1.5")."""
    text = f"{abs(value):,}".removesuffix(".0")
    if language == "ru":
        text = text.replace(",", NO_BREAK_SPACE).replace(".", ",")
    return f"{MINUS}{text}" if value < 0 else text


def rub(value: float, language: str = "ru") -> str:
    return f"{number(value, language)}{NO_BREAK_SPACE}₽"


def count(value: float, forms: tuple[str, ...], language: str = "ru") -> str:
    """The number and the form of the word that agrees with it; `forms` are those for 1, 2-4, 5 and more."""
    return f"{number(value, language)}{NO_BREAK_SPACE}{_form(abs(value), forms, language)}"


def _form(value: float, forms: tuple[str, ...], language: str) -> str:
    one, few, many = forms
    if language != "ru":
        return one if value == 1 else many
    if value != int(value):
        # A fraction takes the genitive singular: "1,5 дня" of день-дня-дней, "от 1,5 дня" of дня-дней-дней.
        return one if few == many else few
    if value % 10 == 1 and value % 100 != 11:
        return one
    return few if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14) else many

"""The colours of the desk, light and dark: everybody can read them (WCAG AA)."""

import re
from pathlib import Path

import pytest

import handoff

LOOK = (Path(handoff.__file__).parent / "console" / "static" / "look.css").read_text(encoding="utf-8")
TEXT = [
    ("ink", "surface"),
    ("ink", "ground"),
    ("ink", "sunken"),
    ("ink", "accent-soft"),
    ("ink", "bad-soft"),
    ("quiet", "surface"),
    ("quiet", "ground"),
    ("quiet", "sunken"),
    ("quiet", "accent-soft"),
    ("accent", "surface"),
    ("accent", "ground"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("warn", "warn-soft"),
    ("bad", "surface"),
    ("bad", "ground"),
    ("bad", "accent-soft"),
    ("bad", "bad-soft"),
    ("surface", "bad"),
    ("surface", "ink"),
]
SHAPES = [("edge", "surface"), ("good", "surface"), ("warn", "surface"), ("accent", "ground"), ("bad", "ground")]


def colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", LOOK, re.DOTALL)
    names = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    return dict(names.findall(light)) | (dict(names.findall(dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_stand_out_from_what_is_behind_them(scheme: str) -> None:
    known = colours(scheme)
    faint = [(pair, 4.5) for pair in TEXT if contrast(known[pair[0]], known[pair[1]]) < 4.5]
    faint += [(pair, 3.0) for pair in SHAPES if contrast(known[pair[0]], known[pair[1]]) < 3.0]
    assert not faint

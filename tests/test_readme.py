"""The READMEs hold the same commands in both languages, and every page, command and file they name exists."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

from components.i18n import translator
from core.__main__ import parser

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
GUIDES = [*READMES.values(), *sorted((ROOT / "docs").glob("*.md"))]
STABLE = {
    "recommend",
    "compare",
    "explain",
    "methods",
    "worlds",
    "build",
    "import",
    "train",
    "evaluate",
    "bench",
}
LONGEST = 150


def blocks(path: Path) -> list[str]:
    """Return the indented code blocks of a text, without comments."""
    found = re.findall(r"(?:^ {4}.*\n)(?:(?: {4}.*)?\n)*", path.read_text(encoding="utf-8"), re.M)
    return [
        "\n".join(re.sub(r" +# .*", "", line) for line in b.rstrip().split("\n")) for b in found
    ]


def commands(path: Path) -> list[str]:
    """Return what a text says to type after ``python -m core``, with what it says may be left out."""
    lines = "\n".join(blocks(path)).splitlines()
    parts = (re.sub(r"[][]", "", part).strip() for line in lines for part in line.split("&&"))
    return [p.removeprefix("python -m core ") for p in parts if p.startswith("python -m core ")]


def pages() -> list[str]:
    """Return the names of the app's pages, in order."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    (found,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES"
    )
    return list(ast.literal_eval(found))


def test_both_languages_say_to_type_the_same() -> None:
    english, chinese = map(blocks, READMES.values())
    assert english == chinese
    assert len(english) > 5
    assert english[0].split("\n") == [
        "    pip install -r requirements.txt",
        "    streamlit run app.py",
    ]


@pytest.mark.parametrize("path", GUIDES, ids=lambda p: p.name)
def test_every_command_is_one(path: Path) -> None:
    for command in commands(path):
        parser().parse_args(shlex.split(command))  # exits by an error where there is no such thing


def test_the_readmes_name_what_is_promised_to_stay() -> None:
    for path in READMES.values():
        assert {shlex.split(command)[0] for command in commands(path)} >= STABLE


@pytest.mark.parametrize("language", READMES)
def test_the_tour_goes_through_every_page_by_its_name(language: str) -> None:
    text = READMES[language].read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| .+ \|$", text, re.M)
    t = translator(language)
    assert rows[1:] == [t(f"nav.{page}") for page in pages()]


@pytest.mark.parametrize("path", GUIDES, ids=lambda p: p.name)
def test_every_file_that_is_linked_is_there(path: Path) -> None:
    prose = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", prose)
    here = [link for link in links if "://" not in link]
    assert [link for link in here if not (path.parent / link).exists()] == []


def test_they_lead_to_each_other_and_stay_short() -> None:
    for path, other in zip(READMES.values(), reversed(READMES.values()), strict=True):
        text = path.read_text(encoding="utf-8")
        assert f"]({other.name})" in text
        assert "](docs/picture.png)" in text
        assert len(text.splitlines()) <= LONGEST

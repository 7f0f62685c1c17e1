"""Dependencies point one way, and the core knows nothing of the app."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = [
    {"types", "resources", "durable", "cells", "errors", "registry", "coalitions"},
    {"media", "classroom", "lab"},
    {"fusion", "encoders", "catalog"},
    {"clips"},
    {"recommenders", "training", "evaluation", "explain", "methods", "retrieval"},
    {"first", "library"},
    {"engine"},
    {"build"},
    {"imports", "augmented"},
    {"search", "search_index", "atlas", "inside", "encoding", "scale"},
    {"search_command"},
    {"bench"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts(path):
    return path.relative_to(ROOT / "core").parts[0].removesuffix(".py")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_core_imports_nothing_from_above(path):
    mine = parts(path)
    for name in imports(path):
        assert name.split(".")[0] not in {"streamlit", "components", "pages", "app"}, name
        if mine == "__init__" or not name.startswith("core."):
            continue
        other = name.split(".")[1]
        if other in LEVEL:
            assert LEVEL[other] <= LEVEL[mine], f"{mine} imports {name}"


def test_every_part_of_core_has_a_level():
    found = {parts(p) for p in (ROOT / "core").rglob("*.py")} - {"__init__"}
    assert found == set(LEVEL)


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_leave_arithmetic_and_models_to_others(path):
    for name in imports(path):
        assert name.split(".")[0] not in {"numpy", "torch", "plotly"}, name


def test_no_unsafe_deserialisation():
    for folder in ("core", "components", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "import pickle" not in text, path
            assert "allow_pickle=True" not in text, path
            assert "weights_only=False" not in text, path
            assert "unsafe_allow_html" not in text, path

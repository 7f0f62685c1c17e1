import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import TriadError
from core.evaluation.command import add_arguments, run
from core.evaluation.loading import load

LFM2K = Path(__file__).resolve().parents[4] / "shared" / "data" / "lfm2k"


def evaluate(*argv):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(list(map(str, argv))))


@pytest.fixture
def folder(tmp_path):
    """30 visitors, 25 items; the last item has no text."""
    rng = np.random.default_rng(0)
    rows = ["userID\titemID\trating\tx_label"]
    for user in range(30):
        for at, item in enumerate(rng.permutation(25)[:8]):
            rows.append(f"{user}\t{item}\t1\t{max(0, at - 5)}")
    (tmp_path / "small.inter").write_text("\n".join(rows) + "\n")
    text = rng.normal(size=(25, 6)).astype(np.float32)
    text[24] = 0
    np.save(tmp_path / "text_feat.npy", text)
    return tmp_path


def test_a_folder_is_read_as_it_lies(folder):
    data = load(str(folder))
    assert (len(data.visitors), len(data.items), len(data.interactions)) == (30, 25, 240)
    assert np.bincount(data.interactions.part).tolist() == [180, 30, 30]
    assert [str(m) for m in data.vectors] == ["text"]
    assert data.present[:, 1].tolist() == [True] * 24 + [False]


def test_json_is_what_is_returned(folder, capsys):
    found = evaluate("--data", folder, "--recommender", "popular", "--seeds", 2, "-k", 5, "--json")
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(found))
    assert found["split"] == "label"
    assert found["sizes"] == ((180, 30, 30),) * 2
    assert {"without text", "with text", "light"} <= set(found["rows"][0]["groups"])


def test_table_names_every_recommender_once(capsys):
    argv = ["--data", "shop", "--recommender", "popular", "oracle", "--recommender", "popular"]
    found = evaluate(*argv, "--seeds", 1, "-k", 10)
    shown = capsys.readouterr().out
    assert [row["recommender"] for row in found["rows"]] == ["popular", "oracle"]
    for row in found["rows"]:
        assert f"{row['figures']['ndcg@10']['mean']:.4f}" in shown
    assert found["split"] == "time"
    assert found["comparisons"][0]["difference"] < 0


def test_cold(folder):
    found = evaluate("--data", folder, "--recommender", "popular", "--cold", "--seeds", 1, "-k", 5)
    assert found["split"] == "cold"
    assert found["rows"][0]["figures"]["recall@5"]["mean"] == 1, "five cold items, five places"


def test_runs_are_numbered_from_the_first(folder):
    def cold(*argv):
        return evaluate("--data", folder, "--recommender", "popular", "--cold", "-k", 3, *argv)

    both = cold("--seeds", 2)["rows"][0]["figures"]["recall@3"]
    each = [
        cold("--seeds", 1, "--first", n)["rows"][0]["figures"]["recall@3"]["mean"] for n in (0, 1)
    ]
    assert both["mean"] == pytest.approx(sum(each) / 2)
    assert each[0] != each[1], "another draw of cold items"


@pytest.mark.parametrize(
    ("code", "argv"),
    [
        ("unknown_data", ["--data", "nowhere"]),
        ("unknown_recommender", ["--recommender", "magic"]),
        ("no_oracle", ["--recommender", "oracle"]),
        ("unknown_split", ["--split", "tomorrow"]),
        ("split_no_times", ["--split", "time"]),
        ("bad_k", ["-k", "26"]),
        ("bad_count", ["--seeds", "0"]),
        ("bad_count", ["--trials", "0"]),
        ("bad_count", ["--first", "-1"]),
    ],
)
def test_refusals(folder, code, argv):
    with pytest.raises(TriadError) as caught:
        evaluate("--data", folder, "--recommender", "popular", *argv)
    assert caught.value.code == code
    assert all(caught.value.say(language) for language in ("en", "zh"))


def test_media_must_be_imported_first(tmp_path):
    (tmp_path / "metadata.csv").write_text("id,title\na,A lamp\nb,A chair\n")
    with pytest.raises(TriadError) as caught:
        load(str(tmp_path))
    assert caught.value.code == "import_first"


@pytest.mark.skipif(not LFM2K.is_dir(), reason="the dataset is not here")
def test_figures_on_real_listeners():
    """As measured with an independent evaluator; popularity is the mean over orders among equals."""
    found = evaluate("--data", LFM2K, "--recommender", "popular", "--seeds", 5)
    figures = found["rows"][0]["figures"]
    assert found["split"] == "label"
    assert found["users"] == (1858,) * 5
    assert figures["recall@20"]["mean"] == pytest.approx(0.1254, abs=0.001)
    assert figures["ndcg@20"]["mean"] == pytest.approx(0.0778, abs=0.0004)

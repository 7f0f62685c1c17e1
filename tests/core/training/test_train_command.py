"""``python -m core train``: a line an event, Ctrl-C saves, --resume goes on."""

import json
import signal

import pytest

from core.__main__ import main
from core.training import command
from core.training.run import Run

TINY = ["--epochs", "2", "--batch", "400", "--width", "16", "--check", "1", "--fusion", "sum"]


def train(capsys, *argv):
    code = main(["train", *map(str, argv)])
    out = capsys.readouterr()
    return code, out.out, out.err


def events(out):
    return [json.loads(line) for line in out.splitlines()]


def test_json_lines_from_start_to_the_held_out_figures(capsys, tmp_path):
    file = tmp_path / "deep" / "run.safetensors"
    code, out, err = train(capsys, "--world", "shop", *TINY, "--out", file, "--json")
    assert (code, err) == (0, "")
    start, first, second, done, test = events(out)
    assert (start["event"], start["fusion"], start["loss"]) == ("start", "sum", "softmax")
    assert [first["epoch"], second["epoch"]] == [1, 2]
    assert done["reason"] == "epochs"
    assert done["best"] == max(first["ndcg"], second["ndcg"])
    assert test["checkpoint"] == str(file)
    again = Run.resume(file).test()
    assert (test["ndcg@10"], test["recall@10"]) == (again.ndcg, again.recall)


def test_ctrl_c_saves_and_the_command_it_prints_goes_on(capsys, tmp_path, monkeypatch):
    file = tmp_path / "a run.safetensors"
    before = signal.getsignal(signal.SIGINT)  # a shell's background jobs ignore it
    monkeypatch.setattr(command, "_as_json", interrupting(command._as_json))
    code, out, err = train(capsys, *TINY, "--out", file, "--json")
    assert code == 2
    assert [e["event"] for e in events(out)] == ["start", "epoch", "done"]
    assert events(out)[-1]["reason"] == "stopped"
    assert len(err.splitlines()) == 1
    resume = ["--resume", str(file)]
    assert f"--resume '{file}'" in err
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.undo()
    code, out, _ = train(capsys, *resume, "--rate", "0.001")
    assert (code, out) == (2, "")
    code, out, _ = train(capsys, *resume, "--epochs", "2")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [
        "start:", "epoch", "2", "done:", "test:",
    ]  # fmt: skip


def interrupting(show):
    """Press Ctrl-C once the first epoch is shown."""

    def wrapped(event):
        show(event)
        if event["event"] == "epoch":
            signal.raise_signal(signal.SIGINT)

    return wrapped


def test_other_recommenders_are_fitted_by_their_own_means(capsys):
    code, out, _ = train(capsys, "--recommender", "ease", "--json")
    assert code == 0
    start, done, test = events(out)
    assert (start["recommender"], done["reason"]) == ("ease", "fitted")
    assert 0.1 < test["ndcg@10"] < 0.3
    assert test["visitors"] == 800


@pytest.mark.parametrize(
    "argv",
    [
        ["--world", "nowhere"],
        ["--recommender", "magic"],
        ["--recommender", "ease", "--fusion", "gated"],
        ["--recommender", "ease", "--preset", "quick"],
        ["--preset", "best"],
        ["--epochs", "0"],
        ["--rate", "nan"],
        ["--loss", "magic"],
        ["--resume", "no/such/file"],
        ["--resume", __file__],
        ["--out", __file__],
    ],
    ids=" ".join,
)
def test_bad_arguments_get_one_line_and_exit_code_2(capsys, argv):
    code, out, err = train(capsys, *argv)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1

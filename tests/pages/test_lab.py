"""The Lab: what is trained appears in the leaderboard, and one training at a time is under way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import pytest
from scipy.stats import ttest_ind
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from components.lab_board import Row, board_html, p_values
from components.lab_runs import arguments
from core.__main__ import parser
from core.lab.jobs import Queue
from core.training.config import RunConfig
from tests.pages.test_pages import healthy, text

WAITS = "import signal; signal.pause()"
Open = Callable[..., AppTest]

TRAINS = """
import json
for n in (1, 2):
    print(json.dumps({"event": "epoch", "epoch": n, "loss": 5 / n, "ndcg": n / 10, "seconds": n}))
print(json.dumps({"event": "test", "ndcg@10": 0.777, "recall@10": 0.5}))
"""


@pytest.fixture
def queue_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a short script in place of a training."""

    def put(script: str) -> None:
        def command(_: Sequence[str]) -> list[str]:
            return [sys.executable, "-c", script]

        monkeypatch.setattr("components.lab_runs.Queue", lambda: Queue(command=command))

    return put


def train(app: AppTest, language: str) -> AppTest:
    label = translator(language)("lab.train")
    return next(b for b in app.button if b.label == label).click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_training_ends_in_the_leaderboard(
    open_page: Open, queue_of: Callable[[str], None], language: str
) -> None:
    queue_of(TRAINS)
    t = translator(language)
    mine = f"{t('lab.seed_of', seed=0)} {t('lab.kind.mine')}"
    app = open_page("lab", language)
    healthy(app)
    assert mine not in " ".join(text(app).split())
    train(app, language)
    healthy(app)
    assert "0.777" in text(app)
    assert mine in " ".join(text(app).split())


def test_one_at_a_time_and_each_can_be_stopped(
    open_page: Open, queue_of: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(WAITS)
    monkeypatch.setattr("components.lab_curves.follow", lambda *_: None)
    t = translator("en")
    app = open_page("lab")
    train(app, "en")
    train(app, "en")
    said = " ".join(m.value for m in app.markdown)
    assert t("lab.state.waiting_behind", count=1) in said
    for _ in range(2):
        next(b for b in app.button if b.label == t("lab.stop")).click().run()
    healthy(app)
    said = " ".join(m.value for m in app.markdown)
    assert said.count(t("lab.state.stopped")) == 2
    assert not [b for b in app.button if b.label == t("lab.stop")]


def test_the_command_line_takes_what_the_lab_gives_it(tmp_path) -> None:
    config = RunConfig(fusion="late", channels=("image", "text"), epochs=3, seed=5)
    args = parser().parse_args(arguments("shop", config, tmp_path))
    assert RunConfig.from_json(args.settings) == config


def test_significance_is_said_only_where_there_are_seeds() -> None:
    seeds, others = (0.20, 0.21, 0.22), (0.10, 0.11, 0.12)
    alone = Row.of("alone", "reference", others)
    rows = [alone, Row.of("one", "mine", (0.2,)), Row.of("three", "mine", seeds)]
    assert list(p_values(rows, alone)) == [2]
    assert p_values(rows, alone)[2] == pytest.approx(
        ttest_ind(seeds, others, equal_var=False).pvalue
    )
    assert p_values(rows, Row.of("alone", "reference", (0.1,))) == {}


def test_names_in_the_board_are_escaped() -> None:
    html = board_html([Row("<b>x</b>", "mine", 0.1)], None, translator("en"))
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x" in html

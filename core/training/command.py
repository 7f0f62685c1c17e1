"""``python -m core train``."""

from __future__ import annotations

import argparse
import json
import math
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from core.errors import TriadError
from core.evaluation.loading import load
from core.resources import data_dir
from core.training import checkpoint
from core.training.config import RunConfig
from core.training.evaluate import HeldOut
from core.training.fitting import chosen, fit
from core.training.presets import PRESETS, preset
from core.training.run import Done, Event, Run, ViewsOf
from core.types import LANGUAGES

TOWER: Final = "two-tower"

OPTIONS: Final[Mapping[str, tuple[type, str]]] = {
    "fusion": (str, "key of a fusion; default: gated"),
    "attention": (str, "key of an attention; default: off"),
    "head": (str, "dot or mlp; default: dot"),
    "loss": (str, "softmax, sampled, bpr or bce; default: the head's own"),
    "optimiser": (str, "adamw or adam"),
    "epochs": (int, "at most so many"),
    "rate": (float, "learning rate"),
    "batch": (int, "visitors a step"),
    "width": (int, "of the fused vector, a multiple of 16"),
    "negatives": (int, "sampled for every like, with bce and bpr"),
    "candidates": (int, "items a step, with sampled"),
    "check": (int, "epochs from one look at validation to the next"),
    "patience": (int, "epochs without a better validation before it stops"),
    "views": (int, "augmented views of an item to draw from; 0 for none"),
    "seed": (int, "of everything random"),
}
"""What may be set one by one; fields of ``RunConfig``."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--world", metavar="W", help="a world, or a RecBole or MMRec folder")
    parser.add_argument("--recommender", default=TOWER, metavar="KEY", help="default: two-tower")
    parser.add_argument("--preset", metavar="NAME", help=f"{', '.join(PRESETS)}; default: full")
    for name, (kind, help) in OPTIONS.items():
        parser.add_argument(f"--{name}", type=kind, metavar=name[0].upper(), help=help)
    parser.add_argument(
        "--settings", metavar="JSON", help="the whole config as one object, instead"
    )
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from a checkpoint")
    parser.add_argument("--out", type=Path, metavar="FILE", help="checkpoint to write")
    parser.add_argument("--json", action="store_true", help="print one JSON object an event")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of errors")


def run(args: argparse.Namespace, views_of: ViewsOf | None = None) -> None:
    """Run the command: print a line, or a JSON object, an event. ``views_of`` as in :meth:`Run.of_world`.

    Raises
    ------
    TriadError
        ``train_stopped`` after Ctrl-C, once everything is saved; and what settings or data are refused with
    """
    given = {name: value for name in OPTIONS if (value := getattr(args, name)) is not None}
    show = _as_json if args.json else _as_table()
    if args.recommender == TOWER:
        _train(args, given, show, views_of)
        return
    for name in ("preset", "settings", "resume", "out"):
        if getattr(args, name) is not None:
            raise TriadError("train_tower_only", option=f"--{name}", key=args.recommender)
    make = chosen(args.recommender, given)
    dataset = load(args.world or "shop")
    show({"event": "start", "world": args.world or "shop", "recommender": args.recommender})
    started = time.perf_counter()
    found = fit(dataset, make, given.get("seed", 0))
    seconds = time.perf_counter() - started
    show({"event": "done", "reason": "fitted", "seconds": round(seconds, 3)})
    show(_test(found))


def _train(
    args: argparse.Namespace,
    given: Mapping[str, Any],
    show: Callable[..., None],
    views_of: ViewsOf | None,
) -> None:
    # From here on, for even what comes before and after takes seconds.
    with _interruptible() as stop:
        if args.resume is not None:
            training = _resumed(args, given, views_of)
            path = args.out or args.resume
        else:
            config = (
                RunConfig.from_json(args.settings)
                if args.settings is not None
                else preset(args.preset or "full", **given)
            )
            training = Run.of_world(args.world or "shop", config, views_of)
            path = args.out or _usual_path(training)
            checkpoint.check_free(path)
        config = training.config
        facts = {**asdict(config), "loss": config.loss_under(config.head)}
        show({"event": "start", "world": training.source, "recommender": TOWER, **facts})
        last: Event | None = None
        for last in training.events(stop, save=path):
            show(last.as_json())
        assert isinstance(last, Done), "a stream ends with what became of it"
        if last.reason == "stopped":
            command = f"python -m core train --resume {shlex.quote(str(path))}"
            raise TriadError("train_stopped", epochs=last.epochs, of=config.epochs, command=command)
        show({**_test(training.test()), "checkpoint": str(path)})


def _resumed(args: argparse.Namespace, given: Mapping[str, Any], views_of: ViewsOf | None) -> Run:
    """Return the run of ``--resume``; what else is given must not say anything else than it does."""
    training = Run.resume(args.resume, views_of)
    asked = {**given, "world": args.world}
    if args.preset is not None:
        asked = asdict(preset(args.preset, **given)) | asked
    mine = {**asdict(training.config), "world": training.source}
    for name, value in asked.items():
        if value is not None and value != mine[name]:
            raise TriadError(
                "checkpoint_other", path=args.resume, name=name, theirs=mine[name], mine=value
            )
    return training


def _usual_path(training: Run) -> Path:
    config = training.config
    name = f"{Path(training.source).stem}-{config.method.name}-{config.seed}.safetensors"
    return data_dir() / "runs" / name


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed; pressed twice, it ends the program as usual."""
    pressed = threading.Event()

    def press(*_: Any) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _test(found: HeldOut) -> dict[str, Any]:
    figures = {f"ndcg@{found.k}": found.ndcg, f"recall@{found.k}": found.recall}
    return {"event": "test", **figures, "visitors": found.visitors}


def _as_json(event: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _as_table() -> Callable[[Mapping[str, Any]], None]:
    """Return a function that prints events as lines of a table."""
    headed = pointwise = False

    def show(event: Mapping[str, Any]) -> None:
        nonlocal headed, pointwise
        if event["event"] == "start":
            pointwise = event.get("loss") == "bce"
        if event["event"] == "epoch":
            cells = {
                "epoch": f"{event['epoch']}",
                "loss": f"{event['loss']:.4f}",
                "ndcg@10": _cell(event["ndcg"]),
                **({name: _cell(event[name]) for name in ("accuracy", "auc")} if pointwise else {}),
                **{f"({name})": _cell(value) for name, value in event["scalars"].items()},
                "seconds": f"{event['seconds']:.1f}",
            }
            if not headed:
                _line(cells)
                headed = True
            _line(cells.values())
            return
        words = (f"{k}={_cell(v)}" for k, v in event.items() if k not in ("event", "channels"))
        _line([f"{event['event']}:", *words], width=0)

    return show


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _line(cells: Any, width: int = 9) -> None:
    sys.stdout.write(" ".join(str(c).ljust(width) for c in cells).rstrip() + "\n")
    sys.stdout.flush()

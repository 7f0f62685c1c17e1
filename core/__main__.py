"""The command line: ``python -m core COMMAND``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from core import search_command as searching
from core.clips import Speech, gather, of_video
from core.durable import writing
from core.encoders import weights_command as fetching
from core.encoders.whisper import SHIPPED
from core.engine import Engine
from core.errors import TriadError
from core.evaluation import command as evaluation
from core.explain import command as explaining
from core.media.limits import MAX_BYTES
from core.scale import command as scaling
from core.training import command as training
from core.types import (
    CHANNELS,
    LANGUAGES,
    MODALITIES,
    Channel,
    Media,
    Method,
    Modality,
    Query,
    Request,
    Result,
)


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    main = Parser(prog="python -m core", description="Triad: multimodal recommendation, explained.")
    commands = main.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], None], help: str) -> Parser:
        sub: Parser = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        return sub

    sub = command("recommend", recommend, "ten items for a picture, a review, a sound, likes")
    _query(sub)
    sub.add_argument("--fusion", default="gated")
    sub.add_argument("--attention", default="off")
    _form(sub)

    sub = command("compare", compare, "the same query by several fusions")
    _query(sub)
    sub.add_argument("--fusion", action="append", metavar="KEY", help="may be given several times")
    sub.add_argument("--attention", default="off")
    _form(sub)

    sub = command(
        "explain", explain, "why one item is where it is, down to patches, words and seconds"
    )
    _query(sub)
    sub.add_argument("--fusion", default="gated")
    sub.add_argument("--attention", default="off")
    explaining.add_arguments(sub)
    _form(sub)

    _form(command("methods", methods, "every encoder, fusion, attention, head and recommender"))

    sub = command("worlds", worlds, "every scenario; or a large one without media, for scale tests")
    sub.add_argument("--synth", type=int, metavar="N", help="write a world of N items")
    sub.add_argument("--like-world", default="shop", help="whose factors it has")
    sub.add_argument("--into", type=Path, help="folder to write it into")
    sub.add_argument("--seed", type=int, default=0)
    _form(sub)

    sub = command("build", build, "render, encode, train and write a world's bundle")
    sub.add_argument("world")
    sub.add_argument("--fusion", action="append", metavar="KEY", help="only these; default: all")
    sub.add_argument(
        "--add", action="store_true", help="only train what is missing in the world that is there"
    )
    for modality in MODALITIES:
        sub.add_argument(f"--{modality}-encoder", metavar="ID", help=f"for {modality}")
    sub.add_argument("--name", help="what it is called, where it is not to replace the world")
    sub.add_argument("--items", type=int, default=320)
    sub.add_argument("--visitors", type=int, default=800)
    sub.add_argument("--seed", type=int, help="of the world; default: the one that ships")
    sub.add_argument("--into", type=Path, help="assets folder to write into")

    sub = command(
        "import", import_, "a folder, zip, RecBole or MMRec dataset, or an installed pack"
    )
    sub.add_argument("path", help="where it lies, or the key of a pack: furniture, places, stamps")
    sub.add_argument("--name", help="what the scenario is called; a pack's own key by default")
    sub.add_argument(
        "--simulate", action="store_true", help="simulate visitors where there are no interactions"
    )
    sub.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the report")

    sub = command("export", export, "a scenario as a folder that can be imported")
    sub.add_argument("world")
    sub.add_argument("path", type=Path, help="a folder that is not there yet")

    sub = command(
        "search", search, "items of a world by a sentence, over pictures, texts and sounds"
    )
    searching.add_arguments(sub)

    sub = command("weights", weights, "where every encoder's weights are; fetch them ahead")
    fetching.add_arguments(sub)
    _form(sub)

    sub = command("train", train, "a recommender, epoch by epoch; Ctrl-C saves, --resume goes on")
    training.add_arguments(sub)

    sub = command("evaluate", evaluate, "recommenders on held-out interactions, with significance")
    evaluation.add_arguments(sub)

    sub = command(
        "embed", scaling.run_embed, "a catalog's vectors, shard by shard, by many workers (daft)"
    )
    scaling.add_embed_arguments(sub)

    sub = command("score", scaling.run_score, "rank what embed has made, for a history")
    scaling.add_score_arguments(sub)

    sub = command("bench", bench, "the benchmarks that docs/benchmarks.md quotes")
    sub.add_argument("name", nargs="?", help="one of them; default: list them")
    sub.add_argument("--seeds", type=int, help="by default 5, or as many as the benchmark quotes")
    sub.add_argument("--minutes", type=float, help="of a room; default: 10")
    sub.add_argument("--items", type=int, metavar="N", help="of large; default: a million")
    sub.add_argument("--world", default="shop")
    sub.add_argument(
        "--quick", action="store_true", help="a small run, where the benchmark has one"
    )
    sub.add_argument(
        "--write", action="store_true", help="keep the figures for the app, in assets/experiments"
    )
    _form(sub)
    return main


def _query(sub: Parser) -> None:
    sub.add_argument("--world", default="shop")
    sub.add_argument("--image", type=Path, metavar="F", help="picture file")
    sub.add_argument("--text", metavar="T", help="review or wish, in English or Chinese")
    sub.add_argument("--audio", type=Path, metavar="F", help="sound file")
    sub.add_argument(
        "--video", type=Path, metavar="F", help="MP4, WebM, MOV: its frames, its sound, its speech"
    )
    sub.add_argument(
        "--transcribe",
        action=argparse.BooleanOptionalAction,
        help="write down what the sound says; by default where there is no text, which it becomes",
    )
    sub.add_argument(
        "--speech-model", default=SHIPPED, metavar="ID", help="a Whisper; default: English only"
    )
    sub.add_argument("--like", action="append", default=[], metavar="ID", help="liked item")
    sub.add_argument("--visitor", metavar="ID", help="start from a known visitor's history")
    sub.add_argument("--head", default="dot", help="dot, or mlp for the classical model")
    sub.add_argument("--off", nargs="+", action="extend", default=[], metavar="CHANNEL")
    sub.add_argument("-k", type=int, default=10)


def _form(sub: Parser) -> None:
    sub.add_argument("--json", action="store_true", help="print one JSON object")
    sub.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="language of titles and errors"
    )


def query_of(args: argparse.Namespace) -> tuple[Query, Speech | None]:
    """Return the query that the arguments spell, and what its sound says."""
    reads = Engine().encoders(args.world)
    given = {}
    if args.video is not None:  # a world that has no sounds does not ask for any
        parts = of_video(_bytes(args.video), args.video.name)
        given = {media.modality: media for media in parts if media.modality in reads}
    for modality in MODALITIES:
        value = getattr(args, modality)
        if value is None:
            continue
        if modality is Modality.TEXT:
            given[modality] = Media(modality, value.encode("utf-8", "surrogateescape"), "text")
        else:
            given[modality] = Media(modality, _bytes(value), value.name)
    brought = gather(given, args.transcribe, args.speech_model, reads)
    return Query(args.visitor, tuple(args.like), brought.media), brought.speech


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:  # a device may never end; decoding refuses what is larger
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError):  # a name with a NUL is no name
        raise TriadError("file_missing", path=str(path)) from None


def off_of(args: argparse.Namespace) -> tuple[Channel, ...]:
    """Return the channels that ``--off`` names, separated by spaces or commas."""
    names = [name for given in args.off for name in given.split(",") if name]
    known = [str(c) for c in CHANNELS]
    for name in names:
        if name not in known:
            raise TriadError("unknown_channel", key=name, known=", ".join(known))
    return tuple(Channel(name) for name in names)


def _understood(result: Result, speech: Speech | None) -> dict[Modality, Any]:
    """Return what was made of each upload; what a sound says, and how sure that is, stands with it."""
    found: dict[Modality, Any] = dict(result.understood)
    if speech is not None:
        found[Modality.AUDIO] = {**found[Modality.AUDIO], "speech": speech.as_json()}
    return found


def as_json(result: Result, language: str, speech: Speech | None = None) -> dict[str, Any]:
    """Return a result as the object that ``--json`` prints."""
    request = result.request
    return {
        "world": request.world,
        "method": {
            "fusion": request.method.fusion,
            "attention": request.method.attention,
            "head": request.method.head,
            "off": list(request.method.off),
        },
        "visitor": result.visitor,
        "likes": list(result.likes),
        "query": _understood(result, speech),
        "base": result.base,
        "items": [
            {
                "id": r.item.id,
                "title": r.item.text(language).title,
                "score": r.score,
                "base": r.base,
                "contributions": r.contributions,
                "present": r.present,
                "weights": r.weights,
            }
            for r in result.items
        ],
        "timing_ms": {stage: round(ms, 2) for stage, ms in result.timing_ms.items()},
    }


def show(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


def _print_result(result: Result, language: str) -> None:
    head = ("", "id", "score", *CHANNELS, "title")
    rows = [
        (
            str(r.rank),
            r.item.id,
            f"{r.score:+.3f}",
            *(f"{r.contributions[c]:+.3f}" if r.present[c] else "-" for c in CHANNELS),
            r.item.text(language).title,
        )
        for r in result.items
    ]
    table([head, *rows])


def _print_speech(speech: Speech | None) -> None:
    if speech is not None and speech.transcript.text:
        said = speech.transcript
        print(f"{said.language} ({said.confidence:.2f}): {said.text}")


def _request(args: argparse.Namespace) -> tuple[Request, Speech | None]:
    method = Method(args.fusion, args.attention, args.head, off_of(args))
    query, speech = query_of(args)
    return Request(args.world, query, method, args.k), speech


def recommend(args: argparse.Namespace) -> None:
    """Run ``recommend``."""
    request, speech = _request(args)
    result = Engine().recommend(request)
    if args.json:
        show(as_json(result, args.lang, speech))
    else:
        _print_speech(speech)
        _print_result(result, args.lang)


def compare(args: argparse.Namespace) -> None:
    """Run ``compare``."""
    fusions = args.fusion or ["concat", "late"]
    methods = [Method(f, args.attention, args.head, off_of(args)) for f in fusions]
    query, speech = query_of(args)
    results = Engine().compare(args.world, query, methods, args.k)
    if args.json:
        answers = [as_json(r, args.lang, speech) for r in results]
        show({"world": args.world, "results": answers})
        return
    _print_speech(speech)
    for result in results:
        print(f"{result.request.method.fusion} / {result.request.method.attention}")
        _print_result(result, args.lang)
        print()


def explain(args: argparse.Namespace) -> None:
    """Run ``explain``."""
    engine = Engine()
    request, speech = _request(args)
    answer = explaining.run(args, engine, request)
    if args.json:
        understood = _understood(engine.recommend(request), speech)
        show({**json.loads(answer), "query": understood})
    else:
        _print_speech(speech)
        print(answer)


def methods(args: argparse.Namespace) -> None:
    """Run ``methods``."""
    from core.methods import recommender_cards

    cards = Engine().methods()
    recommenders = recommender_cards(args.lang)
    if args.json:
        show(
            [
                *({"family": c.family, "key": c.key, "card": c.card} for c in cards),
                *({"family": "recommender", "key": k, "card": c} for k, c in recommenders.items()),
            ]
        )
        return
    table([("kind", "key", "source"), *((c.family, c.key, c.card["source"]) for c in cards)])
    print()
    rows = [
        (key, "yes" if c["scores_unseen"] else "no", c["name"], c["line"])
        for key, c in recommenders.items()
    ]
    table([("recommender", "unseen items", "name", "what it shows"), *rows])


def worlds(args: argparse.Namespace) -> None:
    """Run ``worlds``."""
    if args.synth is not None:
        synthesise(args)
        return
    engine = Engine()
    cards = engine.worlds()
    for error in engine.damaged().values():
        _say(error.say(args.lang))
    if args.json:
        show([asdict(card) for card in cards])
        return
    head = ("world", "media", "visitors", "items", "visitors", "interactions", *MODALITIES)
    rows = [
        (
            c.key,
            c.kind,
            "simulated" if c.simulated else "real",
            *map(str, (c.items, c.visitors, c.interactions, *c.modalities.values())),
        )
        for c in cards
    ]
    table([head, *rows])


def synthesise(args: argparse.Namespace) -> None:
    """Run ``worlds --synth N``."""
    from core.catalog.worlds import create
    from core.catalog.worlds import worlds as keys
    from core.catalog.worlds.scale import synthesise as write

    if args.like_world not in keys():
        raise TriadError("unknown_world", world=args.like_world, known=", ".join(keys()))
    if not 1 <= args.synth <= 100_000_000:
        raise TriadError("bad_size", size=args.synth)
    folder = args.into or Path(f"{args.like_world}-{args.synth}")
    with writing(folder):
        write(
            create(args.like_world),
            folder,
            items=args.synth,
            visitors=max(1, args.synth // 10),
            seed=args.seed,
            say=_say,
        )
    print(folder)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def build(args: argparse.Namespace) -> None:
    """Run ``build``."""
    from core import build as builder
    from core.imports import check_name
    from core.resources import data_dir

    extra: dict[str, Any] = {} if args.into is None else {"root": args.into}
    extra |= {"fusions": tuple(args.fusion or ()), "say": _say}
    if args.add:
        path = builder.add(args.world, **extra)
    else:
        given = {m: getattr(args, f"{m}_encoder") for m in MODALITIES}
        if args.name:
            check_name(args.name)
            extra.setdefault("root", data_dir())
        path = builder.build(
            args.world,
            items=args.items,
            visitors=args.visitors,
            seed=args.seed,
            by={m: id for m, id in given.items() if id},
            name=args.name,
            **extra,
        )
    print(path)


def import_(args: argparse.Namespace) -> None:
    """Run ``import``: the scenario's folder to stdout, progress and the report to stderr."""
    from core import imports
    from core.catalog.importers import report

    name = args.name or Path(args.path).stem.lower()
    imports.check_name(name)
    source = imports.open_source(args.path)

    def say(progress: imports.Progress) -> None:
        if progress.done % 50 == 0 or progress.done == progress.total:
            line = f"{progress.stage}: {progress.done} of {progress.total}"
            print(line, file=sys.stderr, flush=True)

    made = imports.import_source(
        source, name, simulated=args.simulate or source.kind == "pack", say=say
    )
    for line in report(replace(source, problems=made.problems), args.lang):
        print(line, file=sys.stderr)
    print(made.path)


def export(args: argparse.Namespace) -> None:
    """Run ``export``."""
    from core import imports
    from core.catalog import bundle, importers
    from core.resources import ASSETS, data_dir

    found = bundle.Bundle(bundle.find(args.world, ASSETS, data_dir()))
    importers.write(imports.source_of(found), args.path)
    print(args.path)


def search(args: argparse.Namespace) -> None:
    """Run ``search``."""
    searching.run(args)


def weights(args: argparse.Namespace) -> None:
    """Run ``weights``."""
    found = fetching.run(args)
    if args.json:
        show(found)
        return
    rows = [*found["encoders"], *found["menu"]]
    head = ("key", "of", "where", "MB", "licence", "")
    table(
        [
            head,
            *(
                (
                    r["key"],
                    "+".join(r["modalities"]),
                    r["place"],
                    f"{r['mb']:.0f}",
                    r["licence"],
                    r.get("why") or r.get("happened", ""),
                )
                for r in rows
            ),
        ]
    )


def train(args: argparse.Namespace) -> None:
    """Run ``train``."""
    from core.augmented import views_of

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    training.run(args, partial(views_of, say=say))


def evaluate(args: argparse.Namespace) -> None:
    """Run ``evaluate``."""
    evaluation.run(args)


def bench(args: argparse.Namespace) -> None:
    """Run ``bench``."""
    from core import bench as benchmarks

    benchmarks.run(args)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    args = parser().parse_args(argv)
    try:
        args.run(args)
    except TriadError as error:
        print(error.say(getattr(args, "lang", "en")), file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())

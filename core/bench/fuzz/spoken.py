"""What strangers type: addresses, command lines, and the words of a class."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from core.bench.fuzz import seeds
from core.bench.fuzz.engine import Target
from core.cells import safe
from core.classroom.export import results_csv, votes_csv
from core.classroom.guesses import Guesses
from core.classroom.results import by_fusion, round_result
from core.classroom.room import Plan, Side
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.errors import TriadError
from core.types import LANGUAGES

_ITEMS: Final = ("shop-0001", "a,b", "ünï&=?", "<script>", "=1+1", "x y")


def _address(data: bytes, _: Path) -> None:
    """Read an address, say its notices, and write what was understood: that has to read the same."""
    # By name: the core stands below the app, and looks up to it only when all is to be tried.
    address: Any = import_module("components.address")
    words: Any = import_module("components.i18n")
    known = address.Known(
        *(("shop", "mine"), ("concat", "late", "gated"), ("off", "self"), ("dot", "mlp")),
        visitors=lambda world: ("v1", "zoë"),
        items=lambda world: _ITEMS,
    )
    view, notices = address.decode(_params(data), known)
    for notice in notices:
        for language in LANGUAGES:
            words.translator(language)(notice.key, **notice.values)
    written = parse_qs(urlencode(address.encode(view), doseq=True), keep_blank_values=True)
    assert address.decode(written, known) == (view, ()), "an address of our own is read otherwise"


def _params(data: bytes) -> dict[str, list[str]]:
    text = data.decode("utf-8", "surrogateescape")
    try:
        return parse_qs(text, keep_blank_values=True, errors="surrogateescape")
    except ValueError:  # more fields than the library takes: no server hands these on
        return {}


_ADDRESSES: Final = (
    b"lang=zh&world=social&visitor=v1&like=shop-0001&like=a%2Cb&fusion=late&attention=self&head=mlp",
    b"on=image,text&k=50&col=concat.off&col=late.self&present=1&item=%3Cscript%3E&encoder=text.bag-of-words",
    b"lesson=3&step=2&room=BCDFG&hide=x+y&on=none&k=0&k=%EF%BC%91&col=&col=.&lang=&visitor=me&world=",
)


def _command_line(data: bytes, place: Path) -> object:
    """Run a command line as far as that is cheap and changes nothing: a world is asked, none is made."""
    line: Any = import_module("core.__main__")  # by name: it stands above the benchmarks
    words = [part.decode("utf-8", "surrogateescape") for part in data.split(b"\n")]
    (place / "a.png").write_bytes(seeds.pictures()[3])
    words = [word.replace("PLACE", str(place)) for word in words]
    try:
        args = line.parser().parse_args(words)
        if args.command not in ("recommend", "compare", "search", "methods", "bench"):
            return None
        if args.command in ("recommend", "compare"):
            line.off_of(args)
        if any(getattr(args, name, None) for name in ("listen", "audio", "transcribe", "video")):
            return None  # takes minutes, and is fuzzed as a decoder
        if args.command == "bench" and args.name is not None:
            return None
        return line.main(words) == 0
    except SystemExit as end:
        if end.code not in (0, 2):
            raise
        return end.code == 0


_LINES: Final = (
    b"recommend\n--world\nshop\n--text\nsturdy\n--off\naudio\n-k\n3\n--json",
    b"recommend\n--image\nPLACE/a.png\n--like\nshop-0001\n--visitor\nvisitor-0001\n--lang\nzh",
    b"compare\n--fusion\nconcat\n--fusion\nlate\n--attention\noff\n--head\ndot",
    *(
        b"search\na red lamp\n-k\n2\n--modality\nimage",
        b"recommend\n--image\n/dev/zero",
        b"methods\n--json",
    ),
    *(b"explain\n--item\na\n--parts\nmasked", b"train\n--settings\n{}", b"evaluate\n--data\nshop"),
    *(b"build\nshop\n--seed\n1", b"import\na.zip\n--name\na", b"worlds\n--synth\n9", b"-h", b""),
)


def _class(data: bytes, place: Path) -> object:
    """Let a teacher open a room and a student vote, with whatever they typed."""
    words = [part.decode("utf-8", "surrogateescape") for part in data.split(b"\n")]
    code, key, token, world, visitor, first, second, *rest = (*words, *[""] * 7)
    number = int(rest[0]) if rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 12 else 1
    rooms = Rooms(_store(place), guesses=Guesses())
    room, own = rooms.open(Plan(world, visitor, ((first, second),), k=5))
    try:
        for side in Side:
            rooms.vote(room.code, 1, f"{token}{side}", side)
        rooms.voted(room, 1, token)
        ballots = rooms.ballots(room.code, own)
        found = round_result(room.round, rooms.counts(room.code).get(1, {}))
        table = votes_csv(room, ballots)
        for line in csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")):
            assert all(safe(cell) == cell for cell in line if not cell.startswith("'"))
        results_csv([found], by_fusion([found.round], rooms.votes(room.code)).items())
        rooms.advance(room.code, own, number)
        with suppress(TriadError):
            rooms.enter(room.code, key)
        with suppress(TriadError):
            rooms.find(code, key)
    finally:
        rooms.delete(room.code, own)
    return None


_stores: dict[Path, Store] = {}


def _store(place: Path) -> Store:
    if place not in _stores:
        _stores[place] = Store(f"sqlite:///{place / 'class.sqlite'}")
    return _stores[place]


_WORDS: Final = (
    b"BCDFG\nkey\ntoken\nshop\nvisitor-1\nconcat\nlate\n1",
    "ｂｃｄ-fg\n\u202e\n=1+1\n=cmd\n+x\n-a\n@b\n2".encode(),
    b"\n\n\n\n\n\n\n",
)

_COMMANDS: Final = ("core/__main__.py", "core/search_command.py", "core/explain/command.py")

TARGETS: Final[tuple[Target, ...]] = (
    *(
        [Target("address", lambda _: _ADDRESSES, _address, ("components/address.py",), True)]
        if find_spec("components")
        else []
    ),
    Target(
        "command line",
        lambda _: _LINES,
        _command_line,
        _COMMANDS,
        text=True,
        warm=lambda place: [_command_line(line, place) for line in _LINES[:4]],  # wakes a world
    ),
    Target("class", lambda _: _WORDS, _class, ("core/classroom",), text=True),
)
"""The address, the command line and the class."""

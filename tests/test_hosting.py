"""The files of ``deploy/`` and the Dockerfile say one thing, and what the image would run does run."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def instructions(text: str) -> list[tuple[str, str]]:
    """Return (instruction, rest) of a Dockerfile, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = (line.partition(" ") for line in joined.splitlines() if line.strip())
    return [(name, rest.strip()) for name, _, rest in split]


IMAGE = instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def one(name: str) -> str:
    """Return what the only instruction of a name says."""
    (found,) = (rest for instruction, rest in IMAGE if instruction == name)
    return found


COMMAND: list[str] = json.loads(one("CMD"))
COPIED = [rest.split() for name, rest in IMAGE if name == "COPY"]
ENV = dict(re.findall(r"(\w+)=(\S+)", " ".join(rest for name, rest in IMAGE if name == "ENV")))


def test_whatever_is_copied_is_there_and_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "*" in ignore
    let_through = {line[1:] for line in ignore if line.startswith("!")}
    sources = {source for *some, _ in COPIED for source in some}
    assert sources == let_through
    assert all((ROOT / source).exists() for source in sources)


def test_nobody_of_power_runs_it_and_nothing_is_secret() -> None:
    names = [name for name, _ in IMAGE]
    assert one("USER") != "root"
    assert names.index("USER") > max(n for n, name in enumerate(names) if name in ("COPY", "RUN"))
    everything = [*DEPLOY.iterdir(), ROOT / "Dockerfile"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in everything)
    assert not re.search(r"(?i)(secret|token|password|api_?key)\s*[=:]", text)


def test_one_port_everywhere() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    port = str(settings["server"].get("port", 8501))
    texts = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()}
    assert one("EXPOSE") == port
    assert f"--server.port={port}" in COMMAND
    assert f"127.0.0.1:{port}/_stcore/health" in one("HEALTHCHECK")
    assert f"app_port: {port}" in texts["space.md"]
    assert f"--server.port={port} " in texts["triad.service"]
    assert f"proxy_pass http://127.0.0.1:{port};" in texts["nginx.conf"]
    assert f"reverse_proxy 127.0.0.1:{port}" in texts["Caddyfile"]
    for text in (texts["nginx.conf"], texts["Caddyfile"]):
        (most,) = re.findall(r"(?:client_max_body_size|max_size) (\d+)", text)
        assert int(most) > settings["server"]["maxUploadSize"]


def test_every_variable_that_is_set_or_told_of_is_read() -> None:
    told = [ROOT / "Dockerfile", ROOT / "docs" / "hosting.md", DEPLOY / "triad.service"]
    names = set(re.findall(r"TRIAD_\w+", "\n".join(p.read_text(encoding="utf-8") for p in told)))
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("core", "components")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert {name for name in names if f'"{name}"' not in code} == set()


def test_torch_is_picked_out_by_the_pins() -> None:
    runs = " ".join(rest for name, rest in IMAGE if name == "RUN")
    (pattern,) = re.findall(r"grep -E '([^']+)' requirements.txt", runs)
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    picked = [pin.partition("==")[0] for pin in pins if re.search(pattern, pin)]
    assert picked == ["torch", "torchvision", "torchaudio"]


def test_the_frontmatter_in_the_guide_is_the_files() -> None:
    guide = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    front = (DEPLOY / "space.md").read_text(encoding="utf-8").split("---")[1]
    shown = "".join(f"    {line}\n" if line else "" for line in front.strip().splitlines())
    assert shown in guide


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile copies, and nothing else, in a folder that nobody may write to."""
    root = tmp_path_factory.mktemp("image")
    for *sources, goal in COPIED:
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, root / goal)
            else:
                shutil.copy(ROOT / source, root / goal)
    return root


@pytest.fixture(scope="module")
def address(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Dockerfile's own command at work, on a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert COMMAND[0] == "streamlit"
    options = [re.sub(r"(port=)\d+", rf"\g<1>{port}", word) for word in COMMAND[1:]]
    options = [word.replace("0.0.0.0", "127.0.0.1") for word in options]
    folders = {n: str(tmp_path_factory.mktemp(n)) for n, v in ENV.items() if v.startswith("/")}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", *options],
        cwd=image,
        env={**os.environ, **ENV, **folders, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = list(takewhile(lambda line: "URL:" not in line, process.stdout))
        assert process.poll() is None, said
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_the_command_serves_a_list_and_writes_nothing_beside_the_code(
    image: Path, address: str
) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in image.rglob("*")}

    before = state()
    with urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=20) as answer:
        assert answer.status == 200
    ask = BackMsg()
    ask.rerun_script.query_string = "lang=en"
    stream = connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None)
    with stream:
        stream.send(ask.SerializeToString())
        listed = ended = False
        while not (listed and ended):
            part = stream.recv(timeout=60)
            sent = ForwardMsg.FromString(part)
            assert sent.delta.new_element.WhichOneof("type") != "exception", sent
            listed |= b"tr-card" in part
            ended = sent.WhichOneof("type") == "script_finished"
    assert state() == before

"""The visitor's training runs: queued, followed, stopped, taken up again. They end with the session."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

from core.durable import of_process
from core.lab.jobs import Job, Queue
from core.training.config import RunConfig

MAX_RUNS: Final = 12
"""How many runs a session keeps, the latest."""
SAVING: Final = 10
"""How long a run that was stopped may take to save what it has, in seconds."""


@dataclass(eq=False)
class Run:
    """One training of a visitor.

    ``file`` is where it is put away when it is stopped; the folder goes with the session.
    """

    world: str
    config: RunConfig
    folder: Path
    job: Job
    queue: Queue

    @property
    def file(self) -> Path:
        """The checkpoint."""
        return self.folder / "run.safetensors"

    @property
    def epochs(self) -> list[Mapping[str, Any]]:
        """What every epoch so far came to."""
        said = {e["epoch"]: e for e in list(self.job.events) if e.get("event") == "epoch"}
        return [said[n] for n in sorted(said)]

    @property
    def reached(self) -> Mapping[str, Any] | None:
        """What it came to on held-out interactions, once it is over."""
        return next((e for e in reversed(list(self.job.events)) if e.get("event") == "test"), None)

    def __del__(self) -> None:
        self.queue.stop(self.job)
        shutil.rmtree(self.folder, ignore_errors=True)


@st.cache_resource(max_entries=1, show_spinner=False)
def queue() -> Queue:
    """Return the one queue of the process: one training at a time, whoever asked for it."""
    return Queue()


def runs(world: str) -> list[Run]:
    """Return this session's runs in a world, oldest first."""
    return [run for run in st.session_state.get("_lab_runs", []) if run.world == world]


def start(world: str, config: RunConfig) -> Run:
    """Put a run into the queue.

    Raises
    ------
    TriadError
        ``lab_full``
    """
    folder = Path(tempfile.mkdtemp(prefix="lab-", dir=of_process()))
    job = queue().submit(arguments(world, config, folder))
    run = Run(world, config, folder, job, queue())
    kept = [*st.session_state.get("_lab_runs", []), run]
    for old in kept[:-MAX_RUNS]:
        queue().stop(old.job)
    st.session_state["_lab_runs"] = kept[-MAX_RUNS:]
    return run


def resume(run: Run) -> None:
    """Take up a stopped run where it was; what it said before is kept."""
    before = run.job.events
    if run.job.process is not None:
        with suppress(subprocess.TimeoutExpired):
            run.job.process.wait(timeout=SAVING)  # it may still be writing what it has
    words = arguments(run.world, run.config, run.folder)
    if run.file.is_file():
        words = ("train", "--resume", str(run.file), "--json")
    run.job = queue().submit(words)
    run.job.events.extend(before)


def arguments(world: str, config: RunConfig, folder: Path) -> tuple[str, ...]:
    """Return the arguments of ``python -m core`` for a run."""
    goal = str(folder / "run.safetensors")
    return ("train", "--world", world, "--settings", config.to_json(), "--out", goal, "--json")


def command_line(world: str, config: RunConfig) -> str:
    """Return a command that does the same, for the visitor to keep."""
    return f"python -m core train --world {world} --settings '{config.to_json()}'"

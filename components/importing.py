"""Importing a catalog from the page: it runs in the background, says how far it is, and can be stopped."""

from __future__ import annotations

import ipaddress
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from components.html import esc, plain
from components.i18n import Translator
from core.catalog.importers import Source, report
from core.catalog.packs import packs
from core.durable import of_process
from core.errors import TriadError
from core.imports import Imported, Progress, check_name, import_source, open_source

ZIP_MEGABYTES = 200
"""How large an archive may be that comes through the browser; larger ones go by the command line."""
_ONE = threading.Lock()


@dataclass
class Job:
    """One import, on a thread of its own."""

    name: str
    progress: Progress = field(default_factory=lambda: Progress("encode", 0, 1))
    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    made: Imported | None = None
    source: Source | None = None
    error: TriadError | None = None

    def run(self, read: Callable[[], Source], simulated: bool, after: Callable[[], None]) -> None:
        """Read and import; whatever happens ends up in the fields."""
        try:
            self.source = read()
            self.made = import_source(
                self.source,
                self.name,
                simulated=simulated or self.source.kind == "pack",
                say=self._say,
                stop=self.stop.is_set,
            )
        except TriadError as error:
            self.error = error
        except OSError as error:
            self.error = TriadError("import_failed", reason=error.strerror or str(error))
        finally:
            after()
            self.done.set()
            _ONE.release()

    def _say(self, progress: Progress) -> None:
        self.progress = progress


def start(
    name: str, read: Callable[[], Source], simulated: bool, after: Callable[[], None] = lambda: None
) -> None:
    """Begin an import, unless one is running (``import_busy``); ``after`` is called at its end."""
    check_name(name)
    if not _ONE.acquire(blocking=False):
        raise TriadError("import_busy")
    job = Job(name)
    st.session_state["_import"] = job
    task = (read, simulated, after)
    threading.Thread(target=job.run, args=task, name="import", daemon=True).start()


def may_import() -> bool:
    """Return whether this visitor may import: an import stays on the machine's disk.

    ``TRIAD_ALLOW_IMPORT`` says so with 1 or 0. Without it, whoever opens the page as localhost may; an
    address can be forged, so a public server should say 0.
    """
    told = os.environ.get("TRIAD_ALLOW_IMPORT")
    if told is not None:
        return told == "1"
    return _is_local(st.context.ip_address) and "X-Forwarded-For" not in st.context.headers


def _is_local(address: str | None) -> bool:
    """Return whether an address is this machine's own; Streamlit says None for some of those."""
    if address is None:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_loopback)


def panel(t: Translator) -> None:
    """Draw the import panel: a form, or how far the import is, or what came of it."""
    if not may_import():
        st.html(f'<p class="tr tr-prose">{esc(t("import.elsewhere"))}</p>')
        return
    job: Job | None = st.session_state.get("_import")
    if job is not None and not job.done.is_set():
        _watch(t)
        return
    if job is not None:
        _result(job, t)
    _form(t)
    _packs(t)


@st.fragment(run_every=0.7)
def _watch(t: Translator) -> None:
    job: Job = st.session_state["_import"]
    if job.done.is_set():
        st.rerun()
    now = job.progress
    words = t(f"import.{now.stage}", done=now.done, total=now.total)
    st.progress(now.done / max(now.total, 1), text=f"{job.name}: {words}")
    st.button(t("import.stop"), icon=":material/stop:", on_click=job.stop.set)


def _form(t: Translator) -> None:
    problem: TriadError | None = st.session_state.pop("_import_problem", None)
    with st.form("import", border=True):
        st.file_uploader(
            t("import.file"), type="zip", max_upload_size=ZIP_MEGABYTES, key="import_zip"
        )
        st.text_input(t("import.path"), help=t("import.path_help"), key="import_path")
        st.text_input(t("import.name"), help=t("import.name_help"), max_chars=40, key="import_name")
        st.toggle(t("import.simulate"), help=t("import.simulate_help"), key="import_simulate")
        st.form_submit_button(
            t("import.start"), icon=":material/database_upload:", on_click=_submit
        )
    if problem is not None:
        st.error(plain(problem.say(t.language)), icon=":material/error:")


def _submit() -> None:
    """Begin what the form says; a problem is shown under it in the next run."""
    state = st.session_state
    name, path, simulated = state["import_name"], state["import_path"], state["import_simulate"]
    try:
        if state["import_zip"] is not None:
            check_name(name)
            archive = _aside(state["import_zip"].getvalue())
            start(name, lambda: open_source(str(archive)), simulated, archive.unlink)
        elif path.strip():
            start(name, lambda: open_source(path.strip()), simulated)
        else:
            raise TriadError("import_what")
    except TriadError as error:
        state["_import_problem"] = error


def _aside(data: bytes) -> Path:
    """Write an archive that came through the browser where the import can read it; it goes afterwards."""
    with tempfile.NamedTemporaryFile(suffix=".zip", dir=of_process(), delete=False) as file:
        file.write(data)
    return Path(file.name)


def _packs(t: Translator) -> None:
    st.subheader(t("import.packs"), anchor=False)
    st.html(f'<p class="tr tr-prose">{esc(t("import.packs_line"))}</p>')
    for key, pack in packs().items():
        row = st.container(key=f"import_pack_{key}")
        left, right = row.columns([4, 1], vertical_alignment="center")
        card = pack.card
        line = t("import.pack", megabytes=card.megabytes, licence=t.word("licence", card.licence))
        left.html(
            f'<p class="tr"><b>{esc(t.name("scenario", key))}</b> · '
            f'{esc(t.line("scenario", key))} <span class="tr-muted tr-small">{esc(line)}</span></p>'
        )
        if not pack.installed():
            right.code(f"apt install {card.package}", language=None, wrap_lines=True)
        else:
            right.button(t("import.take"), key=f"pack_{key}", on_click=_take, args=(key,))


def _take(key: str) -> None:
    try:
        start(key, packs()[key].read, True)
    except TriadError as error:
        st.session_state["_import_problem"] = error


def _result(job: Job, t: Translator) -> None:
    if job.error is not None:
        st.error(plain(job.error.say(t.language)), icon=":material/error:")
        return
    if job.made is None or job.source is None:
        st.error(t("error.unexpected"), icon=":material/error:")
        return
    st.success(t("import.done", name=job.name, items=job.made.items), icon=":material/check:")
    lines = report(replace(job.source, problems=job.made.problems), t.language)
    with st.expander(t("import.report"), expanded=bool(job.made.problems)):
        inner = "".join(f"<li>{esc(line)}</li>" for line in lines[:400])
        st.html(f'<ul class="tr tr-small">{inner}</ul>')

"""The explanation to take away: one HTML file that needs nothing else, a table as CSV, the command."""

from __future__ import annotations

import base64
import csv
import io
import shlex
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from components.command import command_line
from components.engine import engine
from components.html import esc
from components.i18n import FOLDER, Translator
from components.icons import rules
from components.media import THUMB_PIXELS
from components.palette import variables
from components.why_if import smallest_words
from components.why_internal import weights_html
from components.why_media import frames, heard, seen, sound_of
from components.why_parts import (
    key_html,
    notes_html,
    picture_html,
    sound_html,
    strip_html,
    title_html,
    words_html,
)
from components.why_sound import inlined, player_html
from components.why_sum import (
    disagreement_html,
    evidence_html,
    head_html,
    heading_html,
    otherwise_html,
    pairs_html,
    sum_html,
)
from core.cells import safe
from core.types import CHANNELS, Item, Modality, Request

if TYPE_CHECKING:
    from core.explain.report import Explanation
    from core.explain.within import PartsReport

PICTURE = 320
"""Longest side in pixels of the pictures that are put into the file."""

_PAGE = (
    ":root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;"
    "padding:1.5rem;background:var(--tr-paper);color:var(--tr-ink)}code{overflow-wrap:anywhere}"
    ".tr-report-parts{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr))}section,.tr-report-parts>*{break-inside:avoid}"
    "@media print{body{padding:0;max-width:none}*{print-color-adjust:exact}details{display:none}}"
)


def explain_command(request: Request, item: str, language: str, measure: str = "") -> str:
    """Return the ``python -m core explain`` call that prints the same numbers."""
    line = command_line(request).replace("core recommend", "core explain", 1)
    parts = " --parts masked" if measure == "masked" else ""
    return f"{line} {shlex.quote(f'--item={item}')}{parts} --lang {language}"


def table_csv(found: Explanation, t: Translator) -> bytes:
    """Return the numbers of every channel as CSV, in UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    write = lambda cells: writer.writerow(map(safe, cells))  # noqa: E731
    write(
        (
            "channel",
            "name",
            "present",
            "contribution",
            "against_others",
            "left_out",
            "internal_weight",
        )
    )
    write(("base", t("why.base"), "", f"{found.base:.6f}", f"{found.against.base:.6f}", "", ""))
    for c in CHANNELS:
        write(
            (
                c,
                t.name("channel", c),
                int(found.present[c]),
                f"{found.contributions[c]:.6f}",
                f"{found.against.contributions[c]:.6f}",
                f"{found.leave_one_out[c]:.6f}",
                f"{found.gates[c]:.6f}" if found.gates else "",
            )
        )
    write(("score", t("why.score"), "", f"{found.score:.6f}", f"{found.score:.6f}", "", ""))
    return out.getvalue().encode("utf-8-sig")


def _inline(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def report_html(found: Explanation, measure: str, language: str, t: Translator) -> bytes:
    """Return the report: every value escaped, every picture inside, nothing loaded, nothing run.

    Parameters
    ----------
    found : with its parts, if they are to be in it
    measure : by which the parts are shaded
    language : whose text was looked into
    """
    world, item = found.request.world, found.item.id
    thumb = lambda id: _picture(world, id, THUMB_PIXELS)  # noqa: E731
    near: dict[str, Item] = {e.id: engine().item(world, e.id) for e in found.evidence if e.id}
    parts = "".join(_part(report, found, measure, language, t) for report in found.parts)
    body = "".join(
        (
            f"<h1>{esc(t('why.title'))}</h1>",
            head_html(found, found.request.k, _picture(world, item, PICTURE), t),
            heading_html(t("why.sum")) + sum_html(found, t) + disagreement_html(found, t),
            heading_html(t("why.otherwise")) + otherwise_html(found, t),
            heading_html(t("why.pairs")) + pairs_html(found, t),
            heading_html(t("why.evidence"), t("why.cosine")),
            f'<div class="tr">{evidence_html(found, near.__getitem__, thumb, lambda id: None, t)}</div>',
            heading_html(t("parts.title"), t("parts.line")) + key_html(t),
            f'<div class="tr tr-report-parts">{parts or esc(t("parts.none"))}</div>',
            heading_html(t("whatif.title")) + f'<p class="tr">{esc(smallest_words(found, t))}</p>',
            heading_html(t("why.gates")) + weights_html(found, t),
            heading_html(t("why.command")),
            f"<p><code>{esc(explain_command(found.request, item, t.language, measure))}</code></p>",
        )
    )
    title = esc(f"{t('why.title')} {found.item.text(t.language).title}")
    css = variables() + rules() + (FOLDER.parent / "theme.css").read_text(encoding="utf-8") + _PAGE
    nothing_else = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{t.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{nothing_else}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{css}</style></head><body>{body}</body></html>"
    ).encode()


def _picture(world: str, id: str, side: int) -> str | None:
    if not id:
        return _inline(seen(world, "", "upload", side), "image/webp")
    has = Modality.IMAGE in engine().item(world, id).modalities and engine().shows(world)
    return _inline(engine().picture(world, id, side), "image/webp") if has else None


def _part(
    report: PartsReport, found: Explanation, measure: str, language: str, t: Translator
) -> str:
    world, item = found.request.world, found.item.id
    if report.frames:
        urls = [_inline(frame, "image/webp") for frame in frames()]
        drawn = strip_html(report, measure, urls, t)
    elif report.modality is Modality.IMAGE:
        url = _inline(seen(world, item, report.of, PICTURE), "image/webp")
        drawn = picture_html(report, measure, url, t)
    elif report.modality is Modality.AUDIO:
        sound = heard(world, item, report.of)
        drawn = sound_html(report, measure, sound.seconds, sound.png, t, plays=False)
        data = inlined(sound_of(world, item, report.of))
        drawn += (
            player_html(_inline(data, "audio/mpeg"), t)
            if data
            else f'<p class="tr-small tr-muted">{esc(t("parts.sound_too_long"))}</p>'
        )
    else:
        drawn = words_html(report, measure, language if report.of == "item" else "und", t)
    return f"<div>{title_html(report, t)}{drawn}{notes_html(report, measure, t)}</div>"


def take_away(found: Explanation, measure: str, language: str, t: Translator) -> None:
    """Draw the buttons that save the report and the table, and the command that prints the same."""
    name = f"why-{found.item.id}"
    with st.container(horizontal=True, gap="small", key="why_take"):
        st.download_button(
            t("why.report"),
            partial(report_html, found, measure, language, t),
            f"{name}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            key="why_report",
        )
        st.download_button(
            t("why.csv"),
            table_csv(found, t),
            f"{name}.csv",
            "text/csv",
            icon=":material/table:",
            on_click="ignore",
            key="why_csv",
        )
    command = explain_command(found.request, found.item.id, t.language, measure)
    st.code(command, language="bash", wrap_lines=True)

"""Lists that are one element for Streamlit: drawn by us, re-ordered in motion, clicked.

Ten cards as separate widgets would be some seventy elements a rerun. Here they are one: Python
builds escaped
markup, the script below puts it in place item by item (so that a sound goes on playing and the
focus stays while the list re-ranks), and a click comes back as an :class:`Event`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

_SCRIPT: Final = """
const player = new Audio();
let playing = null;

function setPlaying(button) {
  const show = (b, on) => { b.setAttribute("aria-pressed", on); b.firstElementChild.dataset.i = on
  ? "pause" : "play"; }; if (playing) show(playing, false);
  playing = button;
  if (button) show(button, true);
}
player.addEventListener("ended", () => setPlaying(null));

function toggle(button) {
  if (playing === button) { player.pause(); setPlaying(null); return; }
  player.src = button.dataset.src;
  player.play().then(() => setPlaying(button), () => setPlaying(null));
}

function patch(before, after) {
  for (const part of after.querySelectorAll(":scope > [data-part]")) {
    const old = before.querySelector(`:scope > [data-part="${part.dataset.part}"]`);
    if (old && old.dataset.sum !== part.dataset.sum) old.replaceWith(part);
  }
  return before;
}

function place(list, next, motion) {
  const kept = new Map([...list.children].map((node) => [node.dataset.id, node]));
  const from = new Map([...kept].map(([id, node]) => [id, node.getBoundingClientRect()]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const focus = focused && [focused.closest("[data-id]").dataset.id, focused.dataset.action];
  const nodes = [...next.children].map((node) =>
    kept.has(node.dataset.id) ? patch(kept.get(node.dataset.id), node) : node);
  const same = nodes.length === list.children.length && nodes.every((n, i) => n ===
  list.children[i]); if (!same) list.replaceChildren(...nodes);
  const find = (id, action) => nodes.find((n) => n.dataset.id ===
  id)?.querySelector(`[data-action="${action}"]`); const twin = { like: "unlike", unlike: "like" };
  if (focus) (find(...focus) ?? find(focus[0], twin[focus[1]]))?.focus({ preventScroll: true });
  if (playing && !playing.isConnected) {
    const again = [...list.querySelectorAll("[data-src]")].find((b) => b.dataset.src ===
    playing.dataset.src); if (!again) player.pause();
    setPlaying(again ?? null);
  }
  if (!motion || same) return;
  for (const node of nodes) {
    const start = from.get(node.dataset.id), end = node.getBoundingClientRect();
    if (!start) node.animate([{ opacity: 0 }, { opacity: 1 }], 300);
    else if (start.x !== end.x || start.y !== end.y)
      node.animate([{ transform: `translate(${start.x - end.x}px, ${start.y - end.y}px)` }, {
      transform: "none" }],
        { duration: 320, easing: "cubic-bezier(.2, .7, .2, 1)" });
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".tr-mount");
  const holder = document.createElement("template");
  holder.innerHTML = data.html;
  const next = holder.content.firstElementChild, list = root.firstElementChild;
  if (list && list.className === next.className)
    place(list, next, !matchMedia("(prefers-reduced-motion: reduce)").matches);
  else root.replaceChildren(next);
  root.onclick = (click) => {
    const button = click.target.closest("[data-action]");
    if (!button || button.disabled) return;
    if (button.dataset.action === "play") toggle(button);
    else setTriggerValue("event", { action: button.dataset.action, id:
    button.closest("[data-id]").dataset.id });
  };
  return () => { if (playing && root.contains(playing)) { player.pause(); setPlaying(null); } };
}
"""

_mount = st.components.v2.component(
    "triad_live_list", html='<div class="tr-mount"></div>', js=_SCRIPT, isolate_styles=False
)


@dataclass(frozen=True)
class Event:
    """What the visitor did to which item."""

    action: str
    id: str


def live_list(html: str, key: str, on_event: Callable[[Event], None]) -> None:
    """Draw a list whose children carry ``data-id``; buttons in it carry ``data-action``.

    Parameters
    ----------
    html : one list element, every value in it escaped
    on_event : called before the next run, so that the page is drawn once, with the event already
    applied
    """

    def pass_on() -> None:
        raw = st.session_state[key].get("event")
        if isinstance(raw, dict):
            on_event(Event(str(raw.get("action", "")), str(raw.get("id", ""))))

    _mount(key=key, data={"html": html}, on_event_change=pass_on)

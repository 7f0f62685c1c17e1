"""The ranked cards."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from components.bars import Scale, bar, common_scale
from components.html import WAITING, esc, number, picture
from components.i18n import Translator
from components.icons import icon
from components.live import Event, live_list
from core.types import Result


@dataclass(frozen=True)
class Card:
    """Everything that one card shows. ``before`` is its rank in the list before, None if new."""

    id: str
    title: str
    line: str
    rank: int
    score: float
    contributions: Mapping[str, float]
    present: Mapping[str, bool]
    picture: str | None = None
    sound: str | None = None
    liked: bool = False
    before: int | None = None
    compared: bool = False


def cards_of(
    result: Result,
    *,
    language: str,
    k: int,
    hidden: Sequence[str] = (),
    likes: Sequence[str] = (),
    before: Mapping[str, int] | None = None,
    picture: Callable[[str], str | None] = lambda id: None,
    sound: Callable[[str], str | None] = lambda id: None,
) -> list[Card]:
    """Return the first ``k`` cards of a result, leaving out what the visitor hid.

    Parameters
    ----------
    before : item id -> rank in the list before the last change, or None where nothing changed yet
    picture, sound : item id -> address of its media, None where the item has no such media
    """
    kept = [r for r in result.items if r.item.id not in hidden][:k]
    pictures = {r.item.id: picture(r.item.id) for r in kept}  # all of them before the first sound
    return [
        Card(
            id=r.item.id,
            title=r.item.text(language).title,
            line=r.item.text(language).line,
            rank=rank,
            score=r.score,
            contributions={str(c): v for c, v in r.contributions.items()},
            present={str(c): v for c, v in r.present.items()},
            picture=pictures[r.item.id],
            sound=sound(r.item.id),
            liked=r.item.id in likes,
            before=(before or {}).get(r.item.id),
            compared=before is not None,
        )
        for rank, r in enumerate(kept, start=1)
    ]


def moved(card: Card) -> tuple[str, int]:
    """Return how the card moved: up, down or same with how far, or new."""
    if not card.compared:
        return "none", 0
    if card.before is None:
        return "new", 0
    step = card.before - card.rank
    return ("up" if step > 0 else "down" if step < 0 else "same"), abs(step)


def _badge(card: Card, t: Translator) -> str:
    move, step = moved(card)
    shown = {"up": f"▲ {step}", "down": f"▼ {step}", "new": t("card.new"), "same": "=", "none": ""}[
        move
    ]
    says = t(f"card.moved_{move}", count=step) if move != "none" else ""
    aside = f'<span class="tr-sr"> {esc(says)}</span>'
    return (
        f'<span class="tr-move" data-move="{move}" title="{esc(says)}">{esc(shown)}{aside}</span>'
    )


def tool(action: str, name: str, label: str, *, pressed: bool | None = None, more: str = "") -> str:
    """Return a button with an icon; its click comes back as an event of that action."""
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return (
        f'<button type="button" class="tr-tool" data-action="{action}" aria-label="{esc(label)}" '
        f'title="{esc(label)}"{state}{more}>{icon(name)}</button>'
    )


def _tools(card: Card, t: Translator) -> str:
    if card.sound == WAITING:
        play = tool("none", "play", t("card.coming"), more=" disabled")
    elif card.sound:
        source = f' data-src="{esc(card.sound)}"'
        play = tool("play", "play", t("card.play", title=card.title), pressed=False, more=source)
    else:
        play = tool("none", "play", t("card.no_sound"), more=" disabled")
    like = (
        tool("unlike", "liked", t("card.unlike", title=card.title), pressed=True)
        if card.liked
        else tool("like", "like", t("card.like", title=card.title), pressed=False)
    )
    return play + like + tool("hide", "hide", t("card.hide", title=card.title))


def part(name: str, cls: str, html: str, tag: str = "div") -> str:
    """Wrap a part of a card; its checksum tells the script in the browser whether it changed."""
    checksum = zlib.crc32(html.encode())
    return f'<{tag} class="{cls}" data-part="{name}" data-sum="{checksum}">{html}</{tag}>'


def card_html(card: Card, scale: Scale, t: Translator, *, controls: bool = True) -> str:
    """Return the markup of one card."""
    tools = f'<div class="tr-tools">{_tools(card, t)}</div>' if controls else ""
    why = (
        f'<button type="button" class="tr-why" data-action="why">{esc(t("card.why"))}</button>'
        if controls
        else "<span></span>"
    )
    return (
        f'<li class="tr-card" data-id="{esc(card.id)}">'
        + part("pic", "tr-pic", picture(card.picture, t))
        + part(
            "side", "tr-side", f'<span class="tr-rank">{card.rank}</span>{_badge(card, t)}{tools}'
        )
        + part(
            "name",
            "tr-name",
            f'<p class="tr-title" title="{esc(card.title)}">{esc(card.title)}</p>'
            f'<p class="tr-line" title="{esc(card.line)}">{esc(card.line)}</p>',
        )
        + part("bar", "tr-sum", bar(card.contributions, card.present, scale, t))
        + part(
            "foot",
            "tr-foot",
            f'{why}<span class="tr-score">{esc(t("card.score"))} '
            f"<b>{number(card.score)}</b></span>",
        )
        + "</li>"
    )


def cards_html(cards: Sequence[Card], t: Translator, *, controls: bool = True) -> str:
    """Return the markup of the list, all bars on one scale."""
    scale = common_scale(c.contributions for c in cards)
    inner = "".join(card_html(c, scale, t, controls=controls) for c in cards)
    bare = "" if any(c.picture for c in cards) else " tr-bare"
    return f'<ol class="tr-cards{bare}" aria-label="{esc(t("card.list"))}">{inner}</ol>'


def show_cards(
    cards: Sequence[Card],
    t: Translator,
    key: str,
    on_event: Callable[[Event], None],
    *,
    controls: bool = True,
) -> None:
    """Draw the cards; clicks on like, hide and why reach ``on_event``."""
    live_list(cards_html(cards, t, controls=controls), key, on_event)


def summary(cards: Sequence[Card], t: Translator) -> str:
    """Say in one sentence what the last change did to the list."""
    moves = [moved(card)[0] for card in cards]
    new, shifted = moves.count("new"), moves.count("up") + moves.count("down")
    if not new and not shifted:
        return t("discover.unchanged")
    return t("discover.changed", new=new, moved=shifted, same=moves.count("same"))


def strip_html(
    things: Sequence[tuple[str, str, str | None]], t: Translator, *, caption: str, removable: bool
) -> str:
    """Return a row of thumbnails of (id, title, picture); ``removable``: by a click on them."""
    inner = []
    for id, title, url in things:
        face = picture(url, t, short=True)
        if removable:
            label = esc(t("card.unlike", title=title))
            named = f'aria-label="{label}" title="{label}"'
            face = f'<button type="button" data-action="unlike" {named}>{face}</button>'
            inner.append(
                f'<li class="tr-thumb" data-id="{esc(id)}">{part("face", "", face, "span")}</li>'
            )
        else:
            inner.append(
                f'<li class="tr-thumb" title="{esc(title)}">{face}<span '
                f'class="tr-sr">{esc(title)}</span></li>'
            )
    first = f'<li class="tr-caption" data-id="">{esc(caption)}</li>'
    return f'<ul class="tr-strip">{first}{"".join(inner)}</ul>'

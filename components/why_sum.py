"""The quick part of an explanation: the sum, pairs of channels, evidence, and apart the gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from components.bars import Scale, equation, waterfall
from components.cards import part, tool
from components.html import WAITING, channel_label, esc, number, picture, signed
from components.i18n import Translator
from core.explain.words import sentence
from core.types import CHANNELS, Channel, Item

if TYPE_CHECKING:
    from core.explain.report import Evidence, Explanation

Address = Callable[[str], str | None]
"""Item id, "" for the upload -> address of its picture or sound, None where it has none."""


class Told(Protocol):
    """What a place in a list and an explanation have in common."""

    @property
    def item(self) -> Item:
        """The item."""

    @property
    def rank(self) -> int | None:
        """Its rank, if it has one."""

    @property
    def base(self) -> float:
        """What nothing known gives, in logits."""

    @property
    def score(self) -> float:
        """What all channels give, in logits."""

    @property
    def contributions(self) -> Mapping[Channel, float]:
        """What each channel adds, in logits."""

    @property
    def present(self) -> Mapping[Channel, bool]:
        """Which channels count."""


def heading_html(words: str, line: str = "") -> str:
    """Return the heading of a section."""
    below = f'<p class="tr-small tr-muted">{esc(line)}</p>' if line else ""
    return f'<div class="tr tr-part-head"><h2>{esc(words)}</h2>{below}</div>'


def head_html(told: Told, k: int, url: str | None, t: Translator) -> str:
    """Return which item it is, its place, and the one sentence that says why."""
    text, because = told.item.text(t.language), sentence(told.contributions, told.base, told.score)
    place = (
        t("why.owned")
        if told.rank is None
        else t("why.rank" if told.rank <= k else "why.rank_beyond", rank=told.rank, k=k)
    )
    line = " · ".join(filter(None, (t.word("category", told.item.category), text.line)))
    return (
        f'<section class="tr tr-asked">{picture(url, t, short=True)}<div>'
        f'<p class="tr-asked-title">{esc(text.title)}</p>'
        f'<p class="tr-small tr-muted">{esc(line)}</p>'
        f'<p class="tr-asked-why">{esc(_minus(because.say(t.language)))}</p>'
        f'<p class="tr-small tr-muted">{esc(place)}</p></div></section>'
    )


def _minus(text: str) -> str:
    """Return printed numbers with a true minus, as everywhere on the page."""
    return text.replace("(-", "(−").replace(" -", " −")


def sum_html(told: Told, t: Translator) -> str:
    """Return the waterfall and the sum, printed."""
    phi = {str(c): v for c, v in told.contributions.items()}
    table = waterfall(told.base, phi, {str(c): v for c, v in told.present.items()}, told.score, t)
    return (
        f'<div class="tr tr-sumup">{table}<p class="tr-small tr-muted tr-gap">{esc(t("why.adds"))}</p>'
        f'<p class="tr-equation">{esc(equation(told.base, phi, told.score))}</p>'
        f'<p class="tr-small tr-muted tr-gap">{esc(t("why.method"))}</p></div>'
    )


def pairs_html(found: Explanation, t: Translator) -> str:
    """Return what pairs of channels do together: a signed bar each, redundancy left, synergy right."""
    if not found.interactions:
        return f'<p class="tr tr-small tr-muted">{esc(t("why.no_pairs"))}</p>'
    reach = max(abs(p.value) for p in found.interactions) or 1.0
    scale, rows = Scale(-1.03 * reach, 1.03 * reach), []
    for pair in found.interactions:
        left, right = sorted((scale.place(0), scale.place(pair.value)))
        says = "why.redundant" if pair.value < 0 else "why.synergy"
        bar = (
            f'<span class="tr-fall tr-pair" aria-hidden="true"><i style="left:{left:.2f}%;'
            f'width:{right - left:.2f}%"><b data-c="{pair.first}"></b><b data-c="{pair.second}"></b></i>'
            f'<u style="left:{scale.place(0):.2f}%"></u></span>'
        )
        rows.append(
            f'<tr><th scope="row">{channel_label(t, pair.first)}<span class="tr-times">×</span>'
            f'{channel_label(t, pair.second)}</th><td class="fall">{bar}</td>'
            f'<td class="num" title="{esc(t(says))}">{signed(pair.value)}</td></tr>'
        )
    return (
        f'<table class="tr tr-table tr-pairs"><caption>{esc(t("why.pairs_line"))}</caption><thead><tr>'
        f'<th scope="col">{esc(t("why.pair"))}</th><th scope="col" class="fall"><span class="tr-ends">'
        f"<span>{esc(t('why.redundant'))}</span><span>{esc(t('why.synergy'))}</span></span></th>"
        f'<th scope="col" class="num">{esc(t("why.logits"))}</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def evidence_html(
    found: Explanation,
    item: Callable[[str], Item],
    thumb: Address,
    sound: Address,
    t: Translator,
) -> str:
    """Return, for each modality, what the visitor has that the item resembles most."""
    if not found.evidence:
        none = esc(t("why.no_evidence"))
        return f'<ul class="tr-kins"><li class="tr-small tr-muted" data-id="">{none}</li></ul>'
    rows = "".join(_evidence(near, item, thumb, sound, t) for near in found.evidence)
    return f'<ul class="tr-kins" aria-label="{esc(t("why.evidence"))}">{rows}</ul>'


def _evidence(
    near: Evidence,
    item: Callable[[str], Item],
    thumb: Address,
    sound: Address,
    t: Translator,
) -> str:
    if near.id is None:
        url = thumb("") if near.modality == "image" else None
        face = picture(url, t, short=True) if url else ""
        title, line, play = t("why.your_upload"), "", ""
    else:
        text = item(near.id).text(t.language)
        face, title, line = picture(thumb(near.id), t, short=True), text.title, text.line
        url = sound(near.id) if near.modality == "audio" else None
        more = f' data-src="{esc(url)}"'
        play = (
            tool("play", "play", t("card.play", title=title), pressed=False, more=more)
            if url and url != WAITING
            else ""
        )
    quote = line if near.modality == "text" else ""
    name = (
        f"{channel_label(t, near.modality)} <b>{esc(title)}</b>"
        f'<span class="tr-small tr-muted">{esc(quote)}</span>'
    )
    return (
        f'<li class="tr-kin" data-id="{near.modality}">'
        + part("face", "tr-kin-face", face)
        + part("name", "tr-kin-name", name)
        + part("play", "tr-kin-play", play)
        + part(
            "value",
            "tr-kin-value",
            f'<span title="{esc(t("why.cosine"))}">{number(near.cosine)}</span>',
        )
        + "</li>"
    )


def otherwise_html(found: Explanation, t: Translator) -> str:
    """Return the contributions beside what two other ways of counting make of the same item."""
    rows = []
    for c in CHANNELS:
        if not found.present[c]:
            cells = f'<td class="num" colspan="3">{esc(t("card.absent"))}</td>'
        else:
            flag = f' <span class="tr-tag">{esc(t("why.opposite"))}</span>'
            other = signed(found.against.contributions[c]) + flag * (c in found.against.disagree)
            values = (signed(found.contributions[c]), other, signed(found.leave_one_out[c]))
            cells = "".join(f'<td class="num">{value}</td>' for value in values)
        rows.append(f'<tr><th scope="row">{channel_label(t, c)}</th>{cells}</tr>')
    heads = "".join(
        f'<th scope="col" class="num">{esc(t(f"why.{key}"))}</th>'
        for key in ("against_nothing", "against_others", "left_out")
    )
    return (
        f'<div class="tr tr-scroll"><table class="tr-table"><thead><tr><th scope="col">'
        f"{esc(t('bar.listen'))}</th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f'<p class="tr-small tr-muted tr-gap">{esc(t("why.otherwise_line"))}</p></div>'
    )


def disagreement_html(found: Explanation, t: Translator) -> str:
    """Say where the two baselines give a channel opposite signs; nothing where they do not."""
    if not found.against.disagree:
        return ""
    names = t("punct.list").join(t.name("channel", c) for c in found.against.disagree)
    return f'<p class="tr tr-notice">{esc(t("because.baselines", channels=names))}</p>'


def internal_html(found: Explanation, t: Translator) -> str:
    """Return the fusion's gates as dots on a track, unlike anything that stands for a contribution."""
    name = t.name("fusion", found.request.method.fusion)
    if not found.gates:
        return f'<p class="tr tr-small tr-muted">{esc(t("why.no_gates", fusion=name))}</p>'
    rows = "".join(
        f'<li><span class="tr-internal-name">{esc(t.name("channel", c))}</span>'
        f'<span class="tr-track" aria-hidden="true"><i style="left:{100 * min(1.0, max(0.0, v)):.1f}%">'
        f"</i></span><span>{number(v)}</span></li>"
        for c, v in found.gates.items()
    )
    return (
        f'<div class="tr tr-internal"><p class="tr-small tr-muted">{esc(t("why.gates_line"))}</p>'
        f'<ul aria-label="{esc(t("why.gates"))}">{rows}</ul></div>'
    )

"""What an encoder is and costs."""

from __future__ import annotations

from components.html import esc, number
from components.i18n import Translator
from core.encoders import EncoderCard
from core.encoding import Cost


def card_html(card: EncoderCard, cost: Cost, name: str, line: str, t: Translator) -> str:
    """Return the card of an encoder: four figures, then where it comes from."""
    thing = t(f"encoders.thing.{card.modality}")
    figures = (
        (count(cost.parameters, t), t("encoders.parameters")),
        (megabytes(cost.megabytes, t), t("encoders.megabytes")),
        (f"{cost.dim:,}", t("encoders.dim")),
        (t("encoders.time", value=_short(cost.ms)), t("encoders.ms", thing=thing)),
    )
    cells = "".join(f"<div><dt>{esc(k)}</dt><dd>{esc(v)}</dd></div>" for v, k in figures)
    spoken = t("punct.list").join(t.word("language", code) for code in card.languages)
    rows = (
        (t("encoders.source"), t.word("source", card.source)),
        (t("encoders.licence"), card.licence or t("encoders.unknown")),
        (t("encoders.languages"), spoken),
    )
    facts = "".join(f"<dt>{esc(k)}</dt><dd>{esc(v)}</dd>" for k, v in rows if v)
    said = f'<p class="tr-muted">{esc(line)}</p>' if line else ""
    return (
        f'<section class="tr tr-enc-card" data-c="{card.modality}" '
        f'aria-label="{esc(t("encoders.about", name=name))}">'
        f"<h2>{esc(name)}</h2>{said}"
        f'<dl class="tr-enc-figures">{cells}</dl><dl class="tr-facts">{facts}</dl></section>'
    )


def count(parameters: int | None, t: Translator) -> str:
    """Say a number of parameters."""
    if parameters is None:
        return t("encoders.unknown")
    return f"{parameters:,}" if parameters else t("encoders.none")


def megabytes(size: float | None, t: Translator) -> str:
    """Say a size: 18.8 MB."""
    if size is None:
        return t("encoders.unknown")
    return t("encoders.mb", value=_short(size)) if size else t("encoders.none")


def _short(value: float) -> str:
    return number(value, 0 if value >= 99.5 else 1 if value >= 0.95 else 2)

"""What happens to an upload before it is understood: every step's before and after, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, Final, TypeVar

import numpy as np
import streamlit as st

from components.guard import guard
from components.html import channel_label, esc
from components.i18n import Translator, translator
from components.looks import Sketch, facts_text, sketch, sketch_html, text_pair_html
from components.media import address
from components.uploads import uploads
from core.catalog.rendering import wav
from core.encoders.steps import full_trace, look_at_sound
from core.encoders.views import view
from core.media import decode
from core.media.augment import Seed
from core.media.steps import Look, Stage, Step, Value
from core.types import Clean, Media, Modality, Passage, Picture, Sound

T = TypeVar("T")

LISTEN: Final = 10
"""How many seconds of a view can be played."""

VIEWS: Final = 4

CHECKS: Final = frozenset({"short_enough", "worded", "finite", "long_enough", "audible"})
"""Steps that refuse or let pass, and change nothing."""


@dataclass(frozen=True)
class DrawnStep:
    """A :class:`core.media.steps.Step`, drawn; what did nothing has no drawings."""

    key: str
    stage: Stage
    parameters: Mapping[str, Value]
    drawings: tuple[Sketch, Sketch] | None


def draw(step: Step) -> DrawnStep:
    """Draw a step, both sides at one scale."""
    drawings = None
    if step.changed:
        looks = (step.before, step.after)
        waves = [x.value for x in looks if isinstance(x.value, np.ndarray) and x.value.ndim == 1]
        full = max([float(np.abs(wave).max(initial=0.0)) for wave in waves] + [1e-6])
        drawings = (sketch(looks[0], full), sketch(looks[1], full))
    return DrawnStep(step.key, step.stage, step.parameters, drawings)


def step_words(step: DrawnStep, modality: Modality, t: Translator) -> tuple[str, str]:
    """Return a step's name and the sentence that says what it does."""
    at = f"steps.{modality}.{step.key}"
    values = {
        key: value if isinstance(value, str) else f"{value:g}".replace("-", "−")
        for key, value in step.parameters.items()
    }
    return t(f"{at}.name"), t(f"{at}.line").format(**values)


def step_html(step: DrawnStep, modality: Modality, t: Translator) -> str:
    """Return one step that did something: its name, what it does, before and after."""
    assert step.drawings is not None
    before, after = step.drawings
    name, line = step_words(step, modality, t)
    drawn = _pair_html(before, after, t)
    facts = (facts_text(before.facts, t, after.facts), facts_text(after.facts, t, before.facts))
    figures = "".join(
        f'<figure><span class="tr-prep-when">{esc(t(f"steps.{when}"))}</span>{html}'
        f"{_caption(said, html)}</figure>"
        for when, html, said in zip(("before", "after"), drawn, facts, strict=True)
    )
    return (
        f'<li class="tr-prep-step" data-step="{esc(step.key)}"><p><b>{esc(name)}</b> '
        f'<span class="tr-tag">{esc(t(f"steps.stage.{step.stage}"))}</span></p>'
        f'<p class="tr-small tr-muted">{esc(line)}</p>'
        f'<div class="tr-prep-pair">{figures}</div></li>'
    )


def _caption(said: str, drawn: str) -> str:
    """Return what was measured, unless that is all that was drawn."""
    told = f">{esc(said)}</div>" in drawn
    return "" if told else f"<figcaption>{esc(said)}</figcaption>"


def _pair_html(before: Sketch, after: Sketch, t: Translator) -> tuple[str, str]:
    if not isinstance(before.text, str) or not isinstance(after.text, str):
        return sketch_html(before, t), sketch_html(after, t)
    if before.text == after.text:  # something was learned of it
        learned = {k: v for k, v in after.facts.items() if k not in before.facts}
        return sketch_html(before, t), sketch_html(Sketch(learned), t)
    return text_pair_html(before.text, after.text, t)


def steps_html(steps: Sequence[DrawnStep], modality: Modality, t: Translator) -> str:
    """Return all steps of one upload, in order; neighbours that had nothing to do share a line."""
    parts = []
    for changed, group in groupby(steps, lambda step: step.drawings is not None):
        if changed:
            parts += [step_html(step, modality, t) for step in group]
        else:
            parts.append(_idle_html(list(group), modality, t))
    return (
        f'<section class="tr-prep" data-c="{modality}"><h4 class="tr-section">'
        f'{channel_label(t, modality)}</h4><ol class="tr-prep-steps">{"".join(parts)}</ol></section>'
    )


def _idle_html(steps: Sequence[DrawnStep], modality: Modality, t: Translator) -> str:
    words = [step_words(step, modality, t) for step in steps]
    names = t("punct.list").join(name for name, _ in words)
    said = "steps.passed" if all(step.key in CHECKS for step in steps) else "steps.nothing"
    rows = "".join(f"<li><b>{esc(name)}</b> {esc(line)}</li>" for name, line in words)
    return (
        '<li class="tr-prep-idle"><details><summary>'
        f"{esc(t(said, names=names))}</summary>"
        f"<ul>{rows}</ul></details></li>"
    )


@dataclass(frozen=True)
class DrawnView:
    """An augmented view, drawn; ``clean`` is the text that it was made of, ``wav`` its beginning."""

    sketch: Sketch
    clean: str = ""
    wav: bytes = b""


def draw_view(clean: Clean, seed: Seed) -> DrawnView:
    """Make an augmented view of a clean medium, and draw it."""
    changed = view(clean, seed)
    if isinstance(changed, Picture):
        return DrawnView(sketch(Look(changed.pixels, {})))
    if isinstance(changed, Sound):
        heard = Sound(changed.samples[: LISTEN * changed.rate], changed.rate)
        return DrawnView(sketch(look_at_sound(changed)), wav=wav(heard))
    assert isinstance(clean, Passage)
    return DrawnView(Sketch({}, text=changed.text), clean.text)


def views_html(views: Sequence[DrawnView], modality: Modality, t: Translator) -> str:
    """Return augmented views of one upload."""
    figures = "".join(
        f"<figure>{_view_html(each, t)}"
        f"<figcaption>{esc(t('steps.views.view', number=n))}</figcaption></figure>"
        for n, each in enumerate(views, 1)
    )
    return (
        f'<section class="tr-prep" data-c="{modality}"><h4 class="tr-section">'
        f'{channel_label(t, modality)}</h4><p class="tr-small tr-muted">'
        f"{esc(t(f'steps.views.{modality}'))}</p>"
        f'<div class="tr-prep-views" data-c="{modality}">{figures}</div></section>'
    )


def _view_html(drawn: DrawnView, t: Translator) -> str:
    if isinstance(drawn.sketch.text, str):
        return text_pair_html(drawn.clean, drawn.sketch.text, t, blanks=False)[0]
    shown = sketch_html(drawn.sketch, t)
    if not drawn.wav:
        return shown
    url = address(drawn.wav, "audio/wav")
    return f'{shown}<audio controls preload="none" src="{esc(url)}"></audio>'


def _kept(name: str, media: Media, key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """Return what was drawn of an upload, kept in the session until another one takes its place."""
    kept: dict[Modality, tuple[tuple[Any, ...], T]] = st.session_state.setdefault(name, {})
    for modality in kept.keys() - uploads().keys():
        del kept[modality]
    if media.modality not in kept or kept[media.modality][0] != key:
        kept[media.modality] = (key, make())
    return kept[media.modality][1]


@st.fragment
def steps_section(language: str) -> None:
    """Offer to look into the preparation of everything uploaded; nothing is done until asked."""
    given, t = uploads(), translator(language)
    if not given:
        return
    place = st.expander(t("steps.title"), icon=":material/tune:", key="prep", on_change="rerun")
    if place.open:
        with place, guard(t):
            st.html(f'<p class="tr tr-small tr-muted">{esc(t("steps.line"))}</p>')
            with st.spinner(t("upload.reading")):
                st.html(f'<div class="tr tr-preps">{_steps_of(given, t)}</div>')
            _views_row(given, t)


def _steps_of(given: Mapping[Modality, Media], t: Translator) -> str:
    def make(media: Media) -> tuple[DrawnStep, ...]:
        return tuple(draw(step) for step in full_trace(media))

    return "".join(
        steps_html(_kept("_prep_steps", media, (media.digest,), partial(make, media)), m, t)
        for m, media in given.items()
    )


def _views_row(given: Mapping[Modality, Media], t: Translator) -> None:
    def again() -> None:
        st.session_state["_prep_seed"] = seed + 1

    seed = int(st.session_state.setdefault("_prep_seed", 0))
    with st.container(horizontal=True, vertical_alignment="center", key="prep_views"):
        st.html(f'<h4 class="tr tr-section">{esc(t("steps.views.title"))}</h4>', width="content")
        st.button(
            t("steps.views.again"), icon=":material/casino:", key="prep_again", on_click=again
        )
        st.html(
            f'<span class="tr tr-small tr-muted">{esc(t("steps.views.seed", seed=seed))}</span>',
            width="content",
        )
    st.html(f'<p class="tr tr-small tr-muted">{esc(t("steps.views.line"))}</p>')
    with st.spinner(t("upload.reading")):
        st.html(f'<div class="tr tr-preps">{_views_of(given, seed, t)}</div>')


def _views_of(given: Mapping[Modality, Media], seed: int, t: Translator) -> str:
    def make(media: Media) -> tuple[DrawnView, ...]:
        clean = decode(media)
        return tuple(draw_view(clean, (seed, number)) for number in range(VIEWS))

    return "".join(
        views_html(_kept("_prep_views", media, (media.digest, seed), partial(make, media)), m, t)
        for m, media in given.items()
    )

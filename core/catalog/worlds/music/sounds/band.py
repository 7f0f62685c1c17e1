"""The band: turns a song and a genre's parts into notes, and notes into tracks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from core.catalog.worlds.music.sounds.drums import DRUMS
from core.catalog.worlds.music.sounds.genres import Figure, Genre, Part
from core.catalog.worlds.music.sounds.score import Note, Song, hits
from core.catalog.worlds.music.sounds.theory import Chord, at, hertz
from core.catalog.worlds.music.sounds.tones import CHORAL, VOICES, Tone
from core.catalog.worlds.synth import Signal, add, samples

_LOOSE = 0.007
"""Standard deviation of a player's timing, in seconds."""
_STRUM = 0.022
"""Seconds between two strings of a strum."""
_LONGEST = 3.2
"""Seconds after which a held tone has died away or may be cut."""


def perform(
    song: Song, voice: str, notes: Iterable[Note], bright: float, rng: np.random.Generator
) -> Signal:
    """Play notes on an instrument, with human timing.

    A tone that comes again is played as it was, so that patterns cost little.
    """
    track = np.zeros(samples(song.seconds))
    played: dict[tuple[int, float], Signal] = {}
    for note in notes:
        start = max(0.0, song.at(note.start) + float(rng.normal(0.0, _LOOSE)))
        length = min(note.beats * song.beat, song.seconds - start, _LONGEST)
        tone = (note.pitch, round(length, 2))
        if tone not in played:
            played[tone] = VOICES[voice](Tone((hertz(note.pitch),), tone[1], bright, rng))
        add(track, played[tone], start, note.velocity)
    return track


def accompany(song: Song, part: Part, rng: np.random.Generator) -> Signal:
    """Play one part of a genre."""
    bright = song.feel.bright
    if part.voice in CHORAL:
        return _hold(song, part, rng)
    return perform(song, part.voice, _notes(song, part, rng), bright, rng)


def beat_drums(song: Song, genre: Genre, rng: np.random.Generator) -> Signal:
    """Play the drums; the last stroke falls on the final chord, with a cymbal if there is energy."""
    track = np.zeros(samples(song.seconds))
    energy = song.feel.energy
    for name, pattern in genre.drums.items():
        drum = DRUMS[name](rng)
        for beat, velocity in hits(pattern, energy, song.end):
            loose = float(rng.normal(0.0, _LOOSE / 2))
            add(track, drum, max(0.0, song.at(beat) + loose), velocity * rng.uniform(0.85, 1.0))
        if pattern[0].isdigit():
            add(track, drum, song.at(song.end))
    if energy > 0.7:
        add(track, DRUMS["crash"](rng), song.at(song.end), 0.8)
    return track


def _hold(song: Song, part: Part, rng: np.random.Generator) -> Signal:
    """Play each chord as one long tone that overlaps the next a little."""
    track = np.zeros(samples(song.seconds))
    for chord in song.chords:
        start, end = song.at(chord.start), min(song.at(chord.end) + 0.18, song.seconds)
        pitches = tuple(hertz(p) for p in chord.voiced(part.centre))
        tone = Tone(pitches, end - start, song.feel.bright, rng)
        add(track, VOICES[part.voice](tone), start)
    return track


def _notes(song: Song, part: Part, rng: np.random.Generator) -> Iterator[Note]:
    """Yield what a part plays, and its share in the final chord."""
    if part.pattern:
        strokes = hits(part.pattern, song.feel.energy, song.end)
        for count, (beat, velocity) in enumerate(strokes):
            chord = at(song.chords, beat)
            yield from _stroke(song, part, chord, count, beat, part.beats, velocity, rng)
    else:
        for chord in song.chords[:-1]:
            yield from _stroke(song, part, chord, 0, chord.start, chord.end - chord.start, 1, rng)
    yield from _stroke(song, part, song.chords[-1], 0, song.end, song.tail, 1, rng)


def _stroke(
    song: Song,
    part: Part,
    chord: Chord,
    count: int,
    beat: float,
    beats: float,
    velocity: float,
    rng: np.random.Generator,
) -> Iterator[Note]:
    """Yield the notes of one stroke, the ``count``-th of a pattern."""
    soft = velocity * float(rng.uniform(0.88, 1.0))
    pitches = _pitches(song, part, chord, count, beat)
    lag = _STRUM / song.beat if part.figure is Figure.STRUM else 0.0
    for k, pitch in enumerate(pitches):
        yield Note(beat + k * lag, beats, pitch, soft)


def _pitches(song: Song, part: Part, chord: Chord, count: int, beat: float) -> Sequence[int]:
    """Return what a figure makes of a chord."""
    root = chord.bass(part.centre)
    final = beat >= song.end
    match part.figure:
        case Figure.CHORD | Figure.STRUM:
            return chord.voiced(part.centre)
        case Figure.POWER:
            return root, root + 7, root + 12
        case Figure.ARPEGGIO:
            tones = chord.voiced(part.centre)
            if final:
                return tones
            round_trip = (*tones, tones[0] + 12, *tones[:0:-1])
            return (round_trip[count % len(round_trip)],)
        case Figure.FIFTHS:
            return (root if count % 2 == 0 or final else chord.bass(part.centre, 2),)
        case Figure.OCTAVES:
            return (root + 12 * (count % 2),)
        case Figure.WALK:
            return (_walk(song, part, chord, beat),)
        case Figure.ROOT:
            return (root,)


def _walk(song: Song, part: Part, chord: Chord, beat: float) -> int:
    """Return a walking bass's note: chord tones, and on the last beat a step below the next root."""
    since, left = beat - chord.start, chord.end - beat
    if beat < song.end and left <= 1 and since >= 1:
        return at(song.chords, chord.end).bass(part.centre) - 1
    return chord.bass(part.centre, int(since) % 3)

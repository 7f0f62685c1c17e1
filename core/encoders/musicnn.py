"""Music to tags, and to what the tagger heard before it named it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from core.encoders.base import Encoded, Encoder, EncoderCard, Stretch
from core.encoders.checkpoint import DATA, INDEX
from core.encoders.hearing import as_sound, heard_at
from core.encoders.musicnn_tags import MAGNATAGATUNE, MILLION_SONG
from core.encoders.registry import register
from core.encoders.sources import Weights, resolve
from core.types import Clean, Modality

if TYPE_CHECKING:
    from torch import Tensor

    from core.encoders.musicnn_net import Heard

_SOURCE: Final = "Pons & Serra, musicnn, 2019; the files of musicnn 0.1.0; trained on "


def _weights(name: str, index: str, data: str) -> Weights:
    """Name the files of a model of musicnn, whose wheel pins versions that are long gone."""
    return Weights(
        files={INDEX: index, DATA: data},
        mb=29,
        package="musicnn",
        version="0.1.0",
        module="musicnn",
        inside=name,
    )


def _card(id: str, data: str) -> EncoderCard:
    return EncoderCard(
        id=id,
        modality=Modality.AUDIO,
        dim=753,
        source=_SOURCE + data,
        revision="f38a4890",
        licence="ISC",
    )


class _Musicnn(Encoder):
    """A tagger with 50 tags, heard in patches of three seconds, which are its tokens.

    The vector is the mean over time of everything that the network follows over time. A sound shorter
    than a patch is repeated to fill one. The weights are not part of an installation: the first use
    fetches them, see ``sources.py``.
    """

    needs: ClassVar[Weights]
    tags: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        super().__init__()
        self._network: Any
        self._mel: Any

    def _load(self) -> None:
        from torchaudio.transforms import MelSpectrogram

        from core.encoders import musicnn_net as net

        self._network = net.load(resolve(self.needs, modality=Modality.AUDIO))
        self._mel = MelSpectrogram(
            sample_rate=net.RATE,
            n_fft=net.WINDOW,
            hop_length=net.HOP,
            n_mels=net.BANDS,
            norm="slaney",
            mel_scale="slaney",
        )

    def name_tags(self, batch: Sequence[Clean], k: int = 5) -> list[list[dict[str, Any]]]:
        """Name what is heard.

        Returns
        -------
        for each sound its ``k`` likeliest tags, likeliest first, each as ``{"index": 0..49,
        "name": English tag, "probability": mean over patches}``; tags do not exclude one another
        """
        import torch

        with self._ready(), torch.inference_mode():
            heard = [self._hear(each)[0].logits.sigmoid().mean(dim=0).topk(k) for each in batch]
        return [
            [
                {"index": index, "name": self.tags[index], "probability": probability}
                for index, probability in zip(
                    likeliest.indices.tolist(), likeliest.values.tolist(), strict=True
                )
            ]
            for likeliest in heard
        ]

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        heard = [self._hear(each) for each in batch]
        patches = [each.embedding for each, _ in heard]
        pooled = torch.stack([each.mean(dim=0) for each in patches])
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        padded = torch.nn.utils.rnn.pad_sequence(patches, batch_first=True)
        return Encoded(pooled, padded, tuple(labels for _, labels in heard))

    def _hear(self, clean: Clean) -> tuple[Heard, tuple[Stretch, ...]]:
        """Run the network over all patches of one sound; called under the lock."""
        import torch

        from core.encoders.musicnn_net import FRAMES, HOP, RATE

        samples = torch.from_numpy(heard_at(clean, RATE))
        frames = torch.log10(1 + 10_000 * self._mel(samples).T)
        starts = patch_starts(len(frames), FRAMES)
        heard: Heard = self._network(patches(frames, starts, FRAMES))
        seconds = as_sound(clean).seconds
        labels = (
            Stretch(start * HOP / RATE, min((start + FRAMES) * HOP / RATE, seconds))
            for start in starts
        )
        return heard, tuple(labels)


def patch_starts(frames: int, length: int) -> tuple[int, ...]:
    """Return where patches begin: one after the other, the last so that it ends with the sound.

    That last one overlaps its neighbour; it is left out where less than half of it would be new.
    """
    starts = list(range(0, max(1, frames - length + 1), length))
    if frames - (starts[-1] + length) >= length / 2:
        starts.append(frames - length)
    return tuple(starts)


def patches(frames: Tensor, starts: Sequence[int], length: int) -> Tensor:
    """Cut (T, M) frames into (P, length, M); fewer frames than ``length`` are repeated."""
    import torch

    repeated = frames.repeat(-(-length // len(frames)), 1) if len(frames) < length else frames
    return torch.stack([repeated[start : start + length] for start in starts])


@register
class MusicnnMagna(_Musicnn):
    """musicnn trained on MagnaTagATune: instruments, tempo, voices, genres, as listeners typed them."""

    card = _card("musicnn-magnatagatune", "MagnaTagATune")
    needs = _weights(
        "MTT_musicnn",
        "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57",
        "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab",
    )
    tags = MAGNATAGATUNE


@register
class MusicnnMillionSong(_Musicnn):
    """musicnn trained on the Million Song Dataset: genres, decades and moods, as fans tagged them."""

    card = _card("musicnn-millionsong", "the Million Song Dataset")
    needs = _weights(
        "MSD_musicnn",
        "87f3e0f3550c8d3bafc840374003e5c8af5eeb5ecf6add61af09a7822d3282c8",
        "8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6",
    )
    tags = MILLION_SONG

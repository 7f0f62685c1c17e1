"""Networks through ONNX Runtime: exported once, kept in the cache folder, faster than eager PyTorch."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from core import durable
from core.encoders.base import EncoderCard
from core.resources import cache_dir

if TYPE_CHECKING:
    from torch import Tensor, nn

OPSET: Final = 17
"""Version of the operators: the first with layer normalisation in one piece."""

Feed = dict[str, NDArray[Any]]
"""What a network is given, by name."""

_exporting = Lock()  # the exporter keeps state of its own


class OnnxNetwork:
    """A network that ONNX Runtime has opened, on as many threads as torch may use.

    Parameters
    ----------
    model : path or content of an ONNX file
    """

    def __init__(self, model: Path | bytes) -> None:
        import onnxruntime
        import torch

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        # Threads that spin for work would take the cores from everybody else in the process.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else os.fspath(model),
            options,
            providers=["CPUExecutionProvider"],
        )

    def __call__(self, **feed: Tensor) -> list[Tensor]:
        """Return all outputs, in order."""
        import torch

        found = self._session.run(None, {name: tensor.numpy() for name, tensor in feed.items()})
        return [torch.from_numpy(each) for each in found]


def opened(card: EncoderCard, write: Callable[[Path], None], recipe: int = 1) -> OnnxNetwork:
    """Return the network of a card from the cache folder, or make it and keep it there.

    A file that cannot be read is made again, and a folder that cannot be written is done without.

    Parameters
    ----------
    card : its id and revision name the file
    write : writes the network to a path
    recipe : number of the way in which ``write`` does that; it must change with it
    """
    kept = cache_dir() / "onnx" / f"{card.id}-{card.revision}-{recipe}.onnx"
    known = durable.kept(kept)
    if known is not None:
        with suppress(Exception):  # ONNX Runtime has many names for a damaged file, no common one
            return OnnxNetwork(known)
    with TemporaryDirectory() as work, _exporting:
        made = Path(work, "model.onnx")
        write(made)
        content = made.read_bytes()
    durable.keep(kept, content)
    return OnnxNetwork(content)


def export(
    network: nn.Module,
    example: Mapping[str, Tensor],
    outputs: Sequence[str],
    path: Path,
    *,
    free: Mapping[int, str],
) -> None:
    """Write a network as ONNX.

    Parameters
    ----------
    network : in eval mode; takes the inputs in order, returns a tensor or a tuple of them
    example : inputs by name
    outputs : names of what it returns
    path : where to
    free : dimensions of all inputs and outputs that may have any size, by position, and their names
    """
    import torch

    names = [*example, *outputs]
    with warnings.catch_warnings():
        # The exporter that traces is the older one, and says so at length. It takes a second, and needs no
        # package that the other one does.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            tuple(example.values()),
            path,
            dynamo=False,
            input_names=list(example),
            output_names=list(outputs),
            dynamic_axes={name: dict(free) for name in names},
            opset_version=OPSET,
        )


def quantize_weights(source: Path, path: Path) -> None:
    """Write a network with 8-bit weights; what flows through is rounded on the way, by its own range.

    One scale a channel, since with one a matrix MiniLM's vectors turn by up to 24 degrees. Seven of the
    bits are used: without VNNI, processors add products in 16 bits, which eight would overflow.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        _tidied(source), path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )


def quantize_all(
    source: Path, path: Path, seen: Sequence[Feed], *, spare: tuple[str, ...] = ()
) -> None:
    """Write a network that computes in 8 bits, with ranges found on examples (QDQ).

    Parameters
    ----------
    source, path : from where, and where to
    seen : what the network is shown, one by one, to find the range of every activation
    spare : beginnings of names of nodes that keep their precision

    References
    ----------
    Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
    Inference, 2018.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_static

    tidy = _tidied(source)
    nodes = [node.name for node in onnx.load(tidy).graph.node]
    quantize_static(
        tidy,
        path,
        _reader(seen),
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        nodes_to_exclude=[name for name in nodes if name.startswith(spare)] if spare else [],
    )


def _tidied(source: Path) -> Path:
    """Write the network beside itself with constants computed and paddings joined, as rounding wants it."""
    from onnxruntime.quantization.shape_inference import quant_pre_process

    tidy = source.with_suffix(".tidy.onnx")
    quant_pre_process(source, tidy, skip_symbolic_shape=True)
    return tidy


def _reader(seen: Sequence[Feed]) -> Any:
    """Return examples in the form that ONNX Runtime asks for them."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._left: Iterator[Feed] = iter(seen)

        def get_next(self) -> Feed | None:
            return next(self._left, None)

    return Reader()

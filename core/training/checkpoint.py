"""The whole state of a training run in one safetensors file, written so that a file is whole or not there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from core.durable import forget_halves, write_whole
from core.errors import TriadError
from core.fusion.chance import Chance
from core.training.loop import Loop, Progress

FORMAT: Final = "triad-training-2"
UNSEALED: Final = "triad-training-1"
"""Of the files of earlier versions, which had no digest of themselves."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What lies in a file.

    Attributes
    ----------
    config : of the run, as JSON
    world : key of the world it is trained on
    data : digest of everything it learns from
    numbers : where it stands; plain JSON values
    tensors : weights, the best weights so far, the optimiser's moments, the sources of chance
    """

    config: str
    world: str
    data: str
    numbers: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; an older one is replaced only once the new one is on the disk.

    Raises
    ------
    TriadError
        ``checkpoint_unwritable``
    """
    facts = {
        "format": FORMAT,
        "config": checkpoint.config,
        "world": checkpoint.world,
        "data": checkpoint.data,
        "numbers": json.dumps(checkpoint.numbers),
    }
    facts["seal"] = _seal(facts, checkpoint.tensors)
    content = save({k: v.contiguous() for k, v in checkpoint.tensors.items()}, metadata=facts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise TriadError("checkpoint_unwritable", path=path, reason=error.strerror) from None
    forget_halves(path)


def _seal(facts: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    """Return the digest of everything in a file: safetensors has none, and a changed number is a number."""
    sum = hashlib.sha256(json.dumps(dict(facts), sort_keys=True).encode())
    for name in sorted(tensors):
        value = tensors[name].contiguous()
        sum.update(f"{name} {tuple(value.shape)} {value.dtype} ".encode())
        sum.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return sum.hexdigest()


def read(path: Path) -> Checkpoint:
    """Read what :func:`write` wrote.

    Raises
    ------
    TriadError
        ``file_missing``, ``checkpoint_damaged``
    """
    if not path.is_file():
        raise TriadError("file_missing", path=path)
    try:
        with safe_open(path, "pt") as file:
            facts = dict(file.metadata() or {})
            if facts.get("format") not in (FORMAT, UNSEALED):
                raise TriadError("checkpoint_damaged", path=path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        sealed = facts.pop("seal", None)
        if sealed != (None if facts["format"] == UNSEALED else _seal(facts, tensors)):
            raise TriadError("checkpoint_damaged", path=path)
        return Checkpoint(
            facts["config"], facts["world"], facts["data"], json.loads(facts["numbers"]), tensors
        )
    except (SafetensorError, OSError, KeyError, ValueError, RecursionError):
        raise TriadError("checkpoint_damaged", path=path) from None


def check_free(path: Path) -> None:
    """Refuse to write over anything but an older checkpoint (``out_taken``)."""
    if path.exists():
        try:
            read(path)
        except TriadError:
            raise TriadError("out_taken", path=path) from None


def state_of(loop: Loop) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the numbers and the tensors that a loop's future depends on; the tensors are the live ones."""
    tensors = {f"tower.{k}": v for k, v in loop.tower.state_dict().items()}
    tensors |= {f"best.{k}": v for k, v in (loop.best or {}).items()}
    moments = loop.optimiser.state_dict()["state"]
    tensors |= {f"moment.{i}.{k}": v for i, found in moments.items() for k, v in found.items()}
    sources = (*_chances(loop.tower), loop.generator)
    tensors |= {f"chance.{n}": source.get_state() for n, source in enumerate(sources)}
    tensors["order"] = loop.order
    numbers = {
        "progress": asdict(loop.at),
        "rng": loop.rng.bit_generator.state,
        "schedule": loop.schedule.state_dict(),
        "rate": loop.optimiser.param_groups[0]["lr"],
    }
    return numbers, tensors


def restore(loop: Loop, numbers: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Put a fresh loop of the same config and data where :func:`state_of` found the other.

    Raises
    ------
    KeyError, RuntimeError, TypeError, ValueError
        Where the state is not one of such a loop; it is then half restored
    """
    loop.tower.load_state_dict(_under(tensors, "tower."))
    best = _under(tensors, "best.")
    loop.best = best or None
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _under(tensors, "moment.").items():
        index, kind = name.split(".")
        moments.setdefault(int(index), {})[kind] = value
    whole = loop.optimiser.state_dict()
    loop.optimiser.load_state_dict({**whole, "state": moments})
    loop.schedule.load_state_dict(dict(numbers["schedule"]))
    for group in loop.optimiser.param_groups:
        group["lr"] = numbers["rate"]
    for n, source in enumerate((*_chances(loop.tower), loop.generator)):
        source.set_state(tensors[f"chance.{n}"])
    loop.rng.bit_generator.state = numbers["rng"]
    loop.order = tensors["order"]
    loop.at = Progress(**numbers["progress"])


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _chances(module: nn.Module) -> list[torch.Generator]:
    """Return the fusions' own sources of chance, which no state dict holds."""
    return [
        part._generator
        for one in module.modules()
        for part in vars(one).values()
        if isinstance(part, Chance)
    ]

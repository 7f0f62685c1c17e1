"""A training run that streams, stops, saves and goes on.

    run = Run.of_world("shop", preset("quick", fusion="gated"))
    for event in run.events(stop=asked_to_stop, save=Path("gated.safetensors")):
        show(event.as_json())                        # Epoch, Epoch, ..., Done
    run = Run.resume(Path("gated.safetensors"))      # after a stop or a kill: as if nothing had been
    ranks = run.model()                              # the best weights so far, at any time

A run belongs to one thread at a time and blocks it; ``stop`` may look at whatever another thread sets, and is
asked before every step (20 to 300 ms in the worlds that ship). Threads share torch's pool: to leave a server
responsive, run it in a process of its own, as ``python -m core train --json`` does, and set
``torch.set_num_threads`` there. Configs and events travel as JSON (``RunConfig.to_json``, ``as_json``), the
state as the checkpoint file. What a run holds does not grow with its epochs, and no event is kept. The same
config, data, number of threads and version of torch give the same weights, bit by bit, however often it was
stopped.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from torch import Tensor

from core.catalog.dataset import Dataset
from core.errors import TriadError
from core.evaluation.loading import load as load_dataset
from core.evaluation.splits import split as split_of
from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog, TwoTower
from core.training import checkpoint
from core.training.checkpoint import Checkpoint
from core.training.config import RunConfig
from core.training.evaluate import HeldOut, held_out
from core.training.loop import Epoch, Loop, number

_INITIALISING: Final = threading.Lock()
"""Fresh weights are drawn from torch's one global generator."""


DEFAULT: Final = RunConfig()


@dataclass(frozen=True)
class Done:
    """The last event of a stream.

    Attributes
    ----------
    reason : ``epochs``: all of them are over; ``patience``: validation no longer got better; ``stopped``
    epochs : how many were completed
    best : best NDCG@10 on validation, NaN where it was not looked at
    seconds : of training, over all sittings
    """

    reason: str
    epochs: int
    best: float
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the event as plain values."""
        return {"event": "done", **asdict(self), "best": number(self.best)}


Event = Epoch | Done

ViewsOf = Callable[[str, int], Mapping[str, Tensor]]
"""World and K -> modality -> (1 + K, I, P): the features as they are, and of K augmented views."""


class Run:
    """Training of one method on one dataset; see the module for how to use it.

    Parameters
    ----------
    dataset : split as the app splits its worlds; only its training part is learned from, only its validation
        part is chosen by
    catalog : its items as the tower reads them
    config : what is trained, and how
    views : modality -> (K, I, P), augmented features of which every step draws one an item
    source : what the dataset is loaded by, which a checkpoint remembers; by default its name

    Raises
    ------
    TriadError
        ``fit_nothing_taken`` where no visitor took two items
    """

    def __init__(
        self,
        dataset: Dataset,
        catalog: Catalog,
        config: RunConfig = DEFAULT,
        views: Mapping[str, Tensor] | None = None,
        source: str | None = None,
    ) -> None:
        self.source = source or dataset.name
        self.dataset, self.catalog, self.config = dataset, catalog, config
        self._views = views
        self._split = split_of(dataset)
        if not (self._split.train.sum(axis=1) > 1).any():
            raise TriadError("fit_nothing_taken", key=config.method.name)
        self._loop = self._fresh()

    @classmethod
    def of_world(
        cls, world: str, config: RunConfig = DEFAULT, views_of: ViewsOf | None = None
    ) -> Self:
        """Return a run on a world, or on a folder of features and interactions (``unknown_data``).

        ``views_of`` makes the augmented views that ``config.views`` asks for (``views_rendered_only``).
        """
        dataset = load_dataset(world)
        views = None
        if config.views:
            if views_of is None:
                raise TriadError("views_rendered_only", world=world)
            views = views_of(world, config.views)
        catalog = catalog_of(dataset, fit_scalers(dataset))
        return cls(dataset, catalog, config, views, source=world)

    @classmethod
    def resume(cls, path: Path, views_of: ViewsOf | None = None) -> Self:
        """Return the run of a checkpoint, where it was left; see :meth:`load` and :meth:`of_world`."""
        found = checkpoint.read(path)
        run = cls.of_world(found.world, RunConfig.from_json(found.config), views_of)
        run._take(found, path)
        return run

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to train."""
        return self._loop.finished

    def __iter__(self) -> Iterator[Event]:
        return self.events()

    def events(
        self, stop: Callable[[], bool] = lambda: False, save: Path | None = None
    ) -> Iterator[Event]:
        """Train from where it stands, yielding after every epoch; the last event is ``Done``.

        Parameters
        ----------
        stop : asked before every step; after it said True, another call goes on as if nothing had been
        save : kept up to date after every epoch and at the end

        Raises
        ------
        TriadError
            ``loss_not_finite``, after which what was saved last is still good; ``checkpoint_unwritable``
        """
        if save is not None:  # a place that cannot be written is told before anything is trained
            self.save(save)
        for epoch in self._loop.epochs(stop):
            if save is not None:
                self.save(save)
            yield epoch
        if save is not None:
            self.save(save)
        at = self._loop.at
        reason = "epochs" if at.epoch >= self.config.epochs else "patience"
        best = at.best if self._loop.best is not None else math.nan
        yield Done(reason if self.finished else "stopped", at.epoch, best, at.seconds)

    def save(self, path: Path) -> None:
        """Write the whole state into one file; an older one is replaced only by a whole new one."""
        numbers, tensors = checkpoint.state_of(self._loop)
        found = Checkpoint(self.config.to_json(), self.source, self._digest(), numbers, tensors)
        checkpoint.write(path, found)

    def load(self, path: Path) -> None:
        """Go where the run of a checkpoint was left; on an error this run stays where it is.

        Raises
        ------
        TriadError
            ``file_missing``, ``checkpoint_damaged``; ``checkpoint_other`` where it is of another config,
            ``checkpoint_data`` where it is of other data
        """
        self._take(checkpoint.read(path), path)

    def model(self) -> TwoTower:
        """Return a copy with the weights that were best on validation so far, ready to recommend."""
        tower = self._new_tower()
        tower.load_state_dict(self._loop.best or self._loop.tower.state_dict())
        return TwoTower(tower, self.catalog)

    def test(self, k: int = 10) -> HeldOut:
        """Return what :meth:`model` reaches on the part of the data that was held out."""
        tower = self.model().tower
        return held_out(tower, self.catalog, self._split, self.config.channels, k)

    def _new_tower(self) -> Tower:
        with _INITIALISING:
            config = self.config
            return new_tower(config.method, self.catalog, seed=config.seed, width=config.width)

    def _fresh(self) -> Loop:
        return Loop(
            self._new_tower(),
            self.catalog,
            self._split.train,
            self._split.valid,
            self.config,
            self._views,
        )

    def _take(self, found: Checkpoint, path: Path) -> None:
        other = asdict(RunConfig.from_json(found.config))
        for name, mine in asdict(self.config).items():
            if other[name] != mine:
                raise TriadError(
                    "checkpoint_other", path=path, name=name, theirs=other[name], mine=mine
                )
        if found.data != self._digest():
            raise TriadError("checkpoint_data", path=path, world=found.world)
        loop = self._fresh()
        try:
            checkpoint.restore(loop, found.numbers, found.tensors)
        except (KeyError, RuntimeError, TypeError, ValueError):
            raise TriadError("checkpoint_damaged", path=path) from None
        self._loop = loop

    def _digest(self) -> str:
        """Return the SHA-256 of everything that is learned from and chosen by."""
        sum = hashlib.sha256()
        arrays = {"train": self._split.train, "valid": self._split.valid}
        arrays |= {m: x.numpy() for m, x in self.catalog.features.items()}
        arrays |= {f"views {m}": x.numpy() for m, x in (self._views or {}).items()}
        arrays["present"] = self.catalog.present.numpy()
        for name, array in arrays.items():
            sum.update(f"{name} {array.shape} {array.dtype} ".encode())
            sum.update(array.tobytes())
        return sum.hexdigest()

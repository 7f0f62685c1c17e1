"""daft, as far as it is here: which runner runs a query, and how a class of ours becomes its workers."""

from __future__ import annotations

import importlib
import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import TriadError
from core.resources import ASSETS

KINDS: Final = ("native", "ray")
INSTALL: Final = "pip install -r requirements-scale.txt"
QUIET: Final = {"DO_NOT_TRACK": "true", "DAFT_PROGRESS_BAR": "0", "RAY_USAGE_STATS_ENABLED": "0"}
"""Neither daft nor Ray is to report its use to anybody, and progress is told by us."""


@dataclass(frozen=True)
class Runner:
    """What a query runs on.

    Attributes
    ----------
    kind : ``native``, on this machine, or ``ray``
    address : of the Ray cluster, such as ``auto`` or ``ray://head:10001``; without, a local one is started
    workers : how many processes work at once, each with models of its own. 0: daft does the work where it is,
        on the native runner in this process
    """

    kind: str = "native"
    address: str | None = None
    workers: int = 0

    def start(self) -> Any:
        """Return daft with this runner set; a process keeps the runner that it started with.

        Raises
        ------
        TriadError
            ``scale_runner``, ``scale_address``, ``bad_count``, ``scale_missing``, ``scale_ray``,
            ``scale_one_runner``
        """
        if self.kind not in KINDS:
            raise TriadError("scale_runner", key=self.kind, known=", ".join(KINDS))
        if self.address and self.kind != "ray":
            raise TriadError("scale_address", address=self.address)
        if self.workers < 0:
            raise TriadError("bad_count", name="--workers", value=self.workers, low=0)
        daft = library("daft")
        if self.kind == "ray":
            ray = library("ray")
            if not ray.is_initialized():
                self._connect(ray)
        try:
            (daft.set_runner_ray if self.kind == "ray" else daft.set_runner_native)()
        except daft.exceptions.DaftCoreException as error:  # one is set already
            kept = daft.get_or_infer_runner_type()
            if kept != self.kind:
                raise TriadError("scale_one_runner", kept=kept, key=self.kind) from error
        return daft

    def _connect(self, ray: Any) -> None:
        """Join the cluster, or start one of as many places as there are workers, and one for daft itself."""
        threads = os.environ.get("OMP_NUM_THREADS")
        env = QUIET | {"PYTHONPATH": str(ASSETS.parent)}
        places = max(self.workers, 1) + 1
        local = {} if self.address else {"num_cpus": places, "include_dashboard": False}
        try:
            if self.address:
                _knock(self.address)
            ray.init(
                address=self.address or "local",
                runtime_env={"env_vars": env | ({"OMP_NUM_THREADS": threads} if threads else {})},
                log_to_driver=False,
                logging_level=logging.ERROR,
                **local,
            )
        except Exception as error:  # there is no one kind of them
            raise TriadError(
                "scale_ray", address=self.address or "local", why=line(error)
            ) from error

    def udf(
        self, kind: type, method: str, returns: Any, arguments: Sequence[Any], size: int
    ) -> Any:
        """Return a method of a class as a daft function of columns.

        Every worker makes one instance and keeps it.

        Parameters
        ----------
        returns : the daft type of what the method returns for each row
        arguments : of the constructor
        size : rows that the method is given at once, as ``daft.Series``
        """
        daft = library("daft")
        daft.method.batch(return_dtype=returns, batch_size=size)(getattr(kind, method))
        pool = {"max_concurrency": self.workers} if self.workers else {"use_process": False}
        pooled = daft.cls(kind, **pool)
        return getattr(pooled(*arguments), method)


def _knock(address: str) -> None:
    """Raise OSError where nobody answers: Ray itself would go on trying for many minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=10).close()


def library(name: str) -> Any:
    """Import daft or Ray (``scale_missing``)."""
    for key, value in QUIET.items():
        os.environ.setdefault(key, value)  # daft reads them as it is imported
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise TriadError("scale_missing", package=name, command=INSTALL) from error


def line(error: BaseException) -> str:
    """Return what went wrong in one line: the last that is said, which is the cause."""
    said = [part for part in str(error).splitlines() if part.strip()]
    why = said[-1].strip().rstrip(".") if said else "no reason given"
    return f"{type(error).__name__}: {why}"[:300]

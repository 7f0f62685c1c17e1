"""The nursery's process; see :mod:`core.bench.faults.nursery`."""

from core.bench.faults.nursery import main

main()

"""Losses, sampling, the training loop and its runs; how to use them stands in :mod:`core.training.run`."""

"""Losses, sampling and the training loop."""

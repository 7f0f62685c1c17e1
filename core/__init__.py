"""Triad's system: media, encoders, fusion, recommenders, explanations. Knows nothing of the app."""

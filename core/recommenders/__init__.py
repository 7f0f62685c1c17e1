"""Histories -> scores."""

"""The illustrative province."""

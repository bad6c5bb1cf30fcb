"""What is said of a file that holds more than the limits allow; each `inspect_*` counts in its own way."""

from pathlib import Path

from geo.unusable import unusable


def beyond(path: Path, most: int, code: str) -> Exception:
    """The error with that code; `KeyError` for a code that is none of a limit."""
    made = {
        "too_deep": deep, "too_many_features": features, "too_many_columns": columns, "too_many_vertices": vertices,
        "value_too_long": value, "too_many_rows": rows,
    }  # fmt: skip
    return made[code](path, most)


def deep(path: Path, most: int) -> Exception:
    """The error for elements within elements without end."""
    return unusable("{file} is nested deeper than {most} levels", code="too_deep", file=path.name, most=most)


def features(path: Path, most: int) -> Exception:
    """The error for too many features."""
    return unusable(
        "{file} has more than {most} features; split it", code="too_many_features", file=path.name, most=most
    )


def columns(path: Path, most: int) -> Exception:
    """The error for too many columns."""
    return unusable("{file} has more than {most} columns", code="too_many_columns", file=path.name, most=most)


def vertices(path: Path, most: int) -> Exception:
    """The error for too many vertices."""
    return unusable(
        "{file} has more than {most} vertices; simplify the shapes or split the file",
        code="too_many_vertices",
        file=path.name,
        most=most,
    )


def value(path: Path, most: int) -> Exception:
    """The error for a text that is too long."""
    return unusable(
        "{file} holds a value of more than {most} characters; shorten it",
        code="value_too_long",
        file=path.name,
        most=most,
    )


def rows(path: Path, most: int) -> Exception:
    """The error for too many rows."""
    return unusable("{file} has more than {most} rows; split it", code="too_many_rows", file=path.name, most=most)

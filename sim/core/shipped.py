"""Where the files that ship with the library are: beside the package or inside the wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(kind: str) -> Path:
    """Return the folder `seeds` or `scenarios`, in an editable install or in a wheel."""
    installed = PACKAGE / "_shipped" / kind
    return installed if installed.is_dir() else PACKAGE.parent / kind

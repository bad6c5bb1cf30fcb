"""How much memory the C library keeps of what was let go: without a word it keeps a heap for every thread."""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # names of mallopt(3)
ARENAS = 2
LARGE = 1 << 20  # bytes: blocks of this size go back to the system at once; columns of a whole run are larger


def give_back() -> None:
    """Have memory that is let go returned to the system, so that a process under load stays as large as its data.

    glibc only (mallopt(3)); elsewhere nothing is done. It must be called before threads are started.
    """
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if library is None or not hasattr(library, "mallopt"):
        return
    for name, value in ((ARENA_MAX, ARENAS), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
        library.mallopt(name, value)

"""Walls round the process that reads a stranger's file: what it may use, see and call. Each wall is one function.

All work without root and can only be put up, never taken down. `held` says which of them this machine has:
Linux has all of them, macOS the limits of resources, Windows none of these three (docs/limits.md).
"""

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

NO_NEW_PRIVILEGES, SECCOMP, SECCOMP_FILTER, DIE_WITH_PARENT, SIGKILL = 38, 22, 2, 1, 9
# Landlock (kernel 5.13 and later); its three calls have one number on every architecture
CREATE_RULES, ADD_RULE, RESTRICT = 444, 445, 446
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version
NETWORK, SCOPES = 0b11, 0b11  # bind and connect over TCP (version 4); abstract sockets and signals (version 6)
# Numbers of Linux system calls: seccomp filters by number; source: arch/x86/entry/syscalls/syscall_64.tbl and
# include/uapi/asm-generic/unistd.h of the kernel.
# Sockets, programs, processes, tracing, kernel keys, mounts; signals; shared memory, semaphores and message queues,
# which outlive a process and are not counted as its memory; rights, owners, times and attributes of files, which
# Landlock leaves open.
DENIED = {
    "x86_64": (29, 30, 31, 41, 42, 43, 49, 50, 53, 57, 58, 59, 62, 64, 68, 69, 90, 91, 92, 93, 94, 101, 129,
               132, 155, 161, 165, 166, 175, 188, 189, 190, 197, 198, 199, 200, 234, 235, 240, 246, 248, 249,
               250, 260, 261, 268, 272, 280, 288, 297, 298, 304, 308, 310, 311, 313, 321, 322, 323, 424, 425,
               426, 427, 434, 438, 452),
    "aarch64": (5, 6, 7, 14, 15, 16, 39, 40, 41, 51, 52, 53, 54, 55, 88, 97, 104, 105, 117, 129, 130, 131, 138,
               180, 186, 189, 190, 194, 195, 196, 198, 199, 200, 201, 202, 203, 217, 218, 219, 221, 240, 241,
               242, 265, 268, 270, 271, 273, 280, 281, 282, 424, 425, 426, 427, 434, 438, 452),
}  # fmt: skip
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE, OTHER_LIMITS = {"x86_64": 56, "aarch64": 220}, {"x86_64": 302, "aarch64": 261}
CLONE3, SAME_PROCESS = 435, 0x00010000  # CLONE_THREAD
MARGIN = 64 << 20  # of what is mapped but not yet in memory (libraries), so much may come in
ALLOW, REFUSE, ABSENT, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000  # EPERM, ENOSYS


@cache
def held() -> dict[str, bool]:
    """Which walls this machine has, by the names that `geo.worker.ask` uses."""
    linux = sys.platform == "linux"
    return {
        "inspect": True,
        "drivers": True,
        "limits": os.name == "posix",
        "files": landlock_version() > 0,
        "network": linux and platform.machine() in DENIED and kernel().prctl(21, 0, 0, 0, 0) >= 0,  # PR_GET_SECCOMP
    }


@cache
def kernel() -> ctypes.CDLL:
    """The C library, through which the kernel is called."""
    return ctypes.CDLL(None, use_errno=True)


@cache
def landlock_version() -> int:
    """The version of Landlock that the kernel speaks, 0 where it has none."""
    if sys.platform != "linux":
        return 0
    return max(int(kernel().syscall(CREATE_RULES, None, ctypes.c_size_t(0), 1)), 0)


def checked(result: int, what: str) -> int:
    """The result of a call; `OSError` where the kernel refused."""
    if result < 0:
        raise OSError(ctypes.get_errno(), what)
    return result


def limit(memory: int, seconds: int) -> None:
    """Bound memory (bytes, what is used now included), processor time, open files; no file may grow, no core is kept.

    macOS keeps no bound on memory. New processes are forbidden by `no_calls`, on macOS by a limit of 0 of them.
    """
    import resource  # noqa: PLC0415  does not exist on Windows

    bounds = [("RLIMIT_CPU", seconds + 1), ("RLIMIT_FSIZE", 0), ("RLIMIT_NOFILE", 64), ("RLIMIT_CORE", 0)]
    if sys.platform == "linux":
        reserved, used = mapped()
        bounds.append(("RLIMIT_AS", memory + reserved - used - MARGIN))
    else:
        bounds.append(("RLIMIT_NPROC", 0))
    for name, most in bounds:
        _, hard = resource.getrlimit(getattr(resource, name))
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        least = max(most - 1, 0) if name == "RLIMIT_CPU" else most  # first SIGXCPU, which tells why; then SIGKILL
        resource.setrlimit(getattr(resource, name), (least, most))


def mapped() -> tuple[int, int]:
    """Bytes of address space that this process has mapped, and those of them in memory; Linux only."""
    reserved, used = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    return int(reserved) * os.sysconf("SC_PAGE_SIZE"), int(used) * os.sysconf("SC_PAGE_SIZE")


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends; Linux only."""
    checked(kernel().prctl(DIE_WITH_PARENT, SIGKILL, 0, 0, 0), "PR_SET_PDEATHSIG")


def no_new_privileges() -> None:
    """No program started from here ever gains rights; needed by the two walls below; Linux only."""
    checked(kernel().prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")


def see_only(paths: Iterable[Path]) -> None:
    """From now on only what lies below `paths` can be read, and nothing written; Linux with Landlock only."""
    version = landlock_version()
    rights = RIGHTS[min(version, max(RIGHTS))]
    attributes = struct.pack("QQQ", rights, NETWORK if version >= 4 else 0, SCOPES if version >= 6 else 0)
    attributes = attributes[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = checked(kernel().syscall(CREATE_RULES, attributes, ctypes.c_size_t(len(attributes)), 0), "Landlock")
    for path in paths:
        if not path.exists():
            continue
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]  # Linux only
        rule = struct.pack("=Qi", READ_FILE | READ_FOLDER if path.is_dir() else READ_FILE, place)
        checked(kernel().syscall(ADD_RULE, rules, 1, rule, 0), f"Landlock: {path}")
        os.close(place)
    checked(kernel().syscall(RESTRICT, rules, 0), "Landlock")
    os.close(rules)


@cache
def own_installation() -> list[Path]:
    """Where Python, the libraries with the data of GDAL and PROJ, and this product lie: what a reader needs to see."""
    paths = sysconfig.get_paths()
    here = Path(__file__).resolve().parent
    places = [paths[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")]
    product = [here, here.parent / "data", here.parent / "hatangso_data"]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/dev/null", "/dev/urandom"]
    return [*(Path(p) for p in {*places, *system}), *product]


def no_calls() -> None:
    """No sockets, programs, processes, signals, shared memory or rights of files (EPERM); Linux with seccomp only."""
    program = filter_program(platform.machine())
    code = ctypes.create_string_buffer(program, len(program))
    given = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    checked(kernel().prctl(SECCOMP, SECCOMP_FILTER, given, 0, 0), "PR_SET_SECCOMP")


def filter_program(machine: str) -> bytes:
    """The seccomp filter as classic BPF, 8 bytes an instruction (`struct sock_filter`).

    Threads of this process may be made, processes not; limits of this process may be asked for, of others not.
    """
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    number, architecture, argument = 0, 4, 16  # offsets in `struct seccomp_data`; the low half of the first argument
    lines = [(load, 0, 0, architecture), (equal, 1, 0, ARCHITECTURE[machine]), (answer, 0, 0, KILL)]
    lines += [(load, 0, 0, number), (at_least, 0, 1, 0x40000000), (answer, 0, 0, REFUSE)]  # the x32 calls
    for call in DENIED[machine]:
        lines += [(equal, 0, 1, call), (answer, 0, 0, REFUSE)]
    lines += [(equal, 0, 1, CLONE3), (answer, 0, 0, ABSENT)]  # the C library then takes clone, whose flags can be seen
    lines += [(equal, 0, 4, CLONE[machine]), (load, 0, 0, argument), (any_bit, 0, 1, SAME_PROCESS)]
    lines += [(answer, 0, 0, ALLOW), (answer, 0, 0, REFUSE)]
    lines += [(equal, 0, 4, OTHER_LIMITS[machine]), (load, 0, 0, argument), (equal, 0, 1, 0)]
    lines += [(answer, 0, 0, ALLOW), (answer, 0, 0, REFUSE), (answer, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)

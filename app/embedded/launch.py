"""Become another program that ends when its parent ends, and that never runs as root.

Run as a script, outside the platform's packages, so that the steps between fork and exec
happen in a fresh single-threaded process:

    python -I -S launch.py PARENT_PID SIGNAL IDENTITY PROGRAM [ARGUMENT ...]

IDENTITY `same` keeps the user. PostgreSQL refuses root: `namespace` shows it uid 65534 in a user
namespace of its own, while its files stay root's; where the system forbids that, `nobody` really
becomes uid 65534, and keeps only the right to pass through folders it does not own.
"""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

NOBODY = 65534

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522
_CLONE_NEWUSER = 0x10000000


def die_with_parent(signal_number: int) -> None:
    """Ask the Linux kernel to send this process a signal when the thread that started it ends.

    Elsewhere nothing is asked: the next start finds and stops what was left running.
    """
    if sys.platform == "linux":
        _call("prctl", _PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def _call(function: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1", encoding="ascii")


def _become_nobody() -> None:
    _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    with suppress(OSError):  # needed only where a folder on the way is closed to others
        _keep_passing_through_folders()


def _keep_passing_through_folders() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << _CAP_DAC_OVERRIDE
    # effective, permitted, inheritable; then the same three for capabilities above 31
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _call("capset", header, sets)
    _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def main() -> None:
    parent, signal_number, identity, *command = sys.argv[1:]
    if identity == "namespace":
        _enter_namespace()
    elif identity == "nobody":
        _become_nobody()
    # Only now: a change of identity clears the wish to die with the parent.
    die_with_parent(int(signal_number))
    if os.getppid() != int(parent):
        sys.exit("The parent process ended before its child began.")
    os.execv(command[0], command)  # noqa: S606 -- becoming that program is the purpose


if __name__ == "__main__":
    main()

"""Turn into another program, after binding its life to the parent's and dropping root.

Run as a file, by ``processes.start``: ``launch.py PARENT SIGNAL USER PROGRAM ARGUMENT…``. It ends
as the program (``exec``), so the program's process id is the launcher's. It imports the standard
library only and is small, since it starts before every server.

*The parent's death.* On Linux the kernel sends SIGNAL when the parent dies, however it dies.

*Root.* PostgreSQL refuses to run as root. USER (``-`` for none) then owns its files; so that this
user can reach them below a folder that only root may enter (``/root``), it keeps the one
capability for reading and entering.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 1, 8, 28, 47
PR_CAP_AMBIENT_RAISE = 2
SECURE_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def become(user: str) -> None:
    """Become ``user`` for good, keeping on Linux the right to enter and read any folder.

    Containers often withhold the read-only capability and grant the wider one: whichever is held
    is kept;
    with neither, the user reaches what its own rights reach.
    """
    entry = pwd.getpwnam(user)
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        # Without it access(2), by which programs look for each other, would forget the capability.
        libc.prctl(PR_SET_SECUREBITS, SECURE_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if libc is None:
        return
    header, sets = _Header(CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    if libc.capget(ctypes.byref(header), sets) != 0:
        return
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        bit = 1 << capability
        if sets[0].permitted & bit:
            kept = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
            if libc.capset(ctypes.byref(header), kept) == 0:
                libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return


def main(arguments: list[str]) -> None:
    """Bind, drop and become the program; on failure say why and exit with 127."""
    parent, signal_number, user, *program = arguments
    if user != "-":
        become(user)  # before binding: a change of user clears the parent-death signal
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != int(parent):  # it died before the binding
            sys.exit(1)
    try:
        os.execvp(program[0], program)  # noqa: S606 - no shell is meant
    except OSError as error:
        sys.exit(f"cannot run {program[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])

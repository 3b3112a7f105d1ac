"""Takes away what the engine would do for a script to the whole process, and gives what it denies the errors of Python.

Runs before any script. Modules that are built in are the same ones however often they are imported, and nothing keeps what
is replaced here, so no script gets it back.
"""

import errno
import faulthandler
import os
import posix
import sys

import _multiprocessing_graalpy
import _signal
import _socket
import _thread


def _denying(make_error):
    def denied(*_given, **_named):
        raise make_error()

    return denied


_not_permitted = _denying(lambda: PermissionError(errno.EPERM, os.strerror(errno.EPERM)))
_not_the_main_thread = _denying(lambda: ValueError("signal only works in main thread of the main interpreter"))
_no_thread = _denying(lambda: RuntimeError("can't start new thread"))


class _Socket:
    """One that cannot be made."""

    __slots__ = ()

    def __init__(self, *_given, **_named):
        _not_permitted()


# The engine's handlers and signals are those of the process: with them a script ends it, or keeps it from being ended.
for _name in ("signal", "set_wakeup_fd", "siginterrupt"):
    setattr(_signal, _name, _not_the_main_thread)
for _name in ("alarm", "setitimer", "raise_signal"):
    setattr(_signal, _name, _not_permitted)
_thread.interrupt_main = _not_permitted

for _name in ("start_new_thread", "start_new"):
    setattr(_thread, _name, _no_thread)
faulthandler.dump_traceback_later = _no_thread
if "threading" in sys.modules:
    sys.modules["threading"]._start_new_thread = _no_thread

for _module in (posix, os):
    for _name in ("system", "kill", "killpg", "setpgid", "setpgrp", "setsid"):
        setattr(_module, _name, _not_permitted)
_multiprocessing_graalpy._spawn_context = _not_permitted

_socket.socket = _socket.SocketType = _Socket
for _name in ("getaddrinfo", "getnameinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "gethostname"):
    setattr(_socket, _name, _not_permitted)

"""Words the errors of the operating system for people."""

import errno

AS_ROOT = "run this as root, or as the daemon's user"


def system_message(error: OSError) -> str:
    """The system's error message, as the end of a sentence."""
    return (error.strerror or type(error).__name__).lower()


def reason(error: OSError) -> str:
    """The same for files of the daemon, with what to do where that is certain."""
    if error.errno == errno.ENOSPC:
        return "the disk is full: free some space"
    said = system_message(error)
    return f"{said}: {AS_ROOT}" if isinstance(error, PermissionError) else said

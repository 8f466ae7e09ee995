"""Words the errors of the operating system for people."""

AS_ROOT = "run this as root, or as the daemon's user"


def reason(error: OSError) -> str:
    """The system's error message, as the end of a sentence; what to do where that is certain."""
    said = (error.strerror or type(error).__name__).lower()
    return f"{said}: {AS_ROOT}" if isinstance(error, PermissionError) else said

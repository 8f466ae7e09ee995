"""Replaces itself with a command that gets a listening socket, as systemd passes one: `launch.py SOCKET
NAME TURN COMMAND …`. `TURN` is the other end of what `succession.py` reads."""

import fcntl
import os
import signal
import sys

# The variable with the descriptor of `TURN`.
TURN = "SUCCESSION_TURN"


def turn() -> int | None:
    """The descriptor that `launch.py` left to this process, once."""
    descriptor = os.environ.pop(TURN, None)
    return int(descriptor) if descriptor else None


if __name__ == "__main__":
    # `pkill -USR2` reaches a successor that loads, too. Its predecessor has blocked the signal until here.
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGUSR2,))
    socket, name, other, *command = sys.argv[1:]
    # Out of the place that sd_listen_fds(3) wants for the socket, 3.
    free = [fcntl.fcntl(int(it), fcntl.F_DUPFD, 10) for it in (socket, other)]
    os.close(int(socket))
    os.close(int(other))
    os.dup2(free[0], 3)
    os.close(free[0])
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": name}
    os.environ[TURN] = str(free[1])
    os.execv(command[0], command)  # noqa: S606 - our own command

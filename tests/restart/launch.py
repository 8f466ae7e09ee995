"""Starts a program as systemd does, with a socket in its hands: `launch.py FD NAME PROGRAM …`."""

import os
import sys

FIRST = 3

descriptor, name, *command = sys.argv[1:]
os.dup2(int(descriptor), FIRST)
os.set_inheritable(FIRST, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": name}
os.execv(command[0], command)

"""A program that shares a SyncClient among threads and forks while one of them waits for the daemon. Each process
tells what it got as a line of JSON, and ends as programs end.
"""

import json
import os
import sys
import threading

from wechat_scheduler.client import SyncClient
from wechat_scheduler.client.kept import Name

NAME = ("wx1", "access_token")
SLOW = ("slow", "access_token")
READERS = 8


def main(url: str) -> None:
    client = SyncClient(url, "wsk_x", watch=True)
    values: list[str] = []
    readers = [
        threading.Thread(target=lambda: values.append(client.credential(*NAME)))
        for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    waiting = threading.Thread(target=lambda: values.append(client.credential(*SLOW)))
    waiting.start()
    while not client._memory.entry(Name(*SLOW)).lock.locked():
        pass
    child = os.fork()
    for fetched in client.follow(NAME):
        if fetched.value == "token-2":
            break
    slow = client.credential(*SLOW)
    if child:
        waiting.join()
        ended = os.waitpid(child, 0)[1]
        told = {"who": "parent", "values": sorted(values), "slow": slow, "child": ended}
    else:
        told = {"who": "child", "slow": slow, "threads": threading.active_count()}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

"""Sends photos and files to a service in this process and notes each answer: `python sent_to_disk.py FOLDER ACKS N`.

Run under strace by `test_power_loss`; headers of the senders come on standard input.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import intake_world as world
import people


def main():
    folder, acks, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    headers = json.load(sys.stdin)
    noted = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with world.client_of(folder) as client, ThreadPoolExecutor(2) as pool:

        def send(n):
            path = "photos" if n % 2 else "uploads?name=a.csv"
            content = world.picture(seed=n) if n % 2 else f"id\n{n}\n".encode() * 2000
            sent = client.post(f"/api/v1/{path}", content=content, headers={**headers, **people.key()})
            assert sent.status_code == 201, sent.text
            told = sent.json()
            os.write(
                noted, json.dumps({k: told[k] for k in ("id", "upload", "event", "hash") if k in told}).encode() + b"\n"
            )

        list(pool.map(send, range(number)))


if __name__ == "__main__":
    main()

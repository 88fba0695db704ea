"""What `sscard watch` adds to a card's own time; see scripts/bench-watch.

One clock for everything: the service's log and the program's output are read line
by line, and each line is given the time at which it came.
"""

import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time

PROGRAM, REFERENCE, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
READER = "Virtual PCD 00 00"
TARGET_MS = 5.0
MODELS = ("gen2", "gen3")
# The first ones only warm the caches.
WARMING = 2


def start(command):
    """A process, and its lines with the time at which each came."""
    lines = queue.Queue()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)

    def follow():
        for line in process.stdout:
            lines.put((time.perf_counter(), line))

    threading.Thread(target=follow, daemon=True).start()
    return process, lines


def wait_for(lines, word):
    """The time of the first line that holds the word."""
    while True:
        when, line = lines.get(timeout=20)
        if word in line:
            return when


def first_and_last(lines):
    """When the service was given the first command, and gave the last answer."""
    time.sleep(0.2)
    told = []
    while not lines.empty():
        told.append(lines.get())
    sent = [when for when, line in told if b" APDU: " in line]
    answered = [when for when, line in told if b" SW: " in line]
    return sent[0], answered[-1]


def timed(command):
    """A run: milliseconds, and its document."""
    begun = time.perf_counter()
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return 1e3 * (time.perf_counter() - begun), json.loads(output)


def reference(recording):
    """Milliseconds of the same conversation without anybody who thinks about it."""
    with open(recording, "rb") as commands:
        told = subprocess.run([REFERENCE, READER], stdin=commands, stdout=subprocess.PIPE, check=True)
    return int(told.stdout) / 1e3


def visit(model, recording, service, watched):
    """A card comes, is told, is checked once more, and leaves: milliseconds."""
    card = subprocess.Popen([PROGRAM, "virtual", model], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    came = wait_for(service, b"Card inserted into")
    told, line = watched.get(timeout=20)
    assert json.loads(line)["outcome"] == "healthy", line
    first, last = first_and_last(service)
    own = reference(recording)
    check, document = timed([PROGRAM, "check", "--json"])
    assert document["outcome"] == "healthy"
    card.kill()
    card.wait()
    wait_for(service, b"Card Removed From")
    whole = 1e3 * (told - came)
    return {
        "watch, event to verdict": whole,
        "  event to first command": 1e3 * (first - came),
        "  the conversation": 1e3 * (last - first),
        "  last answer to verdict": 1e3 * (told - last),
        "the conversation alone": own,
        "watch adds": whole - own,
        "check, start to end": check,
    }


def main():
    """Prints medians, and what nine tenths of the cards stay under."""
    processes = []
    try:
        service, log = start(["stdbuf", "-oL", "pcscd", "--foreground", "--info", "--apdu"])
        processes.append(service)
        while not os.path.exists("/run/pcscd/pcscd.comm"):
            time.sleep(0.01)
        watch, watched = start([PROGRAM, "watch", "--json"])
        processes.append(watch)
        time.sleep(1)
        for model in MODELS:
            recording = os.path.join(os.path.dirname(REFERENCE), model + ".apdu")
            subprocess.run([PROGRAM, "check", "--virtual", model, "--record", recording], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            visits = [visit(model, recording, log, watched) for _ in range(ROUNDS + WARMING)][WARMING:]
            print(f"{model}, {ROUNDS} cards: median, and what nine tenths stay under")
            for key in visits[0]:
                times = sorted(one[key] for one in visits)
                nine_tenths = times[(len(times) * 9 - 1) // 10]
                target = f"   (target: at most {TARGET_MS:.0f} ms)" if key == "watch adds" else ""
                print(f"  {key:26}{statistics.median(times):8.2f} ms {nine_tenths:8.2f} ms{target}")
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


main()

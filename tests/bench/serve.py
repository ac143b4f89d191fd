#!/usr/bin/env python3
"""How fast `tapak serve` makes tiles: make bench-serve, or tests/bench/serve.py TAPAK PROJECT [SECONDS].

A walk through the map, zoom 8 to 16, at random places of the study (the same every time), every tile under weights of its own, so
that none can come from a cache. First one client and one thread on one core: the time of a tile. Then a client for each thread of
two: tiles a second. Clients share the machine with the server."""
import http.client
import json
import math
import os
import random
import re
import subprocess
import sys
import threading
import time

TAPAK, PROJECT = sys.argv[1:3]
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 10
ZOOMS = range(8, 17)


def start(n_threads, cores):
    command = ["taskset", "-c", cores, TAPAK, "serve", PROJECT, "--port", "0", "--threads", str(n_threads)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return program, int(re.search(r":(\d+)/", program.stdout.readline()).group(1))


def steps(seed, criteria, bounds):
    """(zoom, path) without end: places that a study area's box holds, weights of hundredths."""
    chance = random.Random(seed)
    west, south, east, north = bounds
    while True:
        for z in ZOOMS:
            cuts = sorted(chance.randrange(1001) for _ in criteria[1:])
            parts = [b - a for a, b in zip([0] + cuts, cuts + [1000])]
            weights = ",".join(f"{c}:{p / 1000}" for c, p in zip(criteria, parts))
            lat, n = chance.uniform(south, north), 2**z
            x = int((chance.uniform(west, east) + 180) / 360 * n)
            y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
            yield z, f"/tiles/{z}/{x}/{y}.png?w={weights}"


def walk(port, seed, criteria, bounds, times):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    end = time.perf_counter() + SECONDS
    for z, path in steps(seed, criteria, bounds):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:200]!r}")
        times.append((z, (time.perf_counter() - began) * 1000))
        if time.perf_counter() > end:
            return


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(n_threads, cores):
    program, port = start(n_threads, cores)
    page = http.client.HTTPConnection("127.0.0.1", port)
    page.request("GET", "/")
    criteria = re.findall(r"[\w]+(?=:)", re.search(rb"w=([^<]+)<", page.getresponse().read()).group(1).decode())
    page.request("GET", "/tilejson.json")
    bounds = json.loads(page.getresponse().read())["bounds"]
    times = [[] for _ in range(n_threads)]
    walkers = [threading.Thread(target=walk, args=(port, seed, criteria, bounds, times[seed])) for seed in range(n_threads)]
    began = time.perf_counter()
    for w in walkers:
        w.start()
    for w in walkers:
        w.join()
    took = time.perf_counter() - began
    own = open(f"/proc/{program.pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    program.terminate()
    program.wait()
    cpu_s = (int(own[11]) + int(own[12])) / os.sysconf("SC_CLK_TCK")
    return len(criteria), [t for part in times for t in part], took, cpu_s


n_criteria, times, took, cpu_s = measure(1, "0")
print(f"one core, one client, {n_criteria} criteria: {len(times)} tiles in {took:.1f} s, load of the machine {os.getloadavg()[0]:.1f}")
for z in ZOOMS:
    own = [ms for zoom, ms in times if zoom == z]
    print(f"  zoom {z:2}: median {percentile(own, .5):5.1f} ms, 95 % within {percentile(own, .95):5.1f} ms")
every = [ms for _, ms in times]
print(f"  all    : median {percentile(every, .5):5.1f} ms, 95 % within {percentile(every, .95):5.1f} ms; "
      f"{1000 * cpu_s / len(every):.1f} ms of CPU a tile, loading included")
_, times, took, _ = measure(2, "0,1")
print(f"two cores, two clients: {len(times) / took:.0f} tiles a second")

"""Asks a running `tapak serve`, as browsers, portals and worse do: serve.py CASE TAPAK SCRATCH. Says what is wrong and ends with 1."""
import base64
import concurrent.futures
import gzip
import http.client
import json
import math
import os
import random
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET

PROJECT = "gis-data/kalsel.yaml"
WORLD = 2 * math.pi * 6378137
SLOW = 20 if os.environ.get("TPK_TEST_BUILD", "").endswith("san") else 1


class Server:
    """A server on a free port, stopped at the end."""

    def __init__(self, what, *options, files=None):
        """files: how many it may open, first and at the most."""
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)) if files else None
        self.program = subprocess.Popen([TAPAK, "serve", what, "--port", "0", *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, preexec_fn=limit)
        line = self.program.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            raise SystemExit(f"the server said {line!r} and {self.program.stderr.read()!r}")
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
        status = self.program.wait(timeout=10 * SLOW)
        if status != 0:
            expect(False, f"the server ended with {status}: {self.said()[-2000:]}")

    def said(self):
        """What it wrote to standard error; ends it."""
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
        return self.program.communicate(timeout=10 * SLOW)[1]

    def ask(self, path, method="GET", headers=None):
        """(code, headers in small letters, body)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60 * SLOW)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body

    def raw(self, request, patience=10 * SLOW):
        """The first bytes of the answer to bytes that need not be HTTP; b"" without one in `patience` seconds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as s:
            try:
                s.sendall(request)
                return s.recv(65536)
            except OSError:
                return b""


def expect(right, message):
    if not right:
        print(message, file=sys.stderr)
        sys.exit(1)


def tile_path(z, lon=115.2, lat=-3.4):
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return f"/tiles/{z}/{int((lon + 180) / 360 * n)}/{int(y)}.png"


def copy_study(folder):
    shutil.copytree("gis-data", folder, ignore=shutil.ignore_patterns("source", "steps"))
    return os.path.join(folder, "kalsel.yaml")


# ---- tiles are the map of a run ----

def picture(bytes_, name):
    """Colours of a PNG as GDAL reads it: rows of pixels of 4."""
    from osgeo import gdal
    gdal.UseExceptions()
    gdal.FileFromMemBuffer(f"/vsimem/{name}", bytes_)
    image = gdal.Open(f"/vsimem/{name}")
    band = image.GetRasterBand(1)
    table = band.GetColorTable()
    colors = [table.GetColorEntry(i) for i in range(table.GetCount())]
    return [[colors[v] for v in row] for row in band.ReadAsArray().tolist()]


def legend(path):
    """(value, (r, g, b)) of a ramp in a QGIS style."""
    return [(float(i.get("value")), tuple(int(i.get("color")[k:k + 2], 16) for k in (1, 3, 5)))
            for i in ET.parse(path).iter("item")]


def ramp(items, value):
    value = min(max(value, items[0][0]), items[-1][0])
    for (v0, c0), (v1, c1) in zip(items, items[1:]):
        if value <= v1:
            return [a + (b - a) * (value - v0) / (v1 - v0) for a, b in zip(c0, c1)]
    return items[-1][1]


def tiles():
    from osgeo import gdal
    gdal.UseExceptions()
    z, side = 9, WORLD / 2**9
    _, _, _, x, y = tile_path(z)[:-4].split("/")
    x, y = int(x), int(y)
    west, north = x * side - WORLD / 2, WORLD / 2 - y * side
    folder = os.path.join(SCRATCH, "mercator")
    project = copy_study(folder)
    text = open(project, encoding="utf-8").read()
    grid = (f"grid: {{crs: EPSG:3857, cell: {side / 256!r}, "
            f"bounds: [{west!r}, {north - side!r}, {west + side!r}, {north!r}]}}")
    text = re.sub(r"^grid:.*$", grid, text, flags=re.M)
    open(project, "w", encoding="utf-8").write(text)
    out = os.path.join(SCRATCH, "out")
    subprocess.run([TAPAK, "run", project, "-o", out, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    score = gdal.Open(f"{out}/suitability.tif").ReadAsArray()
    classes = gdal.Open(f"{out}/classes.tif")
    table = classes.GetRasterBand(1).GetColorTable()
    expect(score.shape == (256, 256), f"the grid is {score.shape}")
    items = legend(f"{out}/suitability.qml")
    with Server(project) as server:
        shown = picture(server.ask(f"/tiles/{z}/{x}/{y}.png")[2], "score.png")
        shown_classes = picture(server.ask(f"/tiles/{z}/{x}/{y}.png?style=classes")[2], "classes.png")
    wanted = [[table.GetColorEntry(v) if v else (0, 0, 0, 0) for v in row] for row in classes.ReadAsArray().tolist()]
    expect(len({c for row in wanted for c in row}) >= 4, "the tile shows too little to compare")
    expect(all(tuple(a) == tuple(b) for r0, r1 in zip(shown_classes, wanted) for a, b in zip(r0, r1)),
           "a class differs from classes.tif")
    half = 0.5 / 253
    for row, values in zip(shown, score.tolist()):
        for color, value in zip(row, values):
            if math.isnan(value):
                expect(color[3] == 0, f"unknown has the colour {color}")
            elif value == 0:
                expect(color == (*items[0][1], 255), f"0 has the colour {color}")
            else:
                low, high = ramp(items[1:], value - half), ramp(items[1:], value + half)
                expect(color[3] == 255 and all(min(a, b) - 1 <= c <= max(a, b) + 1
                                               for a, b, c in zip(low, high, color)),
                       f"score {value} has the colour {color}, expected {low} to {high}")


def answers():
    """/explain is what tapak explain says, /zones.geojson what a run writes; with other weights too."""
    out = os.path.join(SCRATCH, "out-answers")
    subprocess.run([TAPAK, "run", PROJECT, "-o", out, "--cell", "120", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    said = {}
    for weights in (None, "akses_jalan:0.4,lereng:0.6"):
        command = [TAPAK, "explain", PROJECT, "114.95", "-3.98", "--format", "json"]
        said[weights] = json.loads(subprocess.run(command + (["--weights", weights] if weights else []), check=True,
                                                  capture_output=True).stdout)
    with Server(out) as server:
        for weights, wanted in said.items():
            w = f"&w={weights}" if weights else ""
            code, headers, body = server.ask(f"/explain?lon=114.95&lat=-3.98{w}")
            expect(code == 200 and json.loads(body) == wanted, f"/explain says {body[:400]}")
        code, headers, body = server.ask("/zones.geojson")
        file = open(f"{out}/zones.geojson", "rb").read()
        expect(code == 200 and body == file and headers["content-type"] == "application/geo+json",
               f"the zones of the run are other than its file: {len(body)} of {len(file)} bytes")
        expect(server.ask("/zones.geojson", headers={"Range": "bytes=0-9"})[2] == file[:10], "a part of the zones")
        theirs = json.loads(file)
        own = ",".join(f"{c['id']}:{c['weight']}" for c in json.load(open(f"{out}/run.json", encoding="utf-8"))["criteria"])
        ours = json.loads(server.ask(f"/zones.geojson?w={own}")[2])
        expect(len(ours["features"]) == len(theirs["features"]) == 4, "zones are missing")
        for a, b in zip(ours["features"], theirs["features"]):
            expect(a["geometry"] == b["geometry"], "the geometry of a zone differs")
            for name, value in a["properties"].items():
                expect(b["properties"][name] == value or abs(b["properties"][name] - value) < 2e-6,
                       f"{name}: {value}, in the run {b['properties'][name]}")
        other = json.loads(server.ask("/zones.geojson?w=lereng:1")[2])
        for zone in other["features"]:
            p = zone["properties"]
            expect(p["excluded_ha"] > 0 or abs(p["score_mean"] - p["lereng_membership"]) < 1e-5,
                   "slope alone is not the score under its weight alone")
        tilejson = json.loads(server.ask("/tilejson.json?w=lereng:1&style=classes")[2])
        expect(tilejson["tiles"] == [f"http://127.0.0.1:{server.port}/tiles/{{z}}/{{x}}/{{y}}.png?w=lereng:1&style=classes"],
               f"the address of tiles is {tilejson['tiles']}")
        for scheme, wanted in {"https": "https", "HTTPS": "https", "http": "http", "https://evil/": "http", "ftp": "http"}.items():
            said = server.ask("/tilejson.json", headers={"Host": "peta.example", "X-Forwarded-Proto": scheme})
            expect(json.loads(said[2])["tiles"] == [f"{wanted}://peta.example/tiles/{{z}}/{{x}}/{{y}}.png"], f"{scheme}: {said[2]}")
        tags = [server.ask("/tilejson.json", headers={"X-Forwarded-Proto": scheme})[1]["etag"] for scheme in ("http", "https")]
        expect(tags[0] != tags[1], "two addresses of the tiles have one ETag")
    # The study is another than the run's: its zones are computed.
    project = copy_study(os.path.join(SCRATCH, "later"))
    out = os.path.join(SCRATCH, "out-later")
    subprocess.run([TAPAK, "run", project, "-o", out, "--cell", "500", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    file = open(f"{out}/zones.geojson", "rb").read()
    with Server(out) as server:
        expect(server.ask("/zones.geojson")[2] == file, "the zones of the run")
        text = open(project, encoding="utf-8").read()
        open(project, "w", encoding="utf-8").write(text.replace("S1: 0.80", "S1: 0.99"))
        time.sleep(0.2)
        body = server.ask("/zones.geojson")[2]
        expect(body != file and all(z["properties"]["class_S1_ha"] == 0 for z in json.loads(body)["features"]), "the zones of the study as it was")
    with Server(out) as server:
        expect(server.ask("/zones.geojson")[2] == body, "the zones of the run, though the project has changed since")


# ---- what is asked wrongly ----

WRONG = [
    ("/tiles/8/209/130.png?w=akses_jalan:0.4", 400, "sum to 0.4"),
    ("/tiles/8/209/130.png?w=leren:1", 400, "did you mean 'lereng'"),
    ("/tiles/8/209/130.png?w=lereng:nan", 400, "'lereng' has 'nan'"),
    ("/tiles/8/209/130.png?w=lereng:inf", 400, "'lereng' has 'inf'"),
    ("/tiles/8/209/130.png?w=lereng:1e999", 400, "'lereng' has '1e999'"),
    ("/tiles/8/209/130.png?w=lereng:-0.5,akses_jalan:1.5", 400, "'lereng' has '-0.5'"),
    ("/tiles/8/209/130.png?w=lereng:0x1", 400, "'lereng' has '0x1'"),
    ("/tiles/8/209/130.png?w=lereng:", 400, "'lereng' has ''"),
    ("/tiles/8/209/130.png?w=lereng", 400, "CRITERION:WEIGHT"),
    ("/tiles/8/209/130.png?w=lereng:0.5,lereng:0.5", 400, "'lereng' is given twice"),
    ("/tiles/8/209/130.png?w=lereng:0.5,akses_jalan:0.6", 400, "sum to 1.1"),
    ("/tiles/8/209/130.png?w=lereng:0", 400, "sum to 0"),
    ("/tiles/8/209/130.png?w=" + "lereng:0.1," * 400, 414, "too long"),
    ("/explain?lon=114.95&lat=-3.98&w=lereng:0.5", 400, "sum to 0.5"),
    ("/tilejson.json?w=leren:1", 400, "did you mean 'lereng'"),
    ("/zones.geojson?w=lereng:nan", 400, "'lereng' has 'nan'"),
    ("/tiles/8/209/130.png?w=", 400, "CRITERION:WEIGHT"),
    ("/tiles/8/209/130.png?w=lereng:1&w=lereng:1", 400, "given twice"),
    ("/tiles/8/209/130.png?wheat=1", 400, "no parameter 'wheat'"),
    ("/tiles/8/209/130.png?style=red", 400, "score and classes"),
    ("/tiles/8/256/130.png", 400, "2^Z - 1"),
    ("/tiles/23/0/0.png", 400, "0 to 22"),
    ("/tiles/-1/0/0.png", 400, "is no tile"),
    ("/tiles/08/0/0.png", 400, "is no tile"),
    ("/tiles/8/99999999999999999999/0.png", 400, "is no tile"),
    ("/tiles/8/209/130.jpg", 400, "is no tile"),
    ("/explain", 400, "needs a place"),
    ("/explain?lon=115", 400, "needs a place"),
    ("/explain?lon=x&lat=1", 400, "lon=x"),
    ("/explain?lon=115&lat=-91", 400, "-90 to 90"),
    ("/explain?lon=inf&lat=0", 400, "lon=inf"),
    ("/zones.geojson?w=lereng:2", 400, "0 to 1"),
    ("/nowhere", 404, "no '/nowhere'"),
    ("/suitability.tif", 404, "run the study again"),
    ("/explain?lon=115%00.5&lat=-3.4", 400, "lon=115%00.5"),
    ("/tiles/8/209/130.png?style=classes%00", 400, "style=classes%00"),
    ("/tiles/8/209/130.png?w=lereng:1%00,nothing:1", 400, "'lereng' has '1%00'"),
    ("/tiles/8/209/130.png?w%00x=lereng:1", 400, "no parameter 'w%00x'"),
    ("/tiles/8/209/130.png%00.jpg", 400, "is no tile"),
    ("/tilejson.json%00", 404, "no '/tilejson.json%00'"),
    ("/" + "a" * 2000, 414, "too long"),
    ("/?" + "&".join(f"p{i}=1" for i in range(40)), 400, "too many parameters"),
]


def wrong():
    with Server(PROJECT) as server:
        for path, code, text in WRONG:
            found, headers, body = server.ask(path)
            expect(found == code and text in json.loads(body)["error"], f"{path[:80]}: {found} {body[:300]}")
            expect(headers["content-type"] == "application/json", f"{path[:80]}: {headers}")
        for path in (tile_path(9), "/explain?lon=114.95&lat=-3.98&", "/tilejson.json", "/zones.geojson"):
            code = server.ask(path + ("" if path[-1] == "&" else "?") + "w=leren:1", headers={"If-None-Match": "*"})[0]
            expect(code == 400, f"{path} with a weight of nothing: {code} for If-None-Match: *")
        for method in ("POST", "PUT", "DELETE", "PATCH", "BREW"):
            found, headers, body = server.ask("/", method)
            expect(found == 405 and "GET" in headers["allow"] and "error" in json.loads(body), f"{method}: {found}")
        expect(server.ask("/", "OPTIONS")[0] == 204, "OPTIONS")
        expect(server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").startswith(b"HTTP/1.1 400"),
               "a body was taken")
        for headers in ({"X": "a" * 20000}, {f"X-{i}": "a" * 200 for i in range(100)}):
            code, found, body = server.ask(tile_path(9), headers=headers)
            expect(code == 431 and "too long" in json.loads(body)["error"] and found["content-type"] == "application/json",
                   f"headers of 20 kB: {code} {body[:300]}")
        expect(server.ask(tile_path(9), headers={"X": "a" * 15000})[0] == 200, "headers of 15 kB were refused")
        answer = server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 500000 + b"\r\n\r\n")
        expect(answer[:12] in (b"HTTP/1.1 431", b""), f"headers of 500 kB: {answer[:200]!r}")
        expect(server.ask(tile_path(9))[0] == 200, "the server does not answer after all that")
        expect("access-control-allow-origin" not in server.ask("/tilejson.json")[1], "CORS without being asked for")
    with Server(PROJECT, "--cors") as server:
        for method in ("GET", "OPTIONS"):
            expect(server.ask("/tilejson.json", method)[1]["access-control-allow-origin"] == "*", f"{method}: no CORS")


def fuzz():
    """Bytes and addresses at random: never an answer of 500, and the server goes on."""
    chance = random.Random(4)
    words = [b"/tiles/", b"8", b"/", b"..", b"%2e%2e", b"%00", b"w=", b"lereng:1", b":", b",", b"&", b"?", b"\xff", b"%", b"1e999",
             b".png", b"explain", b"lon=", b"-0", b" ", b"zones.geojson", b"\\", b"#", b"+", b"portal/", b"run.json", b"style=classes"]
    # Addresses that are right but for what was done to one place in them.
    right = [tile_path(9).encode() + b"?w=lereng:1", b"/explain?lon=114.95&lat=-3.98", b"/tilejson.json?style=classes"]
    codes = []
    with Server(PROJECT) as server:
        for i in range(1200):
            if i % 8 == 7:  # no HTTP: no answer is owed
                server.raw(bytes(chance.randrange(256) for _ in range(chance.randrange(1, 600))), 0.05)
                continue
            if i % 2:
                line = b"/" + b"".join(chance.choice(words) for _ in range(chance.randrange(1, 20)))
            else:
                line = chance.choice(right)
                at = chance.randrange(1, len(line))
                line = line[:at] + chance.choice(words + [b""]) + line[at + chance.randrange(3):]
            answer = server.raw(b"GET " + line + b" HTTP/1.1\r\nHost: x\r\nRange: " + line[:30] + b"\r\n\r\n")
            found = re.match(rb"HTTP/1\.[01] (\d+) ", answer)
            if not found and b" " in line:  # that is no HTTP either
                continue
            expect(found, f"{line!r}: {answer[:200]!r}")
            codes.append(int(found.group(1)))
            expect(codes[-1] in (200, 400, 404, 414), f"{line!r}: {answer[:300]!r}")
            expect(b"root:" not in answer, f"{line!r} shows a file of the system")
        expect(all(codes.count(code) >= 20 for code in (200, 400, 404)), f"the requests did not get far: {codes}")
        expect(server.ask(tile_path(9))[0] == 200, "the server does not answer after the fuzzing")


# ---- files ----

def files():
    out = os.path.join(SCRATCH, "out-files")
    subprocess.run([TAPAK, "run", PROJECT, "-o", out, "--cell", "500", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    portal = os.path.join(out, "portal")
    os.makedirs(os.path.join(portal, "stac"))
    big = os.urandom(300000)
    script = b"window.TAPAK_STUDY = {\"title\": \"x\"};" + b" " * 5000
    for name, content in {"index.html": b"<p>portal</p>", "study.js": script, "memberships.tif": big, ".hidden": b"top secret",
                          "stac/catalog.json": b"{}"}.items():
        open(os.path.join(portal, name), "wb").write(content)
    open(os.path.join(SCRATCH, "secret"), "w", encoding="utf-8").write("top secret")
    open(os.path.join(out, "private.txt"), "w", encoding="utf-8").write("top secret")
    os.symlink(os.path.join(SCRATCH, "secret"), os.path.join(portal, "link.txt"))
    os.symlink("/etc", os.path.join(portal, "etc"))
    os.mkfifo(os.path.join(portal, "pipe"))
    os.symlink("..", os.path.join(portal, "up"))
    shutil.move(os.path.join(out, "classes.tif"), os.path.join(SCRATCH, "classes.tif"))
    os.symlink(os.path.join(SCRATCH, "classes.tif"), os.path.join(out, "classes.tif"))
    os.remove(os.path.join(out, "reasons.tif"))
    with Server(out) as server:
        expect(server.ask("/")[2] == b"<p>portal</p>", "the portal's page")
        expect(server.ask("/stac/catalog.json")[2] == b"{}", "a file in a folder of the portal")
        expect(server.ask("/suitability.tif")[2] == open(f"{out}/suitability.tif", "rb").read(), "a result")
        study = server.ask("/study.js")[2]
        expect(study.startswith(script) and study.rstrip().endswith(b"window.TAPAK_STUDY.server = true;"), "study.js")
        code, headers, body = server.ask("/memberships.tif")
        expect(code == 200 and body == big and headers["accept-ranges"] == "bytes", "the whole file")
        for text, part in {"bytes=0-99": big[:100], "bytes=1000-1000": big[1000:1001], "bytes=299990-": big[299990:],
                           "bytes=-7": big[-7:], "bytes=299000-999999999": big[299000:], "Bytes=5-5": big[5:6],
                           "bytes=7-99999999999999999999": big[7:], "bytes=-99999999999999999999": big}.items():
            code, found, body = server.ask("/memberships.tif", headers={"Range": text})
            first = len(big) - len(part) if "=-" in text else int(re.findall(r"\d+", text)[0])
            expect(code == 206 and body == part, f"{text}: {code}, {len(body)} bytes")
            expect(found["content-range"] == f"bytes {first}-{first + len(part) - 1}/300000", f"{text}: {found}")
        for text in ("bytes=300000-", "bytes=99999999999999999999-"):
            code, found, body = server.ask("/memberships.tif", headers={"Range": text})
            expect(code == 416 and found["content-range"] == "bytes */300000" and "error" in json.loads(body), f"{text}: {code}")
        for text in ("bytes=9-1", "bytes=", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=-", "bytes=1"):
            expect(server.ask("/memberships.tif", headers={"Range": text})[0] == 200, f"{text} is to be ignored")
        same = {"If-Range": headers["etag"], "Range": "bytes=0-9"}
        expect(server.ask("/memberships.tif", headers=same)[0] == 206, "If-Range of the same file")
        expect(server.ask("/memberships.tif", headers={**same, "If-Range": '"other"'})[0] == 200, "If-Range of another file")
        code, found, body = server.ask("/memberships.tif", headers={"If-None-Match": f'"x", W/{headers["etag"]}'})
        expect(code == 304 and body == b"" and found["etag"] == headers["etag"], f"If-None-Match: {code}")
        code, found, body = server.ask("/memberships.tif", "HEAD")
        expect(code == 200 and body == b"" and found["content-length"] == "300000", "HEAD")
        code, found, body = server.ask("/memberships.tif", "HEAD", {"Range": "bytes=0-9"})
        expect(code == 200 and found["content-length"] == "300000" and "content-range" not in found, f"HEAD with a Range: {code} {found}")
        # A header in two lines is one list (RFC 9110, 5.3).
        two_lines = lambda path, name, *values: server.raw(
            f"GET {path} HTTP/1.1\r\nHost: x\r\n{''.join(f'{name}: {v}' + chr(13) + chr(10) for v in values)}\r\n".encode())
        expect(b"Content-Encoding: gzip" in two_lines("/study.js", "Accept-Encoding", "br", "gzip"), "Accept-Encoding in two lines")
        expect(b"Content-Encoding" not in two_lines("/study.js", "accept-encoding", "*", "gzip;q=0"), "a refusal in the second line")
        answer = two_lines("/memberships.tif", "If-None-Match", '"x"', headers["etag"])
        expect(answer.startswith(b"HTTP/1.1 304"), f"If-None-Match in two lines: {answer[:300]!r}")
        answer = two_lines("/memberships.tif", "Range", "bytes=0-1", "bytes=3-4")
        expect(answer.startswith(b"HTTP/1.1 200"), f"two ranges in two lines: {answer[:300]!r}")
        # The target may be a whole address, as a proxy sends it (RFC 9112, 3.2.2); its host is what counts.
        for target in ("http://peta.example/stac/catalog.json", "HTTPS://x:1/stac/catalog.json?v=1"):
            expect(server.ask(target)[::2] == (200, b"{}"), f"{target}: {server.ask(target)}")
        for target in ("http://peta.example", "http://peta.example?v=1", "http://peta.example/"):
            expect(server.ask(target)[2] == b"<p>portal</p>", f"{target}: {server.ask(target)}")
        body = server.ask("http://peta.example:81/tilejson.json", headers={"Host": "other"})[2]
        expect(b'"http://peta.example:81/tiles/' in body, f"tilejson.json by its whole address: {body}")
        code, found, body = server.ask("/study.js", headers={"Accept-Encoding": "gzip"})
        expect(found["content-encoding"] == "gzip" and gzip.decompress(body) == study and len(body) < 1000, "gzip")
        expect(found["etag"] != server.ask("/study.js")[1]["etag"], "packed and plain have one ETag")
        for text, packs in {"br, GZIP": 1, "gzip;q=0.5": 1, "*": 1, "gzip ; q=0": 0, "gzip;q=0.000, *": 0, "deflate, xgzip": 0}.items():
            found = server.ask("/study.js", headers={"Accept-Encoding": text})[1]
            expect(("content-encoding" in found) == bool(packs), f"Accept-Encoding: {text} gets {found}")
        for path, way in {"/portal": "./", "/portal/": "../", "/portal/index.html": "../"}.items():
            code, found, body = server.ask(path)
            expect(code == 302 and found["location"] == way and not body, f"{path}: {code} {found}")
        code, found, body = server.ask(tile_path(9))
        expect(server.ask(tile_path(9), headers={"If-None-Match": found["etag"]})[0] == 304, "a tile that did not change")
        for path in ("/.hidden", "/link.txt", "/etc/passwd", "/pipe", "/private.txt", "/../secret", "/..%2fsecret",
                     "/%2e%2e/%2e%2e/secret", "/stac/../../private.txt", "//etc/passwd", "/stac//catalog.json", "/stac",
                     "/portal/../private.txt", "/./private.txt", "/suitability.tif/", "/%252e%252e/private.txt",
                     "/..%252fprivate.txt", "/%2e%2e%2fprivate.txt", "/..%5cprivate.txt", "/..\\private.txt", "/.%00./private.txt",
                     "/stac/%2e%2e/%2e%2e/private.txt", "/%c0%ae%c0%ae/private.txt", "/up/private.txt", "/up/suitability.tif",
                     "/classes.tif", "/etc/hostname", "/%2fetc/passwd", "file:///etc/passwd", "http://x/.hidden", "http://x/../secret",
                     "http://", "http:/x/run.json", "xhttp://x/run.json"):
            found = server.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            expect(found.startswith(b"HTTP/1.1 404") and b"top secret" not in found, f"{path}: {found[:300]!r}")
        code, _, body = server.ask("/reasons.tif")
        expect(code == 404 and "run the study again" in json.loads(body)["error"], f"a result that is gone: {body}")
        expect(server.ask("/index.html")[0] == 200, "the other files of a folder that lacks one")
    before = sorted(os.listdir(out))
    shutil.move(portal, os.path.join(SCRATCH, "portal"))
    os.symlink(os.path.join(SCRATCH, "portal"), portal)
    with Server(out) as server:
        expect(b"top secret" not in server.ask("/.hidden")[2] and server.ask("/study.js")[0] == 404, "a portal that is a link")
        code, found, page = server.ask("/")
        expect(b"no portal here" in page, "a folder without a portal")
        expect(server.ask("/", headers={"If-None-Match": found.get("etag", "")})[0] == 304, f"a page that did not change: {found}")
        code, packed, body = server.ask("/", headers={"Accept-Encoding": "gzip"})
        expect(packed.get("content-encoding") == "gzip" and gzip.decompress(body) == page, f"the page is not packed: {packed}")
        expect(packed["etag"] != found["etag"], "the page packed and plain have one ETag")
        expect(server.ask("/", headers={"Host": "peta.example"})[1]["etag"] != found["etag"], "two addresses in the page have one ETag")
        expect(server.ask("/?w=nothing:1")[2] == page, "the page takes no weights")
    expect(sorted(os.listdir(out)) == before, "the folder was changed")


# ---- load ----

def load():
    """200 connections at a time, slow ones among them; every tile is the same as without load."""
    paths = [tile_path(z, lon, lat) for z in (9, 11, 13) for lon in (114.8, 115.2, 115.6) for lat in (-3.8, -3.4, -3.0)]
    with Server(PROJECT) as server:
        alone = {path: server.ask(path)[2] for path in paths}
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        request = b"GET /tilejson.json HTTP/1.1\r\nHost: x\r\n\r\n"

        def drip():
            for byte in request:
                time.sleep(0.2)
                for s in slow:
                    s.sendall(bytes([byte]))
        slowly = threading.Thread(target=drip)
        slowly.start()
        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            jobs = [(paths[i % len(paths)], pool.submit(server.ask, paths[i % len(paths)])) for i in range(600)]
            for path, job in jobs:
                code, _, body = job.result()
                expect(code == 200 and body == alone[path], f"{path}: {code} {body[:200]!r}")
        slowly.join()
        for s in slow:
            expect(s.recv(100).startswith(b"HTTP/1.1 200"), "a slow client got no answer")
            s.close()


def full():
    """More requests at once than may wait: 503 with Retry-After for those, the others are answered."""
    paths = [tile_path(9)] * 450
    with Server(PROJECT, "--threads", "1") as server:
        clients = [socket.create_connection(("127.0.0.1", server.port), timeout=120 * SLOW) for _ in paths]
        for path, client in zip(paths, clients):
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        codes = []
        for client in clients:
            answer = b"".join(iter(lambda c=client: c.recv(65536), b""))
            head, _, body = answer.partition(b"\r\n\r\n")
            codes.append(int(head[9:12]))
            if codes[-1] == 503:
                expect(b"\r\nRetry-After: 1" in head and "too many requests" in json.loads(body)["error"], f"{answer[:300]!r}")
            else:
                expect(codes[-1] == 200 and body.endswith(b"IEND\xaeB`\x82"), f"{answer[:300]!r}")
            client.close()
        expect(codes.count(200) >= 256, f"{codes.count(200)} were answered: fewer than may wait")
        expect(codes.count(503) >= 1, f"{len(paths)} requests at once fitted in a queue of 256")
        expect(server.ask(tile_path(9))[0] == 200, "the server does not answer after a full queue")


def zones():
    """Zones that take minutes keep nobody from tiles, and the next ones wait no longer than is said. Those of a client that left are
    given up, those that were asked for last are kept. A stop does not wait for them."""
    folder = os.path.join(SCRATCH, "large")
    project = copy_study(folder)
    text = open(project, encoding="utf-8").read().replace("cell: 30", "cell: 5")
    subprocess.run(["ogr2ogr", "-sql", "SELECT 'P' AS kode, 'Provinsi' AS nama, 1.0 AS luas_ha, '' AS catatan FROM provinsi",
                    os.path.join(folder, "besar.shp"), os.path.join(folder, "provinsi.shp")], check=True)
    open(project, "w", encoding="utf-8").write(text.replace("path: zona_industri.shp", "path: besar.shp"))
    with Server(project, "--threads", "2") as server:
        asked = [f"/zones.geojson?w={w}" for w in ("lereng:1", "akses_jalan:1", "ketinggian:1")]
        clients = [socket.create_connection(("127.0.0.1", server.port), timeout=60 * SLOW) for _ in asked]
        for client, path in zip(clients, asked):
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        began = time.time()
        for i in range(10):
            expect(server.ask(tile_path(9 + i % 5))[0] == 200, "a tile while zones are computed")
        expect(server.ask("/zones.geojson?w=leren:1")[0] == 400, "a question for zones that is wrong is answered at once")
        took = time.time() - began
        expect(took < 10 * SLOW, f"10 tiles took {took:.1f} s while zones are computed")
        waiting = list(clients)
        while len(waiting) > 1:
            ready = select.select(waiting, [], [], 60 * SLOW)[0]
            expect(ready, "the next zones are not refused")
            for client in ready:
                answer = b"".join(iter(lambda c=client: c.recv(65536), b""))
                expect(answer.startswith(b"HTTP/1.1 503") and b"\r\nRetry-After: 30" in answer and b"other zones" in answer,
                       f"{answer[:300]!r}")
                waiting.remove(client)
        took = time.time() - began
        expect(29 < took < 35 * SLOW, f"the next zones were refused after {took:.1f} s")
        expect(waiting and not select.select(waiting, [], [], 0.1)[0], "the zones of the province were there: nothing was tested")
        waiting[0].close()
        open(project, "w", encoding="utf-8").write(text.replace("cell: 5", "cell: 30"))
        time.sleep(0.2)
        began = time.time()
        code, headers, body = server.ask(asked[0])
        expect(code == 200 and len(json.loads(body)["features"]) == 4, f"zones after a client left: {code} {body[:300]!r}")
        first = time.time() - began
        began = time.time()
        expect(server.ask(asked[0])[2] == body, "the zones that were kept are others")
        expect(time.time() - began < first / 3, f"zones took {first:.2f} s, and again {time.time() - began:.2f} s")
        other = server.ask(asked[1])[2]
        expect(other != body and server.ask(asked[0])[2] == body, "zones of other weights")
        open(project, "w", encoding="utf-8").write(text.replace("path: zona_industri.shp", "path: besar.shp"))
        time.sleep(0.2)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10 * SLOW) as client:
            client.sendall(f"GET {asked[2]} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            expect(not select.select([client], [], [], 2)[0], "the zones of the province were there: nothing was tested")
            began = time.time()
            server.stop()
            took = time.time() - began
        expect(took < 3 * SLOW, f"stopping while zones are computed took {took:.1f} s")


def slow():
    """Clients that send a byte now and then, and clients that read nothing, are let go after 20 s; others are served meanwhile."""
    out = os.path.join(SCRATCH, "out-slow")
    subprocess.run([TAPAK, "run", PROJECT, "-o", out, "--cell", "500", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    big = 400 << 20
    with open(os.path.join(out, "suitability.tif"), "wb") as file:
        file.truncate(big)
    with Server(out) as server:
        began = time.time()
        connect = lambda: socket.create_connection(("127.0.0.1", server.port), timeout=60)
        dripping, deaf = [connect() for _ in range(500)], [connect() for _ in range(12)]
        for s in deaf:
            s.sendall(b"GET /suitability.tif HTTP/1.1\r\nHost: x\r\n\r\n")
        # All 512 places are taken: this one waits for its turn.
        late = connect()
        late.sendall(b"GET " + tile_path(9).encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        gone = 0
        request = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200
        for byte in request:
            for s in dripping:
                try:
                    s.sendall(bytes([byte]))
                except OSError:
                    gone += 1
            if gone or time.time() - began > 60:
                break
            time.sleep(0.5)
        expect(gone > 0, "clients that never come to the end of a request are kept")
        expect(time.time() - began > 15, "slow clients are given less time than is said")
        expect(late.recv(100).startswith(b"HTTP/1.1 200"), "nobody is served while slow clients hold every place")
        time.sleep(max(0, began + 25 - time.time()))
        for s in deaf:
            n, piece = 0, b" "
            try:
                while piece:
                    piece = s.recv(1 << 20)
                    n += len(piece)
            except OSError:
                pass
            expect(0 < n < big, f"a client that read nothing for 25 s got {n} bytes")
        expect(server.ask(tile_path(9))[0] == 200, "the server does not answer afterwards")


def packed():
    """Clients that read a large text slowly, packed and plain, share one packing of it; a text that changes is packed anew."""
    out = os.path.join(SCRATCH, "out-packed")
    subprocess.run([TAPAK, "run", PROJECT, "-o", out, "--cell", "500", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    chance = random.Random(7)
    text = base64.b64encode(chance.randbytes(12 << 20))
    folder = os.path.join(out, "portal")
    os.makedirs(folder, exist_ok=True)
    cells, study = os.path.join(folder, "cells.js"), os.path.join(folder, "study.js")
    for path in (cells, study):
        open(path, "wb").write(text)
    takes = {"Accept-Encoding": "gzip"}
    with Server(out) as server:
        def memory_mb():
            lines = open(f"/proc/{server.program.pid}/status", encoding="ascii").read().splitlines()
            return [int(line.split()[1]) for line in lines if line.startswith("VmRSS")][0] / 1024
        server.ask(tile_path(9))
        before, slow_ones = memory_mb(), []
        for i in range(40):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(60 * SLOW)
            client.connect(("127.0.0.1", server.port))
            encoding = "" if i % 4 == 3 else "Accept-Encoding: gzip\r\n"
            client.sendall(f"GET /{('cells.js', 'study.js')[i % 4 // 2]} HTTP/1.1\r\nHost: x\r\n{encoding}\r\n".encode())
            slow_ones.append(client)
        for client in slow_ones:
            expect(client.recv(100).startswith(b"HTTP/1.1 200"), "a slow client got no answer")
        grown = memory_mb() - before
        expect(grown < 150 or SLOW > 1, f"40 clients that read slowly cost {grown:.0f} MB")
        code, headers, body = server.ask("/cells.js", headers=takes)
        expect(code == 200 and headers["content-encoding"] == "gzip" and gzip.decompress(body) == text, "cells.js")
        code, headers, body = server.ask("/study.js", headers=takes)
        expect(gzip.decompress(body).startswith(text) and b"server = true" in gzip.decompress(body)[-60:], "study.js")
        other = b"window.TAPAK_STUDY = {};" + b" " * 2000
        for path in (cells, study):
            write_project(path, other.decode())
        code, changed, body = server.ask("/cells.js", headers=takes)
        expect(gzip.decompress(body) == other and changed["etag"] != headers["etag"], "a text that changed is the old one")
        expect(server.ask("/study.js")[2].startswith(other), "study.js that changed is the old one")
        for client in slow_ones:
            client.close()


def crowded():
    """Downloads that are read slowly hold two open files each: there is room for them, or they wait for their turn."""
    out = os.path.join(SCRATCH, "out-crowded")
    subprocess.run([TAPAK, "run", PROJECT, "-o", out, "--cell", "500", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "suitability.tif"), "wb") as file:
        file.truncate(200 << 20)

    def download(server):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(10 * SLOW)
        client.connect(("127.0.0.1", server.port))
        client.sendall(b"GET /suitability.tif HTTP/1.1\r\nHost: x\r\n\r\n")
        return client

    # The first limit is for 128 downloads, that to which it may be raised for all; then a limit for a part of them.
    for files, n, least in (((256, 4096), 480, 480), ((600, 600), 400, 150)):
        with Server(out, "--threads", "2", files=files) as server:
            clients = [download(server) for _ in range(n)]
            began, answered = time.time(), []
            while len(answered) < least and time.time() - began < 10 * SLOW:
                time.sleep(0.1)
                answered = select.select(clients, [], [], 0)[0]
            lines = [c.recv(600)[:12] for c in answered]
            expect(set(lines) == {b"HTTP/1.1 200"}, f"{files}: answers to {n} downloads: {set(lines)}")
            expect(len(lines) >= least, f"{files}: only {len(lines)} of {n} downloads are answered")
            for client in clients:
                client.close()
            code, headers, _ = server.ask(tile_path(9))
            expect(code == 200 and "x-tapak-warning" not in headers, f"{files}: a tile afterwards: {code} {headers}")


def stop():
    """SIGTERM while tiles are computed: every answer is whole or none at all, and the end comes soon."""
    server = Server(PROJECT)
    codes, stopped = [], []

    def hammer(i):
        chance = random.Random(i)
        while not stopped:
            try:
                path = tile_path(chance.randrange(8, 14), chance.uniform(114.5, 116), chance.uniform(-4, -2))
                code, headers, body = server.ask(path)
                whole = code == 503 or (body.startswith(b"\x89PNG") and body.endswith(b"IEND\xaeB`\x82"))
                codes.append(code if whole else "half")
            except (OSError, http.client.HTTPException):
                codes.append("none")
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        for i in range(40):
            pool.submit(hammer, i)
        began = time.time()
        while codes.count(200) < 20 and time.time() - began < 60 * SLOW:
            time.sleep(0.1)
        began = time.time()
        try:
            server.stop()  # one signal: a second one would end the program at once
        finally:
            stopped.append(True)
        took = time.time() - began
    expect(took < 3 * SLOW, f"stopping took {took:.1f} s")
    expect(codes.count(200) >= 20 and set(codes) <= {200, 503, "none"}, f"answers: {set(codes)}")
    stop_while_many_wait()


def stop_while_many_wait():
    """SIGTERM while one thread has 250 requests before it: each of them is answered."""
    waiting, answers_ = [], []
    with Server(PROJECT, "--threads", "1") as server:
        server.ask(tile_path(9))
        for i in range(250):
            waiting.append(socket.create_connection(("127.0.0.1", server.port), timeout=30 * SLOW))
            waiting[i].sendall(f"GET /tiles/12/{3350 + i % 30}/2090.png HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.3 * SLOW)
        began = time.time()
        server.stop()
        took = time.time() - began
    for client in waiting:
        try:
            answers_.append(b"".join(iter(lambda c=client: c.recv(65536), b"")))
        except OSError as fault:
            answers_.append(str(fault).encode())
        client.close()
    stopped = [a for a in answers_ if a.startswith(b"HTTP/1.1 503")]
    tiles_ = [a for a in answers_ if a.startswith(b"HTTP/1.1 200") and a.endswith(b"IEND\xaeB`\x82")]
    expect(len(stopped) + len(tiles_) == len(waiting), f"{len(tiles_)} tiles, {len(stopped)} answers of 503, and of {len(waiting)} the others: "
           f"{set(a[:60] for a in answers_ if a not in stopped + tiles_)}")
    expect(len(stopped) >= 50 or SLOW > 1, f"only {len(stopped)} waited: nothing was tested")
    # What waited says that the server is being stopped, what was under way that it was stopped.
    expect(all(b"stopped" in a and b"\r\nRetry-After" in a for a in stopped), f"{stopped[:1]!r}")
    expect(took < 2 * SLOW, f"stopping took {took:.1f} s")


# ---- layers that change ----

def replace():
    folder = os.path.join(SCRATCH, "changing")
    project = copy_study(folder)
    out = os.path.join(SCRATCH, "kept")
    os.makedirs(out)
    roads = [n for n in os.listdir(folder) if n.startswith("jalan.")]
    path = tile_path(9)

    def put(source, names):
        """Each file at once, as a careful program does."""
        for name in names:
            target = os.path.join(folder, "jalan" + os.path.splitext(name)[1])
            shutil.copy(os.path.join(source, name), target + ".new")
            os.replace(target + ".new", target)

    for name in roads:
        shutil.copy(os.path.join(folder, name), out)
    with Server(project) as server:
        _, headers, before = server.ask(path)
        expect(server.ask(path)[1]["etag"] == headers["etag"], "the ETag changes without a change")
        time.sleep(0.2)
        # Only a part of the roads: their first file record says so, so the map must change.
        subprocess.run(["ogr2ogr", "-overwrite", "-sql", "SELECT * FROM jalan WHERE kelas = 'arteri' LIMIT 1",
                        os.path.join(out, "few.shp"), os.path.join(folder, "jalan.shp")], check=True)
        put(out, [n for n in os.listdir(out) if n.startswith("few.")])
        _, changed, after = server.ask(path)
        expect(after != before and changed["etag"] != headers["etag"], "the new roads do not show")
        expect("x-tapak-warning" not in changed, f"a warning: {changed}")
        time.sleep(0.2)
        open(os.path.join(folder, "jalan.shp"), "wb").write(b"no shapefile")
        code, broken, kept = server.ask(path)
        expect(code == 200 and kept == after and "cannot be used" in broken.get("x-tapak-warning", ""), f"broken: {code} {broken}")
        put(out, roads)
        time.sleep(1.2)
        code, again, body = server.ask(path)
        expect(code == 200 and body == before and "x-tapak-warning" not in again, "the first roads do not show again")
        # Another table of the same size and time.
        table = os.path.join(folder, "jalan.dbf")
        facts, content = os.stat(table), open(table, "rb").read()
        open(table + ".new", "wb").write(content.replace(b"arteri", b"axteri"))
        os.utime(table + ".new", ns=(facts.st_atime_ns, facts.st_mtime_ns))
        os.replace(table + ".new", table)
        expect((os.stat(table).st_size, os.stat(table).st_mtime_ns) == (facts.st_size, facts.st_mtime_ns), "the table is not as it was meant")
        time.sleep(0.2)
        expect(server.ask(path)[2] != before, "a table of the same size and time does not show")
        # Of a project that cannot be used the header names the mistake, not only that there is one.
        text = open(project, encoding="utf-8").read()
        time.sleep(0.2)  # files are looked at ten times a second at most
        write_project(project, re.sub(r"akses_jalan: 0.20", "akses_jalan: 0.30", text))
        warning = server.ask(path)[1].get("x-tapak-warning", "")
        expect("errors found: 1: " in warning and "weights" in warning and "1.1" in warning, f"a wrong project: {warning!r}")
        code, headers, _ = server.ask(path + "?w=nothing:1")
        expect(code == 400 and headers.get("x-tapak-warning") == warning, f"an answer that is an error: {code} {headers}")
        code, headers, _ = server.ask(path, headers={"If-None-Match": server.ask(path)[1]["etag"]})
        expect(code == 304 and headers.get("x-tapak-warning") == warning, f"a tile that did not change: {code} {headers}")
        write_project(project, text + '"two\\nlines\\tand\\x7fmore": 1\n')
        time.sleep(1.2)
        warning = server.ask(path)[1].get("x-tapak-warning", "")
        expect("'two lines and more'" in warning, f"a mistake of two lines: {warning!r}")
        write_project(project, text)
        time.sleep(1.2)
        expect("x-tapak-warning" not in server.ask(path)[1], "the mended project is warned of")
        # What a study that fails late has warned of before is told once, though it is tried again every second.
        write_project(project, text.replace("provinsi: {path: provinsi.shp,", 'provinsi: {path: provinsi.shp, where: "1 = 2",'))
        for _ in range(3):
            time.sleep(1.1)
            expect("holds no polygon" in server.ask(path)[1].get("x-tapak-warning", ""), "a study area of nothing")
        write_project(project, text)
        time.sleep(1.2)
        expect("x-tapak-warning" not in server.ask(path)[1], "the project that was mended again is warned of")
        said = server.said()
    expect(said.count("none of its features") == 1, f"the warning is not told once: {said}")
    # That an optional layer is missing is told at the start, in the attempt that failed late, and at each opening.
    n_opened = said.count("changed: read again")
    expect(said.count("there is no file 'kabupaten.shp'") == 2 + n_opened, f"remarks of {n_opened} openings: {said}")
    # The layer and the project.
    expect(said.count("errors found: 1") == said.count(": error: ") == 3, f"the mistakes are not told once each: {said}")


def write_project(path, text):
    """At once, as a careful program does."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def results():
    """A folder of results: what changed since its run is said; a run again is seen; without its project it is served alone."""
    study = os.path.join(SCRATCH, "dated")
    project, out = copy_study(os.path.join(study, "gis-data")), os.path.join(study, "out")
    compute = lambda *options: subprocess.run([TAPAK, "run", project, "-o", out, "--quiet", *options], check=True, stdout=subprocess.DEVNULL)
    compute("--cell", "1000")
    weights = ",".join(f"{c['id']}:{c['weight']}" for c in json.load(open(f"{out}/run.json", encoding="utf-8"))["criteria"])
    zones = lambda server: json.loads(server.ask(f"/zones.geojson?w={weights}")[2])["features"]  # without weights: the run's file
    score = lambda path: [f["properties"]["score_mean"] for f in json.load(open(path, encoding="utf-8"))["features"]]
    near = lambda server: all(abs(f["properties"]["score_mean"] - s) < 2e-6 for f, s in zip(zones(server), score(f"{out}/zones.geojson")))
    text = open(project, encoding="utf-8").read()
    stations = os.path.join(study, "gis-data", "gardu_induk.shp")
    with Server(out) as server:
        expect("x-tapak-warning" not in server.ask(tile_path(9))[1] and near(server), "fresh results are warned of")
        time.sleep(0.2)  # files are looked at ten times a second at most
        few = os.path.join(study, "few.shp")
        subprocess.run(["ogr2ogr", "-sql", "SELECT * FROM gardu_induk LIMIT 1", few, stations], check=True)
        for suffix in (".shx", ".dbf", ".shp"):
            os.replace(few.replace(".shp", suffix), stations.replace(".shp", suffix))
        warning = server.ask(tile_path(9))[1].get("x-tapak-warning", "")
        expect(re.search(r"of the run of 20\d\d-\d\d-\d\d \d\d:\d\d UTC; changed since: layer 'gardu_induk'$", warning), f"a layer changed: {warning!r}")
        time.sleep(0.2)
        write_project(project, text + "# \n")
        warning = server.ask("/tilejson.json")[1].get("x-tapak-warning", "")
        expect(warning.endswith("changed since: kalsel.yaml, layer 'gardu_induk'"), f"project and layer changed: {warning!r}")
        compute("--cell", "2000")
        time.sleep(1.2)
        expect("x-tapak-warning" not in server.ask(tile_path(9))[1], "a new run is warned of")
        expect(near(server), "the cell of the new run is not seen")
        said = server.said()
    expect(said.count("changed since: layer 'gardu_induk'") == 1, f"the terminal is not told once: {said}")
    write_project(project, text)
    with Server(out) as server:
        warning = server.ask(tile_path(9))[1].get("x-tapak-warning", "")
        expect(warning.endswith("changed since: kalsel.yaml"), f"at the start: {warning!r}")
        said = server.said()
    expect("changed since: kalsel.yaml" in said, f"the terminal at the start: {said}")
    shutil.move(study, study + "-moved")
    project, out, study = (p.replace(study, study + "-moved") for p in (project, out, study))
    with Server(out) as server:
        expect(server.ask(tile_path(9))[0] == 200, "a study that was moved is not served")
    os.rename(project, project + ".away")
    with Server(out) as server:
        os.makedirs(os.path.join(out, "portal"), exist_ok=True)
        open(os.path.join(out, "portal", "notes.txt"), "w", encoding="utf-8").write("portal")
        expect(server.ask("/notes.txt")[2] == b"portal", "a file of the portal without the project")
        expect(server.ask("/zones.sld")[0] == 200, "a result without the project")
        index = os.path.join(out, "portal", "index.html")
        if os.path.exists(index):
            os.remove(index)
        for path in ("/", tile_path(9), "/tilejson.json", "/explain?lon=115&lat=-3", "/zones.geojson"):
            code, headers, body = server.ask(path)
            expect(code == 503 and "any more: put it back" in json.loads(body)["error"], f"{path} without a project: {code} {body}")
        os.rename(project + ".away", project)
        time.sleep(1.2)
        shown = server.ask(tile_path(9))
        expect(shown[0] == 200 and "any more" not in shown[1].get("x-tapak-warning", ""), f"the project that came back is not seen: {shown[:2]}")
        os.rename(project, project + ".away")
        time.sleep(0.2)
        code, headers, body = server.ask(tile_path(9))
        expect(code == 200 and body == shown[2], f"a project that went away: {code}")
        expect("any more: put it back" in headers.get("x-tapak-warning", ""), f"a project that went away: {headers}")
        os.rename(project + ".away", project)
        said = server.said()
    expect("any more: put it back" in said, f"that the project is away: {said}")
    record = os.path.join(out, "run.json")
    old = re.sub(r'"tapak": "[^"]*"', '"tapak": "0.0.9"', open(record, encoding="utf-8").read(), count=1)
    open(record, "w", encoding="utf-8").write(old)
    with Server(out) as server:
        said = server.said()
    expect("of Tapak 0.0.9, this is Tapak" in said, f"another version: {said}")



def edited():
    """A GeoPackage that is open in a program shows what is committed, though it stands beside the file only (WAL)."""
    folder = os.path.join(SCRATCH, "edited")
    project = copy_study(folder)
    roads = os.path.join(folder, "jalan.gpkg")
    subprocess.run(["ogr2ogr", "-f", "GPKG", "-nln", "jalan", "-lco", "SPATIAL_INDEX=NO", roads, os.path.join(folder, "jalan.shp")], check=True)
    text = open(project, encoding="utf-8").read()
    open(project, "w", encoding="utf-8").write(text.replace("path: jalan.shp", "path: jalan.gpkg"))
    place = "/explain?lon=114.95&lat=-3.98"

    def fresh():
        return json.loads(subprocess.run([TAPAK, "explain", project, "114.95", "-3.98", "--format", "json"], check=True,
                                         capture_output=True).stdout)
    program = sqlite3.connect(roads)
    expect(program.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",), "no WAL here")
    out = os.path.join(SCRATCH, "edited-out")
    subprocess.run([TAPAK, "run", project, "-o", out, "--cell", "1000", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    zones = open(f"{out}/zones.geojson", "rb").read()
    with Server(project) as server, Server(out) as of_run:
        code, headers, body = of_run.ask("/zones.geojson")
        expect(body == zones and "x-tapak-warning" not in headers, f"the zones of a fresh run: {code} {headers}")
        said = [json.loads(server.ask(place)[2])]
        facts = os.stat(roads)
        for kept in ("LIMIT 5", "LIMIT 1"):
            program.execute(f"DELETE FROM jalan WHERE fid NOT IN (SELECT fid FROM jalan WHERE kelas = 'arteri' ORDER BY fid DESC {kept})")
            program.commit()
            time.sleep(0.2)
            code, headers, body = server.ask(place)
            said.append(json.loads(body))
            expect(code == 200 and "x-tapak-warning" not in headers, f"while the layer is edited: {code} {headers}")
            expect(said[-1] != said[-2], "what was committed does not show")
            expect(said[-1] == fresh(), "what was committed is read otherwise by tapak explain")
            time.sleep(0.2)
            tag = server.ask(place)[1]["etag"]
            for _ in range(5):
                time.sleep(0.15)
                expect(server.ask(place)[1]["etag"] == tag, "a layer that is open elsewhere is read again and again")
            code, headers, body = of_run.ask("/zones.geojson")
            expect(headers.get("x-tapak-warning", "").endswith("changed since: layer 'jalan'"), f"of a folder that is not warned: {headers}")
            expect(code == 200 and body != zones, "the zones are still those of the run")
            told = subprocess.run([TAPAK, "explain", out, "114.95", "-3.98"], check=True, capture_output=True, text=True).stderr
            expect("layer 'jalan' changed since" in told, f"tapak explain of the folder says {told!r}")
        expect(os.stat(roads).st_mtime_ns == facts.st_mtime_ns, "the file itself was written: nothing was tested")
        program.close()  # now it is
        expect(os.stat(roads).st_mtime_ns != facts.st_mtime_ns and not os.path.exists(roads + "-wal"), "the log is still there")
        time.sleep(0.2)
        expect(json.loads(server.ask(place)[2]) == said[-1] == fresh(), "the layer that is closed again")


def styles():
    """The project's own set of styles: another colour shows at the next request, and is a change since the run."""
    folder = os.path.join(SCRATCH, "styled")
    project = copy_study(folder)
    colors, out, path = os.path.join(folder, "warna.yaml"), os.path.join(SCRATCH, "styled-out"), tile_path(9) + "?style=classes"
    text = open(project, encoding="utf-8").read()
    write_project(project, text + "\noutput: {styles: warna.yaml}\n")
    paint = lambda color: write_project(colors, 'S2: {id: Sesuai, en: Suitable, color: "%s"}\n' % color)
    paint("#1a7f37")
    subprocess.run([TAPAK, "run", project, "-o", out, "--cell", "1000", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    with Server(project) as server, Server(out) as of_run:
        first = server.ask(path)
        expect(first[0] == 200 and "x-tapak-warning" not in of_run.ask(path)[1], f"the set as it was: {first[:2]}")
        time.sleep(0.2)
        paint("#00695c")
        second = server.ask(path)
        expect(second[2] != first[2] and second[1]["etag"] != first[1]["etag"], "the new colour does not show")
        expect("x-tapak-warning" not in second[1], f"a project is warned of: {second[1]}")
        warning = of_run.ask(path)[1].get("x-tapak-warning", "")
        expect(warning.endswith("changed since: warna.yaml"), f"of a folder: {warning!r}")
        time.sleep(0.2)
        write_project(colors, "S2: no mapping\n")
        code, headers, body = server.ask(path)
        expect(code == 200 and body == second[2] and "cannot be used" in headers.get("x-tapak-warning", ""), f"a broken set: {code} {headers}")
        paint("#1a7f37")
        time.sleep(1.2)
        expect(server.ask(path)[2] == first[2] and "x-tapak-warning" not in of_run.ask(path)[1], "the set that is the first again")


def busy():
    """A layer is replaced again and again while clients ask: every answer is of one of the two maps, none fails."""
    folder = os.path.join(SCRATCH, "busy")
    project = copy_study(folder)
    path, table = tile_path(9), os.path.join(folder, "gardu_induk.shp")
    kept = os.path.join(SCRATCH, "gardu")
    os.makedirs(kept)
    names = [n for n in os.listdir(folder) if n.startswith("gardu_induk.")]
    subprocess.run(["ogr2ogr", "-sql", "SELECT * FROM gardu_induk LIMIT 1", os.path.join(kept, "one.shp"), table], check=True)
    for name in names:
        shutil.copy(os.path.join(folder, name), kept)

    def put(stem):
        for name in names:
            suffix = os.path.splitext(name)[1]
            if os.path.exists(os.path.join(kept, stem + suffix)):
                shutil.copy(os.path.join(kept, stem + suffix), os.path.join(folder, "new"))
                os.replace(os.path.join(folder, "new"), os.path.join(folder, name))

    done, answers_, faults = [], [], []

    def ask_on(server):
        while not done:
            code, headers, body = server.ask(path)
            if code != 200:
                faults.append((code, body[:200]))
            # Between two files of a layer that are not of one another the older study is served, and says so.
            answers_.append((body, "x-tapak-warning" in headers))
    with Server(project) as server:
        maps = [server.ask(path)[2]]
        put("one")
        time.sleep(1.5)
        maps.append(server.ask(path)[2])
        expect(maps[0] != maps[1], "the layer does not matter to the tile")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for _ in range(8):
                pool.submit(ask_on, server)
            for i in range(10):
                time.sleep(0.3 * SLOW)
                put("one" if i % 2 else "gardu_induk")
            done.append(True)
        expect(not faults, f"answers while a layer was replaced: {faults[:3]}")
        seen = {body for body, warned in answers_ if not warned}
        expect(set(maps) <= seen, "one of the two maps was never seen")
        time.sleep(1.5)
        expect(server.ask(path)[2] == maps[1], "the last layer does not show")
        strange = [len(body) for body, _ in answers_ if body not in maps]
        expect(not strange, f"{len(strange)} of {len(answers_)} answers are of neither layer")


TAPAK, SCRATCH = sys.argv[2:4]
{f.__name__: f for f in (tiles, answers, wrong, fuzz, files, packed, crowded, load, full, zones, slow, stop, replace, edited, results, styles, busy)}[sys.argv[1]]()

#!/usr/bin/env python3
"""The benchmark: the reference job with Tapak, with the GDAL tools and with GRASS, in one session. Run by `make bench`.

Settings come from the environment:
  BENCH_TOOLS    which tools, default "tapak gdal grass" (those not installed are named and left out)
  BENCH_RUNS     runs of tapak, default 3; the median counts. The chains take minutes and run once
  BENCH_JOBS     how many layers the chains work on at a time, default 1
  BENCH_CELL     10: tapak alone at 10 m as well, 990 million cells
  BENCH_DIR      where data and results go, default build/bench
  BENCH_BUILD    compiler and flags, as the Makefile tells them"""
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import chains
import job

HERE = os.path.dirname(os.path.abspath(__file__))
DIR = os.path.abspath(os.environ.get("BENCH_DIR", "build/bench"))
DATA = os.path.join(DIR, "data")
TAPAK = os.path.abspath("build/tapak")


def gdal_python():
    """Debian's python3-gdal belongs to /usr/bin/python3, which need not be the first python3 of the PATH."""
    for python in ("/usr/bin/python3", "python3"):
        if shutil.which(python) and subprocess.run([python, "-c", "import numpy; from osgeo import gdal"],
                                                   stderr=subprocess.DEVNULL).returncode == 0:
            return python
    sys.exit("bench: Python has no GDAL: apt-get install python3-gdal (or BENCH_INSTALL=1 make bench)")


def measure(argv, log):
    """Runs a command. Returns seconds, peak resident memory of its largest process in MB, and seconds by step."""
    steps, began = [], time.monotonic()
    with open(log, "w") as out:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=out, stdin=subprocess.DEVNULL, text=True)
        for line in process.stdout:
            if line.startswith("@step "):
                steps.append((line[6:].strip(), time.monotonic()))
                print(f"    {steps[-1][0]} ...", flush=True)
            else:
                out.write(line)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    if process.returncode != 0:
        with open(log) as text:
            sys.exit(f"bench: {argv[0]} failed with {process.returncode}:\n" + "".join(text.readlines()[-15:]))
    ends = [when for _, when in steps[1:]] + [began + seconds]
    return seconds, usage.ru_maxrss / 1024, [(name, end - when) for (name, when), end in zip(steps, ends)]


def make_data(python):
    """Cached: made again only when the script that makes it, the grid or the seed change."""
    with open(os.path.join(HERE, "make_data.py"), "rb") as text:
        digest = hashlib.sha256(text.read())
    names = [row[0] for row in job.DISTANCES]
    digest.update(repr((job.CRS, job.X_MIN, job.Y_MAX, job.CELL, job.N_COLS, job.N_ROWS, job.SEED, names)).encode())
    stamp = os.path.join(DATA, "stamp")
    if os.path.exists(stamp) and open(stamp).read() == digest.hexdigest():
        return
    print("making the layers (seed %d):" % job.SEED, flush=True)
    shutil.rmtree(DATA, ignore_errors=True)
    subprocess.run([python, "-B", os.path.join(HERE, "make_data.py"), DATA], check=True)
    with open(stamp, "w") as out:
        out.write(digest.hexdigest())


def run_tapak(cell, runs):
    project = os.path.join(DATA, f"bench-{cell}.yaml")
    with open(project, "w") as out:
        out.write(job.project_text(cell))
    work = os.path.join(DIR, f"tapak-{cell}")
    seconds, memory = [], []
    for _ in range(runs):
        shutil.rmtree(work, ignore_errors=True)
        took, peak, _ = measure([TAPAK, "run", project, "-o", work], os.path.join(DIR, f"tapak-{cell}.log"))
        seconds.append(took)
        memory.append(peak)
        print(f"    {took:.2f} s, {peak:.0f} MB", flush=True)
    return {"seconds": statistics.median(seconds), "min": min(seconds), "max": max(seconds), "memory": max(memory),
            "score": os.path.join(work, "suitability.tif"), "steps": []}


def run_chain(name, jobs):
    work = os.path.join(DIR, name)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    script, score = getattr(chains, name)(DATA, work, jobs)
    path = os.path.join(work, "chain.sh")
    with open(path, "w") as out:
        out.write(script)
    seconds, memory, steps = measure(["sh", path], os.path.join(DIR, f"{name}.log"))
    kept = os.path.join(DIR, f"{name}-score.tif")
    os.replace(score, kept)
    shutil.rmtree(work)
    return {"seconds": seconds, "min": seconds, "max": seconds, "memory": memory, "score": kept, "steps": steps}


def first_line(argv):
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return (done.stdout.splitlines() or ["?"])[0].strip()
    except OSError:
        return "not installed"


def commit():
    if not os.path.isdir(".git"):
        return "not a git checkout"
    dirty = subprocess.run(["git", "diff", "--quiet", "HEAD"], stderr=subprocess.DEVNULL).returncode != 0
    return f"commit {first_line(['git', 'rev-parse', '--short', 'HEAD'])}{' with changes' if dirty else ''}"


def circumstances(jobs, load):
    with open("/proc/cpuinfo") as text:
        models = [line.split(":", 1)[1].strip() for line in text if line.startswith("model name")]
    with open("/proc/meminfo") as text:
        memory = int(text.readline().split()[1]) / 1024 / 1024
    libraries = "; ".join(f"{name} {first_line(['pkg-config', '--modversion', name])}"
                          for name in ("gdal", "proj", "geos", "libcrypto", "libdeflate", "libzstd"))
    return [
        ("job", f"{job.N_COLS} x {job.N_ROWS} cells of {job.CELL} m, 8 distances, slope, mask, weighted sum, "
                f"one Float32 GeoTIFF with ZSTD; seed {job.SEED}"),
        ("machine", f"{models[0] if models else '?'}, {os.cpu_count()} cores, {memory:.0f} GB; input files in the page cache; "
                    f"load average at the start {load:.1f}"),
        ("tapak", f"{first_line([TAPAK, 'version'])}; {commit()}"),
        ("build", os.environ.get("BENCH_BUILD", "?")),
        ("libraries", libraries),
        ("tools", f"{first_line(['gdalinfo', '--version'])}; GRASS {first_line(['grass', '--config', 'version'])}"),
        ("chains", f"layers at a time: {jobs}; intermediate rasters uncompressed (GDAL) or LZ4 (GRASS), GDAL_CACHEMAX 2 GB"),
    ]


LABELS = {"tapak": "Tapak", "gdal": "GDAL tools", "grass": "GRASS"}


def rows_of(results):
    rows = [("tool", "seconds", "times Tapak", "peak memory", "largest difference", "mean difference")]
    base = results.get("tapak")
    for name, r in results.items():
        spread = f" ({r['min']:.1f} to {r['max']:.1f})" if r["max"] > r["min"] else ""
        ratio = f"{r['seconds'] / base['seconds']:.1f}" if base else "-"
        d = r.get("difference")
        rows.append((LABELS[name], f"{r['seconds']:.1f}{spread}", ratio, f"{r['memory']:.0f} MB",
                     f"{d['largest']:.4f}" if d else "-", f"{d['mean']:.6f}" if d else "-"))
    return rows


def remarks_of(results, fine):
    lines = []
    for name, r in results.items():
        if r["steps"]:
            lines.append(f"{LABELS[name]} by step: " + ", ".join(f"{step} {s:.1f} s" for step, s in r["steps"]))
        d = r.get("difference")
        if d:
            lines.append(f"{LABELS[name]} against Tapak: {d['cells']} cells compared, {d['above_0.01']} differ by more than "
                         f"0.01; {d['mask_differs']} cells on the mask's border and {d['one_sided_nodata']} unknown cells "
                         "differ and are left out, and so is the outermost ring of cells (slope has no neighbours there); the "
                         f"largest difference is at row, column {d['at_row_col']}")
    if fine and "tapak" in results:
        times = fine["seconds"] / results["tapak"]["seconds"]
        lines.append(f"Tapak at {fine['cell']} m: {fine['seconds']:.1f} s, {times:.1f} times the {job.CELL} m run, "
                     f"peak memory {fine['memory']:.0f} MB")
    return lines


def report(results, fine, jobs, load):
    rows, remarks, facts = rows_of(results), remarks_of(results, fine), circumstances(jobs, load)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print("\n" + "\n".join(remarks))
    print("\n".join(f"{name}: {text}" for name, text in facts))
    table = ["| " + " | ".join(row) + " |" for row in rows]
    table.insert(1, "|---|" + "---:|" * (len(rows[0]) - 1))
    text = "\n".join(table + [""] + [f"- {line}" for line in remarks] + [f"- {name}: {fact}" for name, fact in facts])
    path = os.path.join(DIR, "results.md")
    with open(path, "w") as out:
        out.write(text + "\n\nMade by `make bench`.\n")
    print(f"written: {os.path.relpath(path)}")


def usable(tools):
    needs = {"tapak": TAPAK, "gdal": "gdal_proximity.py", "grass": "grass"}
    for tool in list(tools):
        if tool not in needs:
            sys.exit(f"bench: BENCH_TOOLS names '{tool}'; allowed: {' '.join(needs)}")
        if not shutil.which(needs[tool]):
            hint = "make" if tool == "tapak" else "BENCH_INSTALL=1 make bench"
            print(f"bench: {needs[tool]} is not there, so {LABELS[tool]} is left out ({hint} brings it)")
            tools.remove(tool)
    return tools


def main():
    jobs = int(os.environ.get("BENCH_JOBS", "1"))
    tools = usable(os.environ.get("BENCH_TOOLS", "tapak gdal grass").split())
    cell = int(os.environ.get("BENCH_CELL", str(job.CELL)))
    python = gdal_python()
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"bench: other work is running (load average {load:.1f}): these times will not be worth much", flush=True)
    os.makedirs(DIR, exist_ok=True)
    make_data(python)
    results, fine = {}, None
    for tool in tools:
        print(f"{LABELS[tool]}:", flush=True)
        results[tool] = (run_tapak(job.CELL, int(os.environ.get("BENCH_RUNS", "3"))) if tool == "tapak"
                         else run_chain(tool, jobs))
        if tool != "tapak" and "tapak" in results:
            done = subprocess.run([python, os.path.join(HERE, "compare.py"), results["tapak"]["score"], results[tool]["score"]],
                                  stdout=subprocess.PIPE, text=True, check=True)
            results[tool]["difference"] = json.loads(done.stdout)
    if cell != job.CELL and "tapak" in results:
        print(f"Tapak at {cell} m:", flush=True)
        fine = dict(run_tapak(cell, 1), cell=cell)
    report(results, fine, jobs, load)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Checks the rules of the house that a compiler does not know.

    tools/lint.py                          every C file of src/ and include/; of tests/ and examples/ the width of lines
    tools/lint.py --as src/geo/x.c FILE    FILE, as if it stood at that place (the fixtures of tests/lint)

Prints "file:line: what is wrong" and ends with 1 when anything is; the rules are explained in CONTRIBUTING.md."""
import glob
import os
import re
import sys

# A room includes itself and rooms before it.
ROOMS = ["base", "geo", "project", "input", "criteria", "decision", "zones", "engine", "check", "output", "api", "cli"]

# Where each outside library may be included.
HOMES = [
    ("GDAL", r"(gdal|ogr|cpl)[a-z0-9_]*\.h|gdal/.*", {"input", "output"}),
    ("PROJ", r"(proj|geodesic)[a-z0-9_]*\.h|proj/.*", {"geo"}),
    ("GEOS", r"geos[a-z0-9_]*\.h|geos/.*", {"geo"}),
    ("libfyaml", r"libfyaml\.h|libfyaml/.*", {"project"}),
    ("shapelib", r"shapefil\.h", {"input"}),
    ("jansson", r"jansson[a-z0-9_]*\.h", {"output"}),
    ("libcrypto", r"openssl/.*", {"input"}),
    ("libdeflate", r"libdeflate\.h", {"output"}),
    ("zstd", r"zstd[a-z0-9_]*\.h", {"output"}),
    ("cairo", r"cairo[a-z0-9_-]*\.h|cairo/.*", {"output"}),
    ("libmicrohttpd", r"microhttpd[a-z0-9_]*\.h", {"cli"}),
]
SYSTEM = set("""assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype
    dirent dlfcn fcntl fnmatch getopt glob iconv immintrin langinfo libgen libintl omp poll pthread regex sched semaphore
    spawn syscall termios unistd""".split())
GENERATED = {"version.h", "default_styles.h"}  # written by the Makefile

MAX_FILE, MAX_FUNCTION = 800, 100  # lines; the aim is 500 and 50
MAX_WIDTH = 110  # characters; ColumnLimit of .clang-format
PLACES = ["src/**/*.[ch]", "include/**/*.h", "tests/unit/*.[ch]", "examples/*.c"]
ONLY_WIDTH = ("tests/", "examples/")  # these are no rooms
ALLOCATION = r"malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup|strndup|asprintf|vasprintf|free"
LIBRARY_MEMORY = "library memory"  # in a comment on the line: a library asks for plain free()


def blank_comments_and_strings(text):
    """Comments and the inside of strings become blanks; every character keeps its line and column."""
    def blank(match):
        piece = match.group(0)
        if piece[0] in "\"'":
            return piece[0] + re.sub(r"[^\n]", " ", piece[1:-1]) + piece[-1]
        return re.sub(r"[^\n]", " ", piece)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def blank_comments(text):
    """As above, but strings stay: the names of quoted includes are strings."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  lambda m: m.group(0) if m.group(0)[0] in "\"'" else re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)


def includes(text):
    """(line number, name as written or None) of every include directive."""
    found = []
    for number, line in enumerate(blank_comments(text).split("\n"), 1):
        match = re.match(r"\s*(?:#|%:|\?\?=)\s*(include|include_next|import)\b\s*(.*)", line)
        if match:
            name = re.match(r'["<]([^">]+)[">]', match.group(2))
            found.append((number, name.group(1) if name else None))
    return found


def room_of(path):
    """The room of a file: "geo" for src/geo/crs.c, "public" for include/; None for a place that is no room."""
    parts = os.path.normpath(path).split(os.sep)
    if parts[0] == "include":
        return "public"
    return parts[1] if parts[0] == "src" and len(parts) == 3 and parts[1] in ROOMS else None


def room_of_include(name):
    """The room an included name belongs to; None when it is no header of ours."""
    first = name.split("/")[0]
    if first == "tapak":
        return "base"  # what the public headers declare is known to every room
    return first if "/" in name and first in ROOMS else None


def library_of(name):
    """(library, homes) of an outside header, or None."""
    for library, pattern, homes in HOMES:
        if re.fullmatch(pattern, name):
            return library, homes
    return None


def brought_in(name, seen):
    """The outside headers that come with one of our headers, directly or through others of ours."""
    for folder in ("src", "include"):
        path = os.path.join(folder, name)
        if name not in seen and os.path.exists(path):
            seen.add(name)
            for _, inner in includes(read(path)):
                if inner and room_of_include(inner):
                    yield from brought_in(inner, seen)
                elif inner:
                    yield inner


def read(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def check_include(room, name):
    """What is wrong with one include, or None."""
    if name is None:
        return 'an include must be written with its name: "room/file.h" or <header.h>'
    if name.startswith(".") or "/../" in name or "/./" in name:
        return f'"{name}" is relative; write "room/file.h"'
    if name in GENERATED:
        return None if room != "public" else f"a public header must not include {name}"
    target = room_of_include(name)
    if target:
        if room == "public":
            return None if name.startswith("tapak/") else f"a public header must not include {name}"
        if ROOMS.index(target) > ROOMS.index(room):
            return f"room {room} must not include {name}: {target} comes after {room}"
        for header in brought_in(name, set()):
            found = library_of(header)
            if found and room not in found[1]:
                return (f"{name} brings {header} into room {room}; "
                        f"{found[0]} belongs in {' and '.join(sorted(found[1]))} only")
        return None
    found = library_of(name)
    if found:
        if room in found[1]:
            return None
        return f"{name} ({found[0]}) belongs in {' and '.join(sorted(found[1]))} only, not in {room}"
    if name.startswith("sys/") or (name.endswith(".h") and name[:-2] in SYSTEM):
        return None
    if "/" not in name and os.path.exists(os.path.join("src", room, name)):
        return f'"{name}" must be written with its room: "{room}/{name}"'
    return f"{name} is neither a room's header, nor the system's, nor a library with a home (tools/lint.py, HOMES)"


def check_includes(room, text):
    for number, name in includes(text):
        wrong = check_include(room, name)
        if wrong:
            yield number, wrong
        if name == "geos_c.h" and not re.search(r"^\s*#\s*define\s+GEOS_USE_ONLY_R_API", text, re.M):
            yield number, "define GEOS_USE_ONLY_R_API before geos_c.h: only the reentrant calls are safe among threads"


def check_calls(place, room, text, code):
    """Allocation outside the seam; printing, ending the process or naming options in the library."""
    original = text.split("\n")
    for number, line in enumerate(code.split("\n"), 1):
        if place not in ("src/base/mem.c", "src/base/mem.h"):
            match = re.search(rf"(?<![\w.>*])({ALLOCATION})\b", line)
            if match and LIBRARY_MEMORY not in original[number - 1]:
                yield number, f"{match.group(1)}: all allocation goes through base/mem.h"
        if room == "cli":
            continue
        match = re.search(r"(?<![\w.>])(exit|_exit|_Exit|quick_exit|abort|printf|vprintf|puts|putchar|perror)\s*\(", line)
        if match:
            yield number, f"{match.group(1)}: the library never prints, exits or aborts"
        if re.search(r"(?<!\w)(stdout|stderr)\b", line):
            yield number, "the library never prints: write to the caller's error, findings or file"


def check_messages(room, text):
    if room in ("cli", "public"):
        return
    for number, line in enumerate(blank_comments(text).split("\n"), 1):
        for literal in re.findall(r'"(?:\\.|[^"\\])*"', line):
            match = re.search(r"(?<![\w<!-])--[a-z][a-z-]+", literal)
            if match:
                yield number, f"{match.group(0)} in a message: the library never names a command-line option"


def check_width(text):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_WIDTH:
            yield number, f"a line of {len(line)} characters; at most {MAX_WIDTH}: make format"


def check_text(text):
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        match = re.search(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))", line)
        if match:
            yield number, f"{match.group(1)} without an issue number: finish it, or write {match.group(1)}(#12)"
        if "\t" in line or line != line.rstrip():
            yield number, "a tab, or blanks at the end of the line"
    n = len(lines) - (lines[-1] == "")
    if n > MAX_FILE:
        yield n, f"{n} lines; a file has at most {MAX_FILE}: one idea a file"
    if lines[-1] != "":
        yield n, "the last line does not end"


def check_functions(code):
    """A function's body starts with a brace at the start of a line, or at the end of one that starts its signature."""
    start = None
    for number, line in enumerate(code.split("\n"), 1):
        if start is None and (line.rstrip() == "{" or re.match(r"[A-Za-z_][^=;]*\)\s*\{\s*$", line)):
            start = number
        elif start is not None and line.startswith("}"):
            length = number - start + 1
            if length > MAX_FUNCTION:
                yield start, f"a function of {length} lines; at most {MAX_FUNCTION}"
            start = None


def check_guard(place, text):
    parts = os.path.splitext(place)[0].split(os.sep)
    guard = re.sub(r"\W", "_", ("TPK_" if parts[0] == "src" else "") + "_".join(parts[1:]).upper()) + "_H"
    guard = guard.replace("TAPAK_TAPAK_", "TAPAK_")  # include/tapak/tapak.h
    if not re.search(rf"^#ifndef {guard}\n#define {guard}$", text, re.M):
        yield 1, f"the include guard must be {guard}"


def check(place, path):
    """(line, what is wrong) of everything wrong with the file at `path`, taken as standing at `place`."""
    room, text = room_of(place), read(path)
    if room is None:
        return [(1, f"{place} is not src/ROOM/FILE with one of the rooms {' '.join(ROOMS)}: it would not be built")]
    code = blank_comments_and_strings(text)
    found = list(check_includes(room, text)) + list(check_calls(place, room, text, code))
    found += list(check_messages(room, text)) + list(check_text(text)) + list(check_functions(code))
    found += list(check_width(text))
    if place.endswith(".h"):
        found += list(check_guard(place, text))
    return sorted(found)


def main(argv):
    if len(argv) == 4 and argv[1] == "--as":
        files = [(argv[2], os.path.abspath(argv[3]))]
    elif len(argv) == 1:
        files = None
    else:
        sys.exit(__doc__)
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    if files is None:
        names = sorted(name for pattern in PLACES for name in glob.glob(pattern, recursive=True))
        files = [(name, name) for name in names]
    n_wrong = 0
    for place, path in files:
        for number, wrong in check_width(read(path)) if place.startswith(ONLY_WIDTH) else check(place, path):
            print(f"{place}:{number}: {wrong}")
            n_wrong += 1
    if n_wrong:
        print(f"lint: {n_wrong} to mend in {len(files)} files", file=sys.stderr)
        return 1
    print(f"lint: {len(files)} files keep the rules")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

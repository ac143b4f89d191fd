#!/usr/bin/env python3
"""Holds README.md and docs/ to what is true: docs.py WHAT TAPAK SCRATCH. Ends with 1, and says why, when they are not.

    links       every link inside the repository leads to a file, and to a heading where it names one
    reference   docs/project-file.md is what tapak reference prints
    help        what stands below "$ tapak COMMAND" is what the command says
    quickstart  the standard output in README.md's quickstart is that of the command above it
    project     README.md's project file is computed
    programs    the programs in README.md and docs/library.md say what stands below them; CC and its options come as further arguments
"""
import difflib
import glob
import os
import re
import subprocess
import sys

PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "gis-data/README.md", "tests/data/README.md", "tests/bench/README.md"]
PAGES = [page for page in PAGES if os.path.exists(page)] + sorted(glob.glob("docs/**/*.md", recursive=True))


def read(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def expect(truth, message):
    if not truth:
        sys.exit("# " + message)


def expect_text(place, written, true):
    lines = difflib.unified_diff(written.splitlines(), true.splitlines(), place, "the program", lineterm="", n=0)
    expect(written.rstrip() == true.rstrip(), place + " is out of date\n# " + "\n# ".join(lines))


def blocks(path, language=""):
    """The fenced blocks of a page that are marked with a language."""
    return re.findall(r"^```%s\n(.*?)^```$" % language, read(path), re.M | re.S)


def anchors(path):
    """The marks that headings get: small letters, blanks to hyphens, other signs gone."""
    found = set()
    for title in re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```$", "", read(path), flags=re.M | re.S), re.M):
        found.add(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-"))
    return found


def links(_tapak, _scratch):
    n_links = 0
    for page in PAGES:
        text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", read(page), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            n_links += 1
            name, _, anchor = target.partition("#")
            path = os.path.normpath(os.path.join(os.path.dirname(page), name)) if name else page
            expect(os.path.exists(path), "%s: %s leads nowhere" % (page, target))
            expect(not anchor or anchor in anchors(path), "%s: %s has no heading '%s'" % (page, path, anchor))
    expect(n_links > 20, "only %d links found" % n_links)


def says(command, **more):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    expect(result.returncode == 0, "%s ends with %d: %s" % (" ".join(command), result.returncode, result.stderr))
    return result.stdout


def reference(tapak, _scratch):
    expect_text("docs/project-file.md", read("docs/project-file.md"), says([tapak, "reference"], env={**os.environ, "LC_ALL": "C"}))


def help(tapak, _scratch):
    n_commands = 0
    for page in PAGES:
        for block in blocks(page):
            line, _, written = block.partition("\n")
            if line.startswith("$ tapak "):
                expect_text("%s: %s" % (page, line), written, says([tapak] + line.split()[2:]))
                n_commands += 1
    for command in ("run", "check", "explain", "reference"):
        expect("$ tapak %s --help\n" % command in read("docs/commands/%s.md" % command), "docs/commands/%s.md has no help" % command)
    expect(n_commands >= 4, "only %d commands found" % n_commands)


def shipped_sample(scratch):
    """A folder whose gis-data is the repository's without the boundaries that somebody may have fetched."""
    folder = os.path.join(scratch, "shipped")
    os.makedirs(os.path.join(folder, "gis-data"))
    for path in glob.glob("gis-data/*.*"):
        if not os.path.basename(path).startswith("kabupaten."):
            os.symlink(os.path.abspath(path), os.path.join(folder, path))
    return folder


def quickstart(tapak, scratch):
    found = [b for b in blocks("README.md") if b.startswith("$ build/tapak run gis-data/kalsel.yaml -o out/kalsel\n")]
    expect(len(found) == 1, "README.md: the quickstart is not there")
    written = "".join(line for line in found[0].splitlines(True)[1:] if "M cells: layers" not in line)
    # The portal's page is built by another target than the program.
    page = "  out/kalsel/portal/index.html\n"
    expect(page in written, "README.md, quickstart: the portal is not there")
    command = [tapak, "run", "gis-data/kalsel.yaml", "-o", "out/kalsel", "--quiet", "--no-portal"]
    said = says(command, cwd=shipped_sample(scratch))
    expect_text("README.md, quickstart", written.replace(page, ""), said)


def project(tapak, scratch):
    found = [b for b in blocks("README.md", "yaml") if b.startswith("tapak: 1\n")]
    expect(len(found) == 1, "README.md: the project file is not there")
    folder = os.path.join(scratch, "project")
    os.mkdir(folder)
    for path in glob.glob("gis-data/*.*"):
        os.symlink(os.path.abspath(path), os.path.join(folder, os.path.basename(path)))
    with open(os.path.join(folder, "contoh.yaml"), "w", encoding="utf-8") as file:
        file.write(found[0])
    said = says([tapak, "run", os.path.join(folder, "contoh.yaml"), "-o", os.path.join(folder, "out"), "--cell", "1000"])
    expect("Batulicin" in said, "README.md: the project file's zones are not there: " + said)


def programs(_tapak, scratch, compiler, *flags):
    for page, name in (("README.md", "readme"), ("docs/library.md", "library")):
        code = [b for b in blocks(page, "c") if "int main" in b]
        expect(len(code) == 1, page + ": the program is not there")
        source, program = os.path.join(scratch, name + ".c"), os.path.join(scratch, name)
        with open(source, "w", encoding="utf-8") as file:
            file.write(code[0])
        says([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", source, "-o", program, *flags])
        text = read(page)
        after = re.search(r"^```\n(.*?)^```$", text[text.index(code[0]) + len(code[0]) + 4:], re.M | re.S).group(1)
        written = "".join(line for line in after.splitlines(True) if not line.startswith("$ "))
        expect_text("%s: what the program says" % page, written, says([program]))


CHECKS = {f.__name__: f for f in (links, reference, help, quickstart, project, programs)}
if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    CHECKS[sys.argv[1]](*sys.argv[2:])

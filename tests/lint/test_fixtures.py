#!/usr/bin/env python3
"""Each bad_* file beside this one must be rejected with the message its second line expects, and with no other. TAP."""
import glob
import importlib.util
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def load_lint():
    spec = importlib.util.spec_from_file_location("lint", os.path.join(ROOT, "tools", "lint.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    lint = load_lint()
    os.chdir(ROOT)
    fixtures = sorted(glob.glob(os.path.join(HERE, "bad_*.[ch]")))
    failed = 0
    print(f"1..{len(fixtures)}")
    for number, path in enumerate(fixtures, 1):
        with open(path) as text:
            place = re.fullmatch(r"/\* as: (.*) \*/\n", text.readline()).group(1)
            expected = re.fullmatch(r"/\* expect: (.*) \*/\n", text.readline()).group(1)
        found = lint.check(place, path)
        right = len(found) == 1 and expected in f"{place}:{found[0][0]}: {found[0][1]}"
        print(f"{'ok' if right else 'not ok'} {number} - lint rejects {os.path.basename(path)}")
        if not right:
            failed = 1
            print(f"#   expected: {expected}")
            for line, wrong in found:
                print(f"#   found: {place}:{line}: {wrong}")
    return failed


raise SystemExit(main())

#!/usr/bin/env python3
"""Compares what tapak check says of the real layers with what is known of them: shared_findings.py TABLE JSON... For test_check_shared.sh.

TABLE has a row a finding. `mark` is
    defect  the layers' own description lists it, in the words of `word`: it must be found
    true    not listed there, but seen in the data: `word` says how
    false   a false alarm that is known
    unseen  a listed defect that no finding tells, and why
`features` is the number the finding must have (*: any), `says` stands in what was found or in an example. A finding without a
row is a new false alarm until somebody has looked at the data. Ends with 1 when a defect is missed or a finding has no row.
"""
import csv
import json
import re
import sys


def read_findings(paths):
    """The findings of all layers; one that two reports have counts once."""
    found, layers = {}, set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            subjects = json.load(file)["subjects"]
        for subject in subjects:
            if subject["kind"] == "project":
                continue
            layer = "/".join(subject["path"].split("/")[-2:])
            layers.add(layer)
            for f in subject["findings"]:
                examples = [str(e["name"]) for e in f["examples"]]
                found[layer, f["kind"], f["found"]] = (f["features"], [f["found"]] + examples)
    return found, layers


def is_of(row, finding, facts):
    features, texts = facts
    if (row["layer"], row["kind"]) != finding[:2] or row["features"] not in ("*", str(features)):
        return False
    return not row["says"] or any(re.search(r"(?<!\w)" + re.escape(row["says"]), text) for text in texts)


def main(table, *reports):
    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    findings, layers = read_findings(reports)
    matches = {finding: [row for row in rows if is_of(row, finding, facts)] for finding, facts in findings.items()}
    told = [id(row) for of_finding in matches.values() for row in of_finding]
    missed = [row for row in rows if row["mark"] == "defect" and id(row) not in told]
    stale = [row for row in rows if row["mark"] in ("true", "false") and id(row) not in told]
    unknown = [finding for finding, of_finding in matches.items() if not of_finding]
    known = [finding for finding, of_finding in matches.items() if of_finding and all(r["mark"] == "false" for r in of_finding)]

    for finding in known:
        print("# known false alarm: %s: %s: %s" % finding, "(%s)" % matches[finding][0]["word"])
    for finding in unknown:
        print("# false alarm, or a truth that has no row: %s: %s: %s" % finding)
    for row in missed:
        print("# MISSED: {layer}: {kind} ({features} features; '{says}'): {word}".format(**row))
    for row in stale:
        print("# no longer told: {layer}: {kind} '{says}': {word}".format(**row))
    n_defects = sum(row["mark"] == "defect" for row in rows)
    print("# %d layers; defects found: %d of %d; listed defects that no finding tells: %d" % (
        len(layers), n_defects - len(missed), n_defects, sum(row["mark"] == "unseen" for row in rows)))
    print("# false alarms: %d of %d findings" % (len(known) + len(unknown), len(findings)))
    sys.exit(1 if missed or unknown else 0)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

#!/usr/bin/python3
"""The map tips of zones in tapak.qgz beside what `tapak explain` tells: qgis_tips.py FOLDER EXPLAINED..., a file of JSON for each
zone. Prints what differs and ends with 1, or prints the tip of the last zone."""
import html
import json
import os
import re
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils, QgsProject

faults = []


def same(name, found, wanted, decimals):
    """found: a cell's text; wanted None: nothing is known."""
    if wanted is None or isinstance(wanted, str):
        fits = found == (wanted or "–")
    else:
        number = re.fullmatch(r"[-0-9,.]+", found)
        fits = number and abs(float(found.replace(",", "")) - wanted) <= 0.50001 * 10 ** -decimals
    if not fits:
        faults.append("%s is %r, not %r" % (name, found, wanted))


def check_criterion(cells, told):
    title, value, membership, weight, gained, lost = cells
    name = told["id"] + ": "
    same(name + "title", title, told["title"].replace("[%", "[ %"), 0)
    unit = {"percent": "%"}.get(told["unit"], told["unit"])
    if told["category"] is not None or told["value"] is None:
        same(name + "value", value, told["category"], 0)
    else:
        number, _, found_unit = value.partition(" ")
        decimals = len(number.partition(".")[2])
        if len(re.sub("[^0-9]", "", number).lstrip("0")) > 7 or decimals > 4 or found_unit != unit:
            faults.append(name + "value %r" % value)
        same(name + "value", number, told["value"], decimals)
    same(name + "membership", membership, told["membership"], 3)
    same(name + "weight", weight, told["weight_counted"], 3)
    same(name + "gained", gained, told["gained"], 1)
    same(name + "lost", lost, told["lost"], 1)
    if "–" not in (weight, gained, lost) and abs(float(gained) + float(lost) - 100 * float(weight)) > 0.151:
        faults.append(name + "weight %s, points %s and %s" % (weight, gained, lost))


def check_zone(tip, told):
    rows = [[html.unescape(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in re.findall(r"<tr>(.*?)</tr>", tip)]
    rows = [row for row in rows if len(row) == 6]
    if len(rows) != len(told["criteria"]):
        faults.append("%d rows for %d criteria" % (len(rows), len(told["criteria"])))
    for row, criterion in zip(rows, told["criteria"]):
        check_criterion(row, criterion)
    lines = [html.unescape(line) for line in re.split(r"<br>|</td>", tip)]
    limiting = [line.partition(": ")[2] for line in lines if re.match("Pembatas utama: |Limited most by: ", line)]
    nothing = "–" if told["score"] is None else "tidak ada" if "Pembatas utama: " in tip else "nothing"
    if limiting != [told["limiting_title"] or nothing]:
        faults.append("limited by %s, not %r" % (limiting, told["limiting_title"] or nothing))
    for constraint in told["constraints"]:
        found = [line for line in lines if line.startswith(constraint["title"] + ": ")]
        if not constraint["excluded_ha"]:
            wanted = []
        else:
            wanted = ["%s: %s ha (%s)" % (constraint["title"], "{:,.1f}".format(constraint["excluded_ha"]), constraint["source"])]
        if found != wanted:
            faults.append("%s: %s, not %s" % (constraint["id"], found, wanted))


def main(folder, *paths):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    project.read(os.path.join(folder, "tapak.qgz"))
    layer = project.mapLayer("zones_zones_layer")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    features = {feature["id"]: feature for feature in layer.getFeatures()}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        context.setFeature(features[told["id"]])
        tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
        check_zone(tip, told)
    print("\n".join(faults) if faults else tip)
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # QGIS's own clean-up is not what is tested


main(*sys.argv[1:])

#!/usr/bin/python3
"""From which scale on layers and their names show in tapak.qgz: qgis_scales.py FOLDER LAYER SHOWN NAMED ... Each layer is drawn
by itself at scales around 1:500,000 and 1:250,000. SHOWN and NAMED: the n of the widest of these scales 1:n at which its features
show, and its names ("-": it has none). Prints what is wrong and ends with 1."""
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SCALES = [2000000, 510000, 490000, 260000, 240000]
SIDE = 400


def picture(layer, scale, labels):
    """Around the first feature, the n of 1:n being `scale`."""
    settings = QgsMapSettings()
    centre = next(layer.getFeatures()).geometry().centroid().asPoint()
    half = scale * SIDE / settings.outputDpi() * 0.0254 / 2
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setExtent(QgsRectangle(centre.x() - half, centre.y() - half, centre.x() + half, centre.y() + half))
    settings.setBackgroundColor(QColor(255, 255, 255))
    settings.setFlag(QgsMapSettings.DrawLabeling, labels)
    assert abs(settings.scale() / scale - 1) < 0.01, settings.scale()
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def widest(holds):
    """The widest scale at which it holds; it must hold at all larger ones."""
    found = [bool(holds(scale)) for scale in SCALES]
    assert found == sorted(found), found
    return next((scale for scale, is_so in zip(SCALES, found) if is_so), None)


def main(folder, *wanted):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    project.read(os.path.join(folder, "tapak.qgz"))
    faults = []
    for name, shown, named in zip(*[iter(wanted)] * 3):
        layer = project.mapLayer("inputs_%s_layer" % name)
        nothing = picture(layer, SCALES[0], False)
        nothing.fill(QColor(255, 255, 255))
        found = [widest(lambda scale: picture(layer, scale, False) != nothing),
                 widest(lambda scale: picture(layer, scale, True) != picture(layer, scale, False))]
        if found != [int(shown), None if named == "-" else int(named)]:
            faults.append("%s: features from 1:%s, names from 1:%s" % (name, *found))
    print("\n".join(faults))
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # QGIS's own clean-up is not what is tested


main(*sys.argv[1:])

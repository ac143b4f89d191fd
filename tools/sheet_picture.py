#!/usr/bin/python3
"""Draws docs/img/sheet.png, the sheet of the classes in a result folder's QGIS project, as QGIS prints it:

    tools/sheet_picture.py out/kalsel docs/img/sheet.png

Needs the Debian packages python3-qgis and python3-pil."""
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PIL import Image
from qgis.core import QgsApplication, QgsLayoutExporter, QgsLayoutItemMap, QgsProject

DPI, COLORS = 110, 128
folder, picture = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
if not project.read(os.path.join(folder, "tapak.qgz")):
    sys.exit("%s: %s" % (folder, project.error()))
settings = QgsLayoutExporter.ImageExportSettings()
settings.dpi = DPI
settings.generateWorldFile = False
classes = project.mapLayer("result_classes.tif_layer")
sheet, = [s for s in project.layoutManager().printLayouts()
          for item in s.items() if isinstance(item, QgsLayoutItemMap) and classes in item.layers()]
exporter = QgsLayoutExporter(sheet)
if exporter.exportToImage(picture, settings) != QgsLayoutExporter.Success:
    sys.exit("%s: the sheet cannot be exported" % picture)
Image.open(picture).convert("RGB").quantize(COLORS).save(picture, optimize=True)
os._exit(0)  # QGIS's own clean-up may crash, and all is written

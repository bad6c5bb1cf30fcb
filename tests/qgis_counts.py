"""Counts features of collections as QGIS reads them, with an app password by Basic. Run by the system's Python.

Arguments: address of /ogc, login, app password, collections. Prints one JSON object.
"""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer

address, login, secret, *names = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
found = {}
for name in names:
    uri = f"url='{address}' typename='{name}' username='{login}' password='{secret}' pageSize='2'"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    found[name] = sum(1 for _ in layer.getFeatures()) if layer.isValid() else layer.error().summary()
sys.stdout.write(json.dumps(found) + "\n")
sys.stdout.flush()
app.exitQgis()

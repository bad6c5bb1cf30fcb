"""Counts features of collections as QGIS reads them, with an app password sent as a header. Run by the system's Python.

Arguments: address of /ogc, app password, collections. Prints one JSON object.
"""

import json
import sys

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer

address, secret, *names = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
manager = QgsApplication.authManager()
manager.init(QgsApplication.qgisSettingsDirPath())
manager.setMasterPassword("only in this folder", True)
config = QgsAuthMethodConfig("APIHeader")
config.setName("hatangso")
config.setConfigMap({"Authorization": f"Bearer {secret}"})
manager.storeAuthenticationConfig(config)
found = {}
for name in names:
    uri = f"url='{address}' typename='{name}' authcfg='{config.id()}' pageSize='2'"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    found[name] = sum(1 for _ in layer.getFeatures()) if layer.isValid() else layer.error().summary()
sys.stdout.write(json.dumps(found) + "\n")
sys.stdout.flush()
app.exitQgis()

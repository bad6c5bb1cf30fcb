"""What the reading process is told before any library is imported: which drivers of GDAL exist, and to stay offline."""

import os
import sys
from pathlib import Path

KEPT = frozenset(
    {"ESRI Shapefile", "GeoJSON", "GPKG", "LIBKML", "FlatGeobuf", "MapInfo File", "GTiff", "MEM", "Memory"}
)
SETTINGS = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_VRT_ENABLE_RAWRASTERBAND": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "20",
    "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
    "PROJ_NETWORK": "OFF",
    # one thread and few memory arenas: a thread would not survive the fork, an arena counts as memory
    "MALLOC_ARENA_MAX": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
}
INHERITED = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # without them Python does not start
SKIPPED = (
    "AAIGrid,ACE2,ADBC,ADRG,AIG,AIVector,AVCBin,AVCE00,AirSAR,AmigoCloud,BAG,BIGGIF,BLX,BMP,BSB,BT,BYN,CALS,CEOS,COASP,"
    "COG,COSAR,CPG,CSV,CSW,CTG,CTable2,Carto,DAAS,DERIVED,DGN,DIMAP,DIPEx,DOQ1,DOQ2,DTED,DXF,ECRGTOC,EDIGEO,EEDA,"
    "EEDAI,EHdr,EIR,ELAS,ENVI,ERS,ESAT,ESRIC,ESRIJSON,Elasticsearch,FAST,FIT,GDALG,GFF,GIF,GML,GNMDatabase,GNMFile,"
    "GPSBabel,GPX,GRASSASCIIGrid,GRIB,GS7BG,GSAG,GSBG,GSC,GTFS,GTI,GTX,GXF,GenBin,GeoJSONSeq,GeoRSS,HDF5,HDF5Image,"
    "HF2,HFA,HTTP,ILWIS,IRIS,ISCE,ISG,ISIS2,ISIS3,Idrisi,JAXAPALSAR,JDEM,JML,JP2OpenJPEG,JPEG,JSONFG,KML,"
    "KMLSUPEROVERLAY,KRO,L1B,LAN,LCP,LOSLAS,LVBAG,Leveller,MAP,MBTiles,MFF,MFF2,MRF,MSGN,MVT,MapML,MiraMonVector,NDF,"
    "NGSGEOID,NGW,NITF,NOAA_B,NSIDCbin,NTv2,NWT_GRC,NWT_GRD,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OZI,"
    "OpenFileGDB,PAux,PCIDSK,PCRaster,PDF,PDS,PDS4,PGDUMP,PLMOSAIC,PLSCENES,PMTiles,PNG,PNM,PRF,R,RIK,RMF,ROI_PAC,"
    "RPFTOC,RRASTER,RS2,RST,Rasterlite,S102,S104,S111,S57,SAFE,SAGA,SAR_CEOS,SDTS,SENTINEL2,SGI,SIGDEM,SNAP_TIFF,SNODAS,"
    "SQLite,SRP,SRTMHGT,STACIT,STACTA,SXF,Selafin,TGA,TIL,TSX,Terragen,TopoJSON,USGSDEM,VDV,VFK,VICAR,VRT,WAsP,WCS,"
    "WEBP,WFS,WMS,WMTS,XLSX,XPM,XYZ,ZMap,Zarr,netCDF"
)


def environment(*, every_driver: bool = False) -> dict[str, str]:
    """All environment variables of the reading process; nothing else of ours reaches it."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    skip = {} if every_driver else {"GDAL_SKIP": SKIPPED, "OGR_SKIP": SKIPPED}
    return {**kept, **SETTINGS, **skip, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


def registered() -> set[str]:
    """The drivers that both GDALs (of pyogrio and of rasterio) have in this process."""
    import pyogrio  # noqa: PLC0415  the environment must be set before
    import rasterio  # noqa: PLC0415

    with rasterio.Env() as session:
        return {*pyogrio.list_drivers(), *session.drivers()}


def without_others() -> None:
    """Start this program again where the installed GDAL has drivers that are neither kept nor known."""
    others = registered() - KEPT
    known = os.environ.get("GDAL_SKIP", "")
    if not known or not others or others & set(known.split(",")):
        return  # the test of defence layers has all drivers; a driver that cannot be skipped is found by a test
    more = ",".join([known, *sorted(others)])
    os.environ |= {"GDAL_SKIP": more, "OGR_SKIP": more}
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606

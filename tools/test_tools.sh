#!/usr/bin/env bash
# Chromium, PostgreSQL with PostGIS, GDAL's programs, QGIS, Poppler and strace for the tests that need them: by apt where that may
# be done; elsewhere those tests skip visibly.
set -u
missing=()
has() { command -v "$1" >/dev/null 2>&1; }
has chromium-headless-shell || missing+=(chromium-headless-shell)  # a third of the processor time of a whole Chromium
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || has initdb || missing+=(postgresql)
compgen -G "/usr/share/postgresql/*/extension/postgis.control" >/dev/null || missing+=(postgresql-postgis)
has ogr2ogr || missing+=(gdal-bin)
has strace || missing+=(strace)
has pdftotext || missing+=(poppler-utils)
/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || missing+=(python3-qgis)
[ "${BENCH:-}" != 1 ] || has wrk || missing+=(wrk)
[ ${#missing[@]} -eq 0 ] && exit 0
apt=(apt-get)
[ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
if command -v apt-get >/dev/null 2>&1 && "${apt[@]}" --version >/dev/null 2>&1; then
  echo "Cài ${missing[*]} bằng apt / installing ${missing[*]} by apt"
  "${apt[@]}" update -q >/dev/null 2>&1
  if [[ " ${missing[*]} " == *" chromium-headless-shell "* ]] && ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    missing=("${missing[@]/chromium-headless-shell}")  # not every distribution has it
    has chromium || has google-chrome || missing+=(chromium)
    read -ra missing <<<"${missing[*]}"
    [ ${#missing[@]} -eq 0 ] && exit 0
  fi
  if DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}" >/dev/null; then
    exit 0
  fi
fi
echo "Không cài được ${missing[*]}: các phép thử cần chúng sẽ bị bỏ qua / could not install ${missing[*]}: tests that need them skip"
exit 0

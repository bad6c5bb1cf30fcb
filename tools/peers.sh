#!/usr/bin/env bash
# Makes .peers: what our interfaces are tested (ogctests) and measured (tipg) against, apart from .venv because these
# pin older libraries. New lock, from the lines ogctests==0.1.15, tipg==1.6.1, uvicorn, uvloop and httptools:
#   printf '%s\n' ogctests==0.1.15 tipg==1.6.1 uvicorn uvloop httptools | uv pip compile --universal \
#     --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
#     --custom-compile-command "see tools/peers.sh" - -o requirements-peers.lock
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=.peers/.ready
if [ -e "$stamp" ] && [ ! requirements-peers.lock -nt "$stamp" ]; then exit 0; fi
python=${PYTHON:-}
for one in python3.12 python3.11 python3.13 python3; do
  if [ -z "$python" ] && "$one" -c "" 2> /dev/null; then python=$one; fi  # a shim may be there that runs nothing
done
"$python" -m venv --clear .peers
.peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
touch "$stamp"

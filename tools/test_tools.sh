#!/usr/bin/env bash
# Chromium and PostgreSQL for the tests that need them: by apt where that may be done; elsewhere those tests skip visibly.
set -u
missing=()
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing+=(chromium)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
apt=(apt-get)
[ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
if command -v apt-get >/dev/null 2>&1 && "${apt[@]}" --version >/dev/null 2>&1; then
  echo "Cài ${missing[*]} bằng apt / installing ${missing[*]} by apt"
  if "${apt[@]}" update -q >/dev/null 2>&1 &&
    DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}" >/dev/null; then
    exit 0
  fi
fi
echo "Không cài được ${missing[*]}: các phép thử cần chúng sẽ bị bỏ qua / could not install ${missing[*]}: tests that need them skip"
exit 0

#!/usr/bin/env bash
# Installs what the tests can use beyond the .NET SDK. Safe to run again; without root it only says what is missing.
set -euo pipefail

# One line a tool: the command or lib:library that proves it is there, the Debian package that brings it, what goes untested without it.
needed() {
  cat <<'LIST'
redis-server redis-server the store of lanes and its scripts
redis-cli redis-tools looking into a Redis by hand
lib:librdkafka.so.1 librdkafka1 the Kafka client: everything in StreamEngage.Kafka
LIST
}

is_there() {
  case $1 in
    lib:*) PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -F "${1#lib:}" >/dev/null ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

missing=()
while read -r command package reason; do
  [[ -z "$command" ]] || is_there "$command" && continue
  missing+=("$package")
  echo "setup: $package is missing ($reason)"
done < <(needed)

[[ ${#missing[@]} -eq 0 ]] && exit 0
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: to install: apt-get install ${missing[*]} (as root); tests that need them report themselves as skipped"
  exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if { apt-get update -q && apt-get install -y -q --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
  echo "setup: installed ${missing[*]}"
else
  tail -n 20 "$log"
  echo "setup: could not install ${missing[*]}; tests that need them report themselves as skipped"
fi

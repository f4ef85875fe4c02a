#!/usr/bin/env bash
# Runs the commands that the README promises: the ```bash and ```console blocks that follow a line "<!-- ci: run -->".
# "<!-- ci: run where PROGRAM -->" is one that is left out, and said to be, where that program is not installed.
# In a console block the lines after "$ " are commands and the rest is output; a trailing backslash continues a command.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
readme=${1:-README.md}
seconds=300

if [[ ! -f $readme ]]; then echo "readme-check: no $readme yet, nothing to run"; exit 0; fi

blocks=$(mktemp -d)
trap 'rm -rf "$blocks"' EXIT
# One file a block, named by the line it starts on. A marker with no block after it is an error, not a pass.
awk -v folder="$blocks" '
  /^<!-- ci: run( where [a-z0-9-]+)? -->[ \t]*$/ { if (marked) print "" > (folder "/unmatched"); marked = NR; program = $5 == "-->" ? "" : $5; next }
  !inside && /^```/ {
    if (marked && /^```(bash|console)[ \t]*$/) { inside = 1; console = /console/; file = sprintf("%s/%06d.sh", folder, NR); printf "" > file; if (program != "") print program > (file ".where") }
    else { inside = 2; if (marked) print "" > (folder "/unmatched") }
    marked = 0; next
  }
  inside && /^```[ \t]*$/ { inside = 0; more = 0; next }
  inside == 1 && !console { print > file }
  inside == 1 && console && (more || /^\$ /) { line = $0; if (!more) sub(/^\$ /, "", line); else sub(/^> /, "", line); print line > file; more = line ~ /\\$/ }
  !inside && marked && NF { print "" > (folder "/unmatched"); marked = 0 }
  END { if (marked) print "" > (folder "/unmatched") }
' "$readme"

if [[ -e $blocks/unmatched ]]; then echo "readme-check: $readme has a '<!-- ci: run -->' with no bash or console block right after it"; exit 1; fi
if ! ls "$blocks"/*.sh >/dev/null 2>&1; then echo "readme-check: $readme marks no block, nothing to run"; exit 0; fi

failed=0
for block in "$blocks"/*.sh; do
  where=$readme:$((10#$(basename "$block" .sh)))
  echo "readme-check: $where"
  sed 's/^/  $ /' "$block"
  if [[ -s $block.where ]] && ! command -v "$(cat "$block.where")" >/dev/null; then echo "readme-check: $where left out: no $(cat "$block.where") here"; continue; fi
  if [[ ! -s $block ]]; then echo "readme-check: $where has no command"; failed=1; continue; fi
  timeout --kill-after=10 "$seconds" bash -euo pipefail "$block" </dev/null
  code=$?
  [[ $code -eq 0 ]] && continue
  failed=1
  if [[ $code -eq 124 ]]; then echo "readme-check: $where took over $seconds s"; else echo "readme-check: $where ended with $code"; fi
done
exit $failed

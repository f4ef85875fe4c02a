#!/usr/bin/env bash
# The one test command, for people and machines. Arguments go to `dotnet test`, e.g. eng/test.sh --filter Conventions
# Its last line is "N passed, N failed, N skipped", summed over the projects.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# One stream, so that the last line is last however the output is kept.
exec 2>&1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1

servers=()
stop_servers() {
  local id
  for id in "${servers[@]}"; do kill "$id" 2>/dev/null && wait "$id" 2>/dev/null; done
}
trap stop_servers EXIT

start_servers() {
  # Servers for the wire tests start here: on a free port of 127.0.0.1, in a folder under $results, with their address
  # exported for the tests and their process id added to `servers`, which the trap stops. None is needed yet.
  :
}

# One line a test from a .trx file: outcome, name, and for a skipped one its reason, parted by tabs.
outcomes() {
  awk '
    function attribute(line, name) { return match(line, " " name "=\"[^\"]*\"") ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
    /<UnitTestResult / { outcome = attribute($0, "outcome"); test = attribute($0, "testName"); reason = ""; if (/\/>/) { print outcome "\t" test "\t"; test = "" } }
    /<(Message|StdOut)>/ && test != "" && reason == "" { reason = $0; gsub(/.*<(Message|StdOut)>|<\/(Message|StdOut)>.*/, "", reason) }
    /<\/UnitTestResult>/ && test != "" { print outcome "\t" test "\t" reason; test = "" }
  ' "$1"
}

readable() { sed -e 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;//g; s/&amp;/\&/g'; }

bash eng/setup.sh

results=$PWD/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
start_servers

# .ci/run has built already, against locked packages, and says so.
if [[ ${STREAMENGAGE_BUILT:-} != 1 ]] && ! dotnet build StreamEngage.sln --configuration Release --nologo --verbosity quiet </dev/null; then
  echo "The build failed: see above."
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
fi

# One project at a time: each runs its own tests on both cores.
status=0
cut_short=()
reported=()
all=$results/outcomes.tsv
: >"$all"
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  dotnet test "$project" --configuration Release --no-build --nologo \
    --blame-hang-timeout 15min --blame-hang-dump-type none \
    --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" "$@" </dev/null 2>&1 | tee "$results/$name.log"
  [[ ${PIPESTATUS[0]} -ne 0 ]] && status=1
  # The host of the tests died or was ended: what it had not run yet is neither passed nor failed.
  grep -qiE 'run aborted|run was aborted' "$results/$name.log" && cut_short+=("$name") && status=1
  before=$(wc -l <"$all")
  [[ -f $results/$name.trx ]] && outcomes "$results/$name.trx" >>"$all"
  reported+=("$name $(($(wc -l <"$all") - before))")
  # A project whose tests are not found ends with 0; that must not pass for a pass.
  if [[ $# -eq 0 && $(wc -l <"$all") -eq $before ]] &&
    grep -rqE '^ *\[[A-Za-z]*(Fact|Theory)\b' "$(dirname "$project")" --include='*.cs'; then
    echo "$name has tests, but none was reported."
    status=1
  fi
done

count() { awk -F '\t' -v pattern="$1" '$1 ~ pattern { n++ } END { print n + 0 }' "$all"; }
passed=$(count '^Passed$')
skipped=$(count '^NotExecuted$')
failed=$(($(wc -l <"$all") - passed - skipped))

if [[ $skipped -gt 0 ]]; then
  echo "== skipped"
  awk -F '\t' '$1 == "NotExecuted" { print "  " $2 ": " $3 }' "$all" | readable | sort
fi
# Named again at the end: who sees only the last lines of a long run learns what is to mend.
if [[ $failed -gt 0 ]]; then
  echo "== failed"
  awk -F '\t' '$1 != "Passed" && $1 != "NotExecuted" { print "  " $2 ": " $3 }' "$all" | readable | sort
fi
for name in "${cut_short[@]}"; do
  echo "== $name did not run to its end"
  grep -iE -A 30 'aborted|crashed|unhandled exception|fatal error' "$results/$name.log" | head -n 60
done
echo "== reported"
printf '  %s\n' "${reported[@]}"
[[ $((passed + failed)) -eq 0 ]] && echo "No test ran." && status=1
[[ $failed -gt 0 ]] && status=1
[[ $status -ne 0 && $failed -eq 0 ]] && echo "The run itself failed: see above."
echo "$passed passed, $failed failed, $skipped skipped"
exit $status

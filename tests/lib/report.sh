# shellcheck shell=bash
# Steps with a log and a duration each, and the summary at the end. Sourced; the caller sets $logs.

declare -i steps_passed=0 steps_failed=0
declare -a summary=() failed_logs=()

# step NAME COMMAND...: runs it with its output in a log; a failure is shown at once and remembered.
step() {
  local name=$1 log status=0
  shift
  log=$logs/$name.log
  local from=$SECONDS
  printf '%-22s' "$name"
  # Not followed by ||: that would switch errexit off inside.
  (set -e; "$@") >"$log" 2>&1 </dev/null
  status=$?
  local took=$((SECONDS - from))
  if [ "$status" -eq 0 ]; then
    steps_passed+=1
    printf 'ok      %4d s\n' "$took"
    summary+=("ok      $name ($took s)")
  else
    steps_failed+=1
    printf 'FAILED  %4d s (exit %d)\n' "$took" "$status"
    summary+=("FAILED  $name ($took s), see $log")
    failed_logs+=("$log")
    tail -n 60 "$log" | sed 's/^/    | /'
  fi
  return 0
}

# counted LOG: what the test programs in a log counted, as "passed failed".
counted() {
  awk '/^test result: / { for (i = 1; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1) } }
       END { print p + 0, f + 0 }' "$1"
}

# finish [LOG...]: the summary; LOGs are those of test programs, whose cases are counted one by one.
# What the tests could not judge is named. The last line is for machines.
finish() {
  local log passed failed total_passed=$steps_passed total_failed=$steps_failed
  for log in "$@"; do
    [ -f "$log" ] || continue
    read -r passed failed < <(counted "$log")
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
  done
  echo
  printf '%s\n' "${summary[@]}"
  local skipped
  skipped=$(grep -hE '^ *SKIPPED ' "$logs"/*.log 2>/dev/null | sed 's/^ *//' | sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\2 (\1x)/' || true)
  if [ -n "$skipped" ]; then
    printf '\nDid not run:\n%s\n' "$skipped"
  fi
  printf '\n%d passed, %d failed\n' "$total_passed" "$total_failed"
  [ "$total_failed" -eq 0 ]
}

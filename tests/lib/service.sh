# shellcheck shell=bash
# The real program as people run it: the demo, and the service on the demo's folder with the API judged from
# outside. Sourced after tools.sh and postgres.sh; the caller sets $binary, $work, $target and $root.

service_pid=

# field FILE NAME: one value of a JSON file, by a dotted path.
field() {
  python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for part in sys.argv[2].split("."):
    value = value[int(part)] if isinstance(value, list) else value[part]
print(value)' "$1" "$2"
}

demo_on_sqlite() {
  rm -rf "$work/demo"
  "$binary" demo --data "$work/demo"
  "$binary" audit fsck --data "$work/demo" --json
}

demo_on_postgres() {
  local name="demo_$$"
  "$(postgres_programs)/createdb" --maintenance-db "$postgres_url" "$name"
  export CHANCERY__STORAGE__DATABASE="${postgres_url%/*}/$name"
  "$binary" demo --data "$work/demo-postgres"
  "$binary" audit fsck --data "$work/demo-postgres" --json
  # It really was there.
  test ! -e "$work/demo-postgres/chancery.db"
}

# start_service FOLDER: serves a data folder on a free port and sets $service_url.
start_service() {
  local port
  port=$(free_port)
  service_url=http://127.0.0.1:$port
  "$binary" serve --data "$1" --listen "127.0.0.1:$port" >"$logs/service.log" 2>&1 </dev/null &
  service_pid=$!
  local try
  for try in $(seq 300); do
    curl -sf -o /dev/null "$service_url/readyz" && return 0
    kill -0 "$service_pid" 2>/dev/null || { cat "$logs/service.log"; service_pid=; return 1; }
    sleep 0.1
  done
  echo "the service did not become ready within 30 s (try $try)"
  cat "$logs/service.log"
  return 1
}

stop_service() {
  [ -n "$service_pid" ] || return 0
  kill "$service_pid" 2>/dev/null || true
  wait "$service_pid" 2>/dev/null || true
  service_pid=
}

# Schemathesis sends what the OpenAPI document allows and what it forbids, as an authenticated client.
judge_api() {
  trap stop_service EXIT
  cp -r "$work/demo" "$work/api"
  start_service "$work/api"
  CHANCERY_API_KEY=$(field "$work/api/demo.json" api_key)
  CHANCERY_DOCUMENT=$(field "$work/api/demo.json" documents.0)
  CHANCERY_DOSSIER=$(field "$work/api/demo.json" dossier)
  CHANCERY_REGISTER=$(field "$work/api/demo.json" register)
  CHANCERY_TRANSFER=$(field "$work/api/demo.json" transfer)
  export CHANCERY_API_KEY CHANCERY_DOCUMENT CHANCERY_DOSSIER CHANCERY_REGISTER CHANCERY_TRANSFER
  # Hypothesis keeps its examples below the folder it runs in.
  cd "$work"
  "$target/judges/bin/schemathesis" --config-file "$root/tests/judges/schemathesis.toml" run \
    "$service_url/api/v1/openapi.json" --phases examples,coverage,fuzzing --max-examples 25 --seed 1 --workers 2 \
    --generation-database none --no-color
}

# shellcheck shell=bash
# A PostgreSQL of the tests' own: in a temporary folder, on a free port, never as root, stopped at the end.
# Sourced after tools.sh.

postgres_folder=

# as_postgres COMMAND...: as a user who is not root, since PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && exec runuser -u "$postgres_user" -- "$@"); else "$@"; fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts the cluster and sets $postgres_url. fsync stays on: what is tested is durability as well.
start_postgres() {
  local programs port
  programs=$(postgres_programs)
  postgres_user=$(id -un)
  if [ "$(id -u)" -eq 0 ]; then
    postgres_user=postgres
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
  fi
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/chancery-postgres.XXXXXX")
  chmod 755 "$postgres_folder"
  [ "$(id -u)" -eq 0 ] && chown "$postgres_user" "$postgres_folder"
  as_postgres "$programs/initdb" -D "$postgres_folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
    >"$logs/postgres-initdb.log" 2>&1 || return 1
  port=$(free_port)
  cat <<CONF | as_postgres tee -a "$postgres_folder/data/postgresql.conf" >/dev/null
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$postgres_folder'
max_connections = 300
CONF
  as_postgres "$programs/pg_ctl" -s -w -t 60 -D "$postgres_folder/data" -l "$postgres_folder/server.log" start \
    >"$logs/postgres-start.log" 2>&1 || { cat "$postgres_folder/server.log"; return 1; }
  postgres_url="postgres://postgres@127.0.0.1:$port/postgres"
}

# Stops the cluster and removes it. Safe to call when there is none.
stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  as_postgres "$(postgres_programs)/pg_ctl" -s -w -D "$postgres_folder/data" -m fast stop >/dev/null 2>&1 || true
  rm -rf "$postgres_folder"
  postgres_folder=
}

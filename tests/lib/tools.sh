# shellcheck shell=bash
# What the tests need on the machine: system packages and the judges. Sourced; the caller sets $root and $target.

# What must be there (a command or a file), and the Debian package that brings it.
needs=(
  gcc:gcc /usr/include/stdlib.h:libc6-dev make:make pkg-config:pkg-config /usr/include/openssl/ssl.h:libssl-dev
  git:git curl:curl openssl:openssl python3:python3 python3-venv:python3-venv
  initdb:postgresql pdfsig:poppler-utils qpdf:qpdf xmllint:libxml2-utils go:golang-go
  softhsm2-util:softhsm2
  /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog:golang-golang-x-mod-dev
)

# The folder of PostgreSQL's newest server programs.
postgres_programs() {
  if command -v initdb >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"; return; fi
  local found
  found=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  [ -x "$found/initdb" ] && echo "$found"
}

# has THING: whether a command, a file or one of the special things is there.
has() {
  case $1 in
    /*) [ -e "$1" ] ;;
    initdb) [ -n "$(postgres_programs)" ] ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# The Debian packages that are missing.
missing_packages() {
  local need
  for need in "${needs[@]}"; do has "${need%%:*}" || printf '%s\n' "${need#*:}"; done | sort -u
}

# Installs what is missing when it may; otherwise says what to install and fails.
system_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages)
  if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
      echo "The tests need programs that are not installed. Install them, then run this again:"
      echo "    apt-get install --no-install-recommends ${missing[*]}"
      return 1
    fi
    echo "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    if printf '%s\n' "${missing[@]}" | grep -qx postgresql && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      # The tests make their own cluster; the package is kept from starting one for the whole machine.
      apt-get -qq install -y --no-install-recommends postgresql-common
      sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    fi
    apt-get -qq install -y --no-install-recommends "${missing[@]}"
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -eq 0 ] || { echo "still missing: ${missing[*]}"; return 1; }
  fi
  if ! cargo --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1 || ! cargo fmt --version >/dev/null 2>&1; then
    echo "A Rust toolchain with rustfmt and clippy is needed: https://rustup.rs"
    return 1
  fi
}

# environment FOLDER REQUIREMENTS CONSTRAINTS: a Python environment, made anew when what is asked for changed.
environment() {
  local folder=$1 requirements=$2 constraints=$3 wanted
  wanted=$(cat "$requirements" "$constraints" | sha256sum)
  [ "$(cat "$folder/made-of" 2>/dev/null)" = "$wanted" ] && return 0
  rm -rf "$folder"
  # Joined, since nothing ends at the first failure where a function's outcome is asked for.
  python3 -m venv "$folder" &&
    "$folder/bin/pip" install -q --disable-pip-version-check -r "$requirements" -c "$constraints" &&
    echo "$wanted" >"$folder/made-of"
}

# The judges that come from the Python registry.
judges() {
  environment "$target/judges" "$root/tests/judges/requirements.txt" "$root/tests/judges/constraints.txt" &&
    environment "$target/judges-packages" "$root/tests/judges/requirements-packages.txt" \
      "$root/tests/judges/constraints-packages.txt"
}

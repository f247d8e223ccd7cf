# shellcheck shell=bash
# Licences, sources and known vulnerabilities of everything that is compiled in. Sourced; the caller sets $root,
# $target and $shared.

# Lays a snapshot of the advisory database out as cargo-deny keeps a fetched one, so that no network is needed.
lay_out_advisories() {
  # The name cargo-deny derives from the address in deny.toml.
  local folder=$target/advisory-db/advisory-db-3157b0e258782691
  rm -rf "$target/advisory-db"
  mkdir -p "$folder"
  cp -r "$shared/vectors/advisory-db/crates" "$folder/"
  chmod -R u+w "$folder"
  git -C "$folder" init -q
  git -C "$folder" add -A
  git -C "$folder" -c user.name=tests -c user.email=tests@localhost commit -q -m snapshot
  touch "$folder/.git/FETCH_HEAD"
}

check_dependencies() {
  local -a what=(advisories bans licenses sources)
  if [ -d "$shared/vectors/advisory-db/crates" ]; then
    lay_out_advisories
  else
    echo "SKIPPED advisories: no snapshot of the advisory database beside the checkout"
    what=(bans licenses sources)
  fi
  # Every platform's crates must be known to be judged.
  cargo fetch --locked
  sed "s#^db-path = .*#db-path = \"$target/advisory-db\"#" "$root/deny.toml" >"$target/deny.toml"
  "$target/judges/bin/cargo-deny" --offline --all-features --config "$target/deny.toml" check "${what[@]}"
}

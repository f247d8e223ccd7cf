#!/usr/bin/env bash
# The commands of the contract, used as somebody's script would: exit codes, one JSON object on standard output,
# and what independent programs say of the results.   tests/contract.sh BINARY DEMO_DATA_FOLDER
set -u -o pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
binary=$1
data=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/chancery-contract.XXXXXX")
trap 'rm -rf "$work"' EXIT
documents=$root/fixtures/documents
judges=${CHANCERY_JUDGES:-$root/target/judges}
passed=0 failed=0

verdict() { # OUTCOME NAME [WHY...]
  if [ "$1" = ok ]; then passed=$((passed + 1)); echo "ok      $2"; else
    failed=$((failed + 1)); echo "FAILED  $2: ${*:3}"
    sed 's/^/    out| /' "$work/out" | head -n 20; sed 's/^/    err| /' "$work/err" | head -n 10
  fi
}

# expect CODE NAME ARGUMENTS...: runs chancery; with --json among the arguments there must be exactly one object.
expect() {
  local code=$1 name=$2 status=0
  shift 2
  "$binary" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  cp "$work/err" "$work/said"
  if [ "$status" -ne "$code" ]; then verdict bad "$name" "exit $status, expected $code"; return; fi
  case " $* " in *" --json "*)
    python3 -c 'import json, sys; assert isinstance(json.load(sys.stdin), dict)' <"$work/out" 2>/dev/null ||
      { verdict bad "$name" "standard output is not one JSON object"; return; } ;;
  esac
  verdict ok "$name"
}

# holds NAME EXPRESSION: a Python expression over the last JSON object, `r`.
holds() {
  if python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); sys.exit(0 if eval(sys.argv[2]) else 1)' \
    "$work/out" "$2" 2>>"$work/err"; then verdict ok "$1"; else verdict bad "$1" "not so: $2"; fi
}

# agrees NAME COMMAND...: an independent program ends with 0.
agrees() {
  local name=$1
  shift
  if "$@" >"$work/out" 2>"$work/err" </dev/null; then verdict ok "$name"; else verdict bad "$name" "$* ended with $?"; fi
}

# said TEXT: the last command of the program said so on standard error (agrees writes its own to another file).
said() { grep -q -- "$1" "$work/said"; }

# A small authority of the script's own, made by OpenSSL.
make_keys() {
  mkdir -p "$work/trust" "$work/other"
  local folder
  for folder in trust other; do
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/$folder.key" -out "$work/$folder/root.pem" -days 3650 \
      -subj "/C=VN/O=Test/CN=Root $folder" -addext basicConstraints=critical,CA:TRUE \
      -addext keyUsage=critical,keyCertSign,cRLSign
  done
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >"$work/leaf.ext"
  openssl req -newkey rsa:2048 -nodes -keyout "$work/rsa.key" -out "$work/rsa.csr" -utf8 -subj "/C=VN/O=UBND huyện Thanh Bình/CN=Trần Văn Mẫu"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ec.key" -out "$work/ec.csr" -utf8 -subj "/C=VN/O=UBND huyện Thanh Bình/CN=Lê Thị Thử"
  local kind
  for kind in rsa ec; do
    openssl x509 -req -in "$work/$kind.csr" -CA "$work/trust/root.pem" -CAkey "$work/trust.key" -CAcreateserial \
      -days 365 -extfile "$work/leaf.ext" -out "$work/$kind.pem"
  done
  # One that has ended: only `openssl ca` takes both dates.
  : >"$work/index.txt"
  echo 1000 >"$work/serial"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' "$work" "$work" "$work" >"$work/ca.cnf"
  openssl ca -batch -config "$work/ca.cnf" -in "$work/rsa.csr" -cert "$work/trust/root.pem" -keyfile "$work/trust.key" \
    -startdate 20240101000000Z -enddate 20250101000000Z -extfile "$work/leaf.ext" -notext -out "$work/expired.pem"
  printf 'a secret' >"$work/secret"
  openssl pkcs12 -export -inkey "$work/rsa.key" -in "$work/rsa.pem" -passout file:"$work/secret" -out "$work/rsa.p12"
}
make_keys >"$work/keys.log" 2>&1 || { cat "$work/keys.log"; echo "the keys could not be made"; exit 1; }

# --- usage -------------------------------------------------------------------------------------------------------
expect 0 "help" --help
expect 0 "version" --version
expect 64 "no command is wrong usage"
expect 64 "an unknown command is wrong usage" bless
expect 64 "an unknown option is wrong usage" verify --bless "$documents/quyet-dinh.pdf"

# --- check -------------------------------------------------------------------------------------------------------
expect 0 "a correct decision conforms" check "$documents/quyet-dinh.pdf" --json
holds "the report says so" 'r["conforms"] is True and r["file"]["kind"] == "pdf" and r["profile"]["id"] == "vn-nd30-2020"'
expect 0 "a correct letter as DOCX conforms" check "$documents/cong-van.docx" --json
for wrong in sai-le:margin sai-co-chu:size sai-so-ngay:date sai-tieu-ngu:motto; do
  for kind in pdf docx; do
    file=${wrong%%:*}.$kind
    expect 1 "$file doesn't conform" check "$documents/$file" --json
    holds "$file: an error names it" "r['conforms'] is False and any('${wrong#*:}' in f['rule'] and f['severity'] == 'error' for f in r['findings'])"
    holds "$file: every finding has its basis and both languages" "all(f['basis'] and f['message']['vi'] and f['message']['en'] for f in r['findings'])"
  done
done
printf 'no document' >"$work/text.pdf"
expect 2 "what is no document can't be read" check "$work/text.pdf" --json
holds "the error has a code and both languages" 'r["error"]["code"] and r["error"]["message"]["vi"] and r["error"]["message"]["en"]'
expect 2 "a file that isn't there can't be read" check "$work/absent.pdf" --json
expect 0 "the rules are listed" check --rules
expect 1 "the findings are drawn" check "$documents/sai-so-ngay.pdf" --overlay "$work/overlay" --json
holds "the report names the pictures" 'r["overlay"][0]["page"] == 1 and r["overlay"][0]["png"].endswith("page-001.png")'
agrees "the drawing is XML" xmllint --noout --huge "$work/overlay/page-001.svg"
agrees "the picture is a PNG" sh -c "head -c 8 '$work/overlay/page-001.png' | od -An -c | grep -q 'P   N   G'"
# --- repair --------------------------------------------------------------------------------------------------------
for wrong in sai-le sai-co-chu sai-so-ngay sai-tieu-ngu; do
  expect 0 "$wrong.docx is repaired" repair "$documents/$wrong.docx" -o "$work/$wrong.docx" --json
  holds "$wrong: it says what it did" 'r["changed"] and r["done"] and r["left"] == [] and r["conforms"] is True and r["output"]["path"]'
  expect 0 "$wrong: what was repaired conforms" check "$work/$wrong.docx" --json
  expect 0 "$wrong: a second repair" repair "$work/$wrong.docx" -o "$work/again.docx" --json
  holds "$wrong: finds nothing to do" 'not r["changed"] and r["file"] == {k: r["output"][k] for k in r["file"]}'
  agrees "$wrong: and changes not one byte" cmp "$work/$wrong.docx" "$work/again.docx"
done
expect 1 "a PDF isn't repaired" repair "$documents/sai-le.pdf" -o "$work/no.docx" --json
holds "it says why" 'r["error"]["code"] == "repair_of_pdf" and r["error"]["message"]["vi"]'
agrees "and leaves no file" test ! -e "$work/no.docx"
# --- sign and verify ---------------------------------------------------------------------------------------------
expect 1 "no signature is not good" verify "$documents/quyet-dinh.pdf" --json
holds "it says NO_SIGNATURE" 'r["indication"] == "NO_SIGNATURE" and r["signatures"] == []'
for kind in rsa ec; do
  expect 0 "signs with $kind" sign "$documents/quyet-dinh.pdf" -o "$work/$kind.pdf" --key "$work/$kind.key" --cert "$work/$kind.pem" --trust "$work/trust" --json
  holds "names what it made" 'r["level"] == "B-B" and r["field"] and r["output"] and isinstance(r["warnings"], list)'
  expect 0 "verifies $kind" verify "$work/$kind.pdf" --trust "$work/trust" --json
  holds "TOTAL-PASSED, whole file" 'r["indication"] == "TOTAL-PASSED" and r["signatures"][0]["integrity"] == "intact" and r["signatures"][0]["covers"]["whole_file"]'
  agrees "pyHanko accepts $kind" "$judges/bin/pyhanko" sign validate --trust "$work/trust/root.pem" --no-revocation-check "$work/$kind.pdf"
  agrees "qpdf finds $kind sound" qpdf --check "$work/$kind.pdf"
  agrees "pdfsig finds $kind valid" sh -c "pdfsig '$work/$kind.pdf' | grep -q 'Signature is Valid'"
  expect 1 "another anchor is no trust ($kind)" verify "$work/$kind.pdf" --trust "$work/other" --json
  holds "INDETERMINATE, still intact" 'r["indication"] == "INDETERMINATE" and r["signatures"][0]["integrity"] == "intact"'
done
expect 0 "signs with PSS" sign "$documents/cong-van.pdf" -o "$work/pss.pdf" --key "$work/rsa.key" --cert "$work/rsa.pem" --trust "$work/trust" --scheme pss --json
agrees "pyHanko accepts PSS" "$judges/bin/pyhanko" sign validate --trust "$work/trust/root.pem" --no-revocation-check "$work/pss.pdf"
expect 0 "signs with PKCS#12 and shows a picture" sign "$documents/cong-van.pdf" -o "$work/p12.pdf" --key "$work/rsa.p12" --secret-file "$work/secret" --trust "$work/trust" --appearance personal --image "$root/fixtures/images/signature.png" --place 2:120,60,40,16 --json
agrees "pyHanko accepts it" "$judges/bin/pyhanko" sign validate --trust "$work/trust/root.pem" --no-revocation-check "$work/p12.pdf"
expect 1 "a wrong secret is refused" sign "$documents/cong-van.pdf" -o "$work/no.pdf" --key "$work/rsa.p12" --json
expect 1 "an expired certificate is refused" sign "$documents/cong-van.pdf" -o "$work/no.pdf" --key "$work/rsa.key" --cert "$work/expired.pem" --trust "$work/trust" --json
agrees "a refusal leaves no file" test ! -e "$work/no.pdf"
expect 1 "another's certificate is refused" sign "$documents/cong-van.pdf" -o "$work/no.pdf" --key "$work/rsa.key" --cert "$work/ec.pem" --trust "$work/trust" --json
expect 2 "what is no PDF can't be signed" sign "$work/text.pdf" -o "$work/no.pdf" --key "$work/rsa.key" --cert "$work/rsa.pem" --json
# One byte of the signed part changed: a letter of the file's first comment line keeps it readable.
python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); b[12] ^= 1; open(sys.argv[2], "wb").write(b)' "$work/rsa.pdf" "$work/changed.pdf"
expect 1 "a changed byte is found" verify "$work/changed.pdf" --trust "$work/trust" --json
holds "TOTAL-FAILED" 'r["indication"] == "TOTAL-FAILED" and r["signatures"][0]["integrity"] == "broken"'
expect 1 "before the certificate began it isn't passed" verify "$work/rsa.pdf" --trust "$work/trust" --at 2020-01-01T00:00:00Z --json
openssl cms -sign -binary -cades -md sha256 -signer "$work/rsa.pem" -inkey "$work/rsa.key" -in "$documents/cong-van.docx" -outform DER -out "$work/letter.p7s" 2>/dev/null
expect 0 "a detached CMS verifies" verify "$work/letter.p7s" --detached "$documents/cong-van.docx" --trust "$work/trust" --json
expect 1 "over other content it doesn't" verify "$work/letter.p7s" --detached "$documents/quyet-dinh.docx" --trust "$work/trust" --json
expect 2 "what can't be read can't be verified" verify "$work/text.pdf" --json

# A reader that goes away at once is no reason to break down.
agrees "a reader that goes away is no fault" sh -c "'$binary' verify '$work/rsa.pdf' --trust '$work/trust' 2>'$work/said' | true; ! grep -q panicked '$work/said'"

# --- the demo's folder: trail, packages ----------------------------------------------------------------------------
expect 0 "the OpenAPI document" openapi
agrees "it is 3.1 and names the journey" sh -c "'$binary' openapi | python3 -c 'import json, sys; d = json.load(sys.stdin); assert d[\"openapi\"].startswith(\"3.1\"); assert \"/api/v1/documents/{id}/seal\" in d[\"paths\"]'"
expect 0 "migrating what is new changes nothing" migrate --data "$data"
expect 0 "the trail is sound" audit fsck --data "$data" --json
holds "it says so" 'r["indication"] == "good" and r["size"] > 0 and r["first_bad"] is None'
expect 0 "the trail is exported with proofs" audit export --proofs 20 --data "$data"
cp "$work/out" "$work/export.json"
if [ -n "${CHANCERY_SHARED:-}" ]; then
  GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$work/go" go build -o "$work/tlog" "$CHANCERY_SHARED/tools/tlog/verify.go"
  agrees "Go's sumdb accepts the proofs" "$work/tlog" "$work/export.json"
else
  echo "SKIPPED Go's sumdb: its verifier is not beside the checkout"
fi
# A proof as the service gives it, checked by somebody who has it and the log's key only.
python3 - "$work/export.json" "$work/proof" "$work/vkey" <<'PY'
import json, sys
export = json.load(open(sys.argv[1]))
entry = export["inclusion"][3]
lines = ["c2sp.org/tlog-proof@v1", "extra " + entry["record"], "index %d" % entry["index"], *entry["proof"], ""]
open(sys.argv[2], "w").write("\n".join(lines) + "\n" + export["checkpoint"])
open(sys.argv[3], "w").write(export["vkey"].strip())
PY
expect 0 "a proof holds offline" audit verify --proof "$work/proof" --checkpoint-key "$(cat "$work/vkey")" --json
holds "it tells what is proven" 'r["index"] < r["size"] and r["record"]'
sed 's/^index .*/index 0/' "$work/proof" >"$work/proof-elsewhere"
expect 1 "at another place it doesn't" audit verify --proof "$work/proof-elsewhere" --checkpoint-key "$(cat "$work/vkey")" --json
sed '/^extra /d' "$work/proof" >"$work/proof-bare"
expect 64 "without what it proves there is nothing to verify" audit verify --proof "$work/proof-bare" --checkpoint-key "$(cat "$work/vkey")" --json
expect 2 "a text is no proof" audit verify --proof "$work/text.pdf" --checkpoint-key "$(cat "$work/vkey")" --json
expect 0 "the packages are carried off" package export --all -o "$work/packages" --data "$data" --json
holds "and named" 'r["packages"] and all(p["id"] and p["package"] for p in r["packages"])'
cp "$work/out" "$work/exported.json"
expect 1 "nothing is overwritten" package export --all -o "$work/packages" --data "$data" --json
one=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["packages"][0]["package"])' "$work/exported.json")
expect 0 "one is, by its name" package export --id "$one" -o "$work/one" --data "$data"
agrees "it is the same" diff -r "$work/packages/$one" "$work/one/$one"
expect 1 "an unknown one isn't" package export --id nobody -o "$work/none" --data "$data" --json
expect 64 "which one must be said" package export -o "$work/none" --data "$data"
count=0
for package in "$work/packages"/*/; do
  [ -d "$package" ] || continue
  count=$((count + 1))
  package=${package%/}
  expect 0 "the package is good" package verify "$package" --json
  holds "every check passed or is skipped with a reason" 'r["indication"] == "good" and all(c["outcome"] == "passed" or (c["outcome"] == "skipped" and c["why"]) for c in r["checks"])'
  if [ -n "${CHANCERY_SHARED:-}" ]; then
    agrees "independent judges call it good" env PATH="${CHANCERY_JUDGES_PACKAGES:-$root/target/judges-packages}/bin:$PATH" "$CHANCERY_SHARED/tools/package-judge.sh" "$package"
  else
    echo "SKIPPED package-judge: not beside the checkout"
  fi
  victim=$(find "$package" -name '*.pdf' | head -n 1)
  printf ' ' >>"$victim"
  expect 1 "a byte more in a document is found" package verify "$package" --json
done
agrees "there was a package" test "$count" -ge 1
expect 2 "what is no package can't be read" package verify "$documents/quyet-dinh.pdf" --json
# Behind the program's back: one byte of one event.
if [ -f "$data/chancery.db" ]; then
  cp -r "$data" "$work/tampered"
  python3 - "$work/tampered/chancery.db" <<'PY'
import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'").fetchall():
    base.execute(f'DROP TRIGGER "{name}"')
row, leaf = base.execute("SELECT rowid, leaf FROM events ORDER BY rowid LIMIT 1 OFFSET 3").fetchone()
middle = len(leaf) // 2
base.execute("UPDATE events SET leaf = ? WHERE rowid = ?", (leaf[:middle] + ("x" if leaf[middle] != "x" else "y") + leaf[middle + 1:], row))
base.commit()
PY
  expect 1 "a change behind its back is found" audit fsck --data "$work/tampered" --json
  holds "and it says where" 'r["indication"] == "bad" and r["first_bad"]["index"] is not None and r["first_bad"]["what"]'
fi

# --- the service: first start, one process a folder, settings, a stop ------------------------------------------------
export CHANCERY__SERVER__MANAGEMENT=127.0.0.1:0
fresh=$work/fresh
"$binary" serve --data "$fresh" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.err" </dev/null &
served=$!
for _ in $(seq 300); do grep -q "one use" "$work/serve.out" && break; sleep 0.1; done
cp "$work/serve.out" "$work/out"
cp "$work/serve.err" "$work/err"
url=$(grep -o 'http://127[^ ]*' "$work/serve.out" | head -n 1)
secret=$(sed -n 's/^administrator: admin \/ \([^ ]*\) .*/\1/p' "$work/serve.out")
agrees "the first start says where it listens and a password for one use" test -n "$url" -a -n "$secret"
agrees "it is ready" curl -sf -o /dev/null "$url/readyz"
# login PASSWORD: prints the status of a login, keeps the cookie.
login() {
  curl -s -o "$work/session" -w '%{http_code}' -c "$work/cookie" -H 'Content-Type: application/json' \
    -H "Idempotency-Key: $RANDOM$RANDOM" -d "{\"login\": \"admin\", \"password\": \"$1\"}" "$url/api/v1/sessions"
}
agrees "a wrong password lets nobody in" test "$(login wrong)" = 401
agrees "the password lets in" test "$(login "$secret")" = 201
agrees "nothing else may be done before it is changed" test "$(curl -s -o "$work/answer" -w '%{http_code}' -b "$work/cookie" "$url/api/v1/people")" = 403
agrees "and the problem has its code" sh -c "grep -q password_change_required '$work/answer'"
expect 1 "a second service on the folder is refused" serve --data "$fresh" --listen 127.0.0.1:0
agrees "the folder is its owner's only" test "$(stat -c %a "$fresh")" = 700
kill -TERM "$served"
stopped=0
wait "$served" || stopped=$?
agrees "a stop is graceful" test "$stopped" -eq 0
expect 0 "what it left is sound" audit fsck --data "$fresh" --json
expect 0 "there is a way back in" admin reset-password admin --data "$fresh"
expect 1 "but not for a stranger" admin reset-password nobody --data "$fresh"
printf '[server]\nport = 1\n' >"$work/wrong.toml"
expect 64 "an unknown setting is refused" serve --config "$work/wrong.toml" --data "$fresh"
agrees "by its name" said port
printf '[law]\ntime_zone = "Mars/Base"\n' >"$work/wrong.toml"
expect 64 "and a wrong one" serve --config "$work/wrong.toml" --data "$fresh"
agrees "by its name too" said law.time_zone
python3 - "$fresh/chancery.db" <<'PY'
import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
base.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')")
base.commit()
PY
expect 1 "a database of a newer program is refused" serve --data "$fresh" --listen 127.0.0.1:0

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

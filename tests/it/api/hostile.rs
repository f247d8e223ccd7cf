//! What must not get in: broken and hostile files, names, bodies, ids (cases T02–T04, T20, T24–T26, T70, T72). Each is a
//! problem with a stable code in both languages, leaves nothing stored, and is an event when an account tried it.

use super::house::{Answer, Caller, House, fresh_key};
use crate::support::databases::{on_both, sqlite};
use crate::support::{fixture, fixture_path, judges};
use chancery::identity::rows::{ROLES, Role};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

fn metadata() -> Value {
    json!({ "direction": "outgoing", "type": "QĐ", "subject": "Về việc thử" })
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx_around(document: &[u8]) -> Vec<u8> {
    let types = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    package(&[("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document)])
}

/// A correct PDF of so many empty pages.
fn pages(count: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let mut add = |file: &mut Vec<u8>, text: String| {
        places.push(file.len());
        let number = places.len();
        write!(file, "{number} 0 obj\n{text}\nendobj\n").unwrap();
    };
    add(&mut file, "<< /Type /Catalog /Pages 2 0 R >>".to_owned());
    let kids: Vec<String> = (0..count).map(|page| format!("{} 0 R", page + 3)).collect();
    add(&mut file, format!("<< /Type /Pages /Count {count} /Kids [{}] >>", kids.join(" ")));
    for _ in 0..count {
        add(&mut file, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned());
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).unwrap();
    for place in &places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", places.len() + 1)
        .unwrap();
    file
}

/// Encrypted by another program.
fn encrypted() -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("encrypted.pdf");
    let from = fixture_path("documents/quyet-dinh.pdf");
    judges::run(
        "qpdf",
        &["--encrypt", "a", "b", "256", "--", from.to_str().unwrap(), out.to_str().unwrap()],
    )?;
    Some(std::fs::read(out).unwrap())
}

#[test]
fn files_that_can_not_be_read_are_refused_and_leave_nothing() {
    let good = fixture("documents/quyet-dinh.pdf");
    let entity = br#"<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"#;
    let mut laughs = String::from("<!DOCTYPE d [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        laughs += &format!("<!ENTITY a{level} \"&a{};&a{};\">", level - 1, level - 1);
    }
    laughs += r#"]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a29;</w:t></w:r></w:p></w:body></w:document>"#;
    let mut cases = vec![
        ("empty.pdf", Vec::new(), 422, vec!["file_empty"]),
        ("half.pdf", good[..good.len() / 2].to_vec(), 422, vec!["pdf_truncated", "pdf_damaged"]),
        ("head.pdf", good[..20].to_vec(), 422, vec!["pdf_truncated", "pdf_damaged"]),
        ("page.pdf", b"<html><script>1</script></html>".to_vec(), 422, vec!["format_unknown_file"]),
        ("old.doc", vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0], 422, vec!["format_old_doc"]),
        ("zip.docx", package(&[("a.txt", b"a")]), 422, vec!["format_docx_unreadable"]),
        ("entity.docx", docx_around(entity), 422, vec!["format_docx_unreadable"]),
        ("laughs.docx", docx_around(laughs.as_bytes()), 422, vec!["format_docx_unreadable"]),
        ("bomb.docx", docx_around(&vec![b' '; 300 << 20]), 422, vec!["format_docx_limit"]),
        ("large.pdf", [good.clone(), vec![b' '; 3 << 20]].concat(), 413, vec!["file_too_large"]),
    ];
    if let Some(bytes) = encrypted() {
        cases.push(("secret.pdf", bytes, 422, vec!["pdf_encrypted"]));
    }
    on_both(|fresh| {
        let house = House::open_with(fresh, |config| config.limits.upload_bytes = 2 << 20);
        let drafter = house.person("drafter", &[Role::Drafter]);
        let before = house.stored();
        for (name, bytes, status, codes) in &cases {
            let told = house.refusals().len();
            let answer = drafter.upload(&metadata(), name, bytes.clone());
            let code = answer.problem(*status);
            assert!(codes.contains(&code.as_str()), "{name}: {code}");
            let part = reqwest::blocking::multipart::Part::bytes(bytes.clone()).file_name(*name);
            let form = reqwest::blocking::multipart::Form::new()
                .text("metadata", metadata().to_string())
                .part("file", part);
            let english = Answer::of(
                drafter.post_of("/documents").header("accept-language", "en").multipart(form).send(),
            );
            assert_eq!(english.problem(*status), code);
            assert_ne!(english.json()["title"], answer.json()["title"], "{name}");
            assert_eq!(house.stored(), before, "{name} left something on {}", fresh.name());
            assert_eq!(house.refusals()[told..], [code.clone(), code], "{name} on {}", fresh.name());
        }
        // And the service lives.
        drafter.upload(&metadata(), "good.pdf", good.clone()).good();
        assert_ne!(house.stored(), before);
    });
}

#[test]
fn what_is_said_of_a_document_is_judged_before_its_bytes_are_kept() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let drafter = house.person("drafter", &[Role::Drafter]);
    let before = house.stored();
    let bytes = fixture("documents/quyet-dinh.pdf");
    let refuse = |metadata: Value, status: u16, code: &str| {
        let answer = drafter.upload(&metadata, "a.pdf", bytes.clone());
        assert_eq!(answer.problem(status), code, "{metadata}");
        assert_eq!(house.stored(), before, "{metadata}");
        assert_eq!(house.refusals().last().unwrap(), code);
    };
    let with = |key: &str, value: Value| {
        let mut all = metadata();
        all[key] = value;
        all
    };
    for key in ["state", "number", "owner_id", "sha256", "agency_id", "id"] {
        refuse(with(key, json!("issued")), 422, "request_invalid");
    }
    for subject in ["", "   ", "\u{0}\r\n", &"x".repeat(501)] {
        refuse(with("subject", json!(subject)), 422, "request_invalid");
    }
    refuse(with("type", json!("../QĐ")), 422, "document_type_unknown");
    refuse(with("direction", json!("sideways")), 422, "request_invalid");
    refuse(with("relations", json!([{ "kind": "replaces", "document": fresh_key() }])), 404, "not_found");
    let depth = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let form = reqwest::blocking::multipart::Form::new()
        .text("metadata", depth)
        .part("file", reqwest::blocking::multipart::Part::bytes(bytes.clone()).file_name("a.pdf"));
    let answer = Answer::of(drafter.post_of("/documents").multipart(form).send());
    assert_eq!(answer.problem(422), "request_invalid");
    let form = reqwest::blocking::multipart::Form::new()
        .text("metadata", metadata().to_string())
        .part("file", reqwest::blocking::multipart::Part::bytes(bytes.clone()).file_name("a.pdf"))
        .part("file", reqwest::blocking::multipart::Part::bytes(bytes.clone()).file_name("b.pdf"));
    let answer = Answer::of(drafter.post_of("/documents").multipart(form).send());
    assert_eq!(answer.problem(400), "upload_part_unknown");
    assert_eq!(house.stored(), before);
    // What could break a line, a page or the direction of reading is gone from what is kept.
    let odd = with("subject", json!("Về\u{0} việc\r\nthử \u{202e}<b>"));
    let kept = drafter.upload(&odd, "a.pdf", bytes.clone()).good()["subject"].as_str().unwrap().to_owned();
    assert_eq!(kept, "Về việc  thử <b>");
}

#[test]
fn names_from_outside_can_not_hurt() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let drafter = house.person("drafter", &[Role::Drafter]);
    let bytes = fixture("documents/quyet-dinh.pdf");
    for name in [
        "../../../etc/passwd",
        "..\\..\\windows\\system32\\a.pdf",
        "/etc/shadow",
        "%2e%2e%2fa.pdf",
        "a\u{202e}fdp.exe",
        "con",
        ".",
        "=cmd|' /C calc'!A0.pdf",
        "<script>alert(1)</script>.pdf",
        &format!("{}.pdf", "d".repeat(5000)),
        "Quyết định số 5.pdf",
    ] {
        let id = drafter.upload(&metadata(), name, bytes.clone()).id();
        let shown = drafter.get(&format!("/documents/{id}")).good();
        let kept = shown["components"][0]["versions"][0]["file_name"].as_str().unwrap().to_owned();
        assert!(kept.chars().count() <= 120, "{kept}");
        for bad in ['/', '\\', '<', '>', '\u{202e}', '\r', '\n', '\0', '|', '"'] {
            assert!(!kept.contains(bad), "{name} became {kept}");
        }
        let content = drafter.get(&format!("/documents/{id}/content"));
        assert_eq!(content.status, 200);
        assert_eq!(content.body, bytes);
        assert!(content.header("content-disposition").starts_with("attachment"), "{name}");
        assert!(content.header("content-disposition").is_ascii());
        assert_eq!(content.header("x-content-type-options"), "nosniff");
        assert!(content.header("content-security-policy").contains("sandbox"));
    }
    // All ended up as the same kept bytes: no name reached the file system.
    let folder: Vec<_> = house.stored().into_iter().filter(|one| one.contains("/objects/")).collect();
    assert_eq!(folder.len(), 1, "{folder:?}");
}

/// Every POST that takes JSON, asked with a field it doesn't know by a system that may do everything.
#[test]
fn fields_nobody_knows_are_refused_everywhere() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let system = house.system("every role", &ROLES);
    let document: Value = serde_json::to_value(chancery::api::routes::openapi()).unwrap();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(operation) = methods.get("post") else { continue };
        if operation.pointer("/requestBody/content/application~1json").is_none()
            || path.ends_with("/sessions/password")
        {
            continue;
        }
        let path = path.replace("{id}", &fresh_key());
        let request = system.request(Method::POST, &path).header("idempotency-key", fresh_key());
        let answer = Answer::of(request.json(&json!({ "role": "administrator" })).send());
        assert_eq!(answer.problem(422), "request_invalid", "{path}");
        assert_eq!(answer.json()["errors"][0]["code"], json!("field_unknown"), "{path}: {}", answer.text());
        for body in ["", "null", "[]", "{", "{}{}", "\u{feff}{}", "\"a\"", "{\"a\":1e999}"] {
            if body.is_empty() && path.ends_with("/seal") {
                continue;
            }
            let request = system.request(Method::POST, &path).header("idempotency-key", fresh_key());
            let answer = Answer::of(request.body(body).send());
            assert!(matches!(answer.status, 400 | 422), "{path} with {body}: {}", answer.text());
            answer.problem(answer.status);
        }
        asked += 1;
    }
    assert!(asked >= 15, "{asked}");
}

#[test]
fn what_belongs_to_another_agency_is_not_there() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let own = house.person("own", &ROLES);
        let stranger = house.person_in(&house.other_agency(), "stranger", &ROLES);
        let document = own.upload(&metadata(), "a.pdf", fixture("documents/quyet-dinh.pdf")).id();
        let register = own.post("/registers", &json!({ "name": "Sổ", "direction": "outgoing" })).id();
        let entry = own
            .post("/file-plan", &json!({ "notation": "01.VT", "title": "Tập lưu", "retention": "01" }))
            .id();
        let dossier = own.post("/dossiers", &json!({ "file_plan_entry": entry })).id();
        let client = own.post("/clients", &json!({ "name": "Hệ thống", "roles": ["clerk"] })).id();
        let own_draft = stranger.upload(&metadata(), "a.pdf", fixture("documents/quyet-dinh.pdf")).id();
        own.format_check(&document);
        let before = own.get(&format!("/documents/{document}")).good();
        let told = house.refusals().len();
        let mut tried = 0;
        let mut missing = |answer: Answer| {
            assert_eq!(answer.problem(404), "not_found");
            tried += 1;
        };
        for path in ["", "/format-check", "/signatures", "/content", "/events"] {
            missing(stranger.get(&format!("/documents/{document}{path}")));
        }
        for (act, body) in [
            ("prepare", json!({ "signer": stranger.appointment })),
            ("sign", json!({ "appointment": stranger.appointment, "key": fresh_key() })),
            ("number", json!({ "register": register })),
            ("seal", json!({})),
            ("issue", json!({})),
            ("void", json!({ "reason": "vì" })),
        ] {
            missing(stranger.post(&format!("/documents/{document}/{act}"), &body));
        }
        // In bodies as well as in addresses.
        missing(
            stranger.post(&format!("/documents/{own_draft}/prepare"), &json!({ "signer": own.appointment })),
        );
        missing(stranger.post("/dossiers", &json!({ "file_plan_entry": entry })));
        missing(stranger.post("/transfers", &json!({ "dossiers": [dossier] })));
        missing(stranger.post("/accounts", &json!({ "person": own.person, "login": "second" })));
        missing(
            stranger
                .post("/appointments", &json!({ "person": own.person, "title": "x", "roles": ["clerk"] })),
        );
        missing(stranger.post(&format!("/accounts/{}/disable", own.account), &json!({ "disabled": true })));
        missing(stranger.post(&format!("/clients/{client}/disable"), &json!({ "disabled": true })));
        missing(stranger.post(&format!("/appointments/{}/end", own.appointment), &json!({})));
        missing(stranger.post(&format!("/dossiers/{dossier}/close"), &json!({})));
        missing(stranger.get(&format!("/dossiers/{dossier}")));
        missing(stranger.get(&format!("/registers/{register}/entries")));
        missing(stranger.get(&format!("/registers/{register}/gaps")));
        let mut with_relation = metadata();
        with_relation["relations"] = json!([{ "kind": "copy_of", "document": document }]);
        missing(stranger.upload(&with_relation, "a.pdf", fixture("documents/quyet-dinh.pdf")));
        let events = own.get(&format!("/documents/{document}/events")).good();
        let event = events["items"][0]["id"].as_str().unwrap().to_owned();
        missing(stranger.get(&format!("/audit/proof?event={event}")));
        assert_eq!(house.refusals().len() - told, tried, "each try is an event");
        // Lists and cursors show one's own only.
        for list in [
            "/documents",
            "/registers",
            "/file-plan",
            "/dossiers",
            "/clients",
            "/accounts",
            "/people",
            "/appointments",
            "/keys",
            "/units",
            "/transfers",
        ] {
            for path in [list.to_owned(), format!("{list}?cursor=00000000-0000-7000-8000-000000000000")] {
                let text = stranger.get(&path).text();
                for id in [
                    &document,
                    &register,
                    &entry,
                    &dossier,
                    &client,
                    &own.person,
                    &own.account,
                    &own.appointment,
                ] {
                    assert!(!text.contains(id.as_str()), "{path} shows {id}");
                }
            }
        }
        assert_eq!(own.get(&format!("/documents/{document}")).good(), before);
    });
}

#[test]
fn lists_show_no_secrets() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let admin = house.person("admin2", &[Role::Administrator]);
    let made = admin.post("/clients", &json!({ "name": "Hệ thống", "roles": ["clerk"] })).good();
    let key = made["key"].as_str().unwrap();
    assert_eq!(key.len(), 64, "256 bits");
    for list in ["/clients", "/accounts", "/keys", "/people", "/appointments"] {
        let text = admin.get(list).text();
        for secret in
            [key, &chancery::identity::password::token_hash(key), "$argon2", "password", "secret", "key_hash"]
        {
            assert!(!text.contains(secret), "{list} shows {secret}");
        }
    }
}

/// Sends bytes as they are; gives what came back before the connection ended.
fn raw(house: &House, parts: &[&[u8]], hang_up: bool) -> String {
    let address = house.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    for part in parts {
        if stream.write_all(part).is_err() {
            break;
        }
    }
    if hang_up {
        let _ = stream.shutdown(std::net::Shutdown::Both);
        return String::new();
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn upload_head(caller: &Caller, length: usize) -> String {
    format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nCookie: {}\r\nIdempotency-Key: {}\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
        caller.cookie.clone().unwrap(),
        fresh_key()
    )
}

fn upload_body(end: &str) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n",
        metadata()
    )
    .into_bytes();
    body.extend_from_slice(&fixture("documents/quyet-dinh.pdf"));
    body.extend_from_slice(end.as_bytes());
    body
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let drafter = house.person("drafter", &[Role::Drafter]);
        let before = house.stored();
        let whole = upload_body("\r\n--edge--\r\n");
        for share in [10, 50, 99] {
            let sent = whole.len() * share / 100;
            raw(&house, &[upload_head(&drafter, whole.len()).as_bytes(), &whole[..sent]], true);
        }
        // The length is a lie, the last boundary is missing, the boundary is another.
        let unended = upload_body("");
        raw(&house, &[upload_head(&drafter, unended.len()).as_bytes(), &unended], false);
        let short = raw(&house, &[upload_head(&drafter, whole.len() / 2).as_bytes(), &whole], false);
        assert!(short.starts_with("HTTP/1.1 4"), "{short}");
        let begun = Instant::now();
        while house.stored() != before {
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "left: {:?}",
                house.stored().difference(&before).collect::<Vec<_>>()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        // The very same bytes whole are taken.
        let answer = raw(&house, &[upload_head(&drafter, whole.len()).as_bytes(), &whole], false);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    });
}

#[test]
fn odd_requests_are_answered_and_the_service_lives() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let clerk = house.person("clerk", &[Role::Clerk]);
    let cookie = clerk.cookie.clone().unwrap();
    let head = |line: &str, more: &str| {
        format!("{line} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n{more}\r\n")
    };
    let many: String = (0..200).map(|at| format!("X-{at}: y\r\n")).collect();
    let ranges: String = (0..10_000).map(|at| format!("{at}-{at},")).collect();
    for (request, statuses) in [
        (head("TRACE /api/v1/documents", ""), vec!["404", "405"]),
        (head("GET /api/v1/documents?limit=1000000000", ""), vec!["422"]),
        (head("GET /api/v1/documents?limit=1&limit=2", ""), vec!["422"]),
        (head("GET /api/v1/documents?limit=-1", ""), vec!["422"]),
        (head("GET /api/v1/documents?cursor=%27%20OR%201=1", ""), vec!["422"]),
        (head("GET /api/v1/documents?symbol=%25_%25_%25", ""), vec!["200"]),
        (head(&format!("GET /api/v1/documents/{}", "a".repeat(8_000)), ""), vec!["404", "414", "400"]),
        (head("GET /api/v1/documents/..%2f..%2fetc%2fpasswd", ""), vec!["404"]),
        (head("GET /api/v1/documents", &many), vec!["200", "400", "431"]),
        (head("GET /api/v1/documents", &format!("Range: bytes={ranges}\r\n")), vec!["200", "400", "431"]),
        (head("POST /api/v1/documents", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), vec!["400"]),
        (head("POST /api/v1/registers", "Content-Length: 4\r\nContent-Length: 5\r\n"), vec!["400"]),
        (
            head(
                "POST /api/v1/registers",
                "X-HTTP-Method-Override: DELETE\r\nIdempotency-Key: a\r\nContent-Length: 0\r\n",
            ),
            vec!["422"],
        ),
        (head("GET /problems/..%2f..%2fpasswd", ""), vec!["404"]),
        ("GARBAGE\r\n\r\n".to_owned(), vec!["400"]),
    ] {
        let answer = raw(&house, &[request.as_bytes()], false);
        let status = answer.split(' ').nth(1).unwrap_or("none").to_owned();
        assert!(statuses.contains(&status.as_str()), "{:.80}: {:.300}", request, answer);
    }
    clerk.get("/documents").good();
}

#[test]
fn a_document_of_ten_thousand_pages_is_taken_in_and_told_to_be_unjudged() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let drafter = house.person("drafter", &[Role::Drafter]);
    let begun = Instant::now();
    let id = drafter.upload(&metadata(), "long.pdf", pages(10_000)).id();
    let check = drafter.format_check(&id);
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert_eq!(check["conforms"], Value::Null, "{check}");
    assert!(!check["not_checked"].as_array().unwrap().is_empty());
    let answer = drafter.post(&format!("/documents/{id}/prepare"), &json!({ "signer": drafter.appointment }));
    assert!(answer.status < 500, "{}", answer.text());
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn every_code_a_problem_may_carry_has_its_page_in_both_languages() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let mut codes = BTreeSet::new();
    for line in include_str!("../../../src/messages/en/common.ftl").lines() {
        if let Some((code, _)) = line.split_once(" = ")
            && !line.starts_with([' ', '#'])
        {
            codes.insert(code.to_owned());
        }
    }
    assert!(codes.len() > 50);
    for code in codes {
        let answer = Answer::of(house.nobody().request(Method::GET, &format!("/problems/{code}")).send());
        assert_eq!(answer.status, 200, "{code}");
        assert!(answer.text().contains("lang=\"vi\"") && answer.text().contains("lang=\"en\""), "{code}");
    }
}

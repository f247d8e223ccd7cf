//! Sixty-four clients take numbers from one register of the real service, which is killed in their midst: no number is
//! given twice, none is missing, and what was voided can be seen.

use crate::support::databases::{Fresh, on_both};
use crate::support::program::{Clerk, Program, login, persist};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const CLIENTS: usize = 64;
const EACH: usize = 2;

/// A page, and no more: what is numbered isn't read.
fn letter() -> Vec<u8> {
    let objects = [
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n",
    ];
    let mut text = String::from("%PDF-1.7\n");
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(text.len());
        text.push_str(object);
    }
    let start = text.len();
    text.push_str("xref\n0 4\n0000000000 65535 f \n");
    for offset in offsets {
        text.push_str(&format!("{offset:010} 00000 n \n"));
    }
    text.push_str(&format!("trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    text.into_bytes()
}

#[test]
fn sixty_four_clients_and_crashes_leave_no_gap_and_no_double() {
    on_both(crowd);
}

fn crowd(fresh: &Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let (program, summary) = Program::after_demo(folder.path(), fresh);
    let (clerk, _) = login(&program, &summary, "clerk");
    let opened = json!({ "name": "Sổ đăng ký văn bản đến", "direction": "incoming" });
    let (status, register) = clerk.post("/registers", "register", &opened);
    assert_eq!(status, 201, "{register}");
    let register = register["id"].as_str().unwrap().to_owned();
    let taken = AtomicUsize::new(0);
    let numbers: Mutex<Vec<i64>> = Mutex::new(Vec::new());
    let letter = letter();
    std::thread::scope(|scope| {
        for one in 0..CLIENTS {
            let (clerk, register, summary, letter) = (&clerk, &register, &summary, &letter);
            let (taken, numbers) = (&taken, &numbers);
            scope.spawn(move || {
                for two in 0..EACH {
                    let name = format!("{one}-{two}");
                    let metadata =
                        json!({ "direction": "incoming", "type": "CV", "subject": name, "sender": "X" });
                    let (status, document) = persist(|| {
                        let form = Form::new()
                            .text("metadata", metadata.to_string())
                            .part("file", Part::bytes(letter.clone()).file_name("letter.pdf"));
                        let request = clerk.client.post(clerk.program.url("/documents"));
                        request
                            .header("cookie", &clerk.cookie)
                            .header("idempotency-key", &name)
                            .multipart(form)
                    });
                    assert_eq!(status, 201, "{document}");
                    let path = format!("/documents/{}/number", document["id"].as_str().unwrap());
                    let (key, body) = (format!("number-{name}"), json!({ "register": register }));
                    // What goes wrong in an office: the wrong register, nobody waiting for the answer.
                    match (one + two) % 4 {
                        0 => {
                            let wrong = json!({ "register": summary["register"] });
                            assert_eq!(clerk.post(&path, &format!("wrong-{name}"), &wrong).0, 409);
                        }
                        1 => clerk.post_and_leave(&path, &key, &body),
                        _ => {}
                    }
                    let (status, numbered) = clerk.post(&path, &key, &body);
                    assert_eq!(status, 200, "{numbered}");
                    // Asked again, the answer is the same and no other number is taken.
                    let (_, again) = clerk.post(&path, &key, &body);
                    assert_eq!(again["number"], numbered["number"]);
                    numbers.lock().unwrap().push(numbered["number"].as_i64().unwrap());
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for part in [CLIENTS * EACH / 4, CLIENTS * EACH / 2, CLIENTS * EACH * 3 / 4] {
            // A client that failed ends the test as well, not only the clients that wait.
            let reached = (0..150_000).any(|_| {
                std::thread::sleep(Duration::from_millis(2));
                taken.load(Ordering::SeqCst) >= part
            });
            assert!(reached, "the clients stand still");
            program.kill();
            program.start();
        }
    });
    let all = i64::try_from(CLIENTS * EACH).unwrap();
    let numbers: BTreeSet<i64> = numbers.into_inner().unwrap().into_iter().collect();
    assert_eq!(numbers, (1..=all).collect(), "{}", fresh.name());
    let gaps = clerk.get(&format!("/registers/{register}/gaps"));
    assert_eq!(gaps["missing"], json!([]));
    assert_eq!((gaps["taken"].as_i64(), gaps["next_number"].as_i64()), (Some(all), Some(all + 1)));
    voided(&program, &clerk, &summary);
    program.kill();
    let checked = program.command(&["audit", "fsck", "--json"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// A number that is given up stays in the register, with the reason, and the next document gets the next one.
fn voided(program: &Program<'_>, clerk: &Clerk<'_>, summary: &Value) {
    let (signer, account) = login(program, summary, "signer");
    let register = summary["register"].as_str().unwrap();
    let file = crate::support::fixture("documents/quyet-dinh.pdf");
    let mut given = Vec::new();
    for name in ["given up", "issued"] {
        let metadata = json!({ "direction": "outgoing", "type": "QĐ", "subject": name });
        let (_, document) = persist(|| {
            let form = Form::new()
                .text("metadata", metadata.to_string())
                .part("file", Part::bytes(file.clone()).file_name("quyet-dinh.pdf"));
            let request = clerk.client.post(program.url("/documents")).header("cookie", &clerk.cookie);
            request.header("idempotency-key", name).multipart(form)
        });
        let act = |who: &Clerk<'_>, act: &str, body: Value| {
            let path = format!("/documents/{}/{act}", document["id"].as_str().unwrap());
            let (status, answer) = who.post(&path, &format!("{act} {name}"), &body);
            assert_eq!(status, 200, "{act}: {answer}");
            answer
        };
        act(clerk, "prepare", json!({ "signer": account["appointment"], "agency_seal": true }));
        let key = &summary["keys"]["personal"];
        act(&signer, "sign", json!({ "appointment": account["appointment"], "key": key }));
        let numbered = act(clerk, "number", json!({ "register": register }));
        given.push(numbered["number"].as_i64().unwrap());
        if name == "given up" {
            act(clerk, "void", json!({ "reason": "Sai thẩm quyền" }));
        }
    }
    assert_eq!(given[1], given[0] + 1);
    let entries = clerk.get(&format!("/registers/{register}/entries?limit=200"));
    let entries = entries["items"].as_array().unwrap();
    let entry = |number: i64| entries.iter().find(|entry| entry["number"].as_i64() == Some(number)).unwrap();
    assert_eq!(entry(given[0])["void_reason"], "Sai thẩm quyền");
    assert!(entry(given[1])["void_reason"].is_null());
    assert_eq!(clerk.get(&format!("/registers/{register}/gaps"))["missing"], json!([]));
}

//! The service under strain: slow senders, idle connections, a database that is held, handlers that panic.

use super::house::{Answer, House, fresh_key};
use crate::support::databases::{on_both, sqlite};
use crate::support::fixture;
use actix_web::dev::Service as _;
use actix_web::{App, HttpResponse, HttpServer, web};
use chancery::api::edge::caught;
use chancery::identity::rows::Role;
use diesel::connection::SimpleConnection;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn connect(house: &House) -> TcpStream {
    let stream = TcpStream::connect(house.base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// Writes `bytes` one by one, `pause` apart, until the other side has enough; gives how long that took.
fn trickle(stream: &mut TcpStream, bytes: &[u8], pause: Duration) -> Duration {
    let begun = Instant::now();
    for byte in bytes {
        if stream.write_all(std::slice::from_ref(byte)).is_err() || begun.elapsed() > Duration::from_secs(35)
        {
            break;
        }
        let mut answer = [0_u8; 1];
        stream.set_read_timeout(Some(pause)).unwrap();
        // An answer before the request is whole, or the end of the connection.
        if matches!(stream.read(&mut answer), Ok(0 | 1)) {
            break;
        }
    }
    begun.elapsed()
}

#[test]
fn senders_that_trickle_are_cut_off_and_honest_slow_ones_are_not() {
    let fresh = sqlite();
    let house = House::open_with(&fresh, |config| {
        config.limits.body_grace_seconds = 2;
        config.limits.body_bytes_per_second = 20_000;
    });
    let drafter = house.person("drafter", &[Role::Drafter]);
    let cookie = drafter.cookie.clone().unwrap();
    let before = house.stored();
    let metadata = json!({ "direction": "incoming", "type": "QĐ", "subject": "Chậm" });
    let file = fixture("documents/quyet-dinh.pdf");
    let mut body = format!("--e\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{metadata}\r\n--e\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n").into_bytes();
    body.extend_from_slice(&file);
    body.extend_from_slice(b"\r\n--e--\r\n");
    let head = |length: usize| {
        format!(
            "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nIdempotency-Key: {}\r\nContent-Type: multipart/form-data; boundary=e\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            fresh_key()
        )
    };
    std::thread::scope(|scope| {
        // A head that never ends.
        scope.spawn(|| {
            let mut stream = connect(&house);
            let took = trickle(&mut stream, &[b'G'; 4000], Duration::from_millis(200));
            assert!(took < Duration::from_secs(30), "a head may trickle for {took:?}");
        });
        // A file, byte by byte; and a body of JSON by nobody in particular.
        for (head, body) in [
            (head(body.len()), body.clone()),
            ("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n".to_owned(), vec![b' '; 9000]),
        ] {
            let house = &house;
            scope.spawn(move || {
                let mut stream = connect(house);
                stream.write_all(head.as_bytes()).unwrap();
                let took = trickle(&mut stream, &body, Duration::from_millis(200));
                assert!(took < Duration::from_secs(25), "a body may trickle for {took:?}");
            });
        }
        // Slower than a line, faster than an attack: five seconds in all.
        scope.spawn(|| {
            let mut stream = connect(&house);
            stream.write_all(head(body.len()).as_bytes()).unwrap();
            for piece in body.chunks(body.len() / 10 + 1) {
                stream.write_all(piece).unwrap();
                std::thread::sleep(Duration::from_millis(300));
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        });
    });
    let after = house.stored();
    assert_eq!(after.len() - before.len(), 4, "one document, its version, its bytes: {after:?}");
}

#[track_caller]
fn health(house: &House, path: &str) {
    let answer = Answer::of(reqwest::blocking::Client::new().get(format!("{}/{path}", house.base)).send());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// File descriptors this process may have.
fn descriptors() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    line.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
fn thousands_of_idle_connections_keep_nobody_waiting() {
    let fresh = sqlite();
    let house = House::open(&fresh);
    let clerk = house.person("clerk", &[Role::Clerk]);
    // Both ends are in this process, and other tests need some too.
    let many = (descriptors().saturating_sub(2_000) / 2).clamp(100, 10_000);
    let idle: Vec<TcpStream> =
        (0..many).map_while(|_| TcpStream::connect(house.base.trim_start_matches("http://")).ok()).collect();
    println!("{} idle connections", idle.len());
    assert!(idle.len() * 10 >= many * 9, "only {} of {many} connections", idle.len());
    let begun = Instant::now();
    clerk.get("/documents").good();
    health(&house, "livez");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(idle);
    clerk.get("/documents").good();
}

#[test]
fn a_database_that_is_held_gives_503_and_all_is_well_when_it_comes_back() {
    on_both(|fresh| {
        let house = House::open_with(fresh, |config| config.storage.connections = 3);
        let clerk = house.person("clerk", &[Role::Clerk]);
        let location = match &fresh.location {
            chancery::store::Location::Sqlite(_) => {
                chancery::store::Location::Sqlite(house.data().join("chancery.db"))
            }
            other => other.clone(),
        };
        let mut holder = location.connect().unwrap();
        let held = if fresh.name() == "SQLite" {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN; LOCK TABLE registers, idempotency IN ACCESS EXCLUSIVE MODE"
        };
        holder.batch_execute(held).unwrap();
        let names: Vec<String> = (0..24).map(|at| format!("Sổ {at}")).collect();
        let outcomes: Vec<(String, Answer)> = std::thread::scope(|scope| {
            let asked: Vec<_> = names
                .iter()
                .map(|name| {
                    let clerk = &clerk;
                    scope.spawn(move || {
                        (
                            name.clone(),
                            clerk.post("/registers", &json!({ "name": name, "direction": "outgoing" })),
                        )
                    })
                })
                .collect();
            // Meanwhile the process says that it lives; once somebody was told, it is given its database back.
            std::thread::sleep(Duration::from_secs(1));
            let lives = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| health(&house, "livez")));
            let begun = Instant::now();
            while !asked.iter().any(|thread| thread.is_finished())
                && begun.elapsed() < Duration::from_secs(60)
            {
                std::thread::sleep(Duration::from_millis(200));
            }
            holder.batch_execute("ROLLBACK").unwrap();
            lives.unwrap();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let refused: Vec<&(String, Answer)> =
            outcomes.iter().filter(|(_, answer)| answer.status >= 400).collect();
        let statuses: Vec<u16> = outcomes.iter().map(|(_, answer)| answer.status).collect();
        assert!(!refused.is_empty(), "{}: nobody was told to come back: {statuses:?}", fresh.name());
        for (name, answer) in &refused {
            assert_eq!(answer.problem(503), "overloaded", "{}: {name}", fresh.name());
            assert!(!answer.header("retry-after").is_empty());
        }
        // What was acknowledged is there, what was refused is not and can be asked for again.
        let listed = clerk.get("/registers?limit=100").good();
        let has = |name: &str| listed["items"].as_array().unwrap().iter().any(|item| item["name"] == name);
        for (name, answer) in &outcomes {
            assert_eq!(has(name), answer.status == 201, "{}: {name}: {}", fresh.name(), answer.text());
        }
        for (name, _) in refused {
            clerk.post("/registers", &json!({ "name": name, "direction": "outgoing" })).good();
        }
        health(&house, "readyz");
    });
}

#[test]
fn a_handler_that_panics_answers_and_the_process_lives() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let base = runtime.block_on(async {
        let server = HttpServer::new(|| {
            App::new()
                .wrap_fn(|request, next| caught(next.call(request)))
                .route("/panics", web::get().to(|| async { panic_now() }))
                .route("/answers", web::get().to(|| async { HttpResponse::Ok().body("ok") }))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        base
    });
    let client = reqwest::blocking::Client::new();
    for _ in 0..3 {
        let refused = Answer::of(client.get(format!("{base}/panics")).send());
        assert_eq!(refused.status, 500);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert!(!refused.text().contains("a secret of the stack"), "{}", refused.text());
        Answer::of(client.get(format!("{base}/answers")).send());
    }
    assert_eq!(Answer::of(client.get(format!("{base}/answers")).send()).status, 200);
}

fn panic_now() -> HttpResponse {
    panic!("a secret of the stack")
}

#[test]
fn who_is_locked_out_while_a_file_comes_in_can_do_nothing_more() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let admin = house.person("admin2", &[Role::Administrator]);
        let drafter = house.person("drafter", &[Role::Drafter]);
        let cookie = drafter.cookie.clone().unwrap();
        let mut stream = connect(&house);
        let head = format!(
            "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nIdempotency-Key: {}\r\nContent-Type: multipart/form-data; boundary=e\r\nContent-Length: 100000\r\n\r\n--e\r\n",
            fresh_key()
        );
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let path = format!("/accounts/{}/disable", drafter.account);
        admin.post(&path, &json!({ "disabled": true })).good();
        // The stream is still open; every further request is a stranger's.
        assert_eq!(drafter.get("/documents").problem(401), "unauthenticated");
        let refused = drafter.upload(
            &json!({ "direction": "incoming", "type": "QĐ", "subject": "x" }),
            "a.pdf",
            fixture("documents/quyet-dinh.pdf"),
        );
        assert_eq!(refused.problem(401), "unauthenticated");
        drop(stream);
    });
}

#[test]
fn what_opens_doors_is_never_guessable() {
    let mut seen = std::collections::HashSet::new();
    let mut ones = [0_u32; 256];
    for _ in 0..1_000 {
        let token = chancery::identity::password::token(&chancery::ports::SystemRng).unwrap();
        // At least 128 bits, however they are written.
        assert!(token.len() >= 22, "{token}");
        token.bytes().for_each(|byte| ones[usize::from(byte)] += 1);
        assert!(seen.insert(token));
    }
    // No character stands out: each of an alphabet of 64 or 16 comes about equally often.
    let used: Vec<u32> = ones.into_iter().filter(|count| *count > 0).collect();
    let mean = used.iter().sum::<u32>() / u32::try_from(used.len()).unwrap();
    assert!(used.len() >= 16 && used.iter().filter(|count| **count > mean * 2).count() <= 1, "{used:?}");
}

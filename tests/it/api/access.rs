//! Who may do what (API security cases T01, T05): every route of the OpenAPI document by every kind of caller.

use super::house::{Answer, Caller, House};
use crate::support::databases::on_both;
use chancery::api::routes::openapi;
use chancery::identity::rows::ROLES;
use reqwest::Method;
use reqwest::blocking::multipart::Form;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = include_str!("routes.txt");
const CALLERS: [&str; 9] =
    ["clerk", "drafter", "signer", "archivist", "inspector", "administrator", "system", "bare", "anonymous"];

type Route = (String, String);

fn table() -> BTreeMap<Route, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace().map(str::to_owned);
        let route = (words.next().unwrap(), words.next().unwrap());
        let callers: BTreeSet<String> = words.collect();
        for caller in &callers {
            assert!(CALLERS.contains(&caller.as_str()), "the table names {caller}, which is nobody");
        }
        assert!(found.insert(route.clone(), callers).is_none(), "{route:?} stands twice in the table");
    }
    found
}

/// Routes of the OpenAPI document, with the content type of their bodies.
fn routes() -> BTreeMap<Route, Option<String>> {
    let document: Value = serde_json::to_value(openapi()).unwrap();
    let mut found = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let kind = operation
                .pointer("/requestBody/content")
                .and_then(Value::as_object)
                .and_then(|content| content.keys().next().cloned());
            found.insert((method.to_uppercase(), path.clone()), kind);
        }
    }
    found
}

#[test]
fn every_route_stands_in_the_table_and_no_other() {
    let (named, real): (BTreeSet<Route>, BTreeSet<Route>) =
        (table().into_keys().collect(), routes().into_keys().collect());
    let missing: Vec<_> = real.difference(&named).collect();
    let gone: Vec<_> = named.difference(&real).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in routes.txt: {missing:?}; not in the API: {gone:?}"
    );
}

fn ask(caller: &Caller, (method, path): &Route, body: Option<&String>) -> Answer {
    let some = uuid::Uuid::now_v7().to_string();
    let mut path = path.replace("{id}", &some).replace("{document}", &some).replace("{component}", &some);
    path = path.replace("{token}", &some);
    if path.ends_with("/audit/proof") {
        path = format!("{path}?event={some}");
    }
    let method: Method = method.parse().unwrap();
    let mut request = caller.request(method.clone(), &path);
    if method != Method::GET {
        request = request.header("idempotency-key", some).header("if-match", "\"1\"");
    }
    request = match body.map(String::as_str) {
        Some("multipart/form-data") => request.multipart(Form::new().text("metadata", "{}")),
        Some(_) => request.json(&json!({})),
        None => request,
    };
    Answer::of(request.send())
}

#[test]
fn each_route_lets_in_whom_the_table_names_and_nobody_else() {
    on_both(|fresh| {
        let house = House::open(fresh);
        let mut callers: BTreeMap<String, Caller> = house
            .each_role()
            .into_iter()
            .map(|(role, caller)| (format!("{role:?}").to_lowercase(), caller))
            .collect();
        callers.insert("system".to_owned(), house.system("every role", &ROLES));
        callers.insert("bare".to_owned(), house.system("no role", &[]));
        callers.insert("anonymous".to_owned(), house.nobody());
        let table = table();
        // Logging out comes last: the session is gone then.
        let mut routes: Vec<(Route, Option<String>)> = routes().into_iter().collect();
        routes.sort_by_key(|((method, path), _)| {
            (method == "DELETE" && path.ends_with("/sessions/current"), path.clone())
        });
        let (mut wrong, mut denials) = (Vec::new(), 0);
        for (route, body) in &routes {
            for name in CALLERS {
                let answer = ask(&callers[name], route, body.as_ref());
                let allowed = table[route].contains(name);
                let expected_denial = if name == "anonymous" { 401 } else { 403 };
                let ok = if allowed {
                    !matches!(answer.status, 401 | 403) && answer.status < 500
                } else {
                    denials += usize::from(name != "anonymous");
                    answer.status == expected_denial
                };
                if !ok {
                    wrong.push(format!(
                        "{} {} by {name}, allowed {allowed}: {}",
                        route.0,
                        route.1,
                        answer.text()
                    ));
                }
                if !allowed {
                    answer.problem(answer.status);
                }
            }
        }
        assert!(wrong.is_empty(), "on {}:\n{}", fresh.name(), wrong.join("\n"));
        let told = house.refusals();
        let denied =
            told.iter().filter(|code| ["permission_missing", "people_only"].contains(&code.as_str())).count();
        assert_eq!(
            denied,
            denials,
            "every denial of somebody with an account is an event, on {}",
            fresh.name()
        );
    });
}

#[test]
fn bytes_are_not_given_to_strangers_by_any_method() {
    let fresh = crate::support::databases::sqlite();
    let house = House::open(&fresh);
    let id = uuid::Uuid::now_v7();
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
        for header in [None, Some("bytes=0-1")] {
            let mut request =
                house.nobody().request(method.clone(), &format!("/api/v1/documents/{id}/content"));
            if let Some(range) = header {
                request = request.header("range", range);
            }
            let answer = Answer::of(request.send());
            assert!(matches!(answer.status, 401 | 404 | 405), "{method}: {}", answer.text());
        }
    }
}

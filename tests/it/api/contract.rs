//! The API's shape, locked: a change of it shows in a diff that somebody reads.

use chancery::api::routes::openapi;
use serde_json::Value;
use std::path::PathBuf;

/// Every leaf of a document by its pointer.
fn leaves(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, &format!("{place}/{}", name.replace('/', "~1")), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                leaves(item, &format!("{place}/{at}"), found);
            }
        }
        leaf => found.push((place.to_owned(), leaf.to_string())),
    }
}

#[test]
fn the_openapi_document_is_as_it_was_read_last() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/api/openapi.json");
    let mut now = serde_json::to_value(openapi()).unwrap();
    // The version is the program's, not the API's.
    now["info"]["version"] = Value::from("");
    if std::env::var("CHANCERY_RENEW").is_ok_and(|value| value == "openapi") {
        std::fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&now).unwrap())).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap_or_else(|_| "{}".to_owned());
    let kept: Value = serde_json::from_str(&text).unwrap();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    leaves(&kept, "", &mut old);
    leaves(&now, "", &mut new);
    let gone =
        old.iter().filter(|leaf| !new.contains(leaf)).map(|(place, leaf)| format!("- {place}: {leaf}"));
    let come =
        new.iter().filter(|leaf| !old.contains(leaf)).map(|(place, leaf)| format!("+ {place}: {leaf}"));
    let changes: Vec<String> = gone.chain(come).take(60).collect();
    assert!(
        changes.is_empty(),
        "the API's shape changed:\n{}\nAdding is allowed, renaming isn't. If it is meant: \
         CHANCERY_RENEW=openapi cargo test --test it the_openapi_document",
        changes.join("\n")
    );
}

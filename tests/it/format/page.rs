//! The page that lists the rules says what the profile says.

use chancery::profile::Profile;
use std::fmt::Write as _;
use std::path::Path;

const BEGIN: &str = "<!-- rules: begin -->\n";
const END: &str = "<!-- rules: end -->";

fn value(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            items.join(" ")
        }
        other => other.to_string(),
    }
}

/// The table of the profile that is compiled in.
fn table() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("src/profile/vn-nd30-2020.toml")).unwrap();
    let raw: toml::Table = text.parse().unwrap();
    let mut page = String::from(
        "| Rule | Clause | Measure | Severity | PDF | DOCX | Scan |\n|---|---|---|---|---|---|---|\n",
    );
    for (rule, raw) in Profile::builtin().rules.iter().zip(raw["rules"].as_array().unwrap()) {
        let seen = rule.measure.seen();
        let mark = |shown: bool| if shown { "✓" } else { "" };
        let measure = raw["measure"].as_table().unwrap();
        let mut said = vec![value(&measure["kind"]).replace('_', " ")];
        for (key, one) in
            measure.iter().filter(|(key, _)| *key != "kind" && *key != "pattern" && *key != "when")
        {
            said.push(format!("{}: {}", key.replace('_', " "), value(one)));
        }
        let clause = rule.basis.strip_prefix("Decree 30/2020, ").unwrap();
        writeln!(
            page,
            "| `{}` | {clause} | {} | {} | {} | {} | {} |",
            rule.id,
            said.join("; ").replace('|', "\\|"),
            raw["severity"].as_str().unwrap(),
            mark(seen.pdf),
            mark(seen.docx),
            mark(seen.scan),
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_of_rules_lists_what_the_profile_has() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format-rules.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(END).unwrap();
    let table = table();
    if listed != table && std::env::var_os("CHANCERY_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert!(
        listed == table,
        "docs/format-rules.md is behind the profile: run this test with CHANCERY_WRITE_DOCS=1"
    );
}

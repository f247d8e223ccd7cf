//! The seven facts that software for checking signatures must show (Circular 15/2025/TT-BKHCN, Art. 6), with the
//! verdict in words: as a page in Vietnamese and English, or as text in one of them.

use super::markup::Markup;
use super::report::{Indication, Report, SignatureReport, Statement};
use crate::messages::{Language, Message, message};
use chrono::{DateTime, FixedOffset, Utc};

/// One fact: what it is called, and what it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub label: Message,
    /// Its value.
    pub value: Message,
}

fn both(text: &str) -> Message {
    Message { vi: text.to_owned(), en: text.to_owned() }
}

fn unknown() -> Message {
    message("fact_unknown", &[])
}

/// An instant in the zone of Vietnam, as its documents write it.
fn local(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(7 * 3600);
    zone.map_or_else(String::new, |zone| at.with_timezone(&zone).format("%d/%m/%Y %H:%M:%S %:z").to_string())
}

/// The facts of a signature, in the order of the circular; `at` is the time of validation.
#[must_use]
pub fn seven(signature: &SignatureReport, at: DateTime<Utc>) -> [Fact; 7] {
    let signer = signature.signer.as_ref();
    let text = |value: Option<&str>| value.map_or_else(unknown, both);
    let fact = |code: &str, value: Message| Fact { label: message(code, &[]), value };
    let time = if signature.best_signature_time < at {
        message("fact_time_proven", &[("time", &local(signature.best_signature_time))])
    } else if let Some(claimed) = signature.signing_time_claimed {
        message("fact_time_claimed", &[("time", &local(claimed))])
    } else {
        unknown()
    };
    let integrity = match signature.integrity.as_str() {
        "intact" => message("fact_intact", &[]),
        "broken" => message("fact_broken", &[]),
        _ => message("fact_integrity_unknown", &[]),
    };
    let held = match (signature.indication, signature.valid_at_signing) {
        (Indication::Passed, _) => message("fact_valid_then", &[]),
        (Indication::Failed, _) => message("fact_invalid_then", &[]),
        (Indication::Indeterminate, Some(false)) => message("fact_certificate_out_then", &[]),
        (Indication::Indeterminate, _) => message("fact_undecided_then", &[]),
    };
    let validity = signer.map_or_else(unknown, |signer| {
        message("fact_from_to", &[("from", &local(signer.not_before)), ("to", &local(signer.not_after))])
    });
    [
        fact("fact_issuer", text(signer.map(|signer| signer.issuer.as_str()))),
        fact("fact_signer", text(signer.map(|signer| signer.subject.as_str()))),
        fact("fact_managing_body", text(signer.and_then(|signer| signer.managing_body.as_deref()))),
        fact("fact_time", time),
        fact("fact_integrity", integrity),
        fact("fact_valid_at_signing", held),
        fact("fact_validity", validity),
    ]
}

/// The verdict in words.
#[must_use]
pub fn verdict(indication: &str) -> Message {
    message(
        match indication {
            "TOTAL-PASSED" => "verdict_valid",
            "TOTAL-FAILED" => "verdict_invalid",
            "NO_SIGNATURE" => "verdict_no_signature",
            _ => "verdict_undecided",
        },
        &[],
    )
}

fn remarks(signature: &SignatureReport) -> impl Iterator<Item = &Statement> {
    signature.reasons.iter().chain(&signature.warnings)
}

/// The facts as text.
#[must_use]
pub fn text(report: &Report, at: DateTime<Utc>, language: Language) -> String {
    let say = |message: Message| message.in_language(language).to_owned();
    let mut lines = vec![
        say(message("facts_title", &[])),
        format!("SHA-256 {} ({})", report.file.sha256, local(at)),
        say(verdict(&report.indication)),
    ];
    for signature in &report.signatures {
        lines.push(String::new());
        lines.push(format!("{}: {}", signature.field, say(verdict(signature.indication.as_str()))));
        for (place, fact) in seven(signature, at).into_iter().enumerate() {
            lines.push(format!("  {}. {}: {}", place + 1, say(fact.label), say(fact.value)));
        }
        for remark in remarks(signature) {
            lines.push(format!("  - {}", remark.message.in_language(language)));
        }
    }
    lines.join("\n")
}

const STYLE: &str = "body{font:16px/1.5 'Times New Roman',Tinos,serif;max-width:60em;margin:2em auto;padding:0 1em;\
    color:#000}table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.4em .6em;\
    text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:38%;font-weight:normal}\
    .en{color:#444;font-style:italic}.good{color:#0a5c1b}.bad{color:#a00000}.open{color:#7a4b00}";

/// A text in both languages, Vietnamese first; once when they are the same.
fn put(page: &mut Markup, text: &Message) {
    page.text("span", &text.vi);
    if text.en != text.vi {
        page.empty("br");
        page.text("span lang=\"en\" class=\"en\"", &text.en);
    }
}

fn class(indication: &str) -> &'static str {
    match indication {
        "TOTAL-PASSED" => "good",
        "TOTAL-FAILED" => "bad",
        _ => "open",
    }
}

/// The facts as a page of its own: no script, nothing fetched.
#[must_use]
pub fn html(report: &Report, at: DateTime<Utc>) -> String {
    let title = message("facts_title", &[]);
    let mut page = Markup::beginning("<!DOCTYPE html>\n");
    page.within("html lang=\"vi\"", |page| {
        page.within("head", |head| {
            head.empty("meta charset=\"utf-8\"");
            head.empty(
                "meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"",
            );
            head.empty("meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"");
            head.text("title", &title.vi);
            head.within("style", |style| style.raw(STYLE));
        });
        page.within("body", |body| {
            body.within("h1", |inside| put(inside, &title));
            body.text("p", &format!("SHA-256 {} · {}", report.file.sha256, local(at)));
            let overall = format!("p class=\"{}\"", class(&report.indication));
            body.within(&overall, |inside| put(inside, &verdict(&report.indication)));
            for signature in &report.signatures {
                write_signature(body, signature, at);
            }
        });
    });
    page.done()
}

fn write_signature(body: &mut Markup, signature: &SignatureReport, at: DateTime<Utc>) {
    let indication = signature.indication.as_str();
    body.text("h2", &signature.field);
    body.within(&format!("p class=\"{}\"", class(indication)), |inside| put(inside, &verdict(indication)));
    body.within("table", |table| {
        for fact in seven(signature, at) {
            table.within("tr", |row| {
                row.within("th scope=\"row\"", |cell| put(cell, &fact.label));
                row.within("td", |cell| put(cell, &fact.value));
            });
        }
    });
    if remarks(signature).next().is_some() {
        body.within("ul", |list| {
            for remark in remarks(signature) {
                list.within("li", |item| put(item, &remark.message));
            }
        });
    }
}

//! `chancery verify`: the signatures of a PDF, or a detached CMS.

use super::augment::{Asking, client};
use super::{FAULT, GOOD, NOT_GOOD, UNREADABLE, USAGE, fail, language, print_json};
use crate::config::Config;
use crate::messages::message;
use crate::pdf::FileSource;
use crate::pki::revocation::Material;
use crate::pki::{Demand, TrustStore};
use crate::ports::{Clock, SystemClock, SystemRng};
use crate::signature::detached::judge_detached;
use crate::signature::online::Network;
use crate::signature::rendered::{self, PageDifference};
use crate::signature::report::Report;
use crate::signature::validate::{Judged, Policy, Supply, validate_with};
use crate::signature::{etsi, facts};
use chrono::{DateTime, Utc};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A signed PDF, or a CMS signature (DER or PEM) with --detached
    file: PathBuf,
    /// The content a detached CMS signs
    #[arg(long, value_name = "CONTENT")]
    detached: Option<PathBuf>,
    /// A folder (or file) of trusted certificates; may be repeated
    #[arg(long, value_name = "DIR")]
    trust: Vec<PathBuf>,
    /// Settings of the service: its store is trusted where --trust is not given
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A certificate policy that a signer's path must hold for; may be repeated, one is enough
    #[arg(long, value_name = "OID")]
    require_policy: Vec<String>,
    /// Validate as of this time (RFC 3339)
    #[arg(long)]
    at: Option<DateTime<Utc>>,
    /// Fetch nothing
    #[arg(long)]
    offline: bool,
    /// A certificate, revocation list or OCSP response that may be used; may be repeated
    #[arg(long, value_name = "FILE")]
    evidence: Vec<PathBuf>,
    #[command(flatten)]
    asking: Asking,
    /// Paint the pages as each signature saw them and as they are now; pages whose pictures differ are named, and both
    /// pictures put into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "detached")]
    render_compare: Option<PathBuf>,
    /// What is printed: a line a signature; the report as JSON; the validation report of ETSI TS 119 102-2 in XML; the seven
    /// facts of Circular 15/2025 as a page in Vietnamese and English, or as text
    #[arg(long, value_enum, default_value = "brief")]
    report: Kind,
    /// Print the report as JSON
    #[arg(long, conflicts_with = "report")]
    json: bool,
}

/// Shapes of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Brief,
    Json,
    Etsi,
    Html,
    Text,
}

/// The anchors of `--trust`; without it those of the service's store, where there is one.
pub(super) fn anchors(paths: &[PathBuf], settings: Option<&Path>) -> Result<TrustStore, String> {
    if !paths.is_empty() {
        return TrustStore::read(paths).map_err(|error| error.to_string());
    }
    let config = Config::load(settings, std::env::vars()).map_err(|error| error.to_string())?;
    let folder = config.trust_folder();
    if !folder.is_dir() {
        return Ok(TrustStore::default());
    }
    TrustStore::read(&[folder]).map_err(|error| error.to_string())
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let trust = match anchors(&args.trust, args.config.as_deref()) {
        Ok(trust) => trust,
        Err(why) => return fail(args.json, USAGE, "trust_unreadable", &[("why", &why)]),
    };
    let trust = trust.demanding(demand(&args.require_policy));
    let policy = Policy { trust, at: args.at.unwrap_or_else(|| SystemClock.now()) };
    let client = match client(&args.asking, None) {
        Ok(client) => client,
        Err((exit, code, why)) => return fail(args.json, exit, code, &[("why", &why)]),
    };
    let network = (!args.offline).then_some(Network { fetch: &client, rng: &SystemRng });
    let mut supply = Supply { given: Material::default(), network };
    for path in &args.evidence {
        match std::fs::read(path) {
            Ok(bytes) if supply.given.add_any(&bytes) => {}
            _ => {
                let why = path.display().to_string();
                return fail(args.json, UNREADABLE, "evidence_unreadable", &[("why", &why)]);
            }
        }
    }
    let content = args.detached.as_ref().unwrap_or(&args.file);
    let source = match File::open(content).and_then(FileSource::new) {
        Ok(source) => source,
        Err(error) => return fail(args.json, UNREADABLE, "file_unreadable", &[("why", &error.to_string())]),
    };
    let outcome = if args.detached.is_some() {
        match read_limited(&args.file) {
            Ok(cms) => judge_detached(&cms, &source, &policy, &supply),
            Err(error) => {
                return fail(args.json, UNREADABLE, "file_unreadable", &[("why", &error.to_string())]);
            }
        }
    } else {
        validate_with(&source, &policy, &supply)
    };
    match outcome {
        Err(error) => fail(args.json, UNREADABLE, error.code(), &[("why", &error.to_string())]),
        Ok(judged) => {
            let pictures = match &args.render_compare {
                Some(folder) => match compare(&source, &judged, folder) {
                    Ok(pictures) => pictures,
                    Err(why) => return fail(args.json, FAULT, "file_unwritable", &[("why", &why)]),
                },
                None => Vec::new(),
            };
            show(args, &judged, &pictures, policy.at);
            let report = judged.report;
            ExitCode::from(if report.indication == "TOTAL-PASSED" { GOOD } else { NOT_GOOD })
        }
    }
}

/// The demand for one of these policies; for none, when there are none.
fn demand(policies: &[String]) -> Demand {
    if policies.is_empty() {
        return Demand::default();
    }
    Demand { accepted: Some(policies.iter().cloned().collect()), explicit: true, ..Demand::default() }
}

/// The pages that look different now from how each signature saw them, both pictures written into a folder.
fn compare(source: &FileSource, judged: &Judged, folder: &Path) -> Result<Vec<Vec<PageDifference>>, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for (place, signature) in judged.report.signatures.iter().enumerate() {
        let write = |page: usize, when: &str, png: &[u8]| {
            let name = format!("signature-{}-page-{page}-{when}.png", place + 1);
            std::fs::write(folder.join(name), png).map_err(|error| error.to_string())
        };
        let found = rendered::differences(source, signature.covers.revision);
        for difference in &found {
            for (when, picture) in [("signed", &difference.signed), ("now", &difference.now)] {
                if let Some(png) = picture.as_ref().and_then(|picture| picture.png().ok()) {
                    write(difference.page, when, &png)?;
                }
            }
        }
        all.push(found);
    }
    Ok(all)
}

fn show(args: &Args, judged: &Judged, pictures: &[Vec<PageDifference>], at: DateTime<Utc>) {
    match args.report {
        _ if args.json || args.report == Kind::Json => {
            let mut report = serde_json::to_value(&judged.report).unwrap_or_default();
            let signatures = report.get_mut("signatures").and_then(|all| all.as_array_mut());
            for (signature, found) in signatures.into_iter().flatten().zip(pictures) {
                if let Some(signature) = signature.as_object_mut() {
                    signature.insert("pictures".to_owned(), serde_json::json!(found));
                }
            }
            print_json(&report);
        }
        Kind::Brief | Kind::Json => print(&judged.report, pictures),
        Kind::Etsi => out!("{}", etsi::xml(judged, at)),
        Kind::Html => out!("{}", facts::html(&judged.report, at)),
        Kind::Text => out!("{}", facts::text(&judged.report, at, language())),
    }
}

/// A signature file, up to what a signature may be; more is cut and so unreadable.
fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    /// Above the limit of the CMS reader, so that it is the one that says so.
    const LIMIT: u64 = 8 << 20;
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(report: &Report, pictures: &[Vec<PageDifference>]) {
    let language = language();
    let mut pictures = pictures.iter();
    for signature in &report.signatures {
        let signer = signature.signer.as_ref().map_or("?", |signer| signer.subject.as_str());
        out!(
            "{}: {} ({}; {}; {:?} after; {signer})",
            signature.field,
            signature.indication.as_str(),
            signature.level,
            signature.integrity,
            signature.changes_after
        );
        for reason in signature.reasons.iter().chain(&signature.warnings) {
            out!("  {}: {}", reason.code, reason.message.in_language(language));
        }
        for difference in pictures.next().into_iter().flatten() {
            let (code, page) = (difference.what, difference.page.to_string());
            out!("  {code}: {}", message(code, &[("page", &page)]).in_language(language));
        }
    }
    out!("{}", report.indication);
}

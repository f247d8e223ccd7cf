//! `chancery sign`: signs a PDF with a key in a file or on a device.

mod shown;

use super::augment::{Asking, Growing, Raising, client, unwritable};
use super::{FAULT, GOOD, NOT_GOOD, UNREACHABLE, UNREADABLE, USAGE, fail, print_json, verify};
use crate::messages::Message;
use crate::pdf::{FileSource, Pdf};
use crate::pki::key::{KeyFile, read_key_file};
use crate::pki::path::PathError;
use crate::pki::token::{TokenKey, TokenUri};
use crate::pki::{
    Certificate, Choice, Digest, KeyError, MemoryKey, SigningKey, TrustStore, read_certificates,
};
use crate::ports::{Clock, FetchFailed, SystemClock, SystemRng};
use crate::signature::appearance::Appearance;
use crate::signature::online::Network;
use crate::signature::sign::{Request, SignError, sign, sign_with_time};
use crate::signature::timestamp::{Authority, Stamper, StamperError};
use crate::signature::validate::{Standing, standing};
use chrono::{DateTime, Utc};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zeroize::Zeroizing;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The PDF to sign
    file: PathBuf,
    /// Where the signed PDF goes
    #[arg(short = 'o', long, value_name = "OUT")]
    output: PathBuf,
    /// The key: PKCS#8 PEM, PKCS#12, or a pkcs11: URI
    #[arg(long)]
    key: String,
    /// Its certificate, when the key file has none
    #[arg(long)]
    cert: Option<PathBuf>,
    /// Certificates towards the anchor; may be repeated
    #[arg(long)]
    chain: Vec<PathBuf>,
    /// The level; above B-B a time-stamping authority is needed
    #[arg(long, default_value = "B-B", value_parser = ["B-B", "B-T", "B-LT", "B-LTA"])]
    level: String,
    /// Time-stamping authority
    #[arg(long)]
    tsa: Option<String>,
    /// A folder of trusted certificates; may be repeated
    #[arg(long, value_name = "DIR")]
    trust: Vec<PathBuf>,
    /// Settings of the service: its store is trusted where --trust is not given
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The PKCS#11 library, when the URI doesn't name it by module-path
    #[arg(long, value_name = "FILE", env = "CHANCERY_PKCS11_MODULE")]
    module: Option<PathBuf>,
    /// The digest, where the kind of key leaves it open
    #[arg(long, value_enum)]
    digest: Option<Algorithm>,
    /// RSA padding
    #[arg(long, value_parser = ["pkcs1", "pss"], default_value = "pkcs1")]
    scheme: String,
    /// What the signature shows
    #[arg(long, value_parser = ["personal", "agency", "attachment", "copy", "none"], default_value = "none")]
    appearance: String,
    /// A PNG shown by personal and agency signatures
    #[arg(long)]
    image: Option<PathBuf>,
    /// PAGE:x,y,w,h in millimetres from the top left; else where the document has its place for it
    #[arg(long)]
    place: Option<String>,
    /// Number and symbol of the document an attachment belongs to, shown by --appearance attachment
    #[arg(long, value_name = "SYMBOL")]
    number: Option<String>,
    /// The form of a copy, shown by --appearance copy: one of the profile's (SAO Y, SAO LỤC, TRÍCH SAO)
    #[arg(long, value_name = "FORM")]
    copy_form: Option<String>,
    /// The field: an empty one, or the name of a new one [default: the first of Signature1, Signature2, … that isn't
    /// signed]
    #[arg(long)]
    field: Option<String>,
    /// A file with the key's secret (else CHANCERY_SECRET)
    #[arg(long)]
    secret_file: Option<PathBuf>,
    #[command(flatten)]
    asking: Asking,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Digests to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
    #[value(name = "sha3-384")]
    Sha3_384,
    #[value(name = "sha3-512")]
    Sha3_512,
}

/// Why the command ends early: exit code, message code, and what the message names.
pub(super) type Failure = (u8, &'static str, String);

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    match attempt(args) {
        Ok(code) => code,
        Err((exit, code, why)) => fail(args.json, exit, code, &[("why", &why)]),
    }
}

fn attempt(args: &Args) -> Result<ExitCode, Failure> {
    if args.level != "B-B" && args.tsa.is_none() {
        return Err((USAGE, "tsa_missing", args.level.clone()));
    }
    let trust = verify::anchors(&args.trust, args.config.as_deref())
        .map_err(|why| (USAGE, "trust_unreadable", why))?;
    let key = read_key(args)?;
    let key = key.as_ref();
    let image = match &args.image {
        Some(path) => Some(read(path)?),
        None => None,
    };
    let now = SystemClock.now();
    let text = shown::text(args, key.certificate(), now)?;
    let appearance = match (&image, &text) {
        (Some(image), _) if shown::is_picture(args) => Appearance::Image(image),
        (_, Some(text)) => Appearance::Text(text),
        _ => Appearance::None,
    };
    if shown::is_picture(args) && image.is_none() {
        return Err((USAGE, "image_missing", String::new()));
    }
    let file = File::open(&args.file).map_err(unreadable)?;
    let source = FileSource::new(file).map_err(unreadable)?;
    let pdf = Pdf::open(&source).map_err(|error| (UNREADABLE, error.code(), error.to_string()))?;
    let field = shown::field(args, &pdf)?;
    let place = shown::place(args, &field, &pdf, &source, text.as_deref())?;
    let request = Request { field: &field, place, fills: &[], appearance, at: now, reason: None };
    let client = client(&args.asking, args.tsa.as_deref())?;
    let network = Network { fetch: &client, rng: &SystemRng };
    let warnings = check_revocation(args, key, &trust, network, now)?;
    let authority = args.tsa.as_ref().map(|url| Authority::new(url, &client, &SystemRng, &SystemClock));
    let stamper = authority.as_ref().map(|authority| -> &dyn Stamper { authority });
    let appended = match stamper.filter(|_| args.level != "B-B") {
        Some(stamper) => sign_with_time(&pdf, &request, key, &trust, &SystemRng, stamper),
        None => sign(&pdf, &request, key, &trust, &SystemRng),
    };
    let appended = appended.map_err(|error| refusal(&error))?;
    let mut growing = Growing::copy(&source, &args.output).map_err(unwritable)?;
    growing.append(&appended).map_err(unwritable)?;
    Raising { trust: &trust, chain: key.chain(), network, stamper }.raise(&mut growing, &args.level)?;
    growing.persist(&args.output).map_err(unwritable)?;
    let result = serde_json::json!({
        "output": args.output.display().to_string(),
        "field": field,
        "level": args.level,
        "signer": key.certificate().subject,
        "warnings": warnings,
    });
    if args.json {
        print_json(&result);
    } else {
        out!("{}: {} ({})", args.output.display(), key.certificate().subject, field);
    }
    Ok(ExitCode::from(GOOD))
}

/// Refuses a revoked certificate, and for levels that need its evidence one of which nothing can be learnt;
/// gives the warnings for the others (Decree 23/2025, Art. 15).
fn check_revocation(
    args: &Args,
    key: &dyn SigningKey,
    trust: &TrustStore,
    network: Network<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Message>, Failure> {
    let subject = key.certificate().subject.clone();
    let keeps_evidence = matches!(args.level.as_str(), "B-LT" | "B-LTA");
    match standing(key.certificate(), key.chain(), trust, now, network) {
        Standing::Good => Ok(Vec::new()),
        Standing::Revoked => Err((NOT_GOOD, "certificate_revoked", subject)),
        Standing::Unknown(why) if keeps_evidence => Err((UNREACHABLE, "evidence_lacking", why)),
        Standing::Unknown(_) => Ok(vec![crate::messages::message("revocation_not_checked", &[])]),
    }
}

fn unreadable(error: std::io::Error) -> Failure {
    (UNREADABLE, "file_unreadable", error.to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(unreadable)
}

/// The secret of the key: from the file named, from where a URI says, or from the environment.
fn read_secret(args: &Args, source: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    match args.secret_file.as_deref().or(source) {
        Some(path) => {
            let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
            Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
        }
        None => Ok(std::env::var("CHANCERY_SECRET").ok().map(Zeroizing::new)),
    }
}

fn key_failure(error: KeyError) -> Failure {
    let exit = match error {
        KeyError::Unreadable => UNREADABLE,
        KeyError::Token(_) | KeyError::Unreachable(_) => UNREACHABLE,
        _ => NOT_GOOD,
    };
    (exit, "key_unusable", error.to_string())
}

fn read_key(args: &Args) -> Result<Box<dyn SigningKey>, Failure> {
    let choice = Choice {
        pss: args.scheme == "pss",
        digest: args.digest.map(|digest| match digest {
            Algorithm::Sha256 => Digest::Sha256,
            Algorithm::Sha384 => Digest::Sha384,
            Algorithm::Sha512 => Digest::Sha512,
            Algorithm::Sha3_384 => Digest::Sha3_384,
            Algorithm::Sha3_512 => Digest::Sha3_512,
        }),
    };
    let certificates = |path: &PathBuf| -> Result<Vec<Certificate>, Failure> {
        read_certificates(&read(path)?)
            .map_err(|error| (UNREADABLE, "certificate_unreadable", error.to_string()))
    };
    let mut given = match &args.cert {
        Some(path) => certificates(path)?,
        None => Vec::new(),
    };
    let certificate = if given.is_empty() { None } else { Some(given.remove(0)) };
    for path in &args.chain {
        given.extend(certificates(path)?);
    }
    if args.key.starts_with("pkcs11:") {
        let usage = |why: String| (USAGE, "key_unusable", why);
        let uri = TokenUri::parse(&args.key).map_err(|error| usage(error.to_string()))?;
        let module = uri.module.as_ref().or(args.module.as_ref());
        let module =
            module.ok_or_else(|| usage("no PKCS#11 library is named: module-path, --module".to_owned()))?;
        let secret =
            read_secret(args, uri.pin_source.as_deref())?.ok_or_else(|| key_failure(KeyError::Secret))?;
        let key = TokenKey::open(&uri, module, &secret, certificate, given, choice).map_err(key_failure)?;
        return Ok(Box::new(key));
    }
    let secret = read_secret(args, None)?;
    let file = read_key_file(&read(Path::new(&args.key))?, secret.as_deref().map(String::as_str));
    let KeyFile { pkcs8, certificate: own, mut chain } = file.map_err(key_failure)?;
    chain.extend(given);
    let certificate = certificate.or(own).ok_or_else(|| key_failure(KeyError::NoCertificate))?;
    Ok(Box::new(MemoryKey::choosing(&pkcs8, certificate, chain, choice).map_err(key_failure)?))
}

/// What a refusal means for the exit code and the message.
fn refusal(error: &SignError) -> Failure {
    let why = error.to_string();
    match error {
        SignError::Pdf(error) => (UNREADABLE, error.code(), why),
        SignError::Unfit(code) => (NOT_GOOD, code, why),
        SignError::Path(PathError::NoPath) => (NOT_GOOD, "no_path_to_anchor", why),
        SignError::Path(PathError::Broken { reason, .. }) => (NOT_GOOD, reason, why),
        SignError::FieldTaken(_) => (NOT_GOOD, "field_taken", why),
        SignError::FieldName(_) => (USAGE, "field_name_unusable", why),
        SignError::Locked => (NOT_GOOD, "document_locked", why),
        SignError::Appearance(_) | SignError::Fill(_) => (NOT_GOOD, "appearance_unusable", why),
        SignError::Key(_) => (NOT_GOOD, "key_unusable", why),
        SignError::Stamp(error) => stamper_refusal(error),
        SignError::Rng(_) => (FAULT, "internal_error", why),
    }
}

/// What a time-stamping authority that gave nothing means.
pub(super) fn stamper_refusal(error: &StamperError) -> Failure {
    let why = error.to_string();
    match error {
        StamperError::Fetch(FetchFailed::Forbidden { .. }) => (USAGE, "address_forbidden", why),
        StamperError::Clock(_) => (UNREACHABLE, "timestamp_clock_differs", why),
        StamperError::Rng(_) => (FAULT, "internal_error", why),
        StamperError::Fetch(FetchFailed::NoAnswer { .. } | FetchFailed::Status { .. })
        | StamperError::Reply(_)
        | StamperError::Token(_) => (UNREACHABLE, "timestamp_not_given", why),
    }
}

//! `chancery augment`: raises the level of a signed PDF, whoever signed it. The steps are those that `sign`
//! takes after signing.

use super::sign::{Failure, stamper_refusal};
use super::{FAULT, GOOD, NOT_GOOD, UNREACHABLE, UNREADABLE, USAGE, fail, print_json, verify};
use crate::fetch::{Guarded, Limits, Roots};
use crate::pdf::writer::Appended;
use crate::pdf::{FileSource, Pdf, Source};
use crate::pki::revocation::Material;
use crate::pki::{Certificate, TrustStore};
use crate::ports::{Clock, SystemClock, SystemRng};
use crate::signature::augment::{AugmentError, add_evidence, stamp_document};
use crate::signature::online::Network;
use crate::signature::timestamp::{Authority, Stamper};
use crate::signature::validate::{Judged, Policy, Supply, validate_with};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The signed PDF
    file: PathBuf,
    /// Where the result goes
    #[arg(short = 'o', long, value_name = "OUT")]
    output: PathBuf,
    /// The level to be reached; B-LTA on a file that has it adds a newer time-stamp over its evidence
    #[arg(long, value_parser = ["B-T", "B-LT", "B-LTA"])]
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
    #[command(flatten)]
    asking: Asking,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What commands may ask of machines elsewhere.
#[derive(Debug, clap::Args)]
pub(super) struct Asking {
    /// A private host that may be asked; may be repeated
    #[arg(long, value_name = "HOST:PORT")]
    allow_host: Vec<String>,
    /// Certificates that https is believed by, besides this machine's: a file or folder; may be repeated
    #[arg(long, value_name = "PATH", env = "CHANCERY_TLS_ROOTS")]
    tls_roots: Vec<PathBuf>,
}

/// The client commands ask the network with: hosts named are allowed, and the authority of `--tsa`.
pub(super) fn client(asking: &Asking, tsa: Option<&str>) -> Result<Guarded, Failure> {
    let wrong = |why: String| (USAGE, "tls_roots_unusable", why);
    let own = TrustStore::read(&asking.tls_roots).map_err(|error| wrong(error.to_string()))?;
    let roots = Roots::with(own.anchors()).map_err(|error| wrong(error.to_string()))?;
    let limits = Limits { allowed: asking.allow_host.clone(), ..Limits::default() };
    let guarded = Guarded::new(limits).trusting(roots);
    Ok(match tsa {
        Some(url) => guarded.allowing(url),
        None => guarded,
    })
}

/// A file that grows by revisions, put in its place when whole.
pub(super) struct Growing {
    file: tempfile::NamedTempFile,
}

impl Growing {
    /// A copy of `source`, beside where `output` will be.
    pub(super) fn copy(source: &dyn Source, output: &Path) -> std::io::Result<Self> {
        let folder =
            output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut failed = None;
        source.for_each_piece(0, source.len(), &mut |piece| {
            if failed.is_none() {
                failed = file.write_all(piece).err();
            }
        })?;
        failed.map_or(Ok(Self { file }), Err)
    }

    /// Puts a revision behind.
    pub(super) fn append(&mut self, appended: &Appended) -> std::io::Result<()> {
        self.file.write_all(&appended.bytes)?;
        self.file.flush()
    }

    /// The file as it is now.
    pub(super) fn source(&self) -> std::io::Result<FileSource> {
        FileSource::new(self.file.reopen()?)
    }

    /// Puts the file in its place.
    pub(super) fn persist(self, output: &Path) -> std::io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(output).map(|_| ()).map_err(|error| error.error)
    }
}

/// What raising a level works with.
pub(super) struct Raising<'a> {
    pub(super) trust: &'a TrustStore,
    pub(super) chain: &'a [Certificate],
    pub(super) network: Network<'a>,
    pub(super) stamper: Option<&'a dyn Stamper>,
}

pub(super) fn unwritable(error: std::io::Error) -> Failure {
    (super::unwritable(&error), "file_unwritable", error.to_string())
}

impl Raising<'_> {
    fn judge(&self, growing: &Growing) -> Result<Judged, Failure> {
        let policy = Policy { trust: self.trust.clone(), at: SystemClock.now() };
        let mut given = Material::default();
        for certificate in self.chain {
            given.add_certificate(certificate.clone());
        }
        let supply = Supply { given, network: Some(self.network) };
        let source = growing.source().map_err(unwritable)?;
        validate_with(&source, &policy, &supply)
            .map_err(|error| (UNREADABLE, error.code(), error.to_string()))
    }

    /// A time-stamp over the whole document.
    pub(super) fn stamp(&self, growing: &mut Growing) -> Result<(), Failure> {
        let stamper = self.stamper.ok_or((USAGE, "tsa_missing", String::new()))?;
        let source = growing.source().map_err(unwritable)?;
        let pdf = Pdf::open(&source).map_err(|error| (UNREADABLE, error.code(), error.to_string()))?;
        let appended = stamp_document(&pdf, stamper, &SystemRng).map_err(|error| refusal(&error))?;
        growing.append(&appended).map_err(unwritable)
    }

    /// The validation data of every signature and time-stamp; refused when any can't be had.
    pub(super) fn evidence(&self, growing: &mut Growing) -> Result<(), Failure> {
        let judged = self.judge(growing)?;
        if !judged.lacking.is_empty() {
            let why = [judged.lacking, judged.failures].concat().join("; ");
            return Err((UNREACHABLE, "evidence_lacking", why));
        }
        let source = growing.source().map_err(unwritable)?;
        let pdf = Pdf::open(&source).map_err(|error| (UNREADABLE, error.code(), error.to_string()))?;
        let added = add_evidence(&pdf, &judged.evidence, &SystemRng).map_err(|error| refusal(&error))?;
        match added {
            Some(appended) => growing.append(&appended).map_err(unwritable),
            None => Ok(()),
        }
    }

    /// From B-T upwards.
    pub(super) fn raise(&self, growing: &mut Growing, level: &str) -> Result<(), Failure> {
        if matches!(level, "B-LT" | "B-LTA") {
            self.evidence(growing)?;
        }
        if level == "B-LTA" {
            self.stamp(growing)?;
        }
        Ok(())
    }
}

fn refusal(error: &AugmentError) -> Failure {
    match error {
        AugmentError::Pdf(error) => (UNREADABLE, error.code(), error.to_string()),
        AugmentError::Stamp(error) => stamper_refusal(error),
        AugmentError::Rng(error) => (FAULT, "internal_error", error.to_string()),
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    match attempt(args) {
        Ok(code) => code,
        Err((exit, code, why)) => fail(args.json, exit, code, &[("why", &why)]),
    }
}

fn attempt(args: &Args) -> Result<ExitCode, Failure> {
    let trust = verify::anchors(&args.trust, args.config.as_deref())
        .map_err(|why| (USAGE, "trust_unreadable", why))?;
    let unreadable = |error: std::io::Error| (UNREADABLE, "file_unreadable", error.to_string());
    let source = File::open(&args.file).and_then(FileSource::new).map_err(unreadable)?;
    let client = client(&args.asking, args.tsa.as_deref())?;
    let authority = args.tsa.as_ref().map(|url| Authority::new(url, &client, &SystemRng, &SystemClock));
    let raising = Raising {
        trust: &trust,
        chain: &[],
        network: Network { fetch: &client, rng: &SystemRng },
        stamper: authority.as_ref().map(|authority| -> &dyn Stamper { authority }),
    };
    // Read before anything is copied: what is no PDF is refused at once.
    Pdf::open(&source).map_err(|error| (UNREADABLE, error.code(), error.to_string()))?;
    let mut growing = Growing::copy(&source, &args.output).map_err(unwritable)?;
    let before = raising.judge(&growing)?;
    let signed = before.report.signatures.iter().filter(|one| one.kind != "document_timestamp");
    let levels: Vec<&str> = signed.clone().map(|one| one.level.as_str()).collect();
    if levels.is_empty() || signed.clone().any(|one| one.integrity != "intact") {
        return Err((NOT_GOOD, "nothing_to_augment", before.report.indication));
    }
    if levels.iter().any(|level| matches!(*level, "B-B" | "none"))
        && !before.report.signatures.iter().any(|one| one.kind == "document_timestamp")
    {
        raising.stamp(&mut growing)?;
    }
    raising.raise(&mut growing, &args.level)?;
    growing.persist(&args.output).map_err(unwritable)?;
    if args.json {
        print_json(&serde_json::json!({
            "output": args.output.display().to_string(),
            "level": args.level,
            "warnings": [],
        }));
    } else {
        out!("{}: {}", args.output.display(), args.level);
    }
    Ok(ExitCode::from(GOOD))
}

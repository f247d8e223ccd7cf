//! Levels B-B to B-LTA, made and judged as a user would, against a PKI over HTTP; and what pyHanko says.

use crate::support::pki::{KINDS, Pki, pki};
use crate::support::{fixture_path, judges};
use std::process::{Command, Output};

const LEVELS: [&str; 4] = ["B-B", "B-T", "B-LT", "B-LTA"];

pub(super) fn chancery(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery")).args(arguments).env("LANG", "C").output().unwrap()
}

fn report(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", judges::text(output)))
}

pub(super) struct Desk {
    pub(super) pki: &'static Pki,
    pub(super) folder: tempfile::TempDir,
}

impl Desk {
    pub(super) fn new() -> Option<Self> {
        Some(Self { pki: pki()?, folder: tempfile::tempdir().unwrap() })
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn sign(&self, kind: &str, entity: &str, level: &str, to: &str, more: &[&str]) -> Output {
        let draft = fixture_path("documents/quyet-dinh.pdf");
        let (to, key) = (self.path(to), self.pki.key(kind, entity));
        let (trust, host) = (self.pki.trust(kind), self.pki.host());
        let mut words = vec!["sign", draft.to_str().unwrap(), "-o", &to, "--level", level, "--json"];
        words.extend(key.iter().map(String::as_str));
        words.extend(["--trust", &trust, "--allow-host", &host]);
        words.extend(more);
        chancery(&words)
    }

    pub(super) fn signed(&self, kind: &str, level: &str) -> String {
        let name = format!("{kind}-{level}.pdf");
        let output = self.sign(kind, "signer", level, &name, &["--tsa", &self.pki.tsa(kind)]);
        assert!(output.status.success(), "{kind} {level}: {}", judges::text(&output));
        self.path(&name)
    }

    fn verify(&self, file: &str, kind: &str, more: &[&str]) -> Output {
        let trust = self.pki.trust(kind);
        let mut words = vec!["verify", file, "--trust", &trust, "--json"];
        words.extend(more);
        chancery(&words)
    }

    fn online(&self, file: &str, kind: &str) -> Output {
        self.verify(file, kind, &["--allow-host", &self.pki.host()])
    }

    fn pyhanko(&self, file: &str, kind: &str, level: &str) {
        let root = self.pki.path(&format!("trust-{kind}/root.pem"));
        if let Some(output) = judges::run("python", &["-c", include_str!("ades.py"), file, &root, level]) {
            let said = judges::text(&output);
            assert!(said.contains("AdESPassed.OK"), "{kind} {level}: {said}");
        }
    }
}

#[test]
fn every_level_passes_here_and_by_pyhanko_for_rsa_and_ec() {
    let Some(desk) = Desk::new() else { return };
    for kind in KINDS {
        for level in LEVELS {
            let file = desk.signed(kind, level);
            let is_long_term = matches!(level, "B-LT" | "B-LTA");
            let output = if is_long_term {
                desk.verify(&file, kind, &["--offline"])
            } else {
                desk.online(&file, kind)
            };
            let found = report(&output);
            assert_eq!(output.status.code(), Some(0), "{kind} {level}: {found:#}");
            assert_eq!(found["signatures"][0]["level"], level, "{kind}");
            desk.pyhanko(&file, kind, level);
            if let Some(output) = judges::run("qpdf", &["--check", &file]) {
                let said = judges::text(&output);
                assert!(output.status.success() && !said.contains("WARNING"), "{kind} {level}: {said}");
            }
            if let Some(output) = judges::run("pdfsig", &["-nocert", &file]) {
                let said = judges::text(&output);
                assert_eq!(said.matches("Signature is Valid").count(), 1, "{kind} {level}: {said}");
            }
        }
    }
}

#[test]
fn without_evidence_and_network_nothing_is_said_to_be_good() {
    let Some(desk) = Desk::new() else { return };
    for level in ["B-B", "B-T"] {
        let file = desk.signed("ec", level);
        let output = desk.verify(&file, "ec", &["--offline"]);
        let found = report(&output);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(found["indication"], "INDETERMINATE", "{level}: {found:#}");
        assert_eq!(found["signatures"][0]["sub_indication"], "CERTIFICATE_CHAIN_GENERAL_FAILURE");
        assert_eq!(found["signatures"][0]["integrity"], "intact");
    }
}

#[test]
fn private_responders_are_not_asked_unless_named() {
    let Some(desk) = Desk::new() else { return };
    let file = desk.signed("ec", "B-B");
    let output = desk.verify(&file, "ec", &[]);
    let found = report(&output);
    assert_eq!(found["indication"], "INDETERMINATE", "{found:#}");
    let warned = found["signatures"][0]["warnings"].to_string();
    assert!(warned.contains("responder_gave_nothing"), "{found:#}");
}

#[test]
fn lists_and_responses_given_by_hand_are_used() {
    let Some(desk) = Desk::new() else { return };
    let file = desk.signed("rsa", "B-B");
    let fetch = |name: &str, to: &str| {
        let url = format!("http://{}/rsa-ca/crls/{name}/latest.crl", desk.pki.host());
        chancery::fetch::use_our_provider();
        std::fs::write(desk.path(to), reqwest::blocking::get(url).unwrap().bytes().unwrap()).unwrap();
    };
    fetch("root", "root.crl");
    fetch("interm", "interm.crl");
    let (root, interm) = (desk.path("root.crl"), desk.path("interm.crl"));
    let both = desk.verify(&file, "rsa", &["--offline", "--evidence", &root, "--evidence", &interm]);
    assert_eq!(both.status.code(), Some(0), "{}", judges::text(&both));
    let one = desk.verify(&file, "rsa", &["--offline", "--evidence", &interm]);
    assert_eq!(report(&one)["indication"], "INDETERMINATE");
}

#[test]
fn a_revoked_or_expired_certificate_does_not_sign() {
    let Some(desk) = Desk::new() else { return };
    for (entity, code) in [("revoked", "certificate_revoked"), ("expired", "certificate_expired")] {
        let output = desk.sign("rsa", entity, "B-B", "no.pdf", &[]);
        assert_eq!(output.status.code(), Some(1), "{entity}: {}", judges::text(&output));
        assert_eq!(report(&output)["error"]["code"], code);
        assert!(!std::path::Path::new(&desk.path("no.pdf")).exists());
    }
}

#[test]
fn a_signature_by_a_revoked_certificate_has_no_proof_of_existing_before() {
    let Some(desk) = Desk::new() else { return };
    // Signed where nobody could be asked: revocation is only a warning for B-B.
    let draft = fixture_path("documents/quyet-dinh.pdf");
    let (to, key, trust) = (desk.path("revoked.pdf"), desk.pki.key("rsa", "revoked"), desk.pki.trust("rsa"));
    let mut words = vec!["sign", draft.to_str().unwrap(), "-o", &to, "--trust", &trust, "--json"];
    words.extend(key.iter().map(String::as_str));
    let output = chancery(&words);
    assert!(output.status.success(), "{}", judges::text(&output));
    assert_eq!(report(&output)["warnings"].as_array().unwrap().len(), 1);
    let found = report(&desk.online(&to, "rsa"));
    assert_eq!(found["indication"], "INDETERMINATE", "{found:#}");
    assert_eq!(found["signatures"][0]["sub_indication"], "REVOKED_NO_POE");
}

#[test]
fn an_authority_that_does_not_answer_leaves_nothing_behind() {
    let Some(desk) = Desk::new() else { return };
    let output = desk.sign("ec", "signer", "B-T", "no.pdf", &["--tsa", "http://127.0.0.1:9/"]);
    assert_eq!(output.status.code(), Some(3), "{}", judges::text(&output));
    assert_eq!(report(&output)["error"]["code"], "timestamp_not_given");
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 0);
    let without = desk.sign("ec", "signer", "B-T", "no.pdf", &[]);
    assert_eq!(without.status.code(), Some(64));
}

#[test]
fn a_signed_document_is_raised_and_its_archive_time_stamp_renewed() {
    let Some(desk) = Desk::new() else { return };
    for kind in KINDS {
        let mut file = desk.signed(kind, "B-T");
        for (step, level) in ["B-LT", "B-LTA", "B-LTA"].into_iter().enumerate() {
            let to = desk.path(&format!("{kind}-{step}.pdf"));
            let (tsa, trust, host) = (desk.pki.tsa(kind), desk.pki.trust(kind), desk.pki.host());
            let words = [
                "augment",
                &file,
                "-o",
                &to,
                "--level",
                level,
                "--tsa",
                &tsa,
                "--trust",
                &trust,
                "--allow-host",
                &host,
            ];
            let output = chancery(&words);
            assert!(output.status.success(), "{kind} {level}: {}", judges::text(&output));
            assert!(std::fs::read(&to).unwrap().starts_with(&std::fs::read(&file).unwrap()));
            let judged = desk.verify(&to, kind, &["--offline"]);
            assert_eq!(judged.status.code(), Some(0), "{kind} {step}: {}", judges::text(&judged));
            assert_eq!(report(&judged)["signatures"][0]["level"], level);
            desk.pyhanko(&to, kind, level);
            file = to;
        }
    }
}

/// Signs argv[1] into argv[2] at the level argv[3], with the PKI in argv[4] at argv[5].
const SIGN: &str = r#"
import sys
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.keys import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
source, target, level, folder, host, kind = sys.argv[1:]
root = load_cert_from_pemder(f'{folder}/out-{kind}/root/root.cert.pem')
signer = signers.SimpleSigner.load(f'{folder}/keys/{kind}-signer.key.pem', f'{folder}/out-{kind}/interm/signer.cert.pem',
    ca_chain_files=[f'{folder}/out-{kind}/root/interm.cert.pem'])
stamper = timestamps.HTTPTimeStamper(f'http://{host}/{kind}-ca/tsa/tsa') if level != 'B-B' else None
long_term = level in ('B-LT', 'B-LTA')
meta = signers.PdfSignatureMetadata(field_name='Signature1', subfilter=SigSeedSubFilter.PADES, md_algorithm='sha256',
    embed_validation_info=long_term, use_pades_lta=level == 'B-LTA',
    validation_context=ValidationContext(trust_roots=[root], allow_fetching=True) if long_term else None)
with open(target, 'wb') as out:
    signers.PdfSigner(meta, signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(open(source, 'rb')), output=out)
"#;

#[test]
fn what_pyhanko_signs_passes_at_every_level() {
    let Some(desk) = Desk::new() else { return };
    let draft = fixture_path("documents/quyet-dinh.pdf");
    for kind in KINDS {
        for level in LEVELS {
            let to = desk.path(&format!("pyhanko-{kind}-{level}.pdf"));
            let folder = desk.pki.folder.to_str().unwrap();
            let words = ["-c", SIGN, draft.to_str().unwrap(), &to, level, folder, &desk.pki.host(), kind];
            let Some(output) = judges::run("python", &words) else { return };
            assert!(output.status.success(), "{}", judges::text(&output));
            let is_long_term = matches!(level, "B-LT" | "B-LTA");
            let output =
                if is_long_term { desk.verify(&to, kind, &["--offline"]) } else { desk.online(&to, kind) };
            let found = report(&output);
            assert_eq!(output.status.code(), Some(0), "{kind} {level}: {found:#}");
            assert_eq!(found["signatures"][0]["level"], level, "{kind}");
        }
    }
}

#[test]
fn without_trust_named_the_store_of_the_settings_is_used() {
    let Some(desk) = Desk::new() else { return };
    let (file, trust) = (desk.signed("ec", "B-LT"), desk.pki.trust("ec"));
    let settings = desk.path("chancery.toml");
    std::fs::write(&settings, format!("[law]\ntrust = {trust:?}\n")).unwrap();
    let by = |words: &[&str], variable: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command.args(["verify", &file, "--json", "--offline"]).args(words).current_dir(desk.folder.path());
        command.envs(variable.map(|value| ("CHANCERY__LAW__TRUST", value))).output().unwrap()
    };
    assert_eq!(by(&[], None).status.code(), Some(1), "no anchors at all");
    assert_eq!(by(&["--config", &settings], None).status.code(), Some(0));
    assert_eq!(by(&[], Some(&trust)).status.code(), Some(0));
    // What is named goes before.
    assert_eq!(by(&["--config", &settings, "--trust", &desk.pki.trust("rsa")], None).status.code(), Some(1));
}

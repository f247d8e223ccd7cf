//! Documents signed by pyHanko, judged here; and ours judged by it.

use super::journey::{PYHANKO, at, field_names, prepared, verdict};
use crate::support::{TestKeys, fixture, fixture_path, judges};
use chancery::pdf::writer::RevisionWriter;
use chancery::pdf::{Object, Pdf};
use chancery::pki::issue::{self, Authority, NewKey};
use chancery::pki::{Certificate, TrustStore};
use chancery::signature::report::{Indication, Report};
use chancery::signature::validate::{Policy, validate};
use chancery::signature::{changes::Class, fields, prepare};
use std::path::Path;

/// Checks that pyHanko calls every signature of a file valid.
pub fn accepted_by_pyhanko(name: &str, file: &[u8], root: &Certificate, signatures: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("file.pdf"), file).unwrap();
    std::fs::write(path("root.pem"), issue::certificate_pem(root)).unwrap();
    let args = ["-c", PYHANKO, &path("file.pdf"), &path("root.pem")];
    if let Some(output) = judges::run("python", &args) {
        let said = judges::text(&output);
        assert!(output.status.success(), "{name}: {said}");
        assert_eq!(said.matches("bottom_line=True").count(), signatures, "{name}: {said}");
    }
}

/// Signs argv[1] into argv[2] with the key and certificate in argv[3] and argv[4], as the words after say.
pub const SIGN: &str = r#"
import sys
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, fields
from pyhanko.sign.fields import SigSeedSubFilter, SigFieldSpec, MDPPerm, FieldMDPSpec, FieldMDPAction
from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko_certvalidator.registry import SimpleCertificateStore
source, target, key, cert, *words = sys.argv[1:]
signer = signers.SimpleSigner(signing_cert=load_cert_from_pemder(cert),
    signing_key=load_private_key_from_pemder(key, passphrase=None),
    cert_registry=SimpleCertificateStore(), prefer_pss='pss' in words)
md = next((word for word in words if word.startswith('sha')), 'sha256')
sub = SigSeedSubFilter.ADOBE_PKCS7_DETACHED if 'adobe' in words else SigSeedSubFilter.PADES
name = next((word[6:] for word in words if word.startswith('field=')), 'Signature1')
writer = IncrementalPdfFileWriter(open(source, 'rb'))
kwargs = {}
if 'visible' in words:
    kwargs['new_field_spec'] = SigFieldSpec(name, box=(430, 800, 580, 830))
if 'lock' in words:
    kwargs['new_field_spec'] = SigFieldSpec(name, field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL))
meta = signers.PdfSignatureMetadata(field_name=name, subfilter=sub, md_algorithm=md,
    certify='certify' in words, docmdp_permissions=MDPPerm.NO_CHANGES if 'closed' in words else MDPPerm.FILL_FORMS)
with open(target, 'wb') as out:
    signers.PdfSigner(meta, signer, **kwargs).sign_pdf(writer, output=out)
"#;

pub struct Signer {
    pub authority: Authority,
    pub folder: tempfile::TempDir,
}

impl Signer {
    pub fn new(kind: NewKey) -> Self {
        let authority = Authority::new("Root", (2020, 2060)).unwrap();
        let made = authority.issue("Người ký khác", "Cơ quan khác", kind, (2024, 2040)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut pkcs8 = made.pkcs8.to_vec();
        if kind == NewKey::Ed25519 {
            // Without the public key beside it, which Python's cryptography doesn't take (RFC 8410, 7).
            let seed = pkcs8[16..48].to_vec();
            pkcs8 = [&hex::decode("302e020100300506032b657004220420").unwrap()[..], &seed].concat();
        }
        std::fs::write(folder.path().join("key.pem"), issue::pem("PRIVATE KEY", &pkcs8)).unwrap();
        let certificate = issue::certificate_pem(&made.certificate);
        std::fs::write(folder.path().join("cert.pem"), certificate).unwrap();
        Self { authority, folder }
    }

    /// The file signed by pyHanko; none when it isn't there.
    pub fn sign(&self, source: &Path, words: &[&str]) -> Option<Vec<u8>> {
        let path = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (target, key, cert) = (path("signed.pdf"), path("key.pem"), path("cert.pem"));
        let mut args = vec!["-c", SIGN, source.to_str().unwrap(), &target, &key, &cert];
        args.extend(words);
        let output = judges::run("python", &args)?;
        assert!(output.status.success(), "{words:?}: {}", judges::text(&output));
        Some(std::fs::read(&target).unwrap())
    }

    pub fn judge(&self, file: &[u8]) -> Report {
        let trust = TrustStore::new(vec![self.authority.root().clone()]);
        // pyHanko signs at the time of the machine.
        validate(&file.to_vec(), &Policy { trust, at: at().max(chrono::Utc::now()) }).unwrap()
    }
}

#[test]
fn what_pyhanko_signs_passes_here() {
    let draft = fixture_path("documents/quyet-dinh.pdf");
    let (rsa, ec) = (Signer::new(NewKey::Rsa2048), Signer::new(NewKey::P256));
    let cases: [(&Signer, &[&str], &str); 8] = [
        (&rsa, &[], "B-B"),
        (&rsa, &["pss"], "B-B"),
        (&rsa, &["sha512"], "B-B"),
        (&rsa, &["adobe"], "none"),
        (&ec, &["visible"], "B-B"),
        (&ec, &["sha384"], "B-B"),
        (&ec, &["certify"], "B-B"),
        (&ec, &["certify", "closed"], "B-B"),
    ];
    for (signer, words, level) in cases {
        let Some(signed) = signer.sign(&draft, words) else { return };
        let report = signer.judge(&signed);
        assert_eq!(report.indication, "TOTAL-PASSED", "{words:?}: {report:#?}");
        let found = &report.signatures[0];
        assert_eq!((found.level.as_str(), found.integrity.as_str()), (level, "intact"), "{words:?}");
        assert!(found.covers.whole_file, "{words:?}");
        assert_eq!(found.permission.docmdp.is_some(), words.contains(&"certify"), "{words:?}");
        // One bit of the page's content, and it is no longer what was signed.
        let mut altered = signed.clone();
        let at = altered.windows(6).position(|window| window == b"stream").unwrap() + 40;
        altered[at] ^= 1;
        let policy =
            Policy { trust: TrustStore::new(vec![signer.authority.root().clone()]), at: chrono::Utc::now() };
        let passes = validate(&altered, &policy).is_ok_and(|report| report.indication == "TOTAL-PASSED");
        assert!(!passes, "{words:?}");
    }
}

#[test]
fn a_second_signature_by_pyhanko_leaves_the_first_valid() {
    let signer = Signer::new(NewKey::P256);
    let draft = fixture_path("documents/quyet-dinh.pdf");
    let Some(first) = signer.sign(&draft, &["field=First"]) else { return };
    let once = signer.folder.path().join("once.pdf");
    std::fs::write(&once, first).unwrap();
    for words in [["field=Second", "visible"], ["field=Second", "adobe"]] {
        let Some(second) = signer.sign(&once, &words) else { return };
        let report = signer.judge(&second);
        assert_eq!(report.indication, "TOTAL-PASSED", "{words:?}: {report:#?}");
        assert_eq!(report.signatures[0].changes_after, Class::FormFilling);
        assert_eq!(report.signatures[0].covers.revision + 1, report.signatures[1].covers.revision);
    }
}

#[test]
fn prepared_fields_signed_by_pyhanko_pass_and_their_lock_holds() {
    let signer = Signer::new(NewKey::P256);
    let (file, _) = prepared(&fixture("documents/quyet-dinh.pdf"));
    let path = signer.folder.path().join("prepared.pdf");
    std::fs::write(&path, &file).unwrap();
    let field = format!("field={}", prepare::AGENCY);
    let Some(signed) = signer.sign(&path, &[&field]) else { return };
    let report = signer.judge(&signed);
    assert_eq!(report.indication, "TOTAL-PASSED", "{report:#?}");
    let locked = report.signatures[0].permission.fieldmdp.clone().unwrap();
    assert!(locked.contains(&"number".to_owned()), "{locked:?}");
    assert!(field_names(&signed).contains(&"number".to_owned()));
    let filled = filled_number(&signed, "07");
    assert_eq!(signer.judge(&filled).signatures[0].reasons[0].code, "forbidden_change");
}

/// The number filled in, in a revision of its own, by nobody who signs.
fn filled_number(file: &[u8], text: &str) -> Vec<u8> {
    use chancery::signature::fill::{Fill, fill};
    let file = file.to_vec();
    let pdf = Pdf::open(&file).unwrap();
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    fill(&mut writer, &[Fill { field: "number".to_owned(), text: text.to_owned() }]).unwrap();
    [file.as_slice(), &writer.finish([3; 16]).unwrap().bytes].concat()
}

#[test]
fn a_number_filled_after_the_last_signature_is_told() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let (file, _) = prepared(&fixture("documents/quyet-dinh.pdf"));
    let personal =
        super::journey::signed(&file, prepare::PERSONAL, &keys.person, &[], "images/signature.png");
    let report = verdict(&filled_number(&personal, "07"), &keys);
    let warned = |report: &Report| {
        report.signatures[0].warnings.iter().any(|w| w.code == "fields_filled_after_last_signature")
    };
    assert!(warned(&report), "{report:#?}");
    assert!(!warned(&verdict(&personal, &keys)));
}

#[test]
fn a_signature_taken_away_is_told_and_nothing_passes() {
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let (_, _, sealed) = super::journey::sealed(&fixture("documents/quyet-dinh.pdf"), &keys);
    for name in [prepare::AGENCY, prepare::PERSONAL] {
        let pdf = Pdf::open(&sealed).unwrap();
        let all = fields::all(&pdf, pdf.newest()).unwrap();
        let found = all.into_iter().find(|field| field.name == name).unwrap();
        // As the field was before it was signed.
        let before = pdf.resolve(found.reference, 1).unwrap();
        assert!(before.as_dictionary().unwrap().get("V").is_none());
        let mut writer = RevisionWriter::new(&pdf).unwrap();
        writer.put(found.reference, &before);
        let bytes = [sealed.as_slice(), &writer.finish([5; 16]).unwrap().bytes].concat();
        let report = verdict(&bytes, &keys);
        assert_eq!(report.indication, "TOTAL-FAILED", "{name}");
        let removed = report.signatures.iter().find(|signature| signature.field == name).unwrap();
        assert!(removed.reasons.iter().any(|reason| reason.code == "signature_removed"), "{removed:#?}");
    }
}

#[test]
fn a_lock_of_the_field_binds_though_the_signature_does_not_repeat_it() {
    // Desktop programs sign a prepared field without writing its lock into the signature.
    let keys = TestKeys::new(NewKey::P256, NewKey::P256);
    let (file, _) = prepared(&fixture("documents/quyet-dinh.pdf"));
    let pdf = Pdf::open(&file).unwrap();
    let all = fields::all(&pdf, pdf.newest()).unwrap();
    let agency = all.into_iter().find(|field| field.name == prepare::AGENCY).unwrap();
    let Object::Dictionary(lock) = pdf.get(&agency.dictionary, "Lock", pdf.newest()).unwrap() else {
        panic!()
    };
    // The same lock under a name our signing doesn't look for, then put back under its own.
    let mut writer = RevisionWriter::new(&pdf).unwrap();
    let mut bare = agency.dictionary.clone();
    bare.set("Lock", Object::Null);
    writer.put(agency.reference, &Object::Dictionary(bare));
    let bare = [file.as_slice(), &writer.finish([6; 16]).unwrap().bytes].concat();
    let signed = super::journey::signed(&bare, prepare::AGENCY, &keys.agency, &[], "images/seal.png");
    let pdf = Pdf::open(&signed).unwrap();
    let dictionary = pdf.resolve(agency.reference, pdf.newest()).unwrap();
    let mut field = dictionary.as_dictionary().unwrap().clone();
    field.set("Lock", Object::Dictionary(lock));
    let signature = pdf.get(&field, "V", pdf.newest()).unwrap();
    let revision = pdf.newest();
    assert!(
        chancery::signature::permission::fieldmdp(&pdf, signature.as_dictionary().unwrap(), revision)
            .unwrap()
            .is_none()
    );
    let (own, level) = chancery::signature::permission::field_lock(&pdf, &field, revision).unwrap();
    assert!(own.unwrap().covers("number") && level.is_none());
    let indications: Vec<Indication> =
        verdict(&signed, &keys).signatures.iter().map(|s| s.indication).collect();
    assert_eq!(indications, [Indication::Passed], "without any lock");
}

//! A verdict in the making: the first failure decides, and what failed goes before what is only
//! unknown (EN 319 102-1, 5.1.3 and 5.3).

use super::cms::CmsError;
use super::report::{Indication, SignatureReport, Statement};
use crate::messages::message;

/// What was found so far: the first failure decides, integrity before everything that is only unknown. Of what is
/// unknown the block that comes first in the basic process decides (EN 319 102-1, 5.3).
#[derive(Debug, Default)]
pub(super) struct Verdict {
    failed: Option<&'static str>,
    /// With the place of its block.
    indeterminate: Option<(u8, &'static str)>,
    reasons: Vec<Statement>,
    warnings: Vec<Statement>,
}

pub(super) fn statement(code: &str) -> Statement {
    Statement { code: code.to_owned(), message: message(code, &[]), sub_indication: None }
}

/// The place of a doubt's block in the basic process: identification of the certificate (5.2.3), cryptography (5.2.7;
/// what it can't verify stops it), the certificate's path (5.2.6), its purpose, attributes, algorithms (5.2.8).
fn block(sub: &str, code: &str) -> u8 {
    match (sub, code) {
        ("NO_SIGNING_CERTIFICATE_FOUND", _) => 0,
        (_, "algorithm_unsupported" | "digest_unsupported") => 1,
        ("CHAIN_CONSTRAINTS_FAILURE", _) => 3,
        ("SIG_CONSTRAINTS_FAILURE" | "TIMESTAMP_ORDER_FAILURE", _) => 4,
        ("CRYPTO_CONSTRAINTS_FAILURE" | "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", _) => 5,
        _ => 2,
    }
}

impl Verdict {
    pub(super) fn fail(&mut self, sub: &'static str, code: &str) {
        self.failed.get_or_insert(sub);
        self.reasons.push(Statement { sub_indication: Some(sub), ..statement(code) });
    }

    pub(super) fn doubt(&mut self, sub: &'static str, code: &str) {
        if self.indeterminate.is_none_or(|known| block(sub, code) < known.0) {
            self.indeterminate = Some((block(sub, code), sub));
        }
        self.reasons.push(Statement { sub_indication: Some(sub), ..statement(code) });
    }

    /// Whether anything failed, whatever is only unknown.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    pub(super) fn warn(&mut self, code: &str) {
        self.warnings.push(statement(code));
    }

    pub(super) fn cms(&mut self, error: &CmsError) {
        self.fail(
            "FORMAT_FAILURE",
            match error {
                CmsError::Signers(_) => "cms_signers",
                CmsError::Attribute(_) => "cms_attribute",
                CmsError::NotSignedData | CmsError::Der(_) | CmsError::Limit => "cms_unreadable",
            },
        );
    }

    pub(super) fn write(self, report: &mut SignatureReport) {
        let (indication, sub) = match (self.failed, self.indeterminate) {
            (Some(sub), _) => (Indication::Failed, Some(sub)),
            (None, Some((_, sub))) => (Indication::Indeterminate, Some(sub)),
            (None, None) => (Indication::Passed, None),
        };
        report.indication = indication;
        report.sub_indication = sub.map(str::to_owned);
        report.reasons = self.reasons;
        report.warnings = self.warnings;
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::signature::detached::blank;

    /// EN 319 102-1, 5.3: the status of the path is returned before what acceptance would say.
    #[test]
    fn of_what_is_unknown_the_first_block_of_the_process_decides() {
        let decided = |doubts: &[(&'static str, &str)]| {
            let mut verdict = Verdict::default();
            doubts.iter().for_each(|(sub, code)| verdict.doubt(sub, code));
            let mut report = blank("", "", chrono::DateTime::UNIX_EPOCH);
            verdict.write(&mut report);
            report.sub_indication
        };
        let weak = ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "algorithm_weak");
        let time = ("SIG_CONSTRAINTS_FAILURE", "signing_time_outside_validity");
        let path = ("NO_CERTIFICATE_CHAIN_FOUND", "no_path_to_anchor");
        let name = ("NO_SIGNING_CERTIFICATE_FOUND", "signing_certificate_mismatch");
        assert_eq!(decided(&[weak, time]).as_deref(), Some("SIG_CONSTRAINTS_FAILURE"));
        assert_eq!(decided(&[weak, time, path]).as_deref(), Some("NO_CERTIFICATE_CHAIN_FOUND"));
        assert_eq!(decided(&[weak, path, name]).as_deref(), Some("NO_SIGNING_CERTIFICATE_FOUND"));
    }

    use crate::messages::{Language, has};

    /// Every code a verdict, a refusal or a finding gives, from the sources that give them.
    #[test]
    fn every_reason_has_a_text_in_both_languages() {
        let sources = [
            include_str!("validate.rs"),
            include_str!("acceptance.rs"),
            include_str!("chain.rs"),
            include_str!("detached.rs"),
            include_str!("earlier.rs"),
            include_str!("process.rs"),
            include_str!("verdict.rs"),
            include_str!("sign.rs"),
            include_str!("../pki/path.rs"),
            include_str!("../pki/policies.rs"),
            include_str!("../pdf/reader.rs"),
            include_str!("../pdf/error.rs"),
            include_str!("../cli/sign.rs"),
            include_str!("../cli/augment.rs"),
            include_str!("../cli/verify.rs"),
        ];
        let given = regex::Regex::new(
            r#"(?s)(?:fail|doubt)\(\s*"[A-Z_]+",\s*"(\w+)"|warn\("(\w+)"|statement\("(\w+)"|Unfit\("(\w+)"|(?:broken|Err\()\("([a-z]+_[a-z_]+)"|code: "(\w+)"|=> "(\w+_\w+)"|(?:NOT_GOOD|USAGE|UNREADABLE|FAULT), "(\w+)""#,
        )
        .unwrap();
        let mut count = 0;
        for source in sources {
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            for found in given.captures_iter(source) {
                let code = found.iter().skip(1).flatten().next().unwrap().as_str();
                count += 1;
                assert!(has(code, Language::Vi) && has(code, Language::En), "{code} has no text");
            }
        }
        assert!(count > 80, "only {count} codes were found");
    }
}

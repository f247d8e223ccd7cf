//! Repair of a DOCX: what findings say, and nothing else.
//!
//! Rule by rule: a change is planned by the rule's measure, made by place in the XML, and judged. It
//! stays only when the rule then has fewer findings, no other rule has more, and no text is lost; what
//! would break one rule for another is left to people, with advice. So a second repair finds nothing
//! to do. Changes under review (`w:ins`, `w:del`) stay what they are. Parts that aren't changed keep
//! their bytes; a signed package is refused.

mod alike;
mod looks;
mod package;
mod plan;
pub mod report;
mod settings;
mod sheets;
mod splice;
mod text;
mod words;

use super::docx::{self, DocxError, Texts};
use super::facts::Facts;
use super::layout::Layout;
use super::report::{DocumentFacts, FileFacts, Finding, Report};
use super::{FormatError, Kind};
use crate::messages::message;
use crate::profile::{Measure, Part, Profile, Rule, Severity};
use plan::{Case, Why};
use report::{Advice, Done, Left, Repair};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Bytes of a main part that is repaired: it is read again for every rule that is broken, and the largest met has
/// 6.7 MB.
const LARGEST: usize = 12 << 20;
/// Passes over the rules: what a later rule's repair makes room for is tried again.
const PASSES: usize = 4;

/// Why a file isn't repaired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// It can't be read at all.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Only a DOCX is repaired: what a PDF shows was made elsewhere.
    #[error("a PDF isn't repaired; repair the DOCX it was made from")]
    Pdf,
    /// A changed package would lose its signature.
    #[error("the package is signed")]
    Signed,
    /// The package can't be read or copied.
    #[error(transparent)]
    Docx(#[from] DocxError),
}

impl RepairError {
    /// The stable code of the message for people.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format(error) => error.code(),
            Self::Pdf => "repair_of_pdf",
            Self::Signed => "repair_of_signed",
            Self::Docx(error) => FormatError::Docx(error.clone()).code(),
        }
    }
}

/// A DOCX opened for repair.
#[derive(Debug)]
pub struct Draft {
    bytes: Vec<u8>,
    texts: Texts,
    facts: Facts,
}

impl Draft {
    /// Opens a file.
    ///
    /// # Errors
    /// [`RepairError`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, RepairError> {
        match Kind::of(&bytes) {
            Kind::OldDoc => return Err(FormatError::OldDoc.into()),
            Kind::Unknown => return Err(FormatError::Unknown.into()),
            Kind::Pdf => return Err(RepairError::Pdf),
            Kind::Docx => {}
        }
        let mut package = docx::open(Cursor::new(bytes.as_slice()))?;
        if package::is_signed(&package) {
            return Err(RepairError::Signed);
        }
        let (texts, facts) = Texts::open(&mut package)?;
        if texts.of(&texts.main).len() > LARGEST {
            return Err(DocxError::Limit("size of a part that is repaired").into());
        }
        Ok(Self { bytes, texts, facts })
    }

    /// What the document says of itself.
    #[must_use]
    pub fn document(&self, profile: &Profile) -> DocumentFacts {
        Layout::find(&self.facts, profile).document
    }

    /// Repairs what can be, and gives the bytes of the file made: those given when nothing was.
    ///
    /// # Errors
    /// [`RepairError`].
    pub fn repair(self, profile: &Profile) -> Result<(Vec<u8>, Repair), RepairError> {
        let Self { bytes, texts, facts } = self;
        let file = file_facts(&bytes);
        let mut work = Work::new(texts.clone(), facts, profile);
        if work.report.scope.applies {
            for _ in 0..PASSES {
                if !work.pass() {
                    break;
                }
            }
        }
        let replaced = work.texts.changed(&texts);
        let changed = !replaced.is_empty();
        let made = if changed {
            package::copy(&mut docx::open(Cursor::new(bytes.as_slice()))?, &replaced)?
        } else {
            bytes
        };
        let Work { report, done, left, .. } = work;
        let repair = Repair {
            file,
            output: file_facts(&made),
            profile: report.profile,
            scope: report.scope,
            changed,
            conforms: report.conforms,
            done,
            left: report.findings.into_iter().map(|finding| leave(finding, &left)).collect(),
            not_checked: report.not_checked,
        };
        Ok((made, repair))
    }
}

fn leave(finding: Finding, left: &BTreeMap<String, Why>) -> Left {
    // What must only be there is no example of how to write it.
    let absent = finding.expected == message("format_word_present", &[]).vi;
    let why = left.get(&finding.rule).copied().unwrap_or(Why::ByHand);
    let code = if absent { "repair_left_absent" } else { why.code() };
    let message = message(code, &[("expected", &finding.expected)]);
    Left { finding, advice: Advice { code: code.to_owned(), message } }
}

fn file_facts(bytes: &[u8]) -> FileFacts {
    let sha256 = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes));
    FileFacts { sha256, kind: "docx".to_owned() }
}

/// The report on facts of texts that are no file yet.
fn judged(facts: &Facts, profile: &Profile) -> Report {
    super::judge(FileFacts { sha256: String::new(), kind: "docx".to_owned() }, facts, profile)
}

/// A repair in progress.
struct Work<'p> {
    texts: Texts,
    facts: Facts,
    report: Report,
    profile: &'p Profile,
    done: Vec<Done>,
    /// Why the findings of a rule were left.
    left: BTreeMap<String, Why>,
}

impl<'p> Work<'p> {
    fn new(texts: Texts, facts: Facts, profile: &'p Profile) -> Self {
        let report = judged(&facts, profile);
        Self { texts, facts, report, profile, done: Vec::new(), left: BTreeMap::new() }
    }

    /// Tries every rule once; whether any repair stayed.
    fn pass(&mut self) -> bool {
        let mut any = false;
        for rule in &self.profile.rules {
            let findings: Vec<Finding> =
                self.report.findings.iter().filter(|finding| finding.rule == rule.id).cloned().collect();
            if findings.is_empty() {
                continue;
            }
            match self.attempt(rule, &findings) {
                Ok(()) => any = true,
                Err(why) => {
                    self.left.insert(rule.id.clone(), why);
                }
            }
        }
        any
    }

    fn attempt(&mut self, rule: &Rule, findings: &[Finding]) -> Result<(), Why> {
        if !rule.repairable {
            let legacy = matches!(rule.measure, Measure::LegacyFonts { .. });
            return Err(if legacy { Why::Legacy } else { Why::ByHand });
        }
        let names = self.names(rule);
        let mut refused = None;
        for way in 0.. {
            let Some(planned) = self.planned(rule, findings, &names, way) else { break };
            match planned.and_then(|texts| self.judged(rule, texts)) {
                Ok((texts, facts, report)) => {
                    self.take(rule, findings, texts, facts, report);
                    return Ok(());
                }
                // Why the first way isn't one tells most.
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        Err(refused.unwrap_or(Why::Unclear))
    }

    /// The parts of the package in which a rule's findings are answered. Numbers of pages stand in headers, the
    /// usual one and those of first and even pages, and all of them are written alike.
    fn names(&self, rule: &Rule) -> BTreeSet<String> {
        let numbers = matches!(
            rule.measure,
            Measure::PageNumberPlace
                | Measure::PartSize { part: Part::PageNumber, .. }
                | Measure::PartWeight { part: Part::PageNumber, .. }
                | Measure::PartSlant { part: Part::PageNumber, .. }
        );
        if !numbers {
            return BTreeSet::from([self.texts.main.clone()]);
        }
        let at = self.facts.numbers.iter().filter_map(|number| number.line.at.as_ref());
        at.map(|at| at.part.clone()).collect()
    }

    /// The texts with a rule's findings answered in each of these parts that has something to be changed.
    fn planned(
        &self,
        rule: &Rule,
        findings: &[Finding],
        names: &BTreeSet<String>,
        way: usize,
    ) -> Option<Result<Texts, Why>> {
        let (mut made, mut refused) = (None, None);
        for name in names {
            let source: &Texts = made.as_ref().unwrap_or(&self.texts);
            let planned =
                Case::open(source, &self.facts, self.profile, name, |case| case.plan(rule, findings, way))?;
            match planned {
                Ok(texts) => made = Some(texts),
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        Some(made.ok_or(refused.unwrap_or(Why::Missing)))
    }

    /// The facts of changed texts and the report on them, if they are for the better.
    fn judged(&self, rule: &Rule, texts: Texts) -> Result<(Texts, Facts, Report), Why> {
        let facts = texts.facts().map_err(|_| Why::Unclear)?;
        let report = judged(&facts, self.profile);
        self.holds(rule, &texts, &facts, &report)?;
        Ok((texts, facts, report))
    }

    fn take(&mut self, rule: &Rule, findings: &[Finding], texts: Texts, facts: Facts, report: Report) {
        // What is there no more was corrected.
        let still: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == rule.id).collect();
        let of = |finding: &Finding| Done {
            rule: rule.id.clone(),
            basis: rule.basis.clone(),
            at: finding.at.clone(),
            expected: finding.expected.clone(),
            found: finding.found.clone(),
            message: finding.message.clone(),
        };
        for finding in findings {
            if !still.iter().any(|left| left.at == finding.at && left.found == finding.found) {
                self.done.push(of(finding));
            }
        }
        // What was mended along with it, and what wasn't shown of many alike.
        if let Some(first) = findings.first() {
            let (before, after) =
                (Layout::find(&self.facts, self.profile), Layout::find(&facts, self.profile));
            for (at, found) in alike::changed(&rule.measure, &before, &after) {
                if !findings.iter().any(|finding| finding.at == at) {
                    self.done.push(Done { at, found, ..of(first) });
                }
            }
        }
        self.left.remove(&rule.id);
        (self.texts, self.facts, self.report) = (texts, facts, report);
    }

    /// Whether a change is one for the better only.
    fn holds(&self, rule: &Rule, texts: &Texts, facts: &Facts, report: &Report) -> Result<(), Why> {
        let count =
            |report: &Report, id: &str| report.findings.iter().filter(|finding| finding.rule == id).count();
        let unjudged = |report: &Report, id: &str| report.not_checked.iter().any(|one| one.rule == id);
        let sheet = |rule: &Rule| {
            matches!(
                rule.measure,
                Measure::Paper { .. } | Measure::Orientation { .. } | Measure::Margin { .. }
            )
        };
        if count(report, &rule.id) >= count(&self.report, &rule.id) || !report.scope.applies {
            return Err(Why::Unclear);
        }
        for other in &self.profile.rules {
            // Margins of a sheet that was turned are only judged now.
            let revealed = sheet(rule) && sheet(other) && other.id != rule.id;
            let worse = count(report, &other.id) > count(&self.report, &other.id)
                || (unjudged(report, &other.id) && !unjudged(&self.report, &other.id));
            // A warning may come of an error's correction: the line under a text that was too short, say.
            let lighter = rule.severity == Severity::Error && other.severity != Severity::Error;
            if worse && !revealed && !lighter {
                return Err(Why::Mixed);
            }
        }
        let read = |facts: &Facts| -> Vec<String> {
            facts.lines.iter().map(|line| text::letters(&line.text)).collect()
        };
        let (now, before) = (read(facts), read(&self.facts));
        // A text of the state's that was misspelt is another now; nothing else is.
        let reworded = match rule.measure {
            Measure::FixedText { .. } => count(&self.report, &rule.id),
            _ => 0,
        };
        let other = now.iter().zip(&before).filter(|(now, before)| now != before).count();
        let kept = reworded > 0 || text::all(texts.of(&texts.main)) == text::all(self.texts.of(&texts.main));
        if now.len() == before.len() && other <= reworded && kept { Ok(()) } else { Err(Why::Unclear) }
    }
}

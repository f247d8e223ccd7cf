//! What format checks found, counted by rule: the statistics of an agency and its units.

use super::rows::VersionId;
use super::schema::{components, documents, format_findings, versions};
use crate::format::report::Report;
use crate::profile::{Profile, Severity};
use crate::store::{self, AnyConnection, Scope, Unit};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The row of a version that says how bad its worst finding is.
const WHOLE: &str = "*";

/// A rule's findings in one version.
#[derive(Debug, Insertable)]
#[diesel(table_name = format_findings)]
struct Row {
    version_id: VersionId,
    agency_id: store::AgencyId,
    drafting_unit: String,
    rule: String,
    severity: String,
    findings: i32,
    checked_at: NaiveDateTime,
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Counts a report that was just made, in place of an earlier count of the same version.
pub(super) fn count(
    unit: &mut Unit<'_>,
    scope: &Scope,
    version: &VersionId,
    report: &Report,
) -> Result<(), store::Error> {
    let drafting_unit: Option<Option<String>> = versions::table
        .inner_join(components::table.inner_join(documents::table))
        .filter(versions::id.eq(version))
        .filter(versions::agency_id.eq(scope.agency()))
        .select(documents::drafting_unit)
        .first(unit.connection())
        .optional()?;
    let drafting_unit = drafting_unit.flatten().unwrap_or_default();
    diesel::delete(format_findings::table.filter(format_findings::version_id.eq(version)))
        .execute(unit.connection())?;
    let mut rules: BTreeMap<&str, (&'static str, i32)> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(finding.rule.as_str()).or_insert((word(finding.severity), 0)).1 += 1;
    }
    let worst = ["error", "warning", "info"]
        .into_iter()
        .find(|severity| rules.values().any(|(found, _)| found == severity))
        .unwrap_or("none");
    rules.insert(WHOLE, (worst, 0));
    let checked_at = unit.now_stored();
    for (rule, (severity, findings)) in rules {
        let row = Row {
            version_id: version.clone(),
            agency_id: scope.agency().clone(),
            drafting_unit: drafting_unit.clone(),
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            findings,
            checked_at,
        };
        diesel::insert_into(format_findings::table).values(&row).execute(unit.connection())?;
    }
    Ok(())
}

/// What format checks found in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormatStatistics {
    /// Files judged: each draft, each revision of it.
    pub checked: i64,
    /// Those without an error.
    pub without_error: i64,
    /// Rules with findings, most files first.
    pub rules: Vec<RuleCount>,
    /// The same by drafting unit, by its abbreviation; empty for files of none.
    pub units: Vec<UnitCount>,
}

/// The findings of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: String,
    /// The clause; null for a rule the profile doesn't have any more.
    pub basis: Option<String>,
    /// What is wrong; null likewise.
    pub message: Option<crate::messages::Message>,
    /// Files it was found in.
    pub files: i64,
    /// How often altogether.
    pub findings: i64,
}

/// What was found in a unit's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitCount {
    /// The unit's abbreviation.
    pub unit: String,
    /// Files judged.
    pub checked: i64,
    /// Those without an error.
    pub without_error: i64,
    /// Findings.
    pub findings: i64,
}

/// Counts what was found from one instant to before another, in one unit or all.
///
/// # Errors
/// When the database fails.
pub fn statistics(
    c: &mut AnyConnection,
    scope: &Scope,
    profile: &Profile,
    (from, before): (NaiveDateTime, NaiveDateTime),
    unit: Option<&str>,
) -> Result<FormatStatistics, store::Error> {
    let groups: Vec<(String, String, String, i64, Option<i64>)> = format_findings::table
        .filter(format_findings::agency_id.eq(scope.agency()))
        .filter(format_findings::checked_at.ge(from))
        .filter(format_findings::checked_at.lt(before))
        .group_by((format_findings::drafting_unit, format_findings::rule, format_findings::severity))
        .select((
            format_findings::drafting_unit,
            format_findings::rule,
            format_findings::severity,
            diesel::dsl::count(format_findings::version_id),
            diesel::dsl::sum(format_findings::findings),
        ))
        .load(c)?;
    let mut units: BTreeMap<String, UnitCount> = BTreeMap::new();
    let mut rules: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    let (mut checked, mut without_error) = (0, 0);
    for (of_unit, rule, severity, files, findings) in groups {
        if unit.is_some_and(|unit| unit != of_unit) {
            continue;
        }
        let findings = findings.unwrap_or(0);
        let entry = units.entry(of_unit.clone()).or_insert(UnitCount {
            unit: of_unit,
            checked: 0,
            without_error: 0,
            findings: 0,
        });
        if rule == WHOLE {
            let good = if severity == "error" { 0 } else { files };
            (entry.checked, entry.without_error) = (entry.checked + files, entry.without_error + good);
            (checked, without_error) = (checked + files, without_error + good);
        } else {
            entry.findings += findings;
            let total = rules.entry((rule, severity)).or_default();
            *total = (total.0 + files, total.1 + findings);
        }
    }
    let mut rules: Vec<RuleCount> = rules
        .into_iter()
        .map(|((rule, severity), (files, findings))| {
            let known = profile.rules.iter().find(|known| known.id == rule);
            RuleCount {
                basis: known.map(|known| known.basis.clone()),
                message: known.map(|known| known.message.clone()),
                rule,
                severity,
                files,
                findings,
            }
        })
        .collect();
    rules.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.rule.cmp(&b.rule)));
    Ok(FormatStatistics { checked, without_error, rules, units: units.into_values().collect() })
}

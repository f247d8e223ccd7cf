//! Reports of an agency: what format checks found, by rule and by unit, in a period.

use super::Service;
use super::caller::{Caller, perm};
use super::problem::{Problem, ProblemBody};
use crate::registry::findings::{self, FormatStatistics};
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Longest abbreviation of a unit, in characters.
const UNIT_LENGTH: usize = 20;

/// The period and unit of a report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodQuery {
    /// The first day; the first of this year when absent.
    pub from: Option<NaiveDate>,
    /// The last day; today when absent.
    pub to: Option<NaiveDate>,
    /// Only this drafting unit, by its abbreviation.
    #[param(max_length = 20)]
    pub unit: Option<String>,
}

/// What format checks found in a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormatReportOfPeriod {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The unit asked for.
    pub unit: Option<String>,
    /// The counts.
    #[serde(flatten)]
    pub statistics: FormatStatistics,
}

/// Findings of format checks by rule and unit.
#[utoipa::path(get, path = "/api/v1/reports/format", tag = "reports", operation_id = "get_format_statistics", params(PeriodQuery),
    responses((status = 200, body = FormatReportOfPeriod), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
pub async fn format(
    caller: Caller<perm::Report>,
    service: Data<Service>,
    query: Query<PeriodQuery>,
) -> Result<HttpResponse, Problem> {
    let PeriodQuery { from, to, unit } = query.into_inner();
    if unit.as_ref().is_some_and(|unit| unit.chars().count() > UNIT_LENGTH) {
        return Err(Problem::field("/unit", "text_invalid"));
    }
    let today = service.desk.today();
    let from = from.or_else(|| NaiveDate::from_ymd_opt(today.year(), 1, 1)).unwrap_or(today);
    let to = to.unwrap_or(today);
    if to < from {
        return Err(Problem::field("/to", "period_ends_before_it_begins"));
    }
    let begins = |day: NaiveDate| -> Option<NaiveDateTime> {
        // Days begin where the agency is.
        let local = service.desk.zone.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?;
        Some(local.naive_utc())
    };
    let outside = || Problem::field("/from", "query_invalid");
    let begin = begins(from).ok_or_else(outside)?;
    let end = to.checked_add_signed(TimeDelta::days(1)).and_then(begins).ok_or_else(outside)?;
    let (scope, profile, wanted) = (caller.acting.scope.clone(), service.desk.profile.clone(), unit.clone());
    let statistics = service
        .desk
        .database
        .read(move |c| findings::statistics(c, &scope, &profile, (begin, end), wanted.as_deref()))
        .await?;
    Ok(HttpResponse::Ok().json(FormatReportOfPeriod { from, to, unit, statistics }))
}

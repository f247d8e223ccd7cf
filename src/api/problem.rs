//! Refusals and failures as problems (RFC 9457): a stable code, a title in the caller's language, and
//! a page that explains. Never a cause, a path or a statement.

use super::accept::choose_language;
use crate::messages::{Language, has, message};
use crate::registry;
use crate::store;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::cell::Cell;
use utoipa::ToSchema;

thread_local! {
    /// The language of the request being answered on this thread; set anew before each answer.
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::Vi) };
}

/// Notes the language the caller asks for.
pub fn set_language(headers: &HeaderMap) {
    LANGUAGE.with(|language| language.set(language_of(headers)));
}

/// English when it is asked for before Vietnamese, else Vietnamese.
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Language {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    match choose_language(wanted, &["vi", "en"]) {
        Some("en") => Language::En,
        _ => Language::Vi,
    }
}

/// A problem.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    args: Vec<(&'static str, String)>,
    errors: Vec<Wrong>,
    retry_after: Option<u32>,
}

/// A field that is wrong, and what was expected there.
#[derive(Debug, Clone)]
struct Wrong {
    pointer: String,
    code: &'static str,
    why: String,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Where it is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in the caller's language.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// Fields that are wrong.
    pub errors: Vec<FieldProblem>,
}

/// A field that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// What is wrong, in the caller's language.
    pub message: String,
}

impl Problem {
    /// A problem by status and code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, args: Vec::new(), errors: Vec::new(), retry_after: None }
    }

    /// Something of ours failed.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
    }

    /// A field is wrong.
    #[must_use]
    pub fn field(pointer: &str, code: &'static str) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "request_invalid");
        problem.errors.push(Wrong { pointer: pointer.to_owned(), code, why: String::new() });
        problem
    }

    /// A field is wrong, and this is what was expected there.
    #[must_use]
    pub fn field_because(pointer: &str, code: &'static str, why: String) -> Self {
        let mut problem = Self::field(pointer, code);
        problem.errors.iter_mut().for_each(|wrong| wrong.why.clone_from(&why));
        problem
    }

    /// With what the message names.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// With the seconds after which trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The first wrong field: pointer, code, what was expected.
    #[must_use]
    pub fn first_field(&self) -> Option<(&str, &'static str, &str)> {
        self.errors.first().map(|wrong| (wrong.pointer.as_str(), wrong.code, wrong.why.as_str()))
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Whether it is the caller's doing: what an event tells of.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.status.is_client_error()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let language = LANGUAGE.with(Cell::get);
        let args: Vec<(&str, &str)> = self.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let text = |code: &str, args: &[(&str, &str)]| message(code, args).in_language(language).to_owned();
        let body = ProblemBody {
            kind: format!("/problems/{}", self.code),
            title: text(self.code, &args),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            errors: self
                .errors
                .iter()
                .map(|wrong| FieldProblem {
                    pointer: wrong.pointer.clone(),
                    code: wrong.code.to_owned(),
                    message: text(wrong.code, &[("why", &wrong.why)]),
                })
                .collect(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header(("retry-after", seconds.to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("www-authenticate", "Bearer"));
        }
        let text = serde_json::to_string(&body).unwrap_or_default();
        response.insert_header(("content-type", "application/problem+json")).body(text)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match &error {
            store::Error::Conflict => Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile"),
            store::Error::Overloaded => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded").retry_after(1)
            }
            busy if busy.is_busy() || busy.is_connection_lost() || busy.is_serialization_failure() => {
                tracing::error!(%error, "the database is held too long");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded").retry_after(2)
            }
            store::Error::Connection(_) => {
                tracing::error!(%error, "the database did not answer");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded").retry_after(2)
            }
            _ => {
                tracing::error!(%error, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<registry::Error> for Problem {
    fn from(error: registry::Error) -> Self {
        use registry::Error;
        match error {
            Error::NotFound(what) => Self::new(StatusCode::NOT_FOUND, "not_found").arg("what", what),
            Error::Stale => Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile"),
            Error::IllegalTransition { state, act } => Self::new(StatusCode::CONFLICT, "illegal_transition")
                .arg("state", state.as_str())
                .arg("act", act.as_str()),
            Error::Refused { code, args } => Self { args, ..Self::new(StatusCode::CONFLICT, code) },
            Error::Forbidden { code } => Self::new(StatusCode::FORBIDDEN, code),
            Error::Gone { code } => Self::new(StatusCode::GONE, code),
            Error::Unprocessable { code, args } => {
                Self { args, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code) }
            }
            Error::Unavailable { code } => Self::new(StatusCode::SERVICE_UNAVAILABLE, code).retry_after(30),
            Error::Store(error) => error.into(),
        }
    }
}

/// The page that explains a code; none for codes there aren't.
#[must_use]
pub fn page(code: &str) -> Option<String> {
    let known = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !known || !has(code, Language::Vi) {
        return None;
    }
    let text = message(code, &[]);
    Some(format!(
        "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>{code}</title><h1><code>{code}</code></h1><p>{}</p><p lang=\"en\">{}</p></html>",
        text.vi, text.en
    ))
}

/// A header's value as text.
#[must_use]
pub fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(HeaderValue::to_str).and_then(Result::ok)
}

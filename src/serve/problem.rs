//! What went wrong, told to programs: RFC 9457 problem details.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::Refused;
use crate::serve::gateway::NotRun;
use crate::serve::parameters::{Fault, FaultKind};

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request has no answer (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem: an address that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/api#bad-parameter", format = "uri-reference")]
    kind: String,
    /// The kind in words; the same for all problems of its kind.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong this time.
    detail: String,
    /// The parameter at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// Where in the parameter's value the fault is: characters before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

/// A kind of problem: its name in addresses, its title, its status, and what it means.
pub(crate) struct Kind {
    /// Last part of the problem's type.
    pub(crate) name: &'static str,
    /// Title in English.
    pub(crate) title: &'static str,
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// What it means, in Chinese, for the page that lists all kinds.
    pub(crate) meaning: &'static str,
}

macro_rules! kinds {
    ($($constant:ident: $status:ident, $name:literal, $title:literal, $meaning:literal;)*) => {
        $(pub(crate) const $constant: Kind =
            Kind { name: $name, title: $title, status: StatusCode::$status, meaning: $meaning };)*
        /// Every kind of problem.
        pub(crate) const KINDS: &[&Kind] = &[$(&$constant),*];
    };
}

kinds! {
    UNKNOWN_PARAMETER: BAD_REQUEST, "unknown-parameter", "Unknown parameter", "参数名称不存在";
    BAD_PARAMETER: BAD_REQUEST, "bad-parameter", "Bad parameter", "参数的值无法使用，或单值参数重复出现";
    BAD_QUERY: BAD_REQUEST, "bad-query", "Bad query", "检索式有语法错误";
    LIMIT: BAD_REQUEST, "limit", "Limit exceeded", "超出限制，detail 说明是哪一项";
    NOT_FOUND: NOT_FOUND, "not-found", "Not found", "没有这个文件或地址";
    METHOD: METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", "只接受 GET 和 HEAD 请求";
    OVERLOADED: SERVICE_UNAVAILABLE, "overloaded", "Overloaded", "请求过多，请稍后再试";
    TOO_SLOW: SERVICE_UNAVAILABLE, "too-slow", "Too slow", "超过时限，请简化检索式后再试";
    INTERNAL: INTERNAL_SERVER_ERROR, "internal", "Internal error", "服务器内部错误";
}

impl Problem {
    /// A problem of a kind.
    pub(crate) fn new(kind: &Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/api#{}", kind.name),
            title: kind.title,
            status: kind.status.as_u16(),
            detail: detail.into(),
            parameter: None,
            position: None,
        }
    }

    /// A problem of our own making: its cause is logged, not told.
    pub(crate) fn internal(cause: &anyhow::Error) -> Self {
        tracing::error!(error = format!("{cause:#}"), "request failed");
        Self::new(&INTERNAL, "the server could not answer; its log says why")
    }

    /// The same problem, naming the parameter at fault.
    pub(crate) fn at_parameter(self, parameter: &str) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..self }
    }

    fn about(parameter: &str, kind: &Kind, detail: String) -> Self {
        Self::new(kind, detail).at_parameter(parameter)
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let kind = match fault.kind {
            FaultKind::Unknown => &UNKNOWN_PARAMETER,
            FaultKind::Value => &BAD_PARAMETER,
            FaultKind::Limit => &LIMIT,
        };
        let parameter = Some(fault.parameter).filter(|name| !name.is_empty());
        Self { parameter, ..Self::new(kind, fault.detail) }
    }
}

impl From<NotRun> for Problem {
    fn from(not_run: NotRun) -> Self {
        match not_run {
            NotRun::Overloaded => {
                Self::new(&OVERLOADED, "too many requests at once; try again in a moment")
            }
            NotRun::Panicked(_) => Self::internal(&not_run.into()),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::TooLong { .. }
            | Refused::TooManyLeaves { .. }
            | Refused::TooManyWords { .. }
            | Refused::TooDeep => Self::about("q", &LIMIT, detail),
            Refused::Syntax { at, .. } => {
                Self { position: Some(at), ..Self::about("q", &BAD_QUERY, detail) }
            }
            Refused::Filter { facet, .. } => Self::about(facet, &BAD_PARAMETER, detail),
            Refused::TooFar => Self::about("page", &LIMIT, detail),
            Refused::Deadline => Self::about("q", &TOO_SLOW, detail),
            Refused::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        add_retry_after(&mut response);
        response
    }
}

/// Says when to come back, where coming back helps.
pub(crate) fn add_retry_after(response: &mut Response) {
    const RETRY_AFTER: HeaderName = header::RETRY_AFTER;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
    }
}

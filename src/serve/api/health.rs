//! `GET /healthz`.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::serve::api::{Answered, json};
use crate::serve::app::App;
use crate::serve::library::{Health, Library};
use crate::serve::problem::Problem;

/// Say how the service is.
///
/// Answers 200 while questions are answered, even when something is wrong; `status` and `reasons` tell.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "health",
    tag = "service",
    responses(
        (status = 200, description = "How the service is", body = HealthAnswer),
        (status = 500, description = "The server failed",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn healthz(State(app): State<Arc<App>>) -> Answered {
    let health = app.blocking(Library::health).await?;
    json(&HealthAnswer::from(health))
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HealthAnswer {
    /// `ok`, or `degraded` when something is wrong.
    status: HealthStatus,
    /// Documents that can be found.
    documents: u64,
    /// The index generation that serves; null when there is none.
    index_generation: Option<String>,
    /// What is wrong.
    reasons: Vec<String>,
}

/// Whether all is well.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum HealthStatus {
    Ok,
    Degraded,
}

impl From<Health> for HealthAnswer {
    fn from(health: Health) -> Self {
        let well = health.reasons.is_empty();
        Self {
            status: if well { HealthStatus::Ok } else { HealthStatus::Degraded },
            documents: health.documents,
            index_generation: health.index_generation,
            reasons: health.reasons,
        }
    }
}

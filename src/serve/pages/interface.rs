//! `GET /api`: the description of the interface, for eyes.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use minijinja::context;
use serde_json::Value;

use crate::serve::api;
use crate::serve::app::App;
use crate::serve::problem::KINDS;

/// Every address of the interface with its parameters and answers, read from its description.
pub(super) async fn interface(State(app): State<Arc<App>>) -> Response {
    let description = serde_json::to_value(api::description()).unwrap_or_default();
    let paths = description["paths"].as_object().cloned().unwrap_or_default();
    let operations: Vec<_> =
        paths.iter().map(|(path, item)| operation(path, &item["get"])).collect();
    let problems: Vec<_> = KINDS
        .iter()
        .map(|kind| {
            context! { name => kind.name, status => kind.status.as_u16(), title => kind.title,
            meaning => kind.meaning }
        })
        .collect();
    app.pages.page("interface.html", context! { q => "", operations, problems })
}

fn operation(path: &str, operation: &Value) -> minijinja::Value {
    let parameter = |parameter: &Value| {
        context! {
            name => text(&parameter["name"]),
            is_required => parameter["required"] == true,
            is_repeatable => parameter["schema"]["type"] == "array",
            description => spans(text(&parameter["description"])),
        }
    };
    let parameters: Vec<_> =
        operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let responses: Vec<_> = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, response)| {
            context! { status, description => spans(text(&response["description"])) }
        })
        .collect();
    context! {
        path,
        id => text(&operation["operationId"]),
        summary => text(&operation["summary"]),
        description => spans(text(&operation["description"])),
        parameters,
        responses,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Text with code between backticks, piece by piece; code is marked.
fn spans(text: &str) -> Vec<minijinja::Value> {
    let span = |(at, text)| context! { text, code => at % 2 == 1 };
    text.split('`').enumerate().map(span).collect()
}

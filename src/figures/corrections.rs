//! What a curator says a figure is, laid over what was read.

use crate::figures::metrics::Metrics;
use crate::model::{Amount, Correction, Figure, Method, Place, ReportFigures};

/// Lays a correction over a figure: the value is the curator's, what was read stays visible.
///
/// A figure that was not read is added where its id is in the metric list. Checks are about what was read and stay as
/// they are. Tells whether there is such a figure.
pub fn correct(
    report: &mut ReportFigures,
    metric: &str,
    value: Option<Amount>,
    said: Correction,
) -> bool {
    if let Some(figure) = report.figures.iter_mut().find(|figure| figure.metric == metric) {
        let read = match &figure.correction {
            Some(earlier) => earlier.read,
            None => figure.value,
        };
        figure.value = value;
        figure.correction = Some(Correction { read, ..said });
        return true;
    }
    let Some(known) = Metrics::built_in().get(metric) else { return false };
    report.figures.push(Figure {
        // The id of a class has its label; the list has one line for all of them.
        metric: metric.to_owned(),
        correction: Some(Correction { read: None, ..said }),
        ..known.figure(value, Method::Cell, "", &Place::Text)
    });
    true
}

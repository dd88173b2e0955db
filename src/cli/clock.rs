//! The only clock: every other part is told what time it is.

use crate::model::Moment;

/// The moment of the call.
pub(crate) fn now() -> Moment {
    Moment::now()
}

//! Lists of people who receive something: withheld when their time is over, given back when the settings allow more.

use crate::catalogue::Catalogue;
use crate::cli::say;
use crate::config::Privacy;
use crate::model::{DocumentId, Moment, Status, china_day};

/// Withholds every list of recipients whose time is over at that moment, and gives those back whose time is not;
/// `otherwise` is the status a document has that nothing else withholds.
pub(crate) fn apply(
    catalogue: &Catalogue,
    privacy: &Privacy,
    moment: Moment,
    otherwise: impl Fn(&DocumentId) -> anyhow::Result<Status>,
) -> anyhow::Result<()> {
    let today = china_day(moment).first_day();
    let (mut over, mut back) = (0, 0);
    for (id, since, status) in catalogue.recipient_lists()? {
        let is_over = privacy.list_days().is_some_and(|days| since + i64::from(days) < today);
        if is_over && status != Status::Withheld {
            over += usize::from(catalogue.set_status(&id, Status::Withheld)?);
        } else if !is_over && status == Status::Withheld {
            back += usize::from(catalogue.set_status(&id, otherwise(&id)?)?);
        }
    }
    if (over, back) != (0, 0) {
        say(format_args!(
            "lists of recipients: {over} withheld, their time is over; {back} given back"
        ));
    }
    Ok(())
}

//! What of published personal data is shown on: `[privacy]` of `crawler-config/defaults.toml`.

use std::time::Duration;

use crate::config::{
    reader::Reader,
    value::{duration, flag, or_off},
};

/// What is hidden, and for how long lists of recipients are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Whether personal data is hidden in what is searched, shown and exported.
    pub hide_personal: bool,
    /// How long a list of recipients is shown after its date, whole days; `None`: for ever.
    pub recipient_lists: Option<Duration>,
}

impl Privacy {
    /// How many days a list of recipients is shown.
    pub fn list_days(&self) -> Option<u16> {
        let shown = self.recipient_lists?;
        Some(u16::try_from(shown.as_secs() / 86_400).unwrap_or(u16::MAX))
    }

    pub(super) fn read(&mut self, file: &mut Reader<'_>) {
        file.set("hide_personal", &mut self.hide_personal, &flag());
        let days = Duration::from_hours(24)..=Duration::from_hours(24 * 36_500);
        file.set("recipient_lists", &mut self.recipient_lists, &or_off(duration(days)));
    }
}

//! `gongkai kiosk`: the touch-screen pages and nothing else.

use crate::cli::serve::{Service, Serving, serve_alone};
use crate::cli::{Exit, Globals};

/// Serve the pages of the reading room's touch screen, and nothing else.
///
/// They need no network, link to no other site, offer no files and forget each visitor. Show them in a browser without
/// bars, such as `chromium --kiosk --incognito http://127.0.0.1:8600/kiosk`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    service: Service,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    serve_alone(globals, &args.service, Serving::Kiosk)
}

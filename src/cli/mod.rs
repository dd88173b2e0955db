//! One file per command; the only joiner of parts, the only clock and stdout.
//!
//! **In:** a command line. **Out:** an exit code, text for people, files under the data folder.
//! **Never:** judgement of its own: a command wires parts together and says what happened.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

mod agency;
mod archive;
mod audit;
mod backup;
mod check;
mod clock;
mod compare;
mod coverage;
mod crawl;
mod curated;
mod demo;
mod diff;
mod eval;
mod expire;
mod explain;
mod export;
mod extract;
mod facts;
mod figures;
mod files;
mod gauge;
mod health;
mod heirs;
mod import;
mod index;
mod keeper;
mod kiosk;
mod ledger;
mod waiting;
mod library;
mod log;
mod other_ways;
mod output;
mod pages;
mod portal;
mod probe;
mod progress;
mod proof;
mod read_file;
mod registrar;
mod relations;
mod repeats;
mod roster;
mod run;
mod reasons;
mod search;
mod serve;
mod signal;
mod standing;
mod store;
mod similar;
mod suggest;
mod tables;
mod takedown;
mod update;
mod verify;
mod withdraw;

pub(crate) use output::{note, say};

/// Full-text search engine and archive for published Chinese government information.
#[derive(Debug, Parser)]
#[command(name = "gongkai", version, about, after_help = EXIT_CODES, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    /// Which log lines to print, such as `debug` or `warn,gongkai::crawl=debug`; `GONGKAI_LOG` in the environment says the same
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands, before or after its name.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Globals {
    /// Folder of everything harvested: archive, catalogue, index
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Folder of the curated crawler settings; `index/` beside it holds dictionary, categories and ranking.
    /// A folder that is not there stands for the copy inside the program
    #[arg(long, global = true, value_name = "DIR", default_value = "crawler-config")]
    pub(crate) config: PathBuf,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed; the message says at what
  2    a mistake on the command line or in a curated file
  3    another gongkai writes to this data folder
  4    damage found (verify), a rule broken (crawl --audit), a difference (eval truth)
  5    a source ails (health)
  130  stopped by Ctrl-C; the same command goes on where it was";

/// How a command ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is done.
    Done,
    /// Curated files or arguments have mistakes, which were listed.
    Mistakes,
    /// Another process holds the data folder.
    Busy,
    /// The archive is damaged, a rule was broken, or an answer differs from a plain scan, which was described.
    Damaged,
    /// A source went silent, lost a field or went stale, which was described.
    Ailing,
    /// Stopped by Ctrl-C.
    Stopped,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Mistakes => 2,
            Exit::Busy => 3,
            Exit::Damaged => 4,
            Exit::Ailing => 5,
            Exit::Stopped => 130,
        })
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Check(check::Args),
    Crawl(crawl::Args),
    Extract(extract::Args),
    Import(import::Args),
    Index(index::Args),
    Portal(portal::Args),
    Probe(probe::Args),
    /// Crawl what is due, extract what is new, index what changed: what a cron job runs
    Update(update::Args),
    Repeats(repeats::Args),
    Search(search::Args),
    Similar(similar::Args),
    Suggest(suggest::Args),
    Explain(explain::Args),
    Export(export::Args),
    Figures(figures::Args),
    Compare(compare::Args),
    Coverage(coverage::Args),
    Ledger(ledger::Args),
    Diff(diff::Args),
    Eval(eval::Args),
    Verify(verify::Args),
    #[command(subcommand)]
    Archive(archive::Task),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Serve(serve::Args),
    Kiosk(kiosk::Args),
    Health(health::Args),
    #[command(hide = true)]
    ReadFile(read_file::Args),
    Pages(pages::Args),
    Run(run::Args),
    Takedown(takedown::Args),
    Agency(agency::Args),
}

/// Runs the program: reads the command line, runs the command, prints the first error with its causes.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let is_service = matches!(cli.command, Command::Run(_) | Command::Serve(_) | Command::Kiosk(_));
    if let Err(mistake) = log::begin(cli.log.as_deref(), is_service) {
        note(mistake);
        return Exit::Mistakes.into();
    }
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            note(format_args!("gongkai: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let globals = &cli.globals;
    match &cli.command {
        Command::Agency(args) => Ok(agency::run(globals, args)),
        Command::Archive(task) => archive::run(globals, task),
        Command::Backup(args) => backup::backup(globals, args),
        Command::Restore(args) => backup::restore(globals, args),
        Command::Check(args) => check::run(globals, args),
        Command::Crawl(args) => crawl::run(globals, args),
        Command::Extract(args) => extract::run(globals, args),
        Command::Health(args) => health::run(globals, args),
        Command::Import(args) => import::run(globals, args),
        Command::Index(args) => index::run(globals, args),
        Command::Update(args) => update::run(globals, args),
        Command::Demo(args) => demo::run(globals, args),
        Command::Diff(args) => diff::run(globals, args),
        Command::Eval(args) => eval::run(globals, args),
        Command::Explain(args) => explain::run(globals, args),
        Command::Export(args) => export::run(globals, args),
        Command::Figures(args) => figures::run(globals, args),
        Command::Compare(args) => compare::run(globals, args),
        Command::Coverage(args) => coverage::run(globals, args),
        Command::Kiosk(args) => kiosk::run(globals, args),
        Command::Ledger(args) => ledger::run(globals, args),
        Command::ReadFile(args) => read_file::run(args),
        Command::Run(args) => run::run(globals, args),
        Command::Pages(args) => pages::run(globals, args),
        Command::Portal(args) => portal::run(globals, args),
        Command::Probe(args) => probe::run(globals, args),
        Command::Repeats(args) => repeats::run(globals, args),
        Command::Search(args) => search::run(globals, args),
        Command::Similar(args) => similar::run(globals, args),
        Command::Suggest(args) => suggest::run(globals, args),
        Command::Serve(args) => serve::run(globals, args),
        Command::Takedown(args) => takedown::run(globals, args),
        Command::Verify(args) => verify::run(globals, args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

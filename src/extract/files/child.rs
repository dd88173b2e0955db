//! Files are read in a process of their own, which the system bounds in memory and time.
//!
//! The program starts itself anew for each file (`gongkai read-file`), hands the bytes over on standard input and
//! takes the answer from standard output: one line that names the kind, one with all that was read. A file that
//! costs too much ends that process, and is an error of that file alone.

use std::{
    io::{self, Read, Write},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::extract::files;
use crate::model::{FileKind, FileText};

/// What one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Address space of the process, in bytes.
    pub memory: u64,
    /// Time on the processor, in seconds.
    pub cpu: u64,
    /// Time by the clock.
    pub wall: Duration,
    /// Longest answer, in bytes.
    pub answer: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, cpu: 60, wall: Duration::from_mins(2), answer: 64 << 20 }
    }
}

/// Stack of the thread that reads; nesting of files is bounded, this is for the crates that parse them.
const STACK: usize = 64 << 20;
/// So much of what a dying process says is looked at.
const LAST_WORDS: u64 = 4096;

/// Reads a file in a process of its own; `program` is this program.
///
/// # Errors
///
/// When the process cannot be started. What is wrong with the file is in the answer.
pub fn read(program: &Path, bytes: &[u8], limits: &Limits) -> io::Result<FileText> {
    let mut child = Command::new(program)
        .arg("read-file")
        .args(["--memory", &limits.memory.to_string(), "--cpu", &limits.cpu.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (send, receive) = mpsc::channel();
    let longest = limits.answer;
    thread::scope(|scope| {
        scope.spawn(move || {
            // A process that has died does not listen.
            let _died = input.map(|mut input| input.write_all(bytes));
        });
        let last_words = scope.spawn(move || {
            let mut said = Vec::new();
            let _until_it_ends = errors.map(|errors| {
                let mut errors = errors;
                let kept = errors.by_ref().take(LAST_WORDS).read_to_end(&mut said);
                kept.and_then(|_| io::copy(&mut errors, &mut io::sink()))
            });
            String::from_utf8_lossy(&said).into_owned()
        });
        scope.spawn(move || {
            let mut answer = Vec::new();
            let _until_it_ends =
                output.map(|output| output.take(longest + 1).read_to_end(&mut answer));
            let _gone = send.send(answer);
        });
        let answer = receive.recv_timeout(limits.wall);
        let in_time = answer.is_ok();
        if !in_time {
            child.kill()?;
        }
        // What it said before it was killed names the kind.
        let answer = answer.or_else(|_| receive.recv()).unwrap_or_default();
        if answer.len() as u64 > longest {
            child.kill()?;
        }
        let status = child.wait()?;
        let last_words = last_words.join().unwrap_or_default();
        Ok(judge(&answer, longest, in_time, status, &last_words))
    })
}

/// What came of it.
fn judge(
    answer: &[u8],
    longest: u64,
    in_time: bool,
    status: ExitStatus,
    last_words: &str,
) -> FileText {
    let mut lines = answer.split(|byte| *byte == b'\n');
    let kind = lines.next().and_then(|line| serde_json::from_slice(line).ok());
    if let (true, Some(line)) = (status.success(), lines.next())
        && let Ok(file) = serde_json::from_slice(line)
    {
        return file;
    }
    let why = if !in_time
        || died_of(status, &["SIGXCPU", "SIGKILL"]) && answer.len() as u64 <= longest
    {
        "reading it took too long"
    } else if answer.len() as u64 > longest {
        "its text is too long"
    } else if last_words.contains("memory allocation") || last_words.contains("Cannot allocate") {
        "reading it took too much memory"
    } else {
        "reading it failed: the reader crashed"
    };
    FileText::error(kind.unwrap_or(FileKind::Unknown), why)
}

#[cfg(unix)]
fn died_of(status: ExitStatus, signals: &[&str]) -> bool {
    use std::os::unix::process::ExitStatusExt as _;

    use rustix::process::Signal;
    let known = [("SIGXCPU", Signal::XCPU), ("SIGKILL", Signal::KILL)];
    let of = |name: &&str| known.iter().find(|(known, _)| known == name).map(|(_, s)| s.as_raw());
    signals.iter().any(|name| status.signal().is_some() && status.signal() == of(name))
}

#[cfg(not(unix))]
fn died_of(_: ExitStatus, _: &[&str]) -> bool {
    false
}

/// The other side: bounds this process, reads a file from `input` and answers on `output`.
///
/// # Errors
///
/// When the limits cannot be set, or the two ends are closed.
pub fn answer(
    mut input: impl Read,
    mut output: impl Write,
    memory: u64,
    cpu: u64,
) -> anyhow::Result<()> {
    bound(memory, cpu)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    // Whoever asked is told the kind even when the rest kills us.
    serde_json::to_writer(&mut output, &files::kind_of(&bytes))?;
    output.write_all(b"\n")?;
    output.flush()?;
    let reader = thread::Builder::new().stack_size(STACK).spawn(move || files::read(&bytes))?;
    let file = reader.join().map_err(|_| anyhow::anyhow!("the reader panicked"))?;
    serde_json::to_writer(&mut output, &file)?;
    Ok(output.flush()?)
}

/// Limits that the system keeps for this process from now on: memory, time on the processor, no files, no core.
#[cfg(unix)]
fn bound(memory: u64, cpu: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let set = |resource, current, maximum| {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })
    };
    set(Resource::Core, 0, 0)?;
    set(Resource::Fsize, 0, 0)?;
    set(Resource::Cpu, cpu, cpu + 1)?;
    Ok(set(Resource::As, memory, memory)?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail")]
fn bound(_: u64, _: u64) -> io::Result<()> {
    Ok(())
}

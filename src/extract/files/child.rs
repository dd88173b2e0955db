//! Files are read in processes of their own, which the system bounds in memory and time.
//!
//! The program starts itself anew (`gongkai read-file`), hands the bytes of a file over on standard input and takes the
//! answer from standard output: one line that names the kind, one with all that was read. A file that costs too much
//! ends that process, and is an error of that file alone. As starting a process costs more than reading most files,
//! [`Readers`] give one that has read well the next file too.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{self, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde::Serialize;

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

/// A process reads no more files than this …
const FILES: usize = 256;
/// … nor more bytes …
const BYTES: usize = 32 << 20;
/// … nor for longer, by the clock: then what its memory has come to, and its time on the processor, start anew.
const BUSY: Duration = Duration::from_secs(5);

/// Reads a file in a process of its own; `program` is this program.
///
/// # Errors
///
/// When the process cannot be started. What is wrong with the file is in the answer.
pub fn read(program: &Path, bytes: &[u8], limits: &Limits) -> io::Result<FileText> {
    Child::start(program, limits)?.read(bytes).map(Outcome::into_text)
}

/// Processes that read one file after the other, as many at a time as there are callers.
///
/// What comes out is the same as from [`read`]: a failure counts only from a process that has read nothing before, so a
/// file that fails in another is read again in a new one, and one that ended a process has no part in the next.
pub struct Readers {
    program: PathBuf,
    limits: Limits,
    idle: Mutex<Vec<Child>>,
}

impl Readers {
    /// No process is started yet; `program` is this program.
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, idle: Mutex::default() }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When a process cannot be started. What is wrong with the file is in the answer.
    pub fn read(&self, bytes: &[u8]) -> io::Result<FileText> {
        let used = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(used) = used
            && let Ok(Outcome::Read(file)) = self.read_with(used, bytes)
        {
            return Ok(file);
        }
        let fresh = Child::start(&self.program, &self.limits)?;
        self.read_with(fresh, bytes).map(Outcome::into_text)
    }

    fn read_with(&self, mut child: Child, bytes: &[u8]) -> io::Result<Outcome> {
        let outcome = child.read(bytes)?;
        if matches!(outcome, Outcome::Read(_)) && child.may_go_on() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        }
        Ok(outcome)
    }
}

/// What came of handing a file to a process.
enum Outcome {
    /// It answered, and waits for the next.
    Read(FileText),
    /// It is gone, with this to say of the file.
    Ended(FileText),
}

impl Outcome {
    fn into_text(self) -> FileText {
        match self {
            Self::Read(file) | Self::Ended(file) => file,
        }
    }
}

/// A process that reads files.
struct Child {
    process: process::Child,
    /// `None` once nothing more is asked of it.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Listens to what it says before it dies.
    last_words: Option<JoinHandle<String>>,
    limits: Limits,
    files: usize,
    bytes: usize,
    busy: Duration,
}

impl Child {
    fn start(program: &Path, limits: &Limits) -> io::Result<Self> {
        let mut process = Command::new(program)
            .arg("read-file")
            .args(["--memory", &limits.memory.to_string(), "--cpu", &limits.cpu.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (input, errors) = (process.stdin.take(), process.stderr.take());
        let output = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let last_words = thread::spawn(move || {
            let mut said = Vec::new();
            let _until_it_ends = errors.map(|mut errors| {
                let kept = errors.by_ref().take(LAST_WORDS).read_to_end(&mut said);
                kept.and_then(|_| io::copy(&mut errors, &mut io::sink()))
            });
            String::from_utf8_lossy(&said).into_owned()
        });
        Ok(Self {
            process,
            input,
            output: BufReader::new(output),
            last_words: Some(last_words),
            limits: *limits,
            files: 0,
            bytes: 0,
            busy: Duration::ZERO,
        })
    }

    /// Whether it may have one more file.
    fn may_go_on(&self) -> bool {
        self.files < FILES && self.bytes < BYTES && self.busy < BUSY
    }

    fn read(&mut self, bytes: &[u8]) -> io::Result<Outcome> {
        let begun = Instant::now();
        let (send, receive) = mpsc::channel();
        let Limits { wall, answer: longest, .. } = self.limits;
        let Self { process, input, output, .. } = self;
        let (answer, in_time) = thread::scope(|scope| {
            scope.spawn(move || {
                // A process that has died does not listen.
                let _died = input.as_mut().map(|input| hand_over(input, bytes));
            });
            scope.spawn(move || {
                let _gone = send.send(listen(output, longest));
            });
            let answer = receive.recv_timeout(wall);
            let in_time = answer.is_ok();
            if !in_time {
                process.kill()?;
            }
            // What it said before it was killed names the kind.
            let answer = answer.or_else(|_| receive.recv()).unwrap_or_default();
            if answer.len() as u64 > longest {
                process.kill()?;
            }
            io::Result::Ok((answer, in_time))
        })?;
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes.len()).saturating_add(answer.len());
        self.busy += begun.elapsed();
        if in_time
            && answer.len() as u64 <= longest
            && let Some(file) = whole(&answer)
        {
            return Ok(Outcome::Read(file));
        }
        let (status, last_words) = self.end()?;
        Ok(Outcome::Ended(judge(&answer, longest, in_time, status, &last_words)))
    }

    /// Waits for its end: one that is not killed ends when nothing more is asked of it.
    fn end(&mut self) -> io::Result<(ExitStatus, String)> {
        drop(self.input.take());
        let status = self.process.wait()?;
        let last_words = self.last_words.take().and_then(|listening| listening.join().ok());
        Ok((status, last_words.unwrap_or_default()))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It has ended already, or has nothing to do.
        let _ended = self.process.kill();
        let _status = self.end();
    }
}

/// Hands a file to the process: its length in eight bytes, then its bytes.
fn hand_over(input: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    input.write_all(&(bytes.len() as u64).to_le_bytes())?;
    input.write_all(bytes)?;
    input.flush()
}

/// The two lines of an answer, or what there is of them; one that is too long is left at that.
fn listen(output: &mut impl BufRead, longest: u64) -> Vec<u8> {
    let (mut answer, mut output) = (Vec::new(), output.take(longest + 1));
    for _line in 0..2 {
        let _until_it_ends = output.read_until(b'\n', &mut answer);
    }
    answer
}

/// What an answer says that is there to its end.
fn whole(answer: &[u8]) -> Option<FileText> {
    let line = answer.strip_suffix(b"\n")?.split(|byte| *byte == b'\n').nth(1)?;
    serde_json::from_slice(line).ok()
}

/// What is wrong with a file whose process gave no answer.
fn judge(
    answer: &[u8],
    longest: u64,
    in_time: bool,
    status: ExitStatus,
    last_words: &str,
) -> FileText {
    let kind = answer.split(|byte| *byte == b'\n').next();
    let kind = kind.and_then(|line| serde_json::from_slice(line).ok());
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

/// The other side: bounds this process, then reads one file after the other from `input` and answers on `output`, until
/// there are no more.
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
    while let Some(bytes) = next(&mut input)? {
        // Whoever asked is told the kind even when the rest kills us.
        put_line(&mut output, &files::kind_of(&bytes))?;
        let reader = thread::Builder::new().stack_size(STACK).spawn(move || files::read(&bytes))?;
        let file = reader.join().map_err(|_| anyhow::anyhow!("the reader panicked"))?;
        put_line(&mut output, &file)?;
    }
    Ok(())
}

/// The next file; `None`: nothing more is asked.
fn next(input: &mut impl Read) -> anyhow::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 == length, "the file breaks off");
    Ok(Some(bytes))
}

fn put_line(output: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *output, value)?;
    output.write_all(b"\n")?;
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

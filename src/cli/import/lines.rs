//! The lines of a file, plain or gzip, none longer than the memory that is meant for it.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use flate2::bufread::MultiGzDecoder;

/// The most bytes of one line.
const LONGEST: u64 = 64 << 20;

/// One line that is not blank.
pub(super) struct Line {
    /// 1 for the first of the file.
    pub(super) number: u64,
    /// Its text, or why there is none.
    pub(super) text: Result<String, String>,
}

/// The lines of a file.
pub(super) struct Lines {
    file: PathBuf,
    input: Box<dyn BufRead>,
    number: u64,
    longest: u64,
    ended: bool,
}

impl Lines {
    /// Opens a file; what is in it decides whether it is gzip, not its name.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let mut input = BufReader::with_capacity(1 << 16, File::open(path).with_context(cannot)?);
        let is_gzip = input.fill_buf().with_context(cannot)?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead> = if is_gzip {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(Self { file: path.to_owned(), input, number: 0, longest: LONGEST, ended: false })
    }

    #[cfg(test)]
    pub(super) fn with_longest(self, longest: u64) -> Self {
        Self { longest, ..self }
    }

    /// Reads up to the end of a line; `None` at the end of the file.
    fn read(&mut self) -> io::Result<Option<Result<String, String>>> {
        let mut bytes = Vec::new();
        let read = self.input.as_mut().take(self.longest + 1).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        if bytes.len() as u64 > self.longest && !bytes.ends_with(b"\n") {
            let longest = self.longest;
            drop(bytes);
            self.skip_line()?;
            return Ok(Some(Err(format!("the line is longer than {longest} bytes"))));
        }
        let bytes = if self.number == 0 { without_mark(bytes) } else { bytes };
        Ok(Some(String::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned())))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        self.input.skip_until(b'\n').map(drop)
    }
}

/// A byte order mark is no part of the first line.
fn without_mark(bytes: Vec<u8>) -> Vec<u8> {
    bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes)
}

impl Iterator for Lines {
    type Item = anyhow::Result<Line>;

    fn next(&mut self) -> Option<anyhow::Result<Line>> {
        while !self.ended {
            let read = self.read();
            self.number += 1;
            match read {
                Ok(Some(Ok(text))) if text.trim().is_empty() => {}
                Ok(Some(text)) => return Some(Ok(Line { number: self.number, text })),
                Ok(None) => self.ended = true,
                // A damaged gzip file: what came before is imported, this line is one that cannot be used.
                Err(error) => {
                    self.ended = true;
                    let text = Err(format!("{} cannot be read on: {error}", self.file.display()));
                    return Some(Ok(Line { number: self.number, text }));
                }
            }
        }
        None
    }
}

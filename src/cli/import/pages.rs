//! A folder of saved pages with a list of their addresses, as captures.

use std::{
    fs::{self, File},
    io::Read,
    path::{Component, Path, PathBuf},
};

use anyhow::Context as _;

use crate::archive::{Foreign, ForeignCapture};
use crate::cli::import::lines::{Line, Lines};
use crate::model::{Answer, Headers, Moment, PageUrl, Truncated};

/// The most bytes of one saved page; the rest is cut off, and said to be.
const LONGEST: u64 = 64 << 20;

/// The pages that a list names, read one by one.
pub(super) fn saved_pages(list: &Path) -> anyhow::Result<impl Iterator<Item = Foreign>> {
    let folder = list.parent().map(Path::to_owned).unwrap_or_default();
    let place = list.display().to_string();
    let lines = Lines::open(list)?.map_while(Result::ok);
    Ok(lines.filter_map(move |Line { number, text }| {
        let read = match text {
            Ok(text) if text.starts_with('#') => return None,
            Ok(text) => saved_page(&folder, &text).map_err(|error| format!("{error:#}")),
            Err(mistake) => Err(mistake),
        };
        Some(match read {
            Ok(capture) => Foreign::Capture(Box::new(capture)),
            Err(why) => Foreign::LeftOut(format!("{place}:{number}: {why}")),
        })
    }))
}

fn saved_page(folder: &Path, line: &str) -> anyhow::Result<ForeignCapture> {
    let mut parts = line.trim_end_matches(['\r', '\n']).split('\t').map(str::trim);
    let expected = "expected a path, a tab and an address";
    let path = parts.next().filter(|path| !path.is_empty()).context(expected)?;
    let url = PageUrl::parse(parts.next().context(expected)?)?;
    let path = inside(folder, path)?;
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(&path).with_context(cannot)?;
    let saved = file.metadata().and_then(|metadata| metadata.modified()).with_context(cannot)?;
    let at = match parts.next().filter(|time| !time.is_empty()) {
        Some(time) => moment(time)?,
        None => Moment::try_from(saved)?,
    };
    let mut body = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut body).with_context(cannot)?;
    let truncated = (body.len() as u64 > LONGEST).then_some(Truncated::Length);
    body.truncate(usize::try_from(LONGEST)?);
    let headers = Headers(vec![("Content-Type".to_owned(), media_type(&path).to_owned())]);
    let answer = Answer { status: 200, headers, body: body.into() };
    let request = Headers::default();
    let (form, context, same_as) = (None, None, None);
    Ok(ForeignCapture { url, at, request, form, answer, truncated, context, same_as })
}

/// A path of the list below its folder; a list from elsewhere must not pick files that are none of its business.
fn inside(folder: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let path = Path::new(path);
    let plain =
        path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    anyhow::ensure!(plain, "`{}` leads out of the folder of the list", path.display());
    let found = folder.join(path);
    let real =
        fs::canonicalize(&found).with_context(|| format!("cannot read {}", found.display()))?;
    let root =
        fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?;
    anyhow::ensure!(
        real.starts_with(root),
        "`{}` leads out of the folder of the list",
        path.display()
    );
    Ok(found)
}

/// A moment, or a day: its first moment in China.
fn moment(text: &str) -> anyhow::Result<Moment> {
    let whole =
        if text.contains(['T', ' ']) { text.to_owned() } else { format!("{text}T00:00:00+08:00") };
    whole.parse().with_context(|| format!("`{text}` is no time"))
}

/// What a file is by its ending; a saved page says its charset itself.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "htm" | "html" | "shtml" | "xhtml" | "" | "jsp" | "php" | "asp" | "aspx" => "text/html",
        "pdf" => "application/pdf",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "txt" => "text/plain",
        "xml" => "text/xml",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

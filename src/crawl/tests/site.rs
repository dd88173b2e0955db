//! A small portal on loopback that answers as told and remembers who asked what and when.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use crate::archive::SpoolFolder;
use crate::config::{Crawler, Portal};
use crate::crawl::testing::{attachments, portal_with};
use crate::crawl::{Clock, Event, History, Known, Line, Options, Plan, Progress, Summary, run};
use crate::model::{Capture, KnownPage, Moment, NoAnswer, PageState};

/// What the portal does with a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Status, header fields, body.
    Say(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A body that ends before its `Content-Length`.
    Cut(Vec<u8>),
    /// A body of so many bytes, sent as they are made.
    Long(usize),
    /// A body that never ends, one byte at a time.
    Drip,
    /// These bytes, and the connection is closed.
    Raw(Vec<u8>),
    /// Bytes that are no HTTP.
    Garbage,
    /// Nothing, and the connection is closed.
    HangUp,
    /// Nothing, and the connection stays open.
    Silence,
}

/// A page in HTML.
pub(super) fn html(body: &str) -> Reply {
    Reply::Say(
        200,
        vec![("Content-Type", "text/html; charset=utf-8".into())],
        body.as_bytes().to_vec(),
    )
}

/// A status and nothing else.
pub(super) fn status(status: u16) -> Reply {
    Reply::Say(status, Vec::new(), Vec::new())
}

/// A redirect.
pub(super) fn moved(to: &str) -> Reply {
    Reply::Say(302, vec![("Location", to.into())], Vec::new())
}

/// A list that names these documents and, where there is one, the next page.
pub(super) fn list(documents: &[&str], next: Option<&str>) -> Reply {
    let item = |href: &&str| {
        format!("<li><a href='{href}'>关于{href}的通知</a><span>2025-01-02</span></li>")
    };
    let next = next.map(|href| format!("<a href='{href}'>下一页</a>")).unwrap_or_default();
    html(&format!("<ul>{}</ul>{next}", documents.iter().map(item).collect::<String>()))
}

/// One request as the portal saw it.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    /// What stands in the request line: a path, or the whole address when asked as a proxy.
    pub(super) target: String,
    /// All header fields.
    pub(super) head: String,
    /// When it was read.
    pub(super) asked: Instant,
    /// When the answer began to be written.
    pub(super) answered: Instant,
}

/// The portal: replies by target, one after the other, the last one for good.
#[derive(Clone, Default)]
pub(super) struct Site {
    replies: Arc<Mutex<HashMap<String, Vec<Reply>>>>,
    hits: Arc<Mutex<Vec<Hit>>>,
    pub(super) port: u16,
}

impl Site {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let serving = site.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        site
    }

    /// Answers this target with these replies in turn.
    pub(super) fn on(&self, target: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        self.replies.lock().unwrap().insert(target.to_owned(), replies.into_iter().collect());
        self
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Everything asked so far.
    pub(super) fn hits(&self) -> Vec<Hit> {
        self.hits.lock().unwrap().clone()
    }

    /// The targets asked so far.
    pub(super) fn targets(&self) -> Vec<String> {
        self.hits().into_iter().map(|hit| hit.target).collect()
    }

    pub(super) fn forget(&self) {
        self.hits.lock().unwrap().clear();
    }

    /// A portal file for this site with one column at `/x/`, quick and allowed to be here.
    pub(super) fn portal(&self) -> Portal {
        let mut portal = portal_with(&self.base(), &[("公示公告", "/x/")]);
        portal.allow_private = true;
        portal
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut read = Vec::new();
        while let Some(head) = next_head(&mut stream, &mut read).await {
            let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let asked = Instant::now();
            let reply = {
                let mut replies = self.replies.lock().unwrap();
                match replies.get_mut(&target) {
                    Some(left) if left.len() > 1 => left.remove(0),
                    Some(left) => left[0].clone(),
                    None => status(404),
                }
            };
            let answered = Instant::now();
            self.hits.lock().unwrap().push(Hit { target, head, asked, answered });
            if send(&mut stream, reply).await.is_none() {
                return;
            }
        }
    }
}

async fn next_head(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = read.drain(..end + 4).collect();
            return String::from_utf8(head).ok();
        }
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        if read.is_empty() && piece[0] == 0x16 {
            // A TLS greeting: this host has no TLS and says so as such hosts do.
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.ok()?;
            return None;
        }
        read.extend_from_slice(&piece[..length]);
    }
}

/// `None`: the connection ends here.
async fn send(stream: &mut TcpStream, reply: Reply) -> Option<()> {
    match reply {
        Reply::Say(status, headers, body) => {
            let lines =
                headers.iter().fold(String::new(), |lines, (n, v)| lines + n + ": " + v + "\r\n");
            let head =
                format!("HTTP/1.1 {status} X\r\n{lines}Content-Length: {}\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).await.ok()
        }
        Reply::Cut(body) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nETag: \"cut\"\r\nContent-Length: {}\r\n\r\n",
                body.len() + 100
            );
            stream.write_all(&[head.as_bytes(), &body].concat()).await.ok()?;
            None
        }
        Reply::Long(length) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.ok()?;
            let piece = vec![b'<'; 1 << 16];
            for at in (0..length).step_by(piece.len()) {
                stream.write_all(&piece[..piece.len().min(length - at)]).await.ok()?;
            }
            Some(())
        }
        Reply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await.ok()?;
            loop {
                stream.write_all(b".").await.ok()?;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        Reply::Raw(bytes) => {
            stream.write_all(&bytes).await.ok()?;
            None
        }
        Reply::Garbage => {
            stream.write_all(b"220 mail.example.gov.cn ESMTP\r\n\r\n").await.ok()?;
            None
        }
        Reply::HangUp => None,
        Reply::Silence => std::future::pending().await,
    }
}

/// A run in a test.
pub(super) struct Trial {
    pub(super) portals: Vec<Portal>,
    pub(super) known: Vec<KnownPage>,
    pub(super) history: History,
    pub(super) options: Options,
    pub(super) now: Moment,
    /// Ask it to stop after this many events.
    pub(super) stop_after: Option<usize>,
}

/// What a run handed over.
pub(super) struct Told {
    pub(super) events: Vec<Event>,
    /// What was wanted from outside, and how much of it was there.
    pub(super) portions: Vec<(Line, usize)>,
    pub(super) summary: Summary,
    pub(super) progress: Arc<Progress>,
    /// Where long bodies stand.
    _folder: tempfile::TempDir,
}

impl Trial {
    pub(super) fn of(portals: impl Into<Vec<Portal>>) -> Self {
        Self {
            portals: portals.into(),
            known: Vec::new(),
            history: History::default(),
            options: Options::default(),
            now: "2025-06-01T00:00:00Z".parse().unwrap(),
            stop_after: None,
        }
    }

    pub(super) async fn run(self) -> Told {
        let crawler = Crawler {
            name: "gongkai".into(),
            contact: "mailto:test@example.org".into(),
            politeness: self.portals[0].politeness.clone(),
            limits: self.portals[0].limits.clone(),
            revisit: self.portals[0].revisit.clone(),
            attachments: attachments(),
            privacy: crate::config::Privacy::default(),
        };
        let progress = Arc::new(Progress::of(&self.portals));
        let clock = Clock::starting_at(self.now);
        let folder = tempfile::tempdir().unwrap();
        let mut plan = Plan {
            crawler,
            portals: self.portals,
            known: Known::default(),
            history: self.history,
            options: self.options,
            clock,
            spool: Some(Arc::new(SpoolFolder::open(folder.path()).unwrap())),
        };
        let mut waiting = wait(&mut plan, self.known);
        let (sender, mut receiver) = mpsc::channel(1);
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(run(plan, sender, Arc::clone(&progress), stopped));
        let mut events = Vec::new();
        let mut portions = Vec::new();
        while let Some(event) = receiver.recv().await {
            if let Event::Wanted { line, at_most, reply } = event {
                let pages = waiting.entry(line).or_default();
                let pages: Vec<_> = pages.drain(..at_most.min(pages.len())).collect();
                portions.push((line, pages.len()));
                reply.send(pages).unwrap();
                continue;
            }
            if let Event::Answered { later, .. } = &event {
                for (line, page) in later.clone() {
                    waiting.entry(line).or_default().push(page);
                }
            }
            events.push(event);
            if Some(events.len()) == self.stop_after {
                stop.send_replace(true);
            }
        }
        Told { events, portions, summary: running.await.unwrap(), progress, _folder: folder }
    }
}

/// The lines of known pages as a joiner keeps them.
fn wait(plan: &mut Plan, mut known: Vec<KnownPage>) -> BTreeMap<Line, Vec<KnownPage>> {
    let mut waiting: BTreeMap<Line, Vec<KnownPage>> = BTreeMap::new();
    known.sort_by_key(|page| page.depth);
    for page in known {
        let portal = plan.portals.iter().position(|it| it.id == page.context.portal).unwrap();
        if let Some(line) = plan.note(portal, &page) {
            waiting.entry(line).or_default().push(page);
        }
    }
    waiting
}

impl Told {
    /// Every answer with its path and status.
    pub(super) fn answers(&self) -> Vec<(String, u16, PageState)> {
        let answer = |event: &Event| match event {
            Event::Answered { page, capture, .. } => {
                Some((capture.url.path_and_query(), capture.answer.status, page.state))
            }
            Event::Unanswered { .. } | Event::Wanted { .. } | Event::WantedLive { .. } => None,
        };
        self.events.iter().filter_map(answer).collect()
    }

    /// The answers of one path.
    pub(super) fn captures(&self, path: &str) -> Vec<(Capture, KnownPage)> {
        let of_path = |event: &Event| match event {
            Event::Answered { page, capture, .. } if capture.url.path() == path => {
                Some((capture.clone(), page.clone()))
            }
            _ => None,
        };
        self.events.iter().filter_map(of_path).collect()
    }

    /// Every outcome without an answer.
    pub(super) fn outcomes(&self) -> Vec<(String, NoAnswer, PageState)> {
        let outcome = |event: &Event| match event {
            Event::Unanswered { page, outcome, .. } => {
                Some((outcome.url.path_and_query(), outcome.reason, page.state))
            }
            Event::Answered { .. } | Event::Wanted { .. } | Event::WantedLive { .. } => None,
        };
        self.events.iter().filter_map(outcome).collect()
    }

    /// The frontier as a joiner would keep it: found pages unless known, rows as they were last handed over.
    pub(super) fn rows(&self, before: &[KnownPage]) -> Vec<KnownPage> {
        let mut rows: HashMap<_, _> =
            before.iter().map(|page| (page.key(), page.clone())).collect();
        for event in &self.events {
            let (page, found, later) = match event {
                Event::Answered { page, found, later, .. } => (page, &found[..], &later[..]),
                Event::Unanswered { page, .. } => (page, &[][..], &[][..]),
                Event::Wanted { .. } | Event::WantedLive { .. } => continue,
            };
            for page in found.iter().chain(later.iter().map(|(_, page)| page)) {
                rows.entry(page.key()).or_insert_with(|| page.clone());
            }
            rows.insert(page.key(), page.clone());
        }
        rows.into_values().collect()
    }
}

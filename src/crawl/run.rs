//! The loop: starts what may be started, takes in what ended, sleeps until there is more to do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::config::{AttachmentRules, Crawler, Portal};
use crate::crawl::absent::ErrorPages;
use crate::crawl::admission::{Admission, Rank, Standing};
use crate::crawl::budget::Budget;
use crate::crawl::doubts::{Doubts, documents_held};
use crate::crawl::fetch::{Ask, Fetched, Fetcher, Silence, validators};
use crate::crawl::frontier::{Frontier, HostId, Job, Next};
use crate::crawl::lines::{Line, Lines, Marks};
use crate::crawl::looks::Looks;
use crate::crawl::plan::{Clock, Ended, Event, Options, Plan, Summary, Timing};
use crate::crawl::progress::{Count, Progress};
use crate::crawl::queue::context;
use crate::crawl::{discover_in, scope};
use crate::model::{Capture, KnownPage, Moment, NoAnswer, Outcome, PageKind, PageUrl};
use crate::page::AnswerText;

/// The longest robots.txt read, in bytes; RFC 9309 wants 500 KiB at least.
const ROBOTS_BYTES: u64 = 600 << 10;
/// The longest style sheet or picture kept; a longer one is cut.
const REQUISITE_BYTES: u64 = 2 << 20;

/// Crawls until everything due was asked for, the limit is reached, or `stop` becomes true; requests in flight are
/// always finished and their events sent.
///
/// `progress` must have been made for the same portals. A dropped receiver of `events` ends the run like `stop`.
pub async fn run(
    plan: Plan,
    events: mpsc::Sender<Event>,
    progress: Arc<Progress>,
    mut stop: watch::Receiver<bool>,
) -> Summary {
    let mut run = Run::new(plan, events, progress);
    run.refill().await;
    run.queue_columns();
    loop {
        let wake = if run.stopping { None } else { run.start_what_may().await };
        if run.tasks.is_empty() && (run.stopping || wake.is_none()) {
            if run.release_all().await {
                continue;
            }
            return run.summary();
        }
        tokio::select! {
            biased;
            () = asked_to_stop(&mut stop), if !run.stopping => run.stopping = true,
            Some(ended) = run.tasks.join_next_with_id() => Box::pin(run.take_in(ended)).await,
            () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
        }
    }
}

/// Ends when somebody asks to stop; never when nobody can any more.
async fn asked_to_stop(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The state of a run; only the loop touches it.
pub(crate) struct Run {
    pub(super) crawler: Crawler,
    pub(super) portals: Vec<Arc<Portal>>,
    pub(super) options: Options,
    pub(super) clock: Clock,
    pub(super) frontier: Frontier,
    pub(super) progress: Arc<Progress>,
    pub(super) summary: Summary,
    pub(super) stopping: bool,
    /// How far each list went, per portal and column.
    pub(super) paging: HashMap<(usize, String), Paging>,
    /// When the last request of an earlier run to each host ended.
    pub(super) last: BTreeMap<String, Moment>,
    events: mpsc::Sender<Event>,
    attachments: Arc<AttachmentRules>,
    fetcher: Fetcher,
    /// Answers read for links and not judged yet: a tree takes many times the memory of its page, and a list can name
    /// thousands of pages.
    readers: Arc<Semaphore>,
    /// Every page known.
    pub(super) seen: Marks,
    /// What waits, here and outside.
    pub(super) lines: Lines,
    /// Hosts that do not let us read their rules.
    pub(super) forbidden: HashSet<String>,
    tasks: JoinSet<Done>,
    in_flight: HashMap<Id, InFlight>,
    details_in_flight: usize,
    /// What each portal may still be asked for.
    budgets: Vec<Budget>,
    /// Portals that are not asked any more, and were said to be so.
    put_off: HashSet<usize>,
    /// Hosts that speak no TLS, as was seen in this run.
    pub(super) plain: HashSet<HostId>,
    /// The request whose end is judged, until it is told.
    pub(super) timing: Option<Timing>,
    /// How the hosts say that a page is not there.
    pub(super) error_pages: ErrorPages,
    /// Answers like these, held until their hosts show a page.
    pub(super) doubts: HashMap<HostId, Doubts>,
}

/// How far a list went in this run.
#[derive(Default)]
pub(super) struct Paging {
    /// Pages queued behind the first.
    pub(super) pages: u32,
    /// Pages without a new link, in a row.
    pub(super) barren: u32,
}

/// A request that was made and has not ended.
struct InFlight {
    host: HostId,
    job: Job,
    asked: Instant,
    /// What the host had shown before.
    standing: Standing,
}

/// An answer and what was read from it.
pub(crate) struct Read {
    pub(super) capture: Capture,
    pub(super) found: Vec<KnownPage>,
    pub(super) looks: Looks,
}

/// What came of one request.
pub(crate) struct Done {
    /// When the body ended: the host's pause runs from here.
    ended: Instant,
    result: Result<Read, Silence>,
    /// The turn of its reader, until it is judged.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Run {
    fn new(plan: Plan, events: mpsc::Sender<Event>, progress: Arc<Progress>) -> Self {
        let Plan { crawler, portals, known, history, options, clock, spool } = plan;
        let now = clock.now();
        let budget = |portal: &Portal| {
            Budget::new(now, history.spent.get(&portal.id).copied().unwrap_or_default())
        };
        for (line, pages) in &known.waiting {
            progress.count(line.portal, Count::Queued, *pages);
        }
        Self {
            budgets: portals.iter().map(budget).collect(),
            lines: Lines::new(portals.len(), &known.waiting),
            put_off: HashSet::new(),
            plain: HashSet::new(),
            timing: None,
            error_pages: ErrorPages::default(),
            doubts: HashMap::new(),
            last: history.last,
            fetcher: Fetcher::new(crawler.user_agent(), options.proxy.clone(), spool),
            readers: Arc::new(Semaphore::new(
                available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            )),
            attachments: Arc::new(crawler.attachments.clone()),
            crawler,
            portals: portals.into_iter().map(Arc::new).collect(),
            options,
            clock,
            frontier: Frontier::default(),
            progress,
            summary: Summary::default(),
            stopping: false,
            paging: HashMap::new(),
            events,
            forbidden: HashSet::new(),
            seen: known.marks,
            tasks: JoinSet::new(),
            in_flight: HashMap::new(),
            details_in_flight: 0,
        }
    }

    /// Starts requests until nothing more may be started; the moment when there may be more.
    async fn start_what_may(&mut self) -> Option<Instant> {
        let connections = self.crawler.politeness.global_connections.max(1);
        while self.tasks.len() < connections && !self.stopping {
            self.refill().await;
            match self.frontier.next(Instant::now(), self.admission()) {
                Next::Start(host, job) => {
                    self.went(&job);
                    self.start(host, *job);
                }
                Next::NeedsRules(host, like, portal) => self.ask_for_rules(host, &like, portal),
                Next::Disallowed(job) => {
                    self.went(&job);
                    self.disallowed(*job).await;
                }
                Next::Wait(until) => return Some(until),
                Next::Nothing => return None,
            }
        }
        None
    }

    /// With a limit, no more is asked for than can still be kept: lists wait while enough documents are queued.
    fn admission(&self) -> Admission {
        let hosts = self.room_for_doubt();
        let Some(limit) = self.options.limit else {
            return Admission { lists: true, details: true, old_attachments: true, hosts };
        };
        let taken = self.summary.documents
            + self.details_in_flight as u64
            + (self.error_pages.documents_held() + documents_held(&self.doubts)) as u64;
        let outside = self.lines.outside(|rank| rank == Rank::Detail);
        Admission {
            lists: taken + self.frontier.details() as u64 + outside < limit,
            details: taken < limit,
            old_attachments: self.summary.documents < limit,
            hosts,
        }
    }

    /// Which hosts may be asked now, by what they have shown.
    ///
    /// Any number of hosts that hang leaves connections to those that answer: hosts that fail have no more than a
    /// quarter of them, together with those never asked three quarters.
    fn room_for_doubt(&self) -> Standing {
        let connections = self.crawler.politeness.global_connections;
        let count = |standing| self.in_flight.values().filter(|f| f.standing == standing).count();
        let failing = count(Standing::Failing);
        if failing + count(Standing::New) >= (connections * 3 / 4).max(1) {
            Standing::Answers
        } else if failing >= (connections / 4).max(1) {
            Standing::New
        } else {
            Standing::Failing
        }
    }

    /// A job left its queue.
    pub(super) fn went(&mut self, job: &Job) {
        if let Some(line) = job.line() {
            self.lines.went(line);
        }
    }

    /// Whether a portal may be asked now; when not, its page waits for another run.
    fn may_ask(&mut self, host: HostId, job: &Job) -> bool {
        if !self.is_put_off(job.portal) {
            return true;
        }
        self.frontier.not_made(host, Instant::now());
        self.progress.count(job.portal, Count::Taken, 1);
        self.summary.left += 1;
        false
    }

    /// Whether budget or quiet hours keep a portal from being asked now; said once.
    pub(super) fn is_put_off(&mut self, portal: usize) -> bool {
        let manners = &self.portals[portal].politeness;
        let Some(why) = self.budgets[portal].closed(self.clock.now(), manners) else {
            return false;
        };
        if self.put_off.insert(portal) {
            self.summary.closed.push((self.portals[portal].id.clone(), why));
        }
        true
    }

    fn start(&mut self, host: HostId, mut job: Job) {
        self.choose_scheme(host, &mut job);
        if !self.may_ask(host, &job) {
            return;
        }
        self.budgets[job.portal].asked(self.clock.now());
        let portal = Arc::clone(&self.portals[job.portal]);
        let is_robots = job.rank == Rank::Robots;
        let ask = Ask {
            url: job.page.url.clone(),
            form: job.page.context.form.clone(),
            referrer: referrer(&portal, &job.page),
            validators: if is_robots { Vec::new() } else { validators(&job.page) },
            limits: portal.limits.clone(),
            max_bytes: self.longest(&portal, &job.page),
            allow_private: portal.allow_private || self.options.allow_private,
            insecure_tls: portal.trusts_blindly(&job.page.url),
        };
        let work = fetch_and_read(
            self.fetcher.clone(),
            ask,
            job.page.clone(),
            portal,
            Arc::clone(&self.attachments),
            Arc::clone(&self.readers),
            self.clock,
        );
        let asked = Instant::now();
        let id = self.tasks.spawn(work).id();
        self.progress.count(job.portal, Count::Taken, 1);
        self.summary.requests += 1;
        self.details_in_flight += usize::from(job.rank == Rank::Detail);
        let standing = self.frontier.standing(host);
        self.in_flight.insert(id, InFlight { host, job, asked, standing });
    }

    fn longest(&self, portal: &Portal, page: &KnownPage) -> u64 {
        let ending =
            scope::file_name(&page.url).rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
        let is_file = ending.is_some_and(|ending| self.attachments.types.contains(&ending));
        match page.context.kind {
            PageKind::Robots => ROBOTS_BYTES,
            PageKind::Attachment => self.attachments.max_bytes,
            PageKind::Requisite => REQUISITE_BYTES,
            PageKind::Detail if is_file => self.attachments.max_bytes.max(portal.limits.page_bytes),
            PageKind::List | PageKind::Detail | PageKind::Absent => portal.limits.page_bytes,
        }
    }

    fn ask_for_rules(&mut self, host: HostId, like: &PageUrl, portal: usize) {
        self.frontier.rules_asked(host);
        let Ok(url) = like.join("/robots.txt") else { return };
        let page = KnownPage::found(
            url,
            context(&self.portals[portal], PageKind::Robots),
            0,
            self.clock.now(),
        );
        self.queue(Job {
            page,
            portal,
            rank: Rank::Robots,
            attempt: 0,
            trail: Vec::new(),
            rules_of: Some(host),
        });
    }

    async fn take_in(&mut self, ended: Result<(Id, Done), JoinError>) {
        let (id, done) = match ended {
            Ok((id, done)) => (id, done),
            // A page that broke our own reading of it costs that page only.
            Err(error) => (error.id(), Done::silent(Instant::now(), not_read(&error))),
        };
        let Some(InFlight { host, job, asked, .. }) = self.in_flight.remove(&id) else { return };
        let took = done.ended.duration_since(asked);
        let pause = self.frontier.finished(host, done.ended, took, done.is_refused());
        let (asked, ended) = (self.clock.at(asked), self.clock.at(done.ended));
        self.timing = done.was_asked().then_some(Timing { asked, ended, pause });
        self.details_in_flight -= usize::from(job.rank == Rank::Detail);
        self.progress.count(job.portal, Count::Fetched, 1);
        match done.result {
            Ok(read) => {
                let bytes = read.capture.answer.body.len();
                self.summary.bytes += bytes;
                self.budgets[job.portal].received(bytes);
                self.progress.count(job.portal, Count::Bytes, bytes);
                self.answered(host, job, read).await;
            }
            Err(silence) => self.unanswered(host, job, silence).await,
        }
    }

    /// Hands an event over; waits while the joiner is busy.
    pub(super) async fn tell(&mut self, event: Event) {
        if self.events.send(event).await.is_err() {
            self.stopping = true;
        }
    }

    /// Leaves a host in peace for a while, after the request that is judged.
    pub(super) fn pause(&mut self, host: HostId, pause: Duration) {
        self.frontier.pause(host, Instant::now() + pause);
        self.pause_counts(pause);
    }

    /// The log says that this pause had to follow the request that is judged.
    pub(super) fn pause_counts(&mut self, pause: Duration) {
        if let Some(timing) = &mut self.timing {
            timing.pause = timing.pause.max(pause);
        }
    }

    /// Hands over an answer.
    pub(super) async fn tell_answer(
        &mut self,
        page: KnownPage,
        capture: Capture,
        (found, later): (Vec<KnownPage>, Vec<(Line, KnownPage)>),
    ) {
        let timing = self.timing.take();
        self.tell(Event::Answered { page, capture, timing, found, later }).await;
    }

    /// Hands over that there is no answer.
    pub(super) async fn tell_silence(
        &mut self,
        page: KnownPage,
        url: PageUrl,
        reason: NoAnswer,
        detail: String,
    ) {
        let outcome =
            Outcome { url, at: self.clock.now(), reason, detail, context: page.context.clone() };
        let timing = self.timing.take();
        self.tell(Event::Unanswered { page, outcome, timing }).await;
    }

    fn summary(mut self) -> Summary {
        let waiting = self.frontier.len() as u64 + self.lines.outside(|_| true);
        self.summary.left += waiting;
        let full = self.options.limit.is_some_and(|limit| self.summary.documents >= limit);
        self.summary.ended = match (self.stopping, full && waiting > 0) {
            (true, _) => Ended::Stopped,
            (false, true) => Ended::Limit,
            (false, false) => Ended::Complete,
        };
        self.summary
    }
}

impl Done {
    /// There is no answer.
    fn silent(ended: Instant, silence: Silence) -> Self {
        Self { ended, result: Err(silence), _turn: None }
    }

    /// Whether the host said that it has too much to do.
    fn is_refused(&self) -> bool {
        let status = self.result.as_ref().map(|read| read.capture.answer.status);
        matches!(status, Ok(429 | 503))
    }

    /// Whether a request was made at all: an address that is not allowed is never asked.
    fn was_asked(&self) -> bool {
        !matches!(&self.result, Err(silence) if silence.reason == NoAnswer::PrivateAddress)
    }
}

/// The page that led to a list, where the interface answers nobody who does not name it.
fn referrer(portal: &Portal, page: &KnownPage) -> Option<PageUrl> {
    let wanted = page.context.kind == PageKind::List && portal.list.style.wants_referrer();
    page.context.referrer.clone().filter(|_| wanted)
}

/// One request and the reading of its answer; runs beside the loop.
async fn fetch_and_read(
    fetcher: Fetcher,
    ask: Ask,
    page: KnownPage,
    portal: Arc<Portal>,
    attachments: Arc<AttachmentRules>,
    readers: Arc<Semaphore>,
    clock: Clock,
) -> Done {
    let url = ask.url.clone();
    let fetched = fetcher.fetch(ask).await;
    let ended = Instant::now();
    let capture = match fetched {
        Fetched::Nothing(silence) => return Done::silent(ended, silence),
        Fetched::Answer { began, request, answer, truncated } => Capture {
            url,
            at: clock.at(began),
            request,
            answer,
            truncated,
            unverified_tls: portal.trusts_blindly(&page.url),
            context: page.context.clone(),
        },
    };
    let turn = readers.acquire_owned().await.ok();
    let reading = tokio::task::spawn_blocking(move || {
        let answer = AnswerText::of(&capture);
        let found = discover_in(&portal, &page, &answer, &attachments);
        let looks = Looks::of(&answer);
        Read { capture, found, looks }
    });
    let result = reading.await.map_err(|error| not_read(&error));
    Done { ended, result, _turn: turn }
}

/// Our own reading of an answer broke off.
fn not_read(error: &JoinError) -> Silence {
    Silence::new(NoAnswer::Protocol, format!("reading the answer failed: {error}"))
}

//! Dates, issuer, source and the other labelled fields: the best evidence that the page gives.

use crate::extract::{
    byline::Byline,
    dates,
    labels::{Label, Labelled},
    script::Detail,
    sign_off::SignOff,
    view::View,
};
use crate::model::{DocNumber, Evidence, PublicDate, Sourced, Warning, china_day};

/// All labels of a page, those of the box apart from those of the lines that inform about the page.
pub(super) struct Labels {
    pub(super) boxed: Vec<Labelled>,
    pub(super) lined: Vec<Labelled>,
}

impl Labels {
    /// Gathers them from around the text, nearest first, and from the box at its head.
    pub(super) fn of(view: &View<'_>, head: usize) -> Self {
        let mut labels = Self { boxed: Vec::new(), lined: Vec::new() };
        labels.add(view.labelled(&view.inside[..head]));
        for block in (0..view.before.len()).rev() {
            let from = &view.before[block..(block + 2).min(view.before.len())];
            let own = crate::extract::labels::of_block(&from[0]).len();
            labels.add(view.labelled(from).into_iter().take(own).collect());
        }
        labels.add(view.labelled(&view.after[..view.after.len().min(12)]));
        labels
    }

    /// Labels that stand together; a line that counts visits or sets the font informs about the page.
    fn add(&mut self, found: Vec<Labelled>) {
        let about_page = found.iter().any(|l| matches!(l.label, Label::Furniture | Label::Source))
            && found.len() < 6;
        if about_page { &mut self.lined } else { &mut self.boxed }.extend(found);
    }

    fn value(all: &[Labelled], label: Label) -> Option<&Labelled> {
        all.iter().find(|l| l.label == label && !is_nothing(&l.value))
    }

    /// How many labels of a box say something.
    pub(super) fn count(&self) -> usize {
        let telling = |l: &&Labelled| {
            !matches!(l.label, Label::Furniture | Label::Other) && !is_nothing(&l.value)
        };
        self.boxed.iter().filter(telling).count()
    }

    fn boxed(&self, label: Label) -> Option<Sourced<String>> {
        let found = Self::value(&self.boxed, label)?;
        Some(Sourced::new(found.value.clone(), Evidence::Box(found.word.to_owned())))
    }

    fn lined(&self, label: Label) -> Option<Sourced<String>> {
        let found = Self::value(&self.lined, label)?;
        Some(Sourced::new(found.value.clone(), Evidence::Line(found.word.to_owned())))
    }

    /// The first value of a label that holds a date.
    fn day(
        all: &[Labelled],
        label: Label,
        evidence: fn(String) -> Evidence,
    ) -> Option<Sourced<PublicDate>> {
        all.iter()
            .filter(|l| l.label == label)
            .find_map(|l| Some(Sourced::new(dates::first(&l.value)?, evidence(l.word.to_owned()))))
    }

    fn boxed_day(&self, label: Label) -> Option<Sourced<PublicDate>> {
        Self::day(&self.boxed, label, Evidence::Box)
    }

    fn lined_day(&self, label: Label) -> Option<Sourced<PublicDate>> {
        Self::day(&self.lined, label, Evidence::Line)
    }

    fn either(&self, label: Label) -> Option<Sourced<String>> {
        self.boxed(label).or_else(|| self.lined(label))
    }
}

/// Values that say that there is none.
fn is_nothing(value: &str) -> bool {
    matches!(value.trim(), "" | "无" | "暂无" | "-" | "--" | "—" | "/" | "空" | "null")
}

/// What the text itself is signed with, at its head and at its end.
pub(super) struct Signed {
    pub(super) sign_off: Option<SignOff>,
    pub(super) byline: Byline,
}

/// The first value that is there; another one that contradicts it is told.
pub(super) fn best<T: PartialEq + std::fmt::Display>(
    differs: &str,
    given: impl IntoIterator<Item = Option<Sourced<T>>>,
    warnings: &mut Vec<Warning>,
) -> Option<Sourced<T>> {
    let mut given = given.into_iter().flatten();
    let first = given.next()?;
    if let Some(other) = given.find(|other| other.value != first.value) {
        let Sourced { value, evidence } = &first;
        let said = format!("{value} by {evidence}, {} by {}", other.value, other.evidence);
        warnings.push(Warning::new(differs, said));
    }
    Some(first)
}

/// The fields that labels, metadata and selectors give.
pub(super) struct Fields {
    pub(super) issuer: Option<Sourced<String>>,
    /// All that issued it together, where only the signature says so.
    pub(super) jointly: Vec<String>,
    pub(super) source: Option<Sourced<String>>,
    pub(super) doc_no: Option<Sourced<DocNumber>>,
    pub(super) index_no: Option<Sourced<String>>,
    pub(super) theme: Option<Sourced<String>>,
    pub(super) genre: Option<Sourced<String>>,
    pub(super) validity: Option<Sourced<String>>,
    pub(super) class: Option<Sourced<String>>,
    pub(super) written: Option<Sourced<PublicDate>>,
    pub(super) published: Option<Sourced<PublicDate>>,
}

impl Fields {
    pub(super) fn read(
        view: &View<'_>,
        labels: &Labels,
        detail: &Detail,
        signed: &Signed,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let rules = view.portal.map(|portal| &portal.detail);
        let selected =
            |of: fn(&crate::config::DetailRules) -> Option<&crate::config::CssSelector>| {
                view.selected(rules.and_then(of)).filter(|found| !is_nothing(&found.value))
            };
        let source = selected(|r| r.source.as_ref())
            .or_else(|| labels.lined(Label::Source))
            .or_else(|| view.meta(&["contentsource"]))
            .or_else(|| labels.boxed(Label::Source));
        let issuer = selected(|r| r.issuer.as_ref())
            .or_else(|| labels.either(Label::Issuer))
            .or_else(|| detail.text("publisher"))
            .or_else(|| column_agency(view))
            .or_else(|| signed.sign_off.as_ref()?.agency.clone())
            .or_else(|| signed.byline.agency.clone());
        note_other_signer(issuer.as_ref(), signed, warnings);
        let is_signed = issuer.as_ref().is_some_and(|issuer| issuer.evidence == Evidence::SignOff);
        let sign_off = signed.sign_off.as_ref().filter(|_| is_signed);
        Self {
            issuer,
            jointly: sign_off.map(|sign_off| sign_off.jointly.clone()).unwrap_or_default(),
            source,
            doc_no: selected(|r| r.doc_no.as_ref())
                .or_else(|| labels.either(Label::DocNo))
                .or_else(|| detail.text("document_number"))
                .and_then(|printed| number(&printed, warnings)),
            index_no: selected(|r| r.index_no.as_ref())
                .or_else(|| labels.either(Label::IndexNo))
                .or_else(|| detail.text("identifier")),
            theme: labels.boxed(Label::Theme).or_else(|| detail.text("classify_theme_name")),
            genre: labels.boxed(Label::Genre).or_else(|| detail.text("classify_genre_name")),
            validity: labels.boxed(Label::Validity),
            class: labels.boxed(Label::Class).or_else(|| detail.text("classify_main_name")),
            written: written(view, labels, detail, signed, warnings),
            published: published(view, labels, detail, warnings),
        }
    }
}

/// Tells when a text is signed by another agency than the one its box names.
fn note_other_signer(
    issuer: Option<&Sourced<String>>,
    signed: &Signed,
    warnings: &mut Vec<Warning>,
) {
    let signer = signed.sign_off.as_ref().and_then(|sign_off| sign_off.agency.as_ref());
    if let (Some(issuer), Some(signer)) = (issuer, signer)
        && !issuer.value.contains(&signer.value)
        && !signer.value.contains(&issuer.value)
    {
        let said = format!("{} by {}, signed by {}", issuer.value, issuer.evidence, signer.value);
        warnings.push(Warning::new("issuer_differs", said));
    }
}

fn column_agency(view: &View<'_>) -> Option<Sourced<String>> {
    let name = &view.capture.context.column;
    let column = view.portal?.columns.iter().find(|column| column.name == *name)?;
    Some(Sourced::new(column.agency.clone()?, Evidence::Column))
}

/// A printed document number; one that is none is told, not guessed at.
fn number(printed: &Sourced<String>, warnings: &mut Vec<Warning>) -> Option<Sourced<DocNumber>> {
    let parsed = DocNumber::parse(&printed.value);
    if parsed.is_none() {
        warnings.push(Warning::new("doc_no_unread", printed.value.clone()));
    }
    parsed.map(|number| Sourced::new(number, printed.evidence.clone()))
}

fn dated(text: Option<Sourced<String>>) -> Option<Sourced<PublicDate>> {
    let text = text?;
    Some(Sourced::new(dates::first(&text.value)?, text.evidence))
}

fn written(
    view: &View<'_>,
    labels: &Labels,
    detail: &Detail,
    signed: &Signed,
    warnings: &mut Vec<Warning>,
) -> Option<Sourced<PublicDate>> {
    let rule = view.portal.and_then(|portal| portal.detail.written_date.as_ref());
    let sign_off = signed.sign_off.as_ref().and_then(|s| s.date);
    let given = [
        dated(view.selected(rule)),
        labels.boxed_day(Label::Written).or_else(|| labels.lined_day(Label::Written)),
        detail.day("date"),
        sign_off.map(|date| Sourced::new(date, Evidence::SignOff)),
        signed.byline.date.clone(),
    ];
    best("written_date_differs", given, warnings)
}

/// The published date. `PubDate` can be the time the page was generated: where the page prints another day and nothing
/// else agrees with the metadata, the print is believed.
fn published(
    view: &View<'_>,
    labels: &Labels,
    detail: &Detail,
    warnings: &mut Vec<Warning>,
) -> Option<Sourced<PublicDate>> {
    let rule = view.portal.and_then(|portal| portal.detail.published_date.as_ref());
    let meta = dated(view.meta(&[
        "pubdate",
        "publishdate",
        "firstpublishedtime",
        "article:published_time",
    ]));
    let line = labels.lined_day(Label::Published);
    let boxed = labels.boxed_day(Label::Published);
    let script = detail.day("display_publish_time").or_else(|| dated(detail.text("created_at")));
    let bare = unlabelled(view);
    let listed = view.capture.context.listed.date.as_deref().and_then(dates::first);
    let listed = listed.map(|date| Sourced::new(date, Evidence::List));
    let path =
        dates::in_path(view.capture.url.path()).map(|date| Sourced::new(date, Evidence::Url));
    let contradicted = meta.as_ref().is_some_and(|meta| {
        let others: Vec<_> =
            [&line, &boxed, &script, &bare, &listed, &path].into_iter().flatten().collect();
        let agrees = |day| others.iter().any(|other| other.value == day);
        let labelled =
            line.as_ref().or(boxed.as_ref()).is_some_and(|printed| printed.value != meta.value);
        (labelled || bare.as_ref().is_some_and(|bare| agrees(bare.value))) && !agrees(meta.value)
    });
    let (late, meta) = if contradicted { (meta, None) } else { (None, meta) };
    let given = [dated(view.selected(rule)), meta, line, boxed, script, bare, listed, path, late];
    let today = china_day(view.capture.at);
    let believed = given.into_iter().flatten().filter(|date| date.value <= today);
    let first_or_precise =
        believed.enumerate().filter(|(place, date)| *place == 0 || precise(date.value));
    best("published_date_differs", first_or_precise.map(|(_, date)| Some(date)), warnings)
}

fn precise(date: PublicDate) -> bool {
    date.day().is_some()
}

/// A date without a label, in a line of its own or among other labels right before the text.
fn unlabelled(view: &View<'_>) -> Option<Sourced<PublicDate>> {
    view.before.iter().rev().take(12).find_map(|block| {
        let text = block.text();
        let start = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
        let informing = crate::extract::labels::in_line(&text);
        let among = informing.iter().any(|l| matches!(l.label, Label::Furniture | Label::Source));
        let date = dates::alone(&text.replace(crate::extract::blocks::MARK, " "))
            .or_else(|| dates::first(&text[..start]).filter(|_| among))?;
        precise(date).then(|| Sourced::new(date, Evidence::Line("date".to_owned())))
    })
}

//! What a harvester asks for, read strictly as the protocol wants.

use crate::model::Moment;
use crate::serve::parameters::pairs;

/// The one format of records.
pub(super) const FORMAT: &str = "oai_dc";

/// What is wrong with a request, by the protocol's codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// No verb, or none of the protocol.
    Verb,
    /// An argument is missing, unknown, given twice or unreadable.
    Argument(&'static str),
    /// A token that was not given out.
    Token,
    /// A format that records do not have.
    Format,
    /// No such document.
    Id,
    /// Nothing changed in that time.
    NoRecords,
    /// There are no sets.
    Sets,
}

impl Mistake {
    /// Code and explanation.
    pub(super) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Verb => ("badVerb", "the verb is missing or not one of OAI-PMH"),
            Self::Argument(what) => ("badArgument", what),
            Self::Token => ("badResumptionToken", "this token was not given out here"),
            Self::Format => ("cannotDisseminateFormat", "records are given as oai_dc"),
            Self::Id => ("idDoesNotExist", "there is no such document"),
            Self::NoRecords => ("noRecordsMatch", "nothing changed in that time"),
            Self::Sets => ("noSetHierarchy", "there are no sets"),
        }
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Identify,
    Formats { identifier: Option<String> },
    Record { identifier: String },
    List { list: List, records: bool },
}

/// Which part of the changes is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) from: Option<Moment>,
    pub(super) until: Option<Moment>,
    /// The number of the change after which a list goes on.
    pub(super) after: i64,
    /// Records of the list before those.
    pub(super) given: u64,
    /// What was asked, to be repeated in the answer.
    words: Vec<(&'static str, String)>,
}

impl List {
    /// A token that goes on after a change.
    pub(super) fn token(&self, after: i64, given: u64) -> String {
        let second =
            |at: Option<Moment>| at.map_or_else(String::new, |at| at.as_second().to_string());
        format!("{}.{}.{after}.{given}", second(self.from), second(self.until))
    }

    fn of_token(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let mut next = || parts.next();
        let moment = |text: &str| match text {
            "" => Some(None),
            text => Some(Some(Moment::from_second(text.parse().ok()?).ok()?)),
        };
        let (from, until) = (moment(next()?)?, moment(next()?)?);
        let (after, given) = (next()?.parse().ok()?, next()?.parse().ok()?);
        let words = vec![("resumptionToken", token.to_owned())];
        parts.next().is_none().then_some(Self { from, until, after, given, words })
    }
}

impl Asked {
    /// The arguments as they are repeated in the answer.
    pub(super) fn arguments(&self) -> Vec<(&'static str, String)> {
        let verb = |verb: &str| vec![("verb", verb.to_owned())];
        match self {
            Self::Identify => verb("Identify"),
            Self::Formats { identifier } => {
                let identifier = identifier.iter().map(|id| ("identifier", id.clone()));
                verb("ListMetadataFormats").into_iter().chain(identifier).collect()
            }
            Self::Record { identifier } => vec![
                ("verb", "GetRecord".to_owned()),
                ("identifier", identifier.clone()),
                ("metadataPrefix", FORMAT.to_owned()),
            ],
            Self::List { list, records } => {
                let name = if *records { "ListRecords" } else { "ListIdentifiers" };
                verb(name).into_iter().chain(list.words.iter().cloned()).collect()
            }
        }
    }
}

/// The arguments of a request, each once.
struct Arguments(Vec<(String, String)>);

impl Arguments {
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    fn end(&self) -> Result<(), Mistake> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Mistake::Argument("an argument is unknown to this verb, or given twice"))
    }
}

/// Reads a request.
pub(super) fn read(query: &str) -> Result<Asked, Mistake> {
    let (given, faults) = pairs(query);
    let mut given = Arguments(given);
    let verb = given.take("verb").ok_or(Mistake::Verb)?;
    if !faults.is_empty() {
        return Err(Mistake::Argument("an argument is no UTF-8"));
    }
    let asked = match verb.as_str() {
        "Identify" => Asked::Identify,
        "ListMetadataFormats" => Asked::Formats { identifier: given.take("identifier") },
        "ListSets" => return Err(Mistake::Sets),
        "GetRecord" => {
            let missing = Mistake::Argument("identifier and metadataPrefix are needed");
            let identifier = given.take("identifier").ok_or(missing.clone())?;
            let format = given.take("metadataPrefix").ok_or(missing)?;
            known_format(&format)?;
            Asked::Record { identifier }
        }
        "ListRecords" => Asked::List { list: list(&mut given)?, records: true },
        "ListIdentifiers" => Asked::List { list: list(&mut given)?, records: false },
        _ => return Err(Mistake::Verb),
    };
    given.end()?;
    Ok(asked)
}

fn known_format(format: &str) -> Result<(), Mistake> {
    if format == FORMAT { Ok(()) } else { Err(Mistake::Format) }
}

fn list(given: &mut Arguments) -> Result<List, Mistake> {
    if let Some(token) = given.take("resumptionToken") {
        given.end()?;
        return List::of_token(&token).ok_or(Mistake::Token);
    }
    let format = given.take("metadataPrefix");
    let format = format.ok_or(Mistake::Argument("metadataPrefix is needed"))?;
    known_format(&format)?;
    if given.take("set").is_some() {
        return Err(Mistake::Sets);
    }
    let mut words = vec![("metadataPrefix", format)];
    let (from, until) = (given.take("from"), given.take("until"));
    let is_day = |text: &Option<String>| text.as_ref().map(|text| text.len() == 10);
    if let (Some(from), Some(until)) = (is_day(&from), is_day(&until))
        && from != until
    {
        return Err(Mistake::Argument("from and until differ in granularity"));
    }
    let mut read = |name, text: Option<String>, is_end| match text {
        None => Ok(None),
        Some(text) => {
            let at = moment(&text, is_end);
            let at = at.ok_or(Mistake::Argument("a date is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"))?;
            words.push((name, text));
            Ok(Some(at))
        }
    };
    let (from, until) = (read("from", from, false)?, read("until", until, true)?);
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err(Mistake::Argument("from is later than until"));
    }
    Ok(List { from, until, after: 0, given: 0, words })
}

/// A day or a second of UTC; as an end, its last moment.
fn moment(text: &str, is_end: bool) -> Option<Moment> {
    let (whole, length) = match text.len() {
        10 => (format!("{text}T00:00:00Z"), 86_400),
        20 if text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T') => (text.to_owned(), 1),
        _ => return None,
    };
    let start: Moment = whole.parse().ok()?;
    let end = Moment::from_microsecond(start.as_microsecond() + length * 1_000_000 - 1).ok()?;
    Some(if is_end { end } else { start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_strictly() {
        for (query, mistake) in [
            ("", "badVerb"),
            ("verb=Nothing", "badVerb"),
            ("verb=Identify&x=1", "badArgument"),
            ("verb=Identify&verb=Identify", "badArgument"),
            ("verb=ListSets", "noSetHierarchy"),
            ("verb=GetRecord&identifier=a", "badArgument"),
            ("verb=GetRecord&identifier=a&metadataPrefix=marc", "cannotDisseminateFormat"),
            ("verb=ListRecords", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=a", "noSetHierarchy"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2020", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-31", "badArgument"),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-02&until=2020-02-01",
                "badArgument",
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-02&until=2021-02-01T00:00:00Z",
                "badArgument",
            ),
            ("verb=ListRecords&resumptionToken=a.b", "badResumptionToken"),
            ("verb=ListRecords&resumptionToken=..1.1.1", "badResumptionToken"),
            ("verb=ListRecords&resumptionToken=..1.1&metadataPrefix=oai_dc", "badArgument"),
        ] {
            assert_eq!(read(query).unwrap_err().words().0, mistake, "{query}");
        }
    }

    #[test]
    fn a_token_goes_on_where_a_list_broke_off() {
        let query = "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02";
        let Asked::List { list, records: true } = read(query).unwrap() else { panic!() };
        assert_eq!(list.until.unwrap().to_string(), "2026-01-02T23:59:59.999999Z");
        let again = format!("verb=ListRecords&resumptionToken={}", list.token(7, 100));
        let Asked::List { list: next, .. } = read(&again).unwrap() else { panic!() };
        assert_eq!((next.from, next.after, next.given), (list.from, 7, 100));
        let second = |at: Option<Moment>| at.unwrap().as_second();
        assert_eq!(second(next.until), second(list.until));
    }
}

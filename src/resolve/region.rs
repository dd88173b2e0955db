//! Which region a document is about.

use crate::config::Division;
use crate::model::{Document, Evidence, RegionCode, Sourced, lies_in, paragraphs};
use crate::resolve::book::Book;

/// How much of a text is looked at for the names of what lies around an ambiguous region, in paragraphs at its head
/// and as many at its end.
const AROUND: usize = 4;

/// Finds the region of a document: that of its portal or website code, or a narrower one inside it that its agency or
/// its title begins with. An ambiguous name (桥西区) counts once something else in the document tells which is meant.
pub(super) fn find(
    document: &Document,
    agency: Option<RegionCode>,
    book: &Book<'_>,
) -> Option<Sourced<RegionCode>> {
    let known = document.region.clone();
    let home = known.as_ref().map(|region| region.value.as_str());
    let inside = |code: &RegionCode| home.is_none_or(|home| lies_in(code, home));
    let by_agency = agency.map(|code| Sourced::new(code, Evidence::Derived("agency".to_owned())));
    let narrower = by_agency.filter(|region| inside(&region.value)).or_else(|| {
        let code = by_names(document, home, book).filter(inside)?;
        Some(Sourced::new(code, Evidence::Title))
    });
    narrower.or(known)
}

/// The region that the title, else the issuer, begins with.
fn by_names(document: &Document, home: Option<&str>, book: &Book<'_>) -> Option<RegionCode> {
    let issuer = document.issuer.as_ref().map(|issuer| issuer.value.as_str());
    let title = document.title.value.trim_start_matches("关于");
    [Some(title), issuer, document.agency()].into_iter().flatten().find_map(|name| {
        let meant = book.leading(name, home, document.year()).meant;
        match meant[..] {
            [] => None,
            [only] => Some(only.code.clone()),
            _ => told_apart(&meant, document, book),
        }
    })
}

/// The one of several divisions of one name whose city or province the document names.
fn told_apart(meant: &[&Division], document: &Document, book: &Book<'_>) -> Option<RegionCode> {
    let mut around: Vec<&str> = vec![&document.title.value];
    around.extend(document.issuer.iter().map(|issuer| issuer.value.as_str()));
    around.extend(document.source.iter().map(|source| source.value.as_str()));
    around.extend(document.agencies.iter().map(String::as_str));
    let text: Vec<&str> = paragraphs(&document.text).collect();
    around.extend(text.iter().take(AROUND).chain(text.iter().rev().take(AROUND)));
    let named = |division: &&&Division| {
        let path = book.regions().path(&division.code);
        let above = path.len().saturating_sub(1);
        path[..above].iter().rev().any(|outer| {
            let short = outer.trim_end_matches(['省', '市']);
            short.chars().count() > 1 && around.iter().any(|text| text.contains(short))
        })
    };
    let told: Vec<&&Division> = meant.iter().filter(named).collect();
    if let [only] = told[..] { Some(only.code.clone()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Dirs, load};
    use crate::model::{Moment, Origin, RegionCode};

    fn config() -> Config {
        let nowhere = std::path::PathBuf::from("no such folder");
        load(&Dirs { crawler: nowhere.clone(), index: nowhere }).config
    }

    fn document(title: &str, issuer: &str, text: &str, region: Option<&str>) -> Document {
        let origin = Origin::Import { set: "t".into(), id: title.into() };
        let title = Sourced::new(title.to_owned(), Evidence::Heading);
        let mut document = Document::bare(origin, title, text.to_owned(), Moment::UNIX_EPOCH);
        document.issuer =
            (!issuer.is_empty()).then(|| Sourced::new(issuer.to_owned(), Evidence::SignOff));
        document.region =
            region.map(|code| Sourced::new(code.to_owned(), Evidence::Meta("siteidcode".into())));
        document
    }

    #[test]
    fn regions_of_documents_by_what_they_say() {
        // title, issuer, text, region known before → region, agency
        type Case<'a> =
            (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);
        let config = config();
        let book = Book::new(&config.regions, &config.agencies);
        let table: [Case<'_>; 9] = [
            ("关于春耕的通知", "开化县财政局", "", None, Some("330824"), Some("开化县财政局")),
            (
                "关于春耕的通知",
                "县财政局",
                "",
                Some("330824"),
                Some("330824"),
                Some("开化县财政局"),
            ),
            (
                "关于春耕的通知",
                "开化县财政局",
                "",
                Some("330800"),
                Some("330824"),
                Some("开化县财政局"),
            ),
            // A reprint does not move the portal.
            ("关于春耕的通知", "教育部", "", Some("330800"), Some("330800"), Some("教育部")),
            (
                "关于春耕的通知",
                "石门县财政局",
                "",
                Some("330800"),
                Some("330800"),
                Some("石门县财政局"),
            ),
            ("桥西区政务公开工作总结", "", "工作总结。", None, None, None),
            ("桥西区政务公开工作总结", "", "张家口市要求各区报送。", None, Some("130703"), None),
            ("衢州市2020年政府信息公开工作年度报告", "", "", None, Some("330800"), None),
            (
                "灵洲市2020年政府信息公开工作年度报告",
                "灵洲市人民政府",
                "",
                None,
                None,
                Some("灵洲市人民政府"),
            ),
        ];
        for (title, issuer, text, before, region, agency) in table {
            let mut document = document(title, issuer, text, before);
            crate::resolve::place(&mut document, None, "", &book);
            let found: Option<RegionCode> = document.region.clone().map(|region| region.value);
            assert_eq!((found.as_deref(), document.agency()), (region, agency), "{title} {issuer}");
        }
    }

    #[test]
    fn several_agencies_in_one_line_are_written_in_full() {
        let config = config();
        let book = Book::new(&config.regions, &config.agencies);
        let mut several = document("通知", "开化县发改局 开化县人社局、财政局", "", None);
        crate::resolve::place(&mut several, None, "", &book);
        let names = ["开化县发展和改革局", "开化县人力资源和社会保障局", "财政局"];
        assert_eq!(several.agencies, names);
        let mut unclean = document("通知", "责任编辑 张三", "", Some("330824"));
        crate::resolve::place(&mut unclean, None, "", &book);
        assert_eq!(unclean.agencies, Vec::<String>::new());
    }
}

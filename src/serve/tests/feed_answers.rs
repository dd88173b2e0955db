//! What other programs are told: every answer is parsed.

use quick_xml::{Reader, events::Event};

use super::*;
use crate::serve::app::Settings;
use crate::serve::double::service_with;
use crate::serve::double_changes::dropped;

/// An element of a parsed document.
#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

/// Every element of a document, in order; a document that is not well-formed fails.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut open) = (Vec::<Element>::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}"));
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    (attribute.key.as_ref().to_owned(), attribute.value.replace("&amp;", "&"))
                });
                if matches!(event, Event::Start(_)) {
                    open.push(found.len());
                }
                let name = tag.name().as_ref().to_owned();
                found.push(Element { name, attributes: attributes.collect(), text: String::new() });
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(piece) => {
                if let Some(at) = open.last() {
                    found[*at].text += piece;
                }
            }
            Event::GeneralRef(name) => {
                let at = *open.last().unwrap();
                found[at].text.extend(["&", name, ";"]);
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn texts(found: &[Element], name: &str) -> Vec<String> {
    found.iter().filter(|element| element.name == name).map(|one| one.text.clone()).collect()
}

/// What is said at an address of a service with a public address, as XML.
async fn xml(address: &str) -> (Got, Vec<Element>) {
    let public_url = Some("https://gongkai.example/".parse().unwrap());
    let settings = Settings { public_url, ..Settings::default() };
    let request = Request::get(address).body(Body::empty()).unwrap();
    let got = ask(service_with(Double::new(), &settings), request).await;
    assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
    let found = elements(&got.text);
    (got, found)
}

#[tokio::test]
async fn any_search_is_a_feed() {
    let (got, found) = xml("/feed.atom?q=%E9%80%9A%E7%9F%A5&portal=lingzhou&spm=1").await;
    assert_eq!(got.header("content-type"), "application/atom+xml; charset=utf-8");
    assert_eq!(found[0].name, "feed");
    assert_eq!(texts(&found, "title")[0], "通知，灵洲市人民政府网 - 政府信息公开检索");
    let ids = texts(&found, "id");
    assert_eq!(
        ids[0],
        "https://gongkai.example/feed.atom?q=%E9%80%9A%E7%9F%A5&amp;portal=lingzhou&amp;sort=newest"
    );
    assert!(
        ids.len() > 2
            && ids[1..].iter().all(|id| id.starts_with("https://gongkai.example/document/"))
    );
    assert_eq!(texts(&found, "updated").len(), ids.len(), "each with its time");
    assert!(texts(&found, "title").iter().any(|title| title.contains("&lt;script&gt;")));
    let again = send(Method::GET, "/feed.atom?q=a", &[]).await;
    let tag = again.header("etag").to_owned();
    let held = send(Method::GET, "/feed.atom?q=a", &[("if-none-match", &tag)]).await;
    assert_eq!(held.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn changes_are_a_feed_with_what_is_gone() {
    let (_, found) = xml("/changes.atom").await;
    let titles = texts(&found, "title");
    assert_eq!(titles[0], "收录变化：全部网站 - 政府信息公开检索");
    assert_eq!(titles[1], format!("不再提供：{}", dropped()), "the last change comes first");
    assert!(titles.iter().any(|title| title.starts_with("已从原网站移除：")));
    assert!(
        !titles.iter().any(|title| title.contains("不能显示")),
        "what is withheld has no title"
    );
    let of_one = xml("/changes.atom?portal=lingzhou").await.1;
    assert!(texts(&of_one, "title")[0].contains("灵洲市人民政府网"));
}

#[tokio::test]
async fn browsers_learn_how_to_search_here() {
    let (got, found) = xml("/opensearch.xml").await;
    assert!(got.header("content-type").starts_with("application/opensearchdescription+xml"));
    let templates: Vec<&str> = found
        .iter()
        .filter(|element| element.name == "Url")
        .filter_map(|url| url.attributes.iter().find(|(name, _)| name == "template"))
        .map(|(_, template)| template.as_str())
        .collect();
    assert_eq!(templates[0], "https://gongkai.example/search?q={searchTerms}&page={startPage?}");
    assert!(texts(&found, "ShortName")[0].chars().count() <= 16);
    let got = get("/opensearch/suggest?q=%E4%BE%9D").await;
    assert_eq!(got.header("content-type"), "application/x-suggestions+json");
    assert_eq!(got.json()[0], "依");
    assert!(got.json()[1].is_array());
}

#[tokio::test]
async fn robots_find_every_document_that_is_given() {
    let (_, found) = xml("/sitemap.xml").await;
    assert_eq!(texts(&found, "loc"), ["https://gongkai.example/sitemap/1.xml"]);
    let (_, found) = xml("/sitemap/1.xml").await;
    let given = Double::new().ids();
    assert_eq!(texts(&found, "loc").len(), given.len() - 1, "all but the withheld one");
    for address in ["/sitemap/2.xml", "/sitemap/0.xml", "/sitemap/1", "/sitemap/x.xml"] {
        assert_eq!(get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let robots = get("/robots.txt").await.text;
    assert!(
        robots.contains("Disallow: /kiosk\n")
            && robots.contains("Sitemap: http://localhost/sitemap.xml")
    );
}

#[tokio::test]
async fn harvesters_get_every_record_once_and_what_is_deleted() {
    let (got, found) = xml("/oai?verb=Identify").await;
    assert_eq!(got.header("content-type"), "text/xml; charset=utf-8");
    assert_eq!(texts(&found, "baseURL"), ["https://gongkai.example/oai"]);
    assert_eq!(texts(&found, "granularity"), ["YYYY-MM-DDThh:mm:ssZ"]);
    assert_eq!(texts(&found, "deletedRecord"), ["transient"]);
    let (_, found) = xml("/oai?verb=ListRecords&metadataPrefix=oai_dc").await;
    let headers = texts(&found, "identifier");
    assert_eq!(headers.len(), Double::new().ids().len() + 1);
    let deleted =
        found.iter().filter(|element| element.attributes.iter().any(|(_, v)| v == "deleted"));
    assert_eq!(deleted.count(), 2, "the withheld one and the dropped one");
    assert_eq!(texts(&found, "dc:title").len(), headers.len() - 2);
    assert!(headers.contains(&format!("oai:gongkai.example:{}", dropped())));
    let (_, found) = xml("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&until=2020-01-01").await;
    assert_eq!(found.iter().find(|e| e.name == "error").unwrap().attributes[0].1, "noRecordsMatch");
    let (_, found) = xml("/oai?verb=ListMetadataFormats").await;
    assert_eq!(texts(&found, "metadataPrefix"), ["oai_dc"]);
}

#[tokio::test]
async fn a_record_is_given_by_its_name() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let address =
        format!("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:gongkai.example:{id}");
    let (_, found) = xml(&address).await;
    assert!(texts(&found, "dc:title")[0].starts_with("灵洲市人民政府办公室"));
    assert_eq!(texts(&found, "dc:publisher"), ["灵洲市人民政府办公室"]);
    assert!(texts(&found, "dc:identifier").contains(&"灵政办发〔2020〕12号".to_owned()));
    assert_eq!(texts(&found, "dc:date"), ["2020-03-01"]);
    let (_, found) =
        xml("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:0000000000000000").await;
    assert_eq!(found.last().unwrap().attributes[0].1, "idDoesNotExist");
    let (_, found) = xml("/oai?verb=Nothing").await;
    assert_eq!(found.last().unwrap().attributes[0].1, "badVerb");
    assert!(found.iter().find(|e| e.name == "request").unwrap().attributes.is_empty());
}

#[tokio::test]
async fn a_long_list_is_given_in_parts() {
    let mut double = Double::new();
    let one = double.documents[0].clone();
    let numbered = |n: usize| crate::model::Document { part: n.to_string(), ..one.clone() };
    double.documents.extend((0..150).map(|n| {
        let document = numbered(n);
        let part = document.part.clone();
        document.as_part(part)
    }));
    let all = double.documents.len() + 1;
    let service = service_of(double);
    let mut query = "verb=ListIdentifiers&metadataPrefix=oai_dc".to_owned();
    let mut identifiers = std::collections::BTreeSet::new();
    for part in 0.. {
        let request = Request::post("/oai").body(Body::from(query)).unwrap();
        let got = ask(service.clone(), request).await;
        let found = elements(&got.text);
        let before = identifiers.len();
        identifiers.extend(texts(&found, "identifier"));
        assert!(identifiers.len() > before, "part {part} has new ones");
        let token = texts(&found, "resumptionToken");
        assert!(!token.is_empty(), "every part of a list of several has one");
        if token[0].is_empty() {
            break;
        }
        query = format!("verb=ListIdentifiers&resumptionToken={}", token[0]);
    }
    assert_eq!(identifiers.len(), all);
}

#[tokio::test]
async fn pages_carry_data_about_their_document() {
    for start in ["灵洲市人民政府办公室", "<script>"] {
        let page = get(&format!("/document/{}", Double::id_of(start))).await.text;
        let block = page.split(r#"<script type="application/ld+json">"#).nth(1).unwrap();
        let block = block.split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(block).unwrap();
        assert_eq!(data["@context"], "https://schema.org");
        assert!(data["name"].as_str().unwrap().starts_with(start));
        assert!(!block.contains('<'));
    }
}

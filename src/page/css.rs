//! The addresses that a style sheet names.

use cssparser::{ParseError, Parser, Token};

/// References read from one sheet at most.
const MOST: usize = 1000;

/// Something that a style sheet refers to, as written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CssReference {
    /// Another style sheet: `@import`.
    Sheet(String),
    /// A picture or a font: `url(…)`.
    File(String),
}

/// Everything that a style sheet, or the `style` attribute of an element, refers to, in its order; with repetitions.
///
/// Broken CSS gives what can be read of it. Blocks nested deeper than the parser's own limit are passed over.
pub fn css_references(text: &str) -> Vec<CssReference> {
    let mut found = Vec::new();
    read(&mut Parser::new(text), &mut found);
    found
}

/// What the address that comes next is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Import,
    /// `@namespace` names by addresses that lead nowhere.
    Namespace,
    Other,
}

fn read(parser: &mut Parser<'_>, found: &mut Vec<CssReference>) {
    let mut rule = Rule::Other;
    while found.len() < MOST
        && let Ok(token) = parser.next().cloned()
    {
        match token {
            Token::AtKeyword(name) => rule = rule_of(&name),
            Token::Semicolon => rule = Rule::Other,
            Token::UnquotedUrl(url) => take(&mut rule, &url, found),
            Token::QuotedString(url) if rule == Rule::Import => take(&mut rule, &url, found),
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                let url = parser.parse_nested_block(|inside| -> Result<_, ParseError<()>> {
                    Ok(inside.expect_string()?.as_ref().to_owned())
                });
                if let Ok(url) = url {
                    take(&mut rule, &url, found);
                }
            }
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => {
                // An error is a block that was not read to its end, for one of the limits.
                let _cut = parser.parse_nested_block(|inside| -> Result<(), ParseError<()>> {
                    read(inside, found);
                    Ok(())
                });
            }
            _ => {}
        }
    }
}

fn rule_of(keyword: &str) -> Rule {
    match keyword.to_ascii_lowercase().as_str() {
        "import" => Rule::Import,
        "namespace" => Rule::Namespace,
        _ => Rule::Other,
    }
}

/// Takes an address; those that mean a place in the same document or hold the file themselves lead nowhere.
fn take(rule: &mut Rule, url: &str, found: &mut Vec<CssReference>) {
    let url = url.trim();
    let leads = !url.is_empty() && !url.starts_with('#') && !url.starts_with("data:");
    match rule {
        Rule::Import if leads => found.push(CssReference::Sheet(url.to_owned())),
        Rule::Other if leads => found.push(CssReference::File(url.to_owned())),
        _ => {}
    }
    *rule = if *rule == Rule::Import { Rule::Other } else { *rule };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(css: &str) -> Vec<String> {
        let shown = |reference| match reference {
            CssReference::Sheet(url) => format!("sheet {url}"),
            CssReference::File(url) => format!("file {url}"),
        };
        css_references(css).into_iter().map(shown).collect()
    }

    #[test]
    fn imports_and_addresses_are_told_apart() {
        let css = "@charset \"utf-8\"; @import 'a.css'; @IMPORT url(\"b.css\") screen; @import url( c.css );\
            @namespace svg url(http://www.w3.org/2000/svg);\
            /* url(comment.png) */ .a::after { content: 'url(text.png)'; background: url(d.png) , url('e f.png') }\
            @media print { .b { background-image: image-set(url(g.png) 1x) } .c { filter: url(#shade) } }\
            @font-face { src: url(h.woff2) format('woff2'), url(data:font/woff;base64,AAAA) }\
            .d { background: url(i\\29.png) } .e { cursor: url() }";
        let expected = [
            "sheet a.css",
            "sheet b.css",
            "sheet c.css",
            "file d.png",
            "file e f.png",
            "file g.png",
            "file h.woff2",
            "file i).png",
        ];
        assert_eq!(shown(css), expected);
    }

    #[test]
    fn broken_css_gives_what_it_has() {
        assert_eq!(shown("background:url(a.png);width"), ["file a.png"]);
        assert_eq!(shown("}} .a { background: url(a.png"), ["file a.png"]);
        assert_eq!(
            shown("a { b: url(x y.png); c: url(d.png) } @import"),
            ["file d.png"],
            "a bad address"
        );
        assert_eq!(css_references(&"{".repeat(1 << 20)), []);
        assert_eq!(css_references(&"a{b:url(c.png)}".repeat(5000)).len(), MOST);
    }
}

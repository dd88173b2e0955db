//! Rows as CSV (RFC 4180).

/// A table of texts as CSV, the lines ended by CR LF.
///
/// `for_excel` writes a byte order mark, without which Excel takes UTF-8 for something else, and puts a `'` before
/// text that Excel would run as a formula.
pub fn csv(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
    for_excel: bool,
) -> String {
    let mut text = String::from(if for_excel { "\u{feff}" } else { "" });
    line(&mut text, header.iter().copied(), false);
    for row in rows {
        line(&mut text, row.iter().map(String::as_str), for_excel);
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>, for_excel: bool) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        let runs =
            cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let guard = if for_excel && runs { "'" } else { "" };
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(guard);
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(guard);
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = || {
            [
                vec!["甲,乙".to_owned(), "say \"x\"\n".to_owned()],
                vec!["=1+1".to_owned(), "-5".to_owned()],
            ]
        };
        let plain = "name,said\r\n\"甲,乙\",\"say \"\"x\"\"\n\"\r\n=1+1,-5\r\n";
        assert_eq!(csv(&["name", "said"], rows(), false), plain);
        let excel = csv(&["name", "said"], rows(), true);
        assert_eq!(excel, format!("\u{feff}{}", plain.replace("=1", "'=1")));
    }
}

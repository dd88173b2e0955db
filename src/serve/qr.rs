//! QR codes as the path of a picture: drawn by the page, loaded from nowhere.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

/// A code to draw: the path of its dark squares, one unit each, in a picture of `size` × `size` units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Code {
    /// Width and height, the quiet zone of four units on each side included.
    size: usize,
    /// SVG path data.
    path: String,
}

/// Units that stay white around a code (ISO/IEC 18004).
const QUIET: usize = 4;

/// The code of an address; `None` when it is too long for one.
pub(crate) fn code(address: &str) -> Option<Code> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(width).enumerate() {
        for (column, _) in colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
        }
    }
    Some(Code { size: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_quiet_zone() {
        let code = code("https://gongkai.example/document/0123456789abcdef").unwrap();
        assert!((29..80).contains(&code.size));
        assert!(code.path.starts_with("M4 4h1v1h-1z"), "the first corner is dark");
        assert_eq!(super::code(&"a".repeat(4000)), None);
    }
}

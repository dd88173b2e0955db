//! Whole reports of an invented place.

use super::*;

//! Codes of divisions (GB/T 2260) as a tree.

use crate::model::RegionCode;

/// The codes from the province down to a code; counties that answer to a province have nothing between.
pub fn region_lineage(code: &str) -> impl Iterator<Item = RegionCode> {
    let above = |digits: usize| code.get(..digits).map(|start| format!("{start:0<6}"));
    let mut codes: Vec<RegionCode> = [above(2), above(4), above(6)].into_iter().flatten().collect();
    codes.dedup();
    codes.into_iter()
}

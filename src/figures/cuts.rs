//! Digits without separators, cut into cells.
//!
//! Some captures lost what stood between cells: `…数量121010014二、…`. A cut is taken only if it is the only one: the
//! applicants of a row add up to its total (B3), and where several cuts of a row do, the columns decide (B1, B2), then
//! a number that a sentence states. Where no cut keeps every rule, one is taken only if a single misprinted cell
//! explains everything that is broken, and no other cut is explained so. Else the cells stay unknown.

use std::collections::BTreeSet;

use crate::model::Method;

/// Applicants and their total.
pub(super) const COLUMNS: usize = 7;
/// Cuts of one row that are looked at, and combinations of rows: beyond them nothing is decided.
const MOST_CUTS: usize = 400;
const MOST_COMBINATIONS: usize = 20_000;

/// The digits of a row of table B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    /// What the row stands for in the sums.
    pub(super) part: Part,
    /// The digits; empty: all its cells are blank.
    pub(super) digits: String,
}

/// What a row stands for in the sums of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// 一、本年新收
    Received,
    /// 二、上年结转
    CarriedIn,
    /// 三、(一) to (六)
    Result,
    /// 三、(七)总计
    Processed,
    /// 四、结转下年度
    CarriedOut,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Decision {
    /// All cells are blank.
    Blank,
    /// The cells, and what decided them.
    Cells([u32; COLUMNS], Method),
    /// Blank cells were lost; only the total is certain.
    Total(u32),
    /// More than one cut fits, or none.
    Unknown,
}

type Cells = [u32; COLUMNS];

/// Cuts the rows of table B; `received` is the number of requests that a sentence states.
pub(super) fn requests(rows: &[Digits], received: Option<f64>) -> Vec<Decision> {
    if rows.iter().any(|row| (1..COLUMNS).contains(&row.digits.len())) {
        return without_blanks(rows, received);
    }
    let mut cuts: Vec<Vec<Cells>> = Vec::new();
    for row in rows {
        let all = seven(&row.digits);
        let adding_up: Vec<Cells> = all.iter().copied().filter(adds_up).collect();
        let one_digit_each = row.digits.len() == COLUMNS;
        cuts.push(if row.digits.is_empty() {
            vec![[0; COLUMNS]]
        } else if adding_up.is_empty() || one_digit_each {
            all
        } else {
            adding_up
        });
    }
    let chosen = combinations(rows, &cuts, received);
    let decided = rows.iter().zip(&cuts).zip(chosen);
    decided
        .map(|((row, cuts), chosen)| match chosen {
            _ if row.digits.is_empty() => Decision::Blank,
            Some(cells) if row.digits.len() == COLUMNS => Decision::Cells(cells, Method::Digits),
            Some(cells) if cuts.len() == 1 && adds_up(&cells) => {
                Decision::Cells(cells, Method::RowSum)
            }
            Some(cells) => Decision::Cells(cells, Method::ColumnSum),
            None => Decision::Unknown,
        })
        .collect()
}

fn adds_up(cells: &Cells) -> bool {
    let applicants: u64 = cells[..COLUMNS - 1].iter().map(|cell| u64::from(*cell)).sum();
    applicants == u64::from(cells[COLUMNS - 1])
}

/// For each row the one cut that stands in every combination that is as good as any.
fn combinations(rows: &[Digits], cuts: &[Vec<Cells>], received: Option<f64>) -> Vec<Option<Cells>> {
    let settled = |cuts: &Vec<Cells>| match cuts[..] {
        [only] if adds_up(&only) => Some(only),
        _ => None,
    };
    let count = cuts.iter().try_fold(1_usize, |all, cuts| all.checked_mul(cuts.len()));
    let open = cuts.iter().any(|cuts| settled(cuts).is_none());
    if !open || count.is_none_or(|count| count == 0 || count > MOST_COMBINATIONS) {
        return cuts.iter().map(settled).collect();
    }
    let all = all_combinations(cuts);
    let broken: Vec<Vec<Broken>> = all.iter().map(|cells| broken_by(rows, cells)).collect();
    let mut best: Vec<&Vec<Cells>> =
        all.iter().zip(&broken).filter(|(_, broken)| broken.is_empty()).map(|(c, _)| c).collect();
    if best.is_empty() {
        let explained = all.iter().zip(&broken).filter(|(_, broken)| one_cell_explains(broken));
        best = explained.map(|(cells, _)| cells).collect();
        if best.len() != 1 {
            return cuts.iter().map(settled).collect();
        }
    }
    if let Some(received) = received.filter(|_| best.len() > 1) {
        let at = rows.iter().position(|row| row.part == Part::Received);
        let states = |cells: &&Vec<Cells>| {
            at.is_some_and(|at| (f64::from(cells[at][COLUMNS - 1]) - received).abs() < 0.5)
        };
        let stated: Vec<&Vec<Cells>> = best.iter().copied().filter(states).collect();
        if !stated.is_empty() {
            best = stated;
        }
    }
    let Some(first) = best.first() else { return vec![None; rows.len()] };
    let same = |at: usize| best.iter().all(|cells| cells[at] == first[at]).then(|| first[at]);
    (0..rows.len()).map(same).collect()
}

fn all_combinations(cuts: &[Vec<Cells>]) -> Vec<Vec<Cells>> {
    let mut all: Vec<Vec<Cells>> = vec![Vec::new()];
    for cuts in cuts {
        all = all
            .into_iter()
            .flat_map(|before| {
                cuts.iter().map(move |cut| before.iter().copied().chain([*cut]).collect())
            })
            .collect();
    }
    all
}

/// A rule that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// B3 of a row.
    Row(usize),
    /// B1 of a column.
    Balance(usize),
    /// B2 of a column.
    Results(usize),
}

fn broken_by(rows: &[Digits], cells: &[Cells]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (row, cells) in cells.iter().enumerate() {
        if !adds_up(cells) {
            broken.push(Broken::Row(row));
        }
    }
    let has = |part: Part| rows.iter().any(|row| row.part == part);
    if !has(Part::Processed) {
        return broken;
    }
    for column in 0..COLUMNS {
        let sum = |part: Part| -> u64 {
            let own = rows.iter().zip(cells).filter(|(row, _)| row.part == part);
            own.map(|(_, cells)| u64::from(cells[column])).sum()
        };
        if has(Part::Received)
            && sum(Part::Received) + sum(Part::CarriedIn)
                != sum(Part::Processed) + sum(Part::CarriedOut)
        {
            broken.push(Broken::Balance(column));
        }
        if has(Part::Result) && sum(Part::Result) != sum(Part::Processed) {
            broken.push(Broken::Results(column));
        }
    }
    broken
}

/// Whether one cell alone may be wrong: all broken rules meet in it.
fn one_cell_explains(broken: &[Broken]) -> bool {
    let place = |broken: &Broken| match broken {
        Broken::Row(row) => (Some(*row), None),
        Broken::Balance(column) | Broken::Results(column) => (None, Some(*column)),
    };
    let (rows, columns): (BTreeSet<_>, BTreeSet<_>) = broken.iter().map(place).unzip();
    rows.iter().flatten().count() <= 1 && columns.iter().flatten().count() <= 1
}

/// All ways to cut digits into seven cells, but for cells that begin with a zero they do not need.
fn seven(digits: &str) -> Vec<Cells> {
    parts(digits, COLUMNS)
        .into_iter()
        .filter_map(|parts| {
            let mut cells = [0; COLUMNS];
            for (cell, part) in cells.iter_mut().zip(&parts) {
                *cell = part.parse().ok()?;
            }
            Some(cells)
        })
        .collect()
}

/// All ways to cut a string of digits into so many numbers as people write them: `05` is none.
pub(super) fn parts(digits: &str, count: usize) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let whole = digits.bytes().all(|b| b.is_ascii_digit());
    if whole && digits.len() <= 40 {
        cut(digits, count, &mut Vec::new(), &mut found);
    }
    if found.len() >= MOST_CUTS { Vec::new() } else { found }
}

fn cut<'d>(rest: &'d str, count: usize, before: &mut Vec<&'d str>, found: &mut Vec<Vec<&'d str>>) {
    if rest.len() < count || found.len() >= MOST_CUTS {
        return;
    }
    if count == 0 {
        if rest.is_empty() {
            found.push(before.clone());
        }
        return;
    }
    let longest = if rest.starts_with('0') { 1 } else { rest.len() + 1 - count };
    let shortest = if count == 1 { rest.len() } else { 1 };
    for length in shortest..=longest {
        before.push(&rest[..length]);
        cut(&rest[length..], count - 1, before, found);
        before.pop();
    }
}

/// Rows of which blank cells were lost: which applicant a number belongs to cannot be told; the total can where every
/// cut has the same and the sentence that states the number of requests agrees.
fn without_blanks(rows: &[Digits], received: Option<f64>) -> Vec<Decision> {
    let total = |row: &Digits| -> Option<Option<u32>> {
        if row.digits.is_empty() {
            return Some(None);
        }
        let mut totals: Vec<u32> = (2..=COLUMNS)
            .flat_map(|count| parts(&row.digits, count))
            .filter_map(|parts| {
                parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()
            })
            .filter_map(|parts| {
                let (total, others) = parts.split_last()?;
                let sum: u64 = others.iter().map(|part| u64::from(*part)).sum();
                (sum == u64::from(*total)).then_some(*total)
            })
            .collect();
        totals.sort_unstable();
        totals.dedup();
        match totals[..] {
            [only] => Some(Some(only)),
            _ => None,
        }
    };
    let unknown = |row: &Digits| {
        if row.digits.is_empty() { Decision::Blank } else { Decision::Unknown }
    };
    let totals: Option<Vec<Option<u32>>> = rows.iter().map(total).collect();
    let Some(totals) = totals else { return rows.iter().map(unknown).collect() };
    let sum = |part: Part| -> u64 {
        rows.iter()
            .zip(&totals)
            .filter(|(row, _)| row.part == part)
            .filter_map(|(_, t)| *t)
            .map(u64::from)
            .sum()
    };
    let new = rows.iter().zip(&totals).filter(|(row, _)| row.part == Part::Received);
    let new: f64 = new.filter_map(|(_, total)| *total).map(f64::from).sum();
    let stated = received.is_some_and(|received| (new - received).abs() < 0.5);
    let balanced = sum(Part::Received) + sum(Part::CarriedIn)
        == sum(Part::Processed) + sum(Part::CarriedOut)
        && sum(Part::Result) == sum(Part::Processed);
    if !stated || !balanced {
        return rows.iter().map(unknown).collect();
    }
    let decided = totals.iter().map(|total| total.map_or(Decision::Blank, Decision::Total));
    decided.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(given: &[(Part, &str)]) -> Vec<Digits> {
        given
            .iter()
            .map(|(part, digits)| Digits { part: *part, digits: (*digits).to_owned() })
            .collect()
    }

    #[test]
    fn the_only_cut_that_adds_up_is_taken() {
        let decided =
            requests(&rows(&[(Part::Received, "170000017"), (Part::CarriedIn, "0000000")]), None);
        assert_eq!(decided[0], Decision::Cells([17, 0, 0, 0, 0, 0, 17], Method::RowSum));
        assert_eq!(decided[1], Decision::Cells([0; 7], Method::Digits));
    }

    #[test]
    fn columns_decide_between_cuts_that_add_up() {
        // 12,1,0,1,0,0,14 and 1,2,10,1,0,0,14 and more add up.
        let table = |third: &str| {
            requests(
                &rows(&[
                    (Part::Received, "121010014"),
                    (Part::Result, "121010014"),
                    (Part::Result, third),
                    (Part::Processed, "121010014"),
                    (Part::CarriedOut, "0000000"),
                ]),
                None,
            )
        };
        assert_eq!(table("0000000")[0], Decision::Unknown, "the columns say nothing here");
        let told = requests(
            &rows(&[
                (Part::Received, "121010014"),
                (Part::Result, "3101005"),
                (Part::Result, "9000009"),
                (Part::Processed, "121010014"),
            ]),
            None,
        );
        assert_eq!(told[0], Decision::Cells([12, 1, 0, 1, 0, 0, 14], Method::ColumnSum));
    }

    #[test]
    fn a_misprint_in_one_cell_is_published_with_what_it_breaks() {
        let decided = requests(
            &rows(&[
                (Part::Received, "110000011"),
                (Part::Result, "100000010"),
                (Part::Result, "1000001"),
                (Part::Processed, "20000011"),
                (Part::CarriedOut, "0000000"),
            ]),
            None,
        );
        assert_eq!(decided[0], Decision::Cells([11, 0, 0, 0, 0, 0, 11], Method::ColumnSum));
        assert_eq!(decided[3], Decision::Cells([2, 0, 0, 0, 0, 0, 11], Method::ColumnSum));
    }

    #[test]
    fn lost_blanks_leave_no_more_than_totals() {
        let given = [
            (Part::Received, "33"),
            (Part::CarriedIn, ""),
            (Part::Result, "33"),
            (Part::Processed, "33"),
        ];
        assert_eq!(requests(&rows(&given), None)[0], Decision::Unknown);
        let stated = requests(&rows(&given), Some(3.0));
        assert_eq!((&stated[0], &stated[1]), (&Decision::Total(3), &Decision::Blank));
        assert_eq!(requests(&rows(&given), Some(4.0))[0], Decision::Unknown);
    }

    proptest! {
        /// Whatever is cut out of a true table is either what was printed or unknown.
        #[test]
        fn a_true_table_is_never_cut_wrongly(
            results in prop::collection::vec(prop::collection::vec(0..30_u32, 6), 1..4),
            carried in prop::collection::vec(0..3_u32, 6),
        ) {
            let with_total = |cells: &[u32]| -> Cells {
                let mut all = [0; COLUMNS];
                all[..6].copy_from_slice(cells);
                all[6] = cells.iter().sum();
                all
            };
            let sums: Vec<u32> = (0..6).map(|c| results.iter().map(|row| row[c]).sum()).collect();
            let received: Vec<u32> = sums.iter().zip(&carried).map(|(a, b)| a + b).collect();
            let mut truth = vec![(Part::Received, with_total(&received))];
            truth.extend(results.iter().map(|row| (Part::Result, with_total(row))));
            truth.push((Part::Processed, with_total(&sums)));
            truth.push((Part::CarriedOut, with_total(&carried)));
            let printed: Vec<Digits> = truth
                .iter()
                .map(|(part, cells)| Digits {
                    part: *part,
                    digits: cells.iter().map(ToString::to_string).collect(),
                })
                .collect();
            for (decision, (_, cells)) in requests(&printed, None).iter().zip(&truth) {
                if let Decision::Cells(read, _) = decision {
                    prop_assert_eq!(read, cells);
                }
            }
        }
    }
}

use std::{fs::File, io::Cursor};

use calamine::{Data, Reader, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::*;

const COLUMNS: [Column; 4] = [
    Column::text("name", "名称"),
    Column::whole("year", "年度"),
    Column::number("value", "数值"),
    Column::truth("flagged", "有矛盾"),
];

fn sample() -> Vec<Vec<Datum>> {
    vec![
        vec!["甲,乙 \"x\"\n".into(), 2020_i16.into(), 1.5.into(), true.into()],
        vec!["=1+1".into(), Datum::Unknown, (-5.0).into(), false.into()],
        vec!["".into(), 2021_i16.into(), Datum::Unknown, Datum::Unknown],
    ]
}

fn written(form: RowForm, rows: Vec<Vec<Datum>>) -> Vec<u8> {
    let mut out = Vec::new();
    let about = [("question", "/compare?metric=甲".to_owned())];
    write_rows(form, &COLUMNS, &about, rows.into_iter(), &mut out).unwrap();
    out
}

fn read_back(bytes: &[u8]) -> SerializedFileReader<File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

#[test]
fn csv_quotes_what_it_must_and_runs_nothing() {
    let plain = "name,year,value,flagged\r\n\"甲,乙 \"\"x\"\"\n\",2020,1.5,true\r\n'=1+1,,-5,false\r\n,2021,,\r\n";
    assert_eq!(written(RowForm::Csv { bom: false }, sample()), plain.as_bytes());
    let marked = format!("\u{feff}{plain}");
    assert_eq!(written(RowForm::Csv { bom: true }, sample()), marked.as_bytes());
    for hostile in ["+1-cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r=1", "＝1+1", "＠A1"] {
        let row = vec![hostile.into(), Datum::Unknown, Datum::Unknown, Datum::Unknown];
        let text = String::from_utf8(written(RowForm::Csv { bom: false }, vec![row])).unwrap();
        let cell = text.lines().nth(1).unwrap().trim_start_matches('"');
        assert!(cell.starts_with('\''), "{cell}");
    }
}

#[test]
fn lines_are_objects_with_every_column() {
    let lines = String::from_utf8(written(RowForm::Jsonl, sample())).unwrap();
    assert_eq!(
        lines.lines().collect::<Vec<_>>(),
        [
            r#"{"name":"甲,乙 \"x\"\n","year":2020,"value":1.5,"flagged":true}"#,
            r#"{"name":"=1+1","year":null,"value":-5,"flagged":false}"#,
            r#"{"name":null,"year":2021,"value":null,"flagged":null}"#,
        ]
    );
}

#[test]
fn a_workbook_holds_the_rows_and_what_they_mean() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(RowForm::Xlsx, sample()))).unwrap();
    let sheet = book.worksheet_range("数据").unwrap();
    let cell = |row, column| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!((cell(0, 0), cell(1, 1)), (Data::String("name".into()), Data::Float(2020.0)));
    assert_eq!((cell(1, 2), cell(1, 3)), (Data::Float(1.5), Data::Bool(true)));
    assert_eq!((cell(2, 0), cell(2, 1)), (Data::String("=1+1".into()), Data::Empty));
    assert_eq!(cell(3, 1), Data::Float(2021.0));
    assert_eq!(book.worksheet_formula("数据").unwrap().used_cells().count(), 0);
    let meanings = book.worksheet_range("字段说明").unwrap();
    assert_eq!(meanings.get_value((2, 1)), Some(&Data::String("年度".into())));
    assert_eq!(meanings.get_value((5, 0)), Some(&Data::String("question".into())));
}

#[test]
fn a_long_cell_is_cut_where_excel_would_refuse_it() {
    let row = |text: String| vec![text.into(), Datum::Unknown, Datum::Unknown, Datum::Unknown];
    let bytes = written(RowForm::Xlsx, vec![row("𠮷".repeat(20_000)), row("\u{1}\u{b}甲".into())]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("数据").unwrap();
    let Some(Data::String(cell)) = sheet.get_value((1, 0)) else { panic!("no text") };
    assert_eq!(cell.chars().count(), 16_384);
    assert!(cell.ends_with('…'));
}

#[test]
fn parquet_has_types_and_nulls() {
    let file = read_back(&written(RowForm::Parquet, sample()));
    let rows: Vec<Vec<Field>> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
        .collect();
    assert_eq!(
        rows[1],
        [Field::Str("=1+1".into()), Field::Null, Field::Double(-5.0), Field::Bool(false)]
    );
    assert_eq!(rows[2], [Field::Null, Field::Long(2021), Field::Null, Field::Null]);
    let notes = file.metadata().file_metadata().key_value_metadata().unwrap().clone();
    assert!(notes.iter().any(|note| note.key == "meaning of year"), "{notes:?}");
}

#[test]
fn many_rows_are_several_groups() {
    let rows = (0..70_000_i64).map(|n| vec!["甲".into(), n.into(), Datum::Unknown, true.into()]);
    let file = read_back(&written(RowForm::Parquet, rows.collect()));
    assert_eq!((file.num_row_groups(), file.metadata().file_metadata().num_rows()), (2, 70_000));
}

#[test]
fn a_sheet_takes_no_more_than_people_can_open() {
    assert!(RowForm::Xlsx.check(MOST_SHEET_ROWS).is_ok());
    let said = RowForm::Xlsx.check(MOST_SHEET_ROWS + 1).unwrap_err();
    assert!(said.contains("parquet"), "{said}");
    assert!(RowForm::Parquet.check(u64::MAX).is_ok());
}

#[test]
fn a_row_of_the_wrong_length_is_refused() {
    for form in [RowForm::Csv { bom: false }, RowForm::Jsonl, RowForm::Xlsx, RowForm::Parquet] {
        let row = vec![vec![Datum::Unknown]].into_iter();
        assert!(write_rows(form, &COLUMNS, &[], row, Vec::new()).is_err(), "{form:?}");
    }
}

//! What sizes and tables look like.

use super::{size, table};

#[test]
fn sizes_have_three_digits_and_decimal_units() {
    let shown = [0, 999, 98_362_432, 491_400_064, 1_117_320_768].map(size);
    assert_eq!(shown, ["0 B", "999 B", "98.4 MB", "491 MB", "1.12 GB"]);
}

#[test]
fn a_table_aligns_its_columns_and_has_no_trailing_blanks() {
    let rows = vec![
        vec!["name".to_owned(), "size".to_owned(), String::new()],
        vec!["a-long-name".to_owned(), "1 B".to_owned(), "default".to_owned()],
    ];
    assert_eq!(table(&rows), "name         size\na-long-name  1 B   default\n");
}

//! The walk refuses whatever could hurt the code behind it, and nothing that is legal.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{
    FALSE, LIST_0, NULL, TRUE, array, described, described_by, list, map, string, symbol, symbols, uint,
};
use crossdock_amqp::codec::walk::{self, Budget};
use crossdock_amqp::codec::{Cursor, Problem};
use proptest::prelude::*;

const BUDGET: Budget = Budget { depth: 8, elements: 100 };

fn length(bytes: &[u8]) -> usize {
    walk::value(bytes, &mut { BUDGET }).unwrap_or_else(|error| panic!("{error}: {bytes:02x?}"))
}

fn problem(bytes: &[u8]) -> Problem {
    walk::value(bytes, &mut { BUDGET }).expect_err("must be refused").problem
}

#[test]
fn every_primitive_type_is_walked_over() {
    let values: &[&[u8]] = &[
        NULL,
        TRUE,
        FALSE,
        &[0x43],
        &[0x44],
        &[0x45],
        &[0x50, 1],
        &[0x51, 1],
        &[0x52, 1],
        &[0x53, 1],
        &[0x54, 1],
        &[0x55, 1],
        &[0x56, 1],
        &[0x60, 0, 1],
        &[0x61, 0, 1],
        &[0x70, 0, 0, 0, 1],
        &[0x71, 0, 0, 0, 1],
        &[0x72, 0, 0, 0, 1],
        &[0x73, 0, 0, 0, 0x41],
        &[0x74, 0, 0, 0, 1],
        &[0x80, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x81, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x82, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x83, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x84, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0xa0, 1, 0xff],
        &[0xa1, 1, b'x'],
        &[0xa3, 1, b'x'],
        &[0xb0, 0, 0, 0, 1, 0xff],
        &[0xb1, 0, 0, 0, 1, b'x'],
        &[0xb3, 0, 0, 0, 1, b'x'],
    ];
    for value in values {
        assert_eq!(length(value), value.len(), "{value:02x?}");
        assert_eq!(length(&[value, &[0x99, 0x99][..]].concat()), value.len(), "{value:02x?} and more");
    }
    for constructor in [0x94, 0x98] {
        assert_eq!(length(&[&[constructor][..], &[7; 16]].concat()), 17);
    }
}

#[test]
fn every_compound_type_is_walked_over() {
    let values = [
        list(&[NULL, TRUE]),
        vec![0xd0, 0, 0, 0, 6, 0, 0, 0, 2, 0x40, 0x41],
        map(&[&symbol("a")[..], &uint(1)]),
        vec![0xd1, 0, 0, 0, 4, 0, 0, 0, 0],
        symbols(&["a", "bc"]),
        vec![0xf0, 0, 0, 0, 9, 0, 0, 0, 2, 0x60, 0, 1, 0, 2],
        array(&[0xc0], &[&[1, 0][..], &[2, 1, 0x41]]),
        array(&[0xe0], &[&[2, 0, 0x50][..], &[4, 2, 0x50, 1, 2]]),
        array(&[0, 0xa3, 1, b'd', 0xa1], &[[1, b'x'], [1, b'y']]),
        array(&[0x50], &[[0_u8; 0]; 0]),
        vec![0xe0, 1, 0],
        array(&[0x41], &[[0_u8; 0]; 9]),
        described(0x24, LIST_0),
        described_by("a:b", &described_by("c:d", &list(&[list(&[NULL]), array(&[0x56], &[[0], [1]])]))),
    ];
    for value in values {
        assert_eq!(length(&value), value.len(), "{value:02x?}");
        assert_eq!(length(&[&value[..], &[0x99]].concat()), value.len(), "{value:02x?} and more");
    }
}

#[test]
fn elements_that_take_no_bytes_are_charged_to_the_budget() {
    // 2^32 - 1 elements in ten bytes.
    for constructor in [0x40, 0x41, 0x42, 0x43, 0x44, 0x45] {
        let bytes = [0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, constructor];
        assert_eq!(problem(&bytes), Problem::Elements, "{constructor:#x}");
    }
    let many = [0xf0, 0, 0, 0, 5, 0, 0, 0, 99, 0x40];
    let mut budget = BUDGET;
    assert_eq!(walk::value(&many, &mut budget), Ok(10));
    assert_eq!(budget.elements, 0);
    assert_eq!(walk::value(NULL, &mut budget).expect_err("nothing is left").problem, Problem::Elements);
}

#[test]
fn nesting_ends_at_the_budget_and_not_with_the_stack() {
    let nested =
        |levels: usize, open: &dyn Fn(Vec<u8>) -> Vec<u8>| (0..levels).fold(NULL.to_vec(), |inner, _| open(inner));
    let long_list = |inner: Vec<u8>| {
        let size = u32::try_from(inner.len() + 4).expect("small");
        [&[0xd0][..], &size.to_be_bytes(), &[0, 0, 0, 1], &inner].concat()
    };
    let descriptor = |inner: Vec<u8>| [&[0, 0x53, 1][..], &inner].concat();
    for open in [&long_list as &dyn Fn(Vec<u8>) -> Vec<u8>, &descriptor] {
        assert!(walk::value(&nested(8, open), &mut { BUDGET }).is_ok());
        for levels in [9, 40, 10_000] {
            let bytes = nested(levels, open);
            assert_eq!(problem(&bytes), Problem::Depth, "{levels} levels");
            let walked = walk::value(&bytes, &mut Budget { depth: u32::MAX, elements: u32::MAX });
            assert_eq!(walked.is_ok(), levels <= 32, "{levels} levels, {walked:?}");
        }
    }
    // An array of arrays of arrays.
    let arrays = (0..20).fold(vec![0x40_u8], |inner, _| array(&[0xe0], &[&inner[1..]])[..].to_vec());
    assert!(walk::value(&arrays, &mut { BUDGET }).is_err());
}

#[test]
fn sizes_that_lie_are_refused() {
    for bytes in [
        // Beyond the bytes there are.
        &[0xa0, 2, 1][..],
        &[0xb0, 0xff, 0xff, 0xff, 0xff, 1],
        &[0xc0, 9, 1, 0x40],
        &[0xd0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0x40],
        &[0xe0, 9, 1, 0x40],
        &[0xf0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0x40],
        // Too small for the count.
        &[0xc0, 0, 0],
        &[0xd0, 0, 0, 0, 3, 0, 0, 0, 0],
        &[0xe0, 0, 0],
        // An inner value that reaches beyond the outer, with bytes enough behind it.
        &[0xc0, 3, 1, 0xa0, 2, 1, 1, 1, 1],
        &[0xc0, 4, 1, 0xc0, 2, 1, 0x40, 0x40],
        &[0xc0, 4, 1, 0xe0, 3, 1, 0x50, 1, 1],
    ] {
        let refused = problem(bytes);
        assert!(matches!(refused, Problem::Size | Problem::Truncated), "{refused:?} for {bytes:02x?}");
    }
}

#[test]
fn counts_that_lie_are_refused() {
    for bytes in [
        &[0xc0, 3, 1, 0x40, 0x40][..],
        &[0xc1, 4, 2, 0x40, 0x40, 0x40],
        &[0xe0, 4, 1, 0x50, 1, 2],
        &[0xe0, 3, 2, 0x50, 1],
        &[0xe0, 3, 0, 0x50, 1],
        &[0xd0, 0, 0, 0, 5, 0, 0, 0, 0, 0x40],
    ] {
        assert!(matches!(problem(bytes), Problem::Count(_)), "{:?} for {bytes:02x?}", problem(bytes));
    }
    assert_eq!(problem(&[0xc0, 2, 2, 0x40]), Problem::Truncated);
    // What is left over in an array of strings reads as the length of one more.
    assert_eq!(problem(&[0xe0, 5, 1, 0xa1, 1, b'x', b'y']), Problem::Truncated);
    assert_eq!(problem(&[0xc1, 4, 3, 0x40, 0x40, 0x40]), Problem::OddMap(3));
}

#[test]
fn content_that_its_type_forbids_is_refused() {
    assert_eq!(problem(&[0xa1, 2, 0xc3, 0x28]), Problem::Utf8);
    assert_eq!(problem(&[0xb1, 0, 0, 0, 1, 0xff]), Problem::Utf8);
    assert_eq!(problem(&[0xa3, 2, 0xc3, 0xa4]), Problem::Ascii);
    assert_eq!(problem(&[0x56, 2]), Problem::Boolean(2));
    assert_eq!(problem(&[0x73, 0, 0, 0xd8, 0]), Problem::Char(0xd800));
    assert_eq!(problem(&array(&[0x56], &[[1], [2]])), Problem::Boolean(2));
    assert_eq!(problem(&array(&[0x73], &[[0, 0x11, 0, 0]])), Problem::Char(0x11_0000));
    assert_eq!(problem(&array(&[0xa3], &[[1, 0x80]])), Problem::Ascii);
    for constructor in [0x01, 0x3f, 0x46, 0x57, 0x62, 0x75, 0x85, 0x90, 0x99, 0xa2, 0xb4, 0xc2, 0xd2, 0xe1, 0xff] {
        assert_eq!(problem(&[constructor]), Problem::UnknownConstructor(constructor));
    }
    assert_eq!(problem(&[0, 0x52, 1, 0x40]), Problem::DescriptorType(0x52));
    assert_eq!(problem(&[0, 0, 0x53, 1, 0x40, 0x40]), Problem::DescriptorType(0));
    assert_eq!(problem(&[]), Problem::Truncated);
}

#[test]
fn an_error_says_where_it_is() {
    let bytes = list(&[&string("ab")[..], &[0xa3, 1, 0xff], NULL]);
    let error = walk::value(&bytes, &mut { BUDGET }).expect_err("must be refused");
    assert_eq!((error.offset, error.problem), (9, Problem::Ascii));
    let text = error.to_string();
    assert!(text.contains("ASCII") && text.contains("byte 9"), "{text}");
}

#[test]
fn a_cursor_skips_what_a_walk_allows() {
    let bytes = [&list(&[NULL, TRUE])[..], &uint(7), NULL, &string("end")].concat();
    let mut cursor = Cursor::new(&bytes);
    assert_eq!(cursor.value(&mut { BUDGET }), Ok(Some(&bytes[..5])));
    assert_eq!(cursor.uint(), Ok(Some(7)));
    assert_eq!(cursor.value(&mut { BUDGET }), Ok(None));
    assert_eq!(cursor.string(), Ok(Some("end")));
    assert!(cursor.is_empty());
}

/// Bytes that are more often nearly a value than random bytes are.
fn value_like() -> impl Strategy<Value = Vec<u8>> {
    let constructors = prop::sample::select(vec![
        0x00_u8, 0x40, 0x41, 0x43, 0x44, 0x45, 0x50, 0x52, 0x53, 0x56, 0x60, 0x70, 0x73, 0x80, 0x98, 0xa0, 0xa1, 0xa3,
        0xb0, 0xc0, 0xc1, 0xd0, 0xe0, 0xf0,
    ]);
    prop::collection::vec(prop_oneof![3 => constructors, 4 => 0..6_u8, 1 => any::<u8>()], 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_walk_of_any_bytes_ends_within_them_and_within_the_budget(bytes in value_like()) {
        let mut budget = BUDGET;
        if let Ok(length) = walk::value(&bytes, &mut budget) {
            prop_assert!(length >= 1 && length <= bytes.len());
            prop_assert!(budget.elements < BUDGET.elements);
            // What is behind the value does not matter.
            prop_assert_eq!(walk::value(&bytes[..length], &mut { BUDGET }), Ok(length));
            // Nothing is to spare.
            let shorter = walk::value(&bytes[..length - 1], &mut { BUDGET });
            prop_assert!(shorter.is_err());
        }
    }
}

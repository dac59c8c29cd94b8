//! What a message may be besides records: every envelope, and what is made to exhaust.

use serde_json::json;

use super::{Written, call, gzip, hand, reading};
use crate::delivery::forms::FORMS;

#[test]
fn every_envelope_is_read_in_a_message() {
    let (mut stage, place) = reading(None);
    let one = String::from_utf8(call("2026-05-01T10:00:00Z")).unwrap();
    let mut single = Written::default();
    hand(&mut stage, &place, 0, one.as_bytes(), &mut single);
    let expected = 2 * single.events().len();
    for (form, offset) in FORMS.iter().zip(1..) {
        let text = (form.wrap)(&[one.clone(), one.clone()]);
        for payload in [text.clone().into_bytes(), gzip(text.as_bytes())] {
            let mut out = Written::default();
            hand(&mut stage, &place, offset, &payload, &mut out);
            assert_eq!(out.events().len(), expected, "{}", form.name);
            assert!(out.letters().is_empty(), "{}: {:?}", form.name, out.letters());
        }
    }
}

#[test]
fn a_message_that_inflates_beyond_measure_costs_itself() {
    let (mut stage, place) = reading(None);
    let good = call("2026-05-01T10:00:00Z");
    let bomb = zstd::encode_all(vec![b'\n'; 64 << 20].as_slice(), 19).unwrap();
    let mut out = Written::default();
    for (payload, offset) in [&good, &bomb, &good].into_iter().zip(0..) {
        hand(&mut stage, &place, offset, payload, &mut out);
    }
    let letters = out.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!((&letters[0]["offset"], &letters[0]["reason"]), (&json!(1), &json!("too_large")));
    let offsets: Vec<_> = out.events().iter().map(|arrived| arrived.origin.offset).collect();
    assert!(offsets.contains(&0) && offsets.contains(&2), "{offsets:?}");
}

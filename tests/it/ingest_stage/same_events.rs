//! What comes as messages is understood as what lies in files.

use std::fs;

use serde_json::Value;
use tenure::format::event_json::event_line;
use tenure::stream::{SourceName, Stream};

use super::{Written, bytes_of, files, hand, reading};
use crate::clouds;
use crate::golden::root;
use crate::program::{stdout, tenure};

/// A line of events without its origin, which says where it was read.
fn without_origin(line: &str) -> Value {
    let mut value: Value = serde_json::from_str(line).unwrap();
    value.as_object_mut().unwrap().remove("origin").unwrap();
    value
}

/// Holds that messages of what lies in `folders`, a file each, give the events that the files give. Returns
/// how many.
fn hold_same_events(folders: &[&str]) -> usize {
    let expected = tenure(&root(), &[&["events"], folders].concat());
    let expected: Vec<Value> = stdout(&expected).lines().map(without_origin).collect();
    let (mut stage, place) = reading(None);
    let mut out = Written::default();
    for (file, offset) in folders.iter().flat_map(|folder| files(folder)).zip(0..) {
        hand(&mut stage, &place, offset, &bytes_of(&file), &mut out);
    }
    let events = out.events();
    let streams = SourceName::ALL.iter().copied().map(Stream::default_for).collect::<Vec<_>>();
    let got: Vec<Value> = events
        .iter()
        .map(|arrived| {
            let stream = streams.iter().find(|stream| stream.source == arrived.event.source).unwrap();
            without_origin(&event_line(&arrived.event, stream, "").unwrap())
        })
        .collect();
    assert_eq!(got.len(), expected.len(), "{folders:?}");
    for (got, expected) in got.iter().zip(&expected) {
        assert_eq!(got, expected);
    }
    assert_eq!(stage.tallies().events, got.len() as u64);
    got.len()
}

#[test]
fn messages_give_the_events_that_files_give() {
    assert!(hold_same_events(&["examples/cloudtrail", "examples/vault"]) > 1_000);
}

#[test]
fn messages_of_every_source_give_the_events_that_files_give() {
    let folders = fs::read_dir(root().join(clouds::FOLDER)).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name();
        assert!(hold_same_events(&[&format!("{}/{}/logs", clouds::FOLDER, name.to_str().unwrap())]) > 0);
    }
}

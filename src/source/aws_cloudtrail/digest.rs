//! Digest files: each hour CloudTrail says, for each region, which log files it delivered, if any at all.
//!
//! That is the proof that silence was silence. Only the period and the files with the times of their events
//! are read. Whether hashes and signature are right is not asked here: `aws cloudtrail validate-logs` does
//! that against the bucket, where the signature lies.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::json::{Lenient, List, Object, from_record};
use crate::source::proof::{NamedFile, Proof};
use crate::text::Text;
use crate::time::{EventTime, Span};

/// The longest period that is believed: a digest covers an hour.
const PERIOD_MAX: Span = Span::days(1);

/// Most files one digest names: a file covers some minutes of one account and region, and a very busy one
/// gets several. A digest that names more proves nothing.
const FILES_MAX: usize = 10_000;

/// One more is read than may be there, to tell that there are more.
const FILES_READ_MAX: usize = FILES_MAX + 1;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Digest<'a> {
    #[serde(borrow, rename = "digestStartTime")]
    start: Lenient<Text<'a>>,
    #[serde(borrow, rename = "digestEndTime")]
    end: Lenient<Text<'a>>,
    #[serde(borrow)]
    log_files: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LogFile<'a> {
    #[serde(borrow)]
    s3_object: Lenient<Text<'a>>,
    #[serde(borrow)]
    newest_event_time: Lenient<Text<'a>>,
    #[serde(borrow)]
    oldest_event_time: Lenient<Text<'a>>,
}

/// What a digest proves; nothing where a part of it cannot be read.
pub fn proof(record: &[u8]) -> Option<Proof<'_>> {
    let Object(digest) = from_record::<Object<Digest<'_>>>(record).ok()?;
    let (from, to) = (time(&digest.start)?, time(&digest.end)?);
    if to <= from || to - from > PERIOD_MAX {
        return None;
    }
    let files = digest.log_files?.get();
    if !files.starts_with('[') {
        return None;
    }
    let List(files) = serde_json::from_str::<List<Object<LogFile<'_>>, FILES_READ_MAX>>(files).ok()?;
    if files.len() > FILES_MAX {
        return None;
    }
    let files = files.into_iter().map(|Object(file)| named(file)).collect::<Option<_>>()?;
    Some(Proof { from, to, files })
}

fn named(file: LogFile<'_>) -> Option<NamedFile<'_>> {
    let (oldest, newest) = (time(&file.oldest_event_time)?, time(&file.newest_event_time)?);
    (oldest <= newest).then_some(NamedFile { name: file.s3_object.0?, oldest, newest })
}

fn time(text: &Lenient<Text<'_>>) -> Option<EventTime> {
    EventTime::parse(text.0.as_deref()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(start: &str, end: &str, files: &str) -> String {
        format!(
            r#"{{"awsAccountId":"111122223333","digestS3Object":"k","digestStartTime":{start},
                "digestEndTime":{end},"newestEventTime":null,"oldestEventTime":null,"logFiles":{files}}}"#
        )
    }

    const START: &str = r#""2026-03-01T10:30:00Z""#;
    const END: &str = r#""2026-03-01T11:30:00Z""#;
    const FILE: &str = r#"{"s3Object":"AWSLogs/1/f.json.gz","oldestEventTime":"2026-03-01T10:20:00Z",
        "newestEventTime":"2026-03-01T10:59:59Z","hashValue":"x"}"#;

    #[test]
    fn a_digest_states_its_period_and_its_files() {
        let empty = digest(START, END, "[]");
        let read = proof(empty.as_bytes()).unwrap();
        assert_eq!(read.hours().count(), 2);
        assert!(read.files.is_empty());

        let full = digest(START, END, &format!("[{FILE}]"));
        let read = proof(full.as_bytes()).unwrap();
        assert_eq!(read.files[0].name.as_str(), "AWSLogs/1/f.json.gz");
        assert_eq!(read.files[0].hours().count(), 1);
    }

    #[test]
    fn a_digest_that_is_not_whole_proves_nothing() {
        let many = format!("[{}]", vec![FILE; FILES_MAX + 1].join(","));
        let timeless = r#"[{"s3Object":"k","oldestEventTime":null,"newestEventTime":null}]"#;
        let nameless = FILE.replace("s3Object", "s3Bucket");
        for broken in [
            digest(END, START, "[]"),
            digest(START, START, "[]"),
            digest(START, r#""2026-03-03T11:30:00Z""#, "[]"),
            digest("null", END, "[]"),
            digest(START, "5", "[]"),
            digest(START, END, "null"),
            digest(START, END, "{}"),
            digest(START, END, timeless),
            digest(START, END, &format!("[{nameless}]")),
            digest(START, END, "[1]"),
            digest(START, END, &many),
            digest(START, END, "[]").replace("logFiles", "files"),
            digest(START, END, "[")[..90].to_owned(),
            "[]".to_owned(),
        ] {
            assert_eq!(proof(broken.as_bytes()), None, "{}", &broken[..broken.len().min(300)]);
        }
        let all = digest(START, END, &format!("[{}]", vec![FILE; FILES_MAX].join(",")));
        assert_eq!(proof(all.as_bytes()).map(|proof| proof.files.len()), Some(FILES_MAX));
    }
}

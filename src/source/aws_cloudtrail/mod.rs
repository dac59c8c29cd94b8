//! stub
use super::{RecordContext, Source, Verdict};
use crate::event::Event;
use crate::stream::SourceName;

pub static SOURCE: Source = Source {
    name: SourceName::AwsCloudtrail,
    summary: "",
    reads: "",
    reference: "",
    recognises: |_| false,
    parse,
};

fn parse<'a>(_record: &'a [u8], _context: &RecordContext<'a>, _events: &mut Vec<Event<'a>>) -> Verdict {
    Verdict::Ignored { reason: "stub", at: None }
}

//! events of any other system, in Tenure's own JSON form.

use super::{RecordContext, Reject, RejectReason, Source, Verdict};
use crate::event::Event;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::Generic,
    summary: "events of any other system, in Tenure's own JSON form",
    reads: "",
    reference: "",
    recognises,
    parse,
    kinds: &[],
    fields: &[],
    blind_spots: &[],
    lateness: Span::minutes(5),
};

fn recognises(_: &[u8]) -> bool {
    false
}

fn parse<'a>(_: &'a [u8], _: &RecordContext<'a>, _: &mut Vec<Event<'a>>) -> Verdict {
    Verdict::Rejected(Reject::new(RejectReason::UnknownFormat))
}

//! Microsoft Entra sign-ins of workloads.

use super::{RecordContext, Reject, RejectReason, Source, Verdict};
use crate::event::Event;
use crate::stream::SourceName;
use crate::time::Span;

pub static SOURCE: Source = Source {
    name: SourceName::EntraSignin,
    summary: "Microsoft Entra sign-ins of workloads",
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

//! Kubernetes, GitHub through Splunk's HTTP Event Collector, and Okta's event hooks.
//!
//! Shapes: <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>,
//! <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>,
//! <https://developer.okta.com/docs/concepts/event-hooks/>.

use serde::Deserialize;

use super::{
    LOG_LINE, List, Marks, Raw, Rule, Shape, around_list, around_object, has_only, member, packed_text, text,
};

pub(super) const RULES: &[Rule] = &[event_list, event_hook, collector];

/// Members of an event as Splunk's collector takes it.
const OF_COLLECTOR: &[&str] = &["event", "fields", "host", "index", "source", "sourcetype", "time"];

/// What the webhook of an API server posts.
fn event_list<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    let is_list = *text(marks.kind) == *"EventList" || text(marks.api_version).starts_with("audit.k8s.io/");
    is_list.then(|| around_list(List::Records, marks.items)).flatten()
}

/// What Okta posts to a hook.
fn event_hook<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    let is_hook = *text(marks.event_type) == *"com.okta.event_hook";
    is_hook.then(|| around_list(List::Records, member::<Hook<'_>>(marks.data).events)).flatten()
}

/// An event as Splunk's collector takes it. Records of GitHub have a member `event` too, which is a word.
fn collector<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.event.filter(|_| has_only(marks.object, OF_COLLECTOR))?;
    around_object(marks.event).or_else(|| {
        let named = marks.sourcetype.is_some() || (marks.host.is_some() && marks.source.is_some());
        named.then(|| packed_text(marks.event, Some(LOG_LINE))).flatten()
    })
}

#[derive(Deserialize, Default)]
struct Hook<'a> {
    #[serde(borrow, default)]
    events: Raw<'a>,
}

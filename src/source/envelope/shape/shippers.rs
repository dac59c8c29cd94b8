//! Shippers of lines: Docker, Fluent Bit and Fluentd, Filebeat, Logstash, Vector.
//!
//! Each puts the line that was written into `log` or `message`, beside where it came from. Structured logs of
//! programs have a `message` too, in which anybody may get words of his own. So the line is only read where
//! nothing stands beside it but what shippers write, one mark of theirs at least, and where it begins an
//! object.
//!
//! Shapes: <https://docs.docker.com/engine/logging/drivers/json-file/>,
//! <https://docs.fluentbit.io/manual/data-pipeline/filters/kubernetes>,
//! <https://www.elastic.co/docs/reference/beats/filebeat/exported-fields>,
//! <https://vector.dev/docs/reference/configuration/sources/kubernetes_logs/>.

use super::{Marks, Packed, Rule, Shape, bytes, has_any, has_only, is_text};

pub(super) const RULES: &[Rule] = &[line];

/// What shippers alone write.
const MARKS: &[&str] =
    &["@metadata", "@version", "agent", "beat", "container_id", "container_name", "source_type", "stream"];

/// Everything that shippers write of a line.
const BESIDE_LINE: &[&str] = &[
    "@metadata",
    "@timestamp",
    "@version",
    "_p",
    "agent",
    "attrs",
    "beat",
    "cloud",
    "container",
    "container_id",
    "container_name",
    "data_stream",
    "date",
    "docker",
    "ecs",
    "elastic_agent",
    "event",
    "fields",
    "file",
    "host",
    "input",
    "kubernetes",
    "label",
    "log",
    "logtag",
    "message",
    "offset",
    "orchestrator",
    "path",
    "source",
    "source_type",
    "stream",
    "tag",
    "tags",
    "time",
    "timestamp",
    "type",
];

/// The line, in `log` or in `message`, where Filebeat has an object `log` beside it.
fn line<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    let line = [marks.log, marks.message].into_iter().find(|raw| is_text(*raw))?;
    let is_shipped = has_only(marks.object, BESIDE_LINE) && has_any(marks.object, MARKS);
    is_shipped.then(|| Shape::Packed(Packed::line(bytes(line))))
}

//! Azure: audit events of AKS in a diagnostic record, rows of Log Analytics, and what its query API answers.
//!
//! Lists (`records` of Event Hubs and storage, `value` of Graph and REST) are read as others are.
//!
//! Shapes: <https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs-schema>,
//! <https://learn.microsoft.com/azure/aks/monitor-aks-reference>,
//! <https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format>.

use serde::Deserialize;

use super::{Marks, Packed, Raw, Rule, Shape, around_object, begins, bytes, member, packed_text, text};

pub(super) const RULES: &[Rule] = &[aks, row, tables];

/// The event of Kubernetes that AKS writes as a text, in the record or in the row of it.
fn aks<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    if !matches!(&*text(marks.category.or(marks.category_column)), "kube-audit" | "kube-audit-admin") {
        return None;
    }
    let log = member::<Properties<'_>>(marks.properties).log.or(marks.log_s);
    packed_text(log, None).or_else(|| around_object(log))
}

/// A row of a table of Log Analytics, by the columns that every table has and one of those that ours have.
fn row<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    marks.time_generated?;
    marks.sns_type.or(marks.category_column).or(marks.source_system).or(marks.operation_name)?;
    Some(Shape::Row)
}

/// Rows as the query API answers them: columns named once, values in lists.
fn tables<'a>(marks: &Marks<'a>) -> Option<Shape<'a>> {
    begins(marks.tables, '[').then(|| Shape::Packed(Packed::tables(bytes(marks.tables))))
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(borrow, default)]
    log: Raw<'a>,
}

//! Rows of Log Analytics: columns whose text is JSON become JSON.
//!
//! A dynamic column comes as a string wherever rows are exported, so that `TargetResources` is a text that
//! holds a list. Sources read nested JSON; names stay as the table has them. Only columns that are JSON in
//! the table are unfolded: a user agent that looks like JSON is the caller's own, and its names must not
//! stand among those a record is told by. Texts inside what is unfolded stay texts as well.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::source::{Reject, RejectReason};
use crate::text::Text;

/// Columns of JSON that a source reads.
const NESTED: &[&str] = &[
    "AdditionalDetails",
    "CertificateProperties",
    "Claims",
    "Claims_d",
    "Identity",
    "InitiatedBy",
    "KeyIds",
    "KeyProperties",
    "Properties",
    "Properties_d",
    "SecretProperties",
    "SignInEventTypes",
    "Status",
    "TargetResources",
];

/// The members of an object, in its order.
struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// A table of an answer. Each row is read by itself, so that a broken one costs itself.
#[derive(serde::Deserialize)]
struct Table<'a> {
    #[serde(borrow)]
    columns: Vec<Column<'a>>,
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
}

#[derive(serde::Deserialize)]
struct Column<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// `object` with the JSON of its columns unfolded. It grows by nothing: what is unfolded loses its escapes.
pub(super) fn unfold(object: &[u8]) -> Result<Vec<u8>, Reject> {
    let members: Members<'_> =
        serde_json::from_slice(object).map_err(|error| Reject::from_json(object, &error))?;
    let mut row = Vec::with_capacity(object.len());
    write(&mut row, members.0.iter().map(|(name, value)| (name.as_str(), *value)));
    Ok(row)
}

/// The rows of all tables of `list`, an object a line, of at most `bytes_max` together.
pub(super) fn spread(list: &[u8], bytes_max: usize) -> Result<Vec<u8>, Reject> {
    let tables: Vec<Table<'_>> =
        serde_json::from_slice(list).map_err(|error| Reject::from_json(list, &error))?;
    let mut text = Vec::new();
    for table in &tables {
        let names: usize = table.columns.iter().map(|column| column.name.len() + "\"\":,".len()).sum();
        for row in &table.rows {
            if text.len() + names + row.get().len() > bytes_max {
                return Err(Reject::new(RejectReason::TooLarge));
            }
            match serde_json::from_str::<Vec<&RawValue>>(row.get()) {
                Ok(values) => {
                    let names = table.columns.iter().map(|column| column.name.as_str());
                    write(&mut text, names.zip(values));
                }
                // Read as what it is: no object, rejected alone.
                Err(_) => text.extend_from_slice(b"null"),
            }
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// Appends an object of `members`.
fn write<'m>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'m str, &'m RawValue)>) {
    let mut mark = b'{';
    for (name, value) in members {
        out.push(mark);
        mark = b',';
        // A vector takes whatever is written.
        let _ = serde_json::to_writer(&mut *out, name);
        out.push(b':');
        match NESTED.contains(&name).then(|| folded(value)).flatten() {
            Some(inner) => out.extend_from_slice(inner.as_bytes()),
            None => out.extend_from_slice(value.get().as_bytes()),
        }
    }
    if mark == b'{' {
        out.push(mark);
    }
    out.push(b'}');
}

/// The object or the list whose text is the string `value`.
fn folded(value: &RawValue) -> Option<String> {
    let inside = value.get().strip_prefix('"')?.trim_start();
    if !inside.starts_with(['{', '[', '\\']) {
        return None;
    }
    let inner: String = serde_json::from_str(value.get()).ok()?;
    let is_nested = inner.trim_start().starts_with(['{', '[']);
    (is_nested && serde_json::from_str::<IgnoredAny>(&inner).is_ok()).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfolded(row: &str) -> String {
        String::from_utf8(unfold(row.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn only_columns_that_hold_json_are_unfolded() {
        for (value, expected) in [
            (r#""[{\"b\":\"[\\\"c\\\"]\"}]""#, r#"[{"b":"[\"c\"]"}]"#),
            (r#""{}""#, "{}"),
            (r#""\n{\"j\":null}""#, "\n{\"j\":null}"),
            (r#""{broken""#, r#""{broken""#),
            (r#""[a]""#, r#""[a]""#),
            (r#""text""#, r#""text""#),
            ("1", "1"),
        ] {
            let row = |claims: &str| format!(r#"{{"Claims":{claims},"UserAgent":{value},"B\"":null}}"#);
            assert_eq!(unfolded(&row(value)), row(expected));
        }
        assert_eq!(unfolded("{}"), "{}");
        assert_eq!(unfold(b"{\"a\":").unwrap_err().reason, RejectReason::Truncated);
    }

    #[test]
    fn a_table_gives_an_object_a_row_and_no_more_than_allowed() {
        let list = br#"[{"name":"PrimaryResult","columns":[{"name":"Claims","type":"string"},{"name":"B\""}],
            "rows":[["{\"c\":1}","{}"],["y"],{"z":1},[]]}]"#;
        let text = "{\"Claims\":{\"c\":1},\"B\\\"\":\"{}\"}\n{\"Claims\":\"y\"}\nnull\n{}\n";
        assert_eq!(spread(list, 1_000), Ok(text.as_bytes().to_vec()));
        assert_eq!(spread(list, 30), Err(Reject::new(RejectReason::TooLarge)));
    }
}

//! What a modified property was and is.
//!
//! Both values are JSON inside a string: a list of texts, a text, `true`, or no JSON at all. An export that
//! unfolded them gives the JSON itself. Either way they are read as a list of texts. A list that was cut
//! short is told apart from a short one: what it lacks is not gone.

use serde_json::value::RawValue;

use super::record::Property;
use crate::source::json::{Lenient, List, Scalar};

/// The longest list that is read.
const VALUES_MAX: usize = 256;

/// A text, or a boolean as text.
#[derive(Debug)]
struct Word(String);

impl Scalar<'_> for Word {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn from_bool(value: bool) -> Option<Self> {
        Some(Self(value.to_string()))
    }
}

impl Property<'_> {
    pub(super) fn before(&self) -> Vec<String> {
        self.old_value.map(texts).unwrap_or_default()
    }

    pub(super) fn after(&self) -> Vec<String> {
        self.new_value.map(texts).unwrap_or_default()
    }

    /// The JSON of both values, without the string around it; `None` if one of them is half a list.
    pub(super) fn documents(&self) -> Option<(String, String)> {
        let whole = |raw: Option<&RawValue>| {
            let document = raw.map(document).unwrap_or_default();
            is_whole(&document).then_some(document)
        };
        Some((whole(self.old_value)?, whole(self.new_value)?))
    }
}

/// Whether a document is no list, or all of one.
fn is_whole(document: &str) -> bool {
    let is_list = ["[\"", "[{"].iter().any(|start| document.starts_with(start));
    let read = || serde_json::from_str::<List<Lenient<Word>, VALUES_MAX>>(document);
    !is_list || read().is_ok_and(|List(words)| words.len() < VALUES_MAX)
}

/// What stands in the string, if it is one; else the value as it is.
fn document(raw: &RawValue) -> String {
    serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

fn texts(raw: &RawValue) -> Vec<String> {
    let document = document(raw);
    if document.starts_with('[')
        && let Ok(List(words)) = serde_json::from_str::<List<Lenient<Word>, VALUES_MAX>>(&document)
    {
        return words.into_iter().filter_map(|Lenient(word)| word).map(|Word(text)| text).collect();
    }
    let word = serde_json::from_str::<Lenient<Word>>(&document).ok().and_then(|Lenient(word)| word);
    let text = word.map_or(document, |Word(text)| text);
    if text.is_empty() || text == "null" { Vec::new() } else { vec![text] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_list_is_no_list() {
        let long = format!("[{}]", vec!["\"a\""; VALUES_MAX].join(","));
        for (document, whole) in [
            ("", true),
            ("null", true),
            ("[]", true),
            ("[KeyIdentifier=a,DisplayName=b]", true),
            (r#"["a","b"]"#, true),
            (r#"[{"Id":"a"}]"#, true),
            (r#"["a","b"#, false),
            (r#"["[KeyIdentifier=a,DisplayName=b]"#, false),
            (r#"[{"Id":"a"},{"#, false),
            (&long, false),
        ] {
            assert_eq!(is_whole(document), whole, "{document}");
        }
    }

    #[test]
    fn a_value_is_a_list_of_texts_however_it_is_wrapped() {
        let values: [(&str, &[&str]); 11] = [
            (r#""[\"a\",\"b\"]""#, &["a", "b"]),
            (r#"["a","b"]"#, &["a", "b"]),
            (r#""[false]""#, &["false"]),
            (r#""[]""#, &[]),
            (r#""\"a\"""#, &["a"]),
            (r#""a""#, &["a"]),
            (r#""\"\"""#, &[]),
            (r#""""#, &[]),
            ("null", &[]),
            ("true", &["true"]),
            (r#""[broken""#, &["[broken"]),
        ];
        for (value, expected) in values {
            let raw: &RawValue = serde_json::from_str(value).expect(value);
            assert_eq!(texts(raw), expected, "{value}");
        }
    }
}

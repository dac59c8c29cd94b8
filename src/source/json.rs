//! Lenient, borrowed field access shared by the sources.
//!
//! Audit logs change types without notice (`"data":null`, numbers where text stood, an object in a metadata
//! value). A field of an unexpected type reads as absent; only a record that is not JSON at all is rejected.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::text::Text;

/// Reads a record. Whether it is UTF-8 is asked once of the whole, which costs a fraction of asking it of
/// every text; where it is not, texts that are not looked at may still be what they like.
pub fn from_record<'de, T: Deserialize<'de>>(record: &'de [u8]) -> serde_json::Result<T> {
    match core::str::from_utf8(record) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(record),
    }
}

/// The members that `T` names of an object that was left raw; none of anything else.
#[must_use]
pub fn members<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str::<Object<T>>(raw.get()).ok()).unwrap_or_default().0
}

/// A value kept if it is of the expected type, else `None`. Never an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lenient<T>(pub Option<T>);

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What a lenient field accepts; everything else in JSON reads as absent.
pub trait Scalar<'de>: Sized {
    fn from_borrowed(_: &'de str) -> Option<Self> {
        None
    }
    fn from_text(_: &str) -> Option<Self> {
        None
    }
    fn from_bool(_: bool) -> Option<Self> {
        None
    }
    fn from_i64(_: i64) -> Option<Self> {
        None
    }
}

impl<'de: 'a, 'a> Scalar<'de> for Text<'a> {
    fn from_borrowed(text: &'de str) -> Option<Self> {
        (!text.is_empty()).then(|| Text::borrowed(text))
    }

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Text::owned(text.to_owned()))
    }
}

impl Scalar<'_> for bool {
    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Scalar<'_> for i64 {
    fn from_i64(value: i64) -> Option<Self> {
        Some(value)
    }
}

/// A status code, also as some exports write it: as text. To miss it would turn a refusal into a success.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub i64);

impl Scalar<'_> for Code {
    fn from_i64(code: i64) -> Option<Self> {
        Some(Self(code))
    }

    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// Whether a value stands there at all: anything but `null` and the empty string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Present;

impl Scalar<'_> for Present {
    fn from_borrowed(text: &str) -> Option<Self> {
        Self::from_text(text)
    }

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then_some(Self)
    }

    fn from_bool(_: bool) -> Option<Self> {
        Some(Self)
    }

    fn from_i64(_: i64) -> Option<Self> {
        Some(Self)
    }
}

struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: Scalar<'de>> Visitor<'de> for LenientVisitor<T> {
    type Value = Lenient<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Lenient(T::from_borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Lenient(T::from_text(text)))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Lenient(T::from_bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Lenient(T::from_i64(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Lenient(i64::try_from(value).ok().and_then(T::from_i64)))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range and the fraction are checked")]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        let whole = value.fract() == 0.0 && value.abs() < 9e15;
        Ok(Lenient(whole.then_some(value as i64).and_then(T::from_i64)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Lenient(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }
}

impl<'de, T: Scalar<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor(PhantomData))
    }
}

/// An object read as `T` if it is one; any other value reads as `T::default()`.
///
/// Use it for sub-objects: `#[serde(borrow, default)] auth: Object<Auth<'a>>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Object)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Object::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object::default())
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// The items of an array that read as `T`; any other value reads as an empty list. At most `MAX` items are
/// kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

struct ListVisitor<T, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for ListVisitor<T, MAX> {
    type Value = List<T, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX {
            match seq.next_element::<T>()? {
                Some(item) => items.push(item),
                None => return Ok(List(items)),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(List::default())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    struct Inner<'a> {
        #[serde(borrow, default)]
        name: Lenient<Text<'a>>,
        #[serde(default)]
        ttl: Lenient<i64>,
        #[serde(borrow, default)]
        list: List<Lenient<Text<'a>>, 2>,
    }

    #[test]
    fn a_field_of_another_type_reads_as_absent() {
        for value in ["null", "1", "-1", "1e300", "true", "\"\"", "[1,[2]]", "{\"a\":{}}", "\"x\""] {
            let text = format!("{{\"name\":{value},\"ttl\":{value},\"list\":{value},\"other\":{value}}}");
            let inner: Inner = serde_json::from_str(&text).expect(value);
            assert_eq!(inner.name.0.is_some(), value == "\"x\"", "{value}");
            assert_eq!(inner.ttl.0.is_some(), value == "1" || value == "-1", "{value}");
            let object: Object<Inner> = serde_json::from_str(value).expect(value);
            assert_eq!(object.0.name.0, None);
        }
        let inner: Inner = serde_json::from_str(r#"{"list":["a",2,"c"]}"#).expect("a list");
        assert_eq!(inner.list.0.len(), 2);
    }
}

//! Bytes into values.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
};

use super::{ID_BYTES, LIST_MAX, WireError};

/// What is left to be read.
pub(super) struct Reader<'de> {
    rest: &'de [u8],
}

impl<'de> Reader<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, len: usize) -> Result<&'de [u8], WireError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(WireError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn long(&mut self) -> Result<i64, WireError> {
        let mut bits = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(WireError::Malformed)?;
            self.rest = rest;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err(WireError::Malformed);
            }
            bits |= part << shift;
            if byte < 0x80 {
                return Ok((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed());
            }
        }
        Err(WireError::Malformed)
    }

    fn len(&mut self) -> Result<usize, WireError> {
        usize::try_from(self.long()?).map_err(|_| WireError::Malformed)
    }

    fn text(&mut self) -> Result<&'de str, WireError> {
        let len = self.len()?;
        std::str::from_utf8(self.take(len)?).map_err(|_| WireError::Malformed)
    }

    fn branch(&mut self) -> Result<u32, WireError> {
        u32::try_from(self.long()?).map_err(|_| WireError::Malformed)
    }
}

/// Numbers go to the visitor as they are; it refuses what its type cannot hold.
macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
            visitor.visit_i64(self.long()?)
        }
    )*};
}

/// What no record of ours holds.
macro_rules! none_of_ours {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, WireError> {
            Err(WireError::NoForm)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = WireError;

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    none_of_ours! { deserialize_any deserialize_f32 deserialize_f64 deserialize_char deserialize_map
    deserialize_identifier deserialize_ignored_any }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        match self.take(1)? {
            [0] => visitor.visit_bool(false),
            [1] => visitor.visit_bool(true),
            _ => Err(WireError::Malformed),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_borrowed_bytes(self.take(ID_BYTES)?)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        match self.branch()? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(self),
            _ => Err(WireError::Malformed),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, WireError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, WireError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WireError> {
        let mut list = List { reader: self, left: 0, taken: 0, ended: false };
        let value = visitor.visit_seq(&mut list)?;
        // Whoever did not ask for the end has not read all of it.
        if list.ended || list.is_over()? { Ok(value) } else { Err(WireError::Malformed) }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, WireError> {
        visitor.visit_seq(Fields { reader: self, left: len })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, WireError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WireError> {
        self.deserialize_tuple(fields.len(), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WireError> {
        visitor.visit_enum(self)
    }
}

/// The fields of a record, one after the other.
struct Fields<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = WireError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, WireError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The items of a list, block by block.
struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// In the present block.
    left: usize,
    taken: usize,
    ended: bool,
}

impl List<'_, '_> {
    /// Whether no item follows; goes on to the next block where one does.
    fn is_over(&mut self) -> Result<bool, WireError> {
        if self.left > 0 || self.ended {
            return Ok(self.ended);
        }
        let count = self.reader.long()?;
        if count < 0 {
            // A block may say how long it is, for those who skip it.
            self.reader.len()?;
        }
        self.left = usize::try_from(count.unsigned_abs()).map_err(|_| WireError::Malformed)?;
        self.taken = self.taken.saturating_add(self.left);
        if self.taken > LIST_MAX {
            return Err(WireError::Malformed);
        }
        self.ended = self.left == 0;
        Ok(self.ended)
    }
}

impl<'de> SeqAccess<'de> for &mut List<'_, 'de> {
    type Error = WireError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, WireError> {
        if self.is_over()? {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = WireError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), WireError> {
        let at: serde::de::value::U32Deserializer<WireError> = self.branch()?.into_deserializer();
        Ok((seed.deserialize(at)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = WireError;

    fn unit_variant(self) -> Result<(), WireError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, WireError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, WireError> {
        Err(WireError::NoForm)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, WireError> {
        Err(WireError::NoForm)
    }
}

//! Values into bytes.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{
    Impossible, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct, Serializer,
};

use super::WireError;

/// Appends to a buffer.
pub(super) struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    fn again(&mut self) -> Writer<'_> {
        Writer { out: self.out }
    }

    /// A number: zigzag, then seven bits to a byte, the lowest first.
    fn long(&mut self, number: i64) {
        let mut bits = (number << 1 ^ number >> 63).cast_unsigned();
        while bits >= 0x80 {
            self.out.push((bits & 0x7f) as u8 | 0x80);
            bits >>= 7;
        }
        self.out.push((bits & 0x7f) as u8);
    }

    fn len(&mut self, len: usize) {
        self.long(i64::try_from(len).unwrap_or(i64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.len(text.len());
        self.out.extend_from_slice(text.as_bytes());
    }
}

type No = Impossible<(), WireError>;

impl<'o> Serializer for Writer<'o> {
    type Ok = ();
    type Error = WireError;
    type SerializeSeq = List<'o>;
    type SerializeTuple = Fields<'o>;
    type SerializeTupleStruct = Fields<'o>;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = Fields<'o>;
    type SerializeStructVariant = No;

    fn serialize_bool(self, value: bool) -> Result<(), WireError> {
        self.out.push(u8::from(value));
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(mut self, value: i64) -> Result<(), WireError> {
        self.long(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), WireError> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), WireError> {
        self.serialize_i64(i64::try_from(value).map_err(|_| WireError::NoForm)?)
    }

    fn serialize_f32(self, _: f32) -> Result<(), WireError> {
        Err(WireError::NoForm)
    }

    fn serialize_f64(self, _: f64) -> Result<(), WireError> {
        Err(WireError::NoForm)
    }

    fn serialize_char(self, _: char) -> Result<(), WireError> {
        Err(WireError::NoForm)
    }

    fn serialize_str(mut self, value: &str) -> Result<(), WireError> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), WireError> {
        if value.len() != super::ID_BYTES {
            return Err(WireError::NoForm);
        }
        self.out.extend_from_slice(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), WireError> {
        self.serialize_i64(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(mut self, value: &T) -> Result<(), WireError> {
        self.long(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WireError> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), WireError> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, at: u32, _: &'static str) -> Result<(), WireError> {
        self.serialize_u32(at)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), WireError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        at: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), WireError> {
        self.long(at.into());
        value.serialize(self)
    }

    fn serialize_seq(mut self, len: Option<usize>) -> Result<List<'o>, WireError> {
        let len = len.ok_or(WireError::NoForm)?;
        if len > 0 {
            self.len(len);
        }
        Ok(List { writer: self })
    }

    fn serialize_tuple(self, _: usize) -> Result<Fields<'o>, WireError> {
        Ok(Fields { writer: self })
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Fields<'o>, WireError> {
        Ok(Fields { writer: self })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, WireError> {
        Err(WireError::NoForm)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<No, WireError> {
        Err(WireError::NoForm)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'o>, WireError> {
        Ok(Fields { writer: self })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, WireError> {
        Err(WireError::NoForm)
    }

    fn collect_str<T: Display + ?Sized>(mut self, value: &T) -> Result<(), WireError> {
        self.text(&value.to_string());
        Ok(())
    }
}

/// A list: how many, each, and that none follows.
pub(super) struct List<'o> {
    writer: Writer<'o>,
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = WireError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WireError> {
        value.serialize(self.writer.again())
    }

    fn end(mut self) -> Result<(), WireError> {
        self.writer.len(0);
        Ok(())
    }
}

/// One field after the other.
pub(super) struct Fields<'o> {
    writer: Writer<'o>,
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = WireError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), WireError> {
        value.serialize(self.writer.again())
    }

    fn end(self) -> Result<(), WireError> {
        Ok(())
    }
}

impl SerializeTuple for Fields<'_> {
    type Ok = ();
    type Error = WireError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WireError> {
        value.serialize(self.writer.again())
    }

    fn end(self) -> Result<(), WireError> {
        Ok(())
    }
}

impl SerializeTupleStruct for Fields<'_> {
    type Ok = ();
    type Error = WireError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WireError> {
        value.serialize(self.writer.again())
    }

    fn end(self) -> Result<(), WireError> {
        Ok(())
    }
}

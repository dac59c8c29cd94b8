//! Strings kept once. The numbers are private to one realm: they never reach bytes, and nothing is ordered by
//! them.

use core::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A string of one `Strings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sym(u32);

impl Sym {
    /// No string. The empty string is interned first, so that "absent" costs nothing extra.
    pub const NONE: Self = Self(0);

    /// `Some` unless this is [`Sym::NONE`].
    #[must_use]
    pub fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// An arena of strings with an index over it.
#[derive(Debug)]
pub struct Strings {
    bytes: String,
    /// End of each string; its start is the end of the one before.
    ends: Vec<usize>,
    index: HashTable<u32>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { bytes: String::new(), ends: vec![0], index: HashTable::new() }
    }
}

/// The hash of a text, the same in every run: nothing that is iterated depends on it, but reproducible runs
/// are easier to profile.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Strings {
    /// The number of `text`, made if it is new.
    ///
    /// # Panics
    /// Beyond 2^32 strings of one realm, which no machine holds.
    pub fn intern(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::NONE;
        }
        let hash_of_text = hash(text);
        if let Some(&found) = self.index.find(hash_of_text, |&at| self.at(at) == text) {
            return Sym(found);
        }
        let at = u32::try_from(self.ends.len()).unwrap_or_else(|_| unreachable!("fewer than 2^32 strings"));
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        let (bytes, ends) = (&self.bytes, &self.ends);
        self.index.insert_unique(hash_of_text, at, |&at| hash(slice(bytes, ends, at)));
        Sym(at)
    }

    /// The number of `text`, if it was interned.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Sym> {
        if text.is_empty() {
            return None;
        }
        self.index.find(hash(text), |&at| self.at(at) == text).map(|&at| Sym(at))
    }

    /// The string of `sym`; empty for [`Sym::NONE`].
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        self.at(sym.0)
    }

    fn at(&self, at: u32) -> &str {
        slice(&self.bytes, &self.ends, at)
    }
}

fn slice<'s>(bytes: &'s str, ends: &[usize], at: u32) -> &'s str {
    let at = at as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &bytes[start..ends[at]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_each_string_one_number_and_the_empty_one_none() {
        let mut strings = Strings::default();
        let (a, b) = (strings.intern("a"), strings.intern("bb"));
        assert_eq!((strings.intern("a"), strings.intern("bb"), strings.intern("")), (a, b, Sym::NONE));
        assert_eq!((strings.text(a), strings.text(b), strings.text(Sym::NONE)), ("a", "bb", ""));
        assert_eq!((strings.find("bb"), strings.find("c")), (Some(b), None));
    }
}

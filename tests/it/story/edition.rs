//! One telling of the story: where its names and ids come from, and by how much its clock is put forward.
//!
//! Everything that would be random in a real log is a hash of the name of the thing, so the same story is the
//! same bytes everywhere. The first edition is the one in `examples/`; benches tell it again with other names
//! and ids.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::calendar::Moment;

/// The letters of AWS unique ids.
const ID_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Seconds by which each further edition runs late, so that editions mix as teams of one company do.
const LATE_SECONDS: i64 = 83;

/// Most seconds between the time a job is set for and the time it runs.
const JITTER_SECONDS: i64 = 240;

pub struct Edition {
    number: u32,
}

impl Edition {
    /// The telling that `examples/` holds.
    pub const FIRST: Self = Self { number: 0 };

    pub const fn numbered(number: u32) -> Self {
        Self { number }
    }

    fn is_first(&self) -> bool {
        self.number == 0
    }

    /// A moment of the story in this edition.
    pub fn at(&self, text: &str) -> Moment {
        Moment::parse(text).plus_seconds(i64::from(self.number) * LATE_SECONDS)
    }

    /// When `job`, set for `clock` every `days` days from `from` until before `until`, did run.
    pub fn every(&self, days: i64, from: &str, until: &str, clock: &str, job: &str) -> Vec<Moment> {
        let end = self.at(&format!("{until}T00:00:00Z"));
        let first = self.at(&format!("{from}T{clock}:00Z"));
        std::iter::successors(Some(first), |set| Some(set.plus_days(days)))
            .take_while(|set| *set < end)
            .map(|set| set.plus_seconds(jitter(job, set.day())))
            .collect()
    }

    /// A name people gave: a user, a role, a path. Other editions carry their number.
    pub fn name(&self, name: &str) -> String {
        if self.is_first() { name.to_owned() } else { format!("{name}-{:04}", self.number) }
    }

    /// What a Vault audit device writes in place of the value called `name`.
    pub fn handle(&self, name: &str) -> String {
        format!("hmac-sha256:{}", hex(&self.digest("handle", name)))
    }

    /// What an audit device writes in place of the empty string.
    pub fn empty_handle(&self) -> String {
        self.handle("")
    }

    pub fn uuid(&self, name: &str) -> String {
        let digits = hex(&self.digest("uuid", name));
        let part = |from: usize, to: usize| &digits[from..to];
        format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }

    /// The serial number of a certificate, in clear.
    pub fn serial(&self, name: &str) -> String {
        let bytes = self.digest("serial", name);
        bytes[..20].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
    }

    /// The id of a long-term access key: `AKIA`, nine characters, `EXAMPLE`.
    pub fn access_key(&self, nine: &str) -> String {
        assert_eq!(nine.len(), 9, "{nine}");
        let middle = if self.is_first() { nine.to_owned() } else { self.letters("access key", nine, 9) };
        format!("AKIA{middle}EXAMPLE")
    }

    /// The id of a temporary key.
    pub fn session_key(&self, name: &str) -> String {
        format!("ASIA{}EXAMPLE", self.letters("session key", name, 9))
    }

    /// A unique id of an IAM principal: `AIDA...EXAMPLE`, `AROA...EXAMPLE`.
    pub fn principal_id(&self, prefix: &str, name: &str) -> String {
        format!("{prefix}{}EXAMPLE", self.letters(prefix, name, 10))
    }

    /// `length` letters that stand for `name`: the end of a secret's ARN, of a lease id.
    pub fn letters(&self, what: &str, name: &str, length: usize) -> String {
        let digest = self.digest(what, name);
        digest.iter().take(length).map(|byte| char::from(ID_LETTERS[usize::from(byte % 32)])).collect()
    }

    /// A number below `below` that stands for `name`.
    pub fn number_below(&self, below: u32, name: &str) -> u32 {
        first_number(&self.digest("number", name)) % below
    }

    fn digest(&self, what: &str, name: &str) -> [u8; 32] {
        Sha256::digest(format!("{}|{what}|{name}", self.number)).into()
    }
}

fn jitter(job: &str, day: i64) -> i64 {
    let digest: [u8; 32] = Sha256::digest(format!("jitter|{job}|{day}")).into();
    i64::from(first_number(&digest)) % JITTER_SECONDS
}

fn first_number(digest: &[u8; 32]) -> u32 {
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every byte");
        text
    })
}

//! `[networks]`: ranges that count as one network, because one party stands behind them all.
//!
//! Own egress behind many addresses, and a provider's ranges, would otherwise look like many networks.

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

/// Named address ranges. The longest prefix that holds an address names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks {
    ranges: BTreeMap<IpNet, String>,
    /// Prefix lengths in use, per address family.
    lengths: BTreeSet<(bool, u8)>,
}

/// Why a range was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyNamed {
    pub by: String,
}

impl Networks {
    /// Reads a range as policy must write it: with its prefix length, and without bits beyond it.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn parse_range(text: &str) -> Result<IpNet, String> {
        let Ok(range) = text.parse::<IpNet>() else {
            return Err(text.parse::<IpAddr>().map_or_else(
                |_| format!("'{text}' is not an address range: write it like \"203.0.113.0/24\""),
                |address| format!("'{text}' has no prefix length: write \"{}\"", IpNet::from(address)),
            ));
        };
        if range.prefix_len() == 0 {
            return Err(format!("'{text}' is the whole internet: write the ranges you mean"));
        }
        if range != range.trunc() {
            return Err(format!("'{text}' has bits beyond its prefix: write \"{}\"", range.trunc()));
        }
        Ok(range)
    }

    /// Gives a range its name.
    ///
    /// # Errors
    /// Names who has it already.
    pub fn add(&mut self, name: &str, range: IpNet) -> Result<(), AlreadyNamed> {
        if let Some(by) = self.ranges.get(&range) {
            return Err(AlreadyNamed { by: by.clone() });
        }
        self.lengths.insert((range.addr().is_ipv6(), range.prefix_len()));
        self.ranges.insert(range, name.to_owned());
        Ok(())
    }

    /// The name of the network an address lies in. An IPv4-mapped IPv6 address counts as IPv4.
    #[must_use]
    pub fn name(&self, address: IpAddr) -> Option<&str> {
        let address = address.to_canonical();
        self.lengths.iter().rev().filter(|(is_ipv6, _)| *is_ipv6 == address.is_ipv6()).find_map(
            |&(_, length)| {
                let range = IpNet::new(address, length).ok()?.trunc();
                self.ranges.get(&range).map(String::as_str)
            },
        )
    }

    /// Names, without repetition.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.ranges.values().map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    #[must_use]
    pub fn range_count(&self) -> usize {
        self.ranges.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_names_an_address() {
        let mut networks = Networks::default();
        for (name, range) in
            [("office", "203.0.113.0/24"), ("lab", "203.0.113.64/26"), ("cloud", "2001:db8::/32")]
        {
            networks.add(name, Networks::parse_range(range).unwrap()).unwrap();
        }
        for (address, name) in [
            ("203.0.113.1", Some("office")),
            ("203.0.113.65", Some("lab")),
            ("::ffff:203.0.113.65", Some("lab")),
            ("2001:db8:7::1", Some("cloud")),
            ("198.51.100.1", None),
            ("2001:db9::1", None),
        ] {
            assert_eq!(networks.name(address.parse().unwrap()), name, "{address}");
        }
    }

    #[test]
    fn a_range_is_written_in_one_way_only() {
        for (text, hint) in [
            ("203.0.113.7", "write \"203.0.113.7/32\""),
            ("203.0.113.7/24", "write \"203.0.113.0/24\""),
            ("0.0.0.0/0", "whole internet"),
            ("office", "is not an address range"),
        ] {
            assert!(Networks::parse_range(text).unwrap_err().contains(hint), "{text}");
        }
    }
}

//! Client addresses as audit logs write them, and the networks they are compared by.
//!
//! "IP" is a string: a service name, a port behind it, a zone, an anonymised number. What
//! is not an address is never a new network, and never loses the record.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;

use serde::{Deserialize, Serialize};

/// A network as networks are compared here: the /24 of an IPv4 address, the /48 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Network {
    V4([u8; 3]),
    V6([u8; 6]),
}

impl Network {
    /// The network `address` lies in. An IPv4-mapped IPv6 address counts as IPv4.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(v6) => {
                let mut prefix = [0; 6];
                prefix.copy_from_slice(&v6.octets()[..6]);
                Self::V6(prefix)
            }
        }
    }
}

impl Network {
    #[must_use]
    pub const fn is_v6(self) -> bool {
        matches!(self, Self::V6(_))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V4([a, b, c]) => write!(f, "{}/24", Ipv4Addr::new(a, b, c, 0)),
            Self::V6(prefix) => {
                let mut octets = [0; 16];
                octets[..6].copy_from_slice(&prefix);
                write!(f, "{}/48", Ipv6Addr::from(octets))
            }
        }
    }
}

/// Reads an address with its decorations: a port, brackets, an IPv6 zone.
#[must_use]
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next().and_then(|inner| without_zone(inner).parse().ok());
    }
    if let Some((host, port)) = text.rsplit_once(':')
        && port.bytes().all(|b| b.is_ascii_digit())
        && let Ok(v4) = host.parse::<Ipv4Addr>()
    {
        return Some(IpAddr::V4(v4));
    }
    without_zone(text).parse().ok()
}

fn without_zone(text: &str) -> &str {
    text.split('%').next().unwrap_or(text)
}

/// Whether an address can be reached from the internet: the ones that tell where a caller stands.
///
/// Private (RFC 1918, RFC 4193), shared (RFC 6598), loopback, link-local, multicast and reserved ranges are
/// not. The documentation ranges (RFC 5737, RFC 3849) count as public, so that examples behave as the real
/// thing.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast();
            !(shared || special || a == 0 || a >= 240)
        }
        IpAddr::V6(v6) => {
            let head = v6.segments()[0];
            let unique_local = head & 0xfe00 == 0xfc00;
            let link_local = head & 0xffc0 == 0xfe80;
            !(unique_local || link_local || v6.is_loopback() || v6.is_unspecified() || v6.is_multicast())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_with_their_decorations_and_refuses_names() {
        let network = |text| parse_address(text).map(|a| Network::of(a).to_string());
        assert_eq!(network("198.51.100.7:51000").as_deref(), Some("198.51.100.0/24"));
        assert_eq!(network("[2001:db8:1:2::9]:443").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(network("fe80::1%eth0").as_deref(), Some("fe80::/48"));
        assert_eq!(network("::ffff:198.51.100.7").as_deref(), Some("198.51.100.0/24"));
        for text in ["AWS Internal", "secretsmanager.amazonaws.com", "gce-internal-ip", "", "245.1.045.9"] {
            assert_eq!(network(text), None, "{text}");
        }
    }

    #[test]
    fn only_addresses_that_tell_a_place_are_public() {
        for (text, public) in [
            ("198.51.100.7", true),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("fd00::1", false),
            ("2001:db8::1", true),
        ] {
            assert_eq!(parse_address(text).map(is_public), Some(public), "{text}");
        }
    }
}

//! An address from a network that is routed nowhere.
//!
//! IPv4 addresses go to 240.0.0.0/4 (reserved, RFC 1112), because the documentation networks have
//! only 768 addresses; IPv6 addresses go to `2001:db8::/32` (documentation, RFC 3849).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::operators::{purpose, tweak, Input};
use crate::permutation::{arrange, derange};
use crate::prf::DomainKey;

/// Writes the address in the usual notation; a prefix length stays.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let Some((address, prefix)) = parse(input.text) else {
        return false;
    };
    out.extend_from_slice(mask(input.key, address).to_string().as_bytes());
    if let Some(prefix) = prefix {
        out.extend_from_slice(format!("/{prefix}").as_bytes());
    }
    true
}

/// An address and the length of its prefix, where the text has one.
pub(crate) fn parse(text: &str) -> Option<(IpAddr, Option<u8>)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let Some(prefix) = prefix else {
        return Some((address, None));
    };
    let digits = prefix.len() <= 3 && prefix.bytes().all(|byte| byte.is_ascii_digit());
    let bits = prefix
        .parse()
        .ok()
        .filter(|bits| digits && *bits <= width(address));
    bits.map(|bits| (address, Some(bits)))
}

/// The bits of an address.
pub(crate) fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() {
        32
    } else {
        128
    }
}

/// An address with zeros behind its first bits.
pub(crate) fn network(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let bits = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(v4) & bits))
        }
        IpAddr::V6(v6) => {
            let bits = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(v6) & bits))
        }
    }
}

/// The replacement of an address.
pub(crate) fn mask(key: &DomainKey, address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let bits = u32::from(v4);
            // The top four bits select the arrangement of the others. The last place is the
            // broadcast address, which is left out by moving it to the first.
            let arrangement = tweak::IPV4 | u64::from(bits >> 28);
            let low = u128::from(bits & 0x0fff_ffff);
            // Only an address that is in the reserved network already could meet itself.
            let low = if bits >> 28 == 15 {
                derange(key, arrangement, 1 << 28, low)
            } else {
                arrange(key, arrangement, 1 << 28, low)
            } as u32;
            let masked = if low == 0x0fff_ffff {
                0xf000_0000
            } else {
                0xf000_0000 | low
            };
            IpAddr::V4(Ipv4Addr::from(masked))
        }
        IpAddr::V6(v6) => {
            let mut stream = key.stream(purpose::IPV6, &v6.octets());
            let mut octets = [0; 16];
            stream.fill(&mut octets);
            octets[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
            IpAddr::V6(Ipv6Addr::from(octets))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn ip(text: &str) -> String {
        mask(&OperatorSpec::Ip {}, None, text)
    }

    #[test]
    fn addresses_land_in_networks_routed_nowhere() {
        let v4: std::net::Ipv4Addr = ip("203.0.113.7").parse().unwrap();
        assert!(v4.octets()[0] >= 240 && v4.octets() != [255; 4]);
        assert!(ip("fe80::1").starts_with("2001:db8:"));
        assert!(ip("10.0.0.1/24").ends_with("/24"));
    }

    #[test]
    fn notation_does_not_matter() {
        assert_eq!(ip("FE80:0:0::1"), ip("fe80::1"));
    }

    #[test]
    fn what_is_no_address_is_masked_as_text() {
        assert!(!ip("10.0.0").contains("10.0.0"));
        assert!(!ip("10.0.0.1/Zelda").contains("Zelda"));
    }
}

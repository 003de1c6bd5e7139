//! The network that an IP address is in.

use std::net::IpAddr;

use crate::error::Error;
use crate::operators::ip::{network, parse};

/// More bits would leave hardly anybody beside the address in its network.
const V4_MAX: u32 = 28;
const V6_MAX: u32 = 64;

/// How many bits stay.
#[derive(Debug)]
pub(crate) struct IpPrefix {
    v4: u8,
    v6: u8,
}

impl IpPrefix {
    pub(crate) fn compile(v4: u32, v6: u32) -> Result<Self, Error> {
        if v4 > V4_MAX {
            return Err(Error::Option { name: "v4" });
        }
        if v6 > V6_MAX {
            return Err(Error::Option { name: "v6" });
        }
        Ok(Self {
            v4: v4 as u8,
            v6: v6 as u8,
        })
    }

    /// The first address of the network, and the length of its prefix.
    pub(crate) fn of(&self, address: IpAddr) -> (IpAddr, u8) {
        let bits = if address.is_ipv4() { self.v4 } else { self.v6 };
        (network(address, bits), bits)
    }

    /// Writes the first address; a prefix length stays where it is no longer than the bits kept.
    pub(crate) fn write(&self, text: &str, out: &mut Vec<u8>) -> bool {
        let Some((raw, prefix)) = parse(text) else {
            return false;
        };
        let (address, bits) = self.of(raw);
        out.extend_from_slice(address.to_string().as_bytes());
        if let Some(prefix) = prefix {
            out.extend_from_slice(format!("/{}", prefix.min(bits)).as_bytes());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn text(v4: u32, v6: u32, raw: &str) -> String {
        mask(&OperatorSpec::IpPrefix { v4, v6 }, None, raw)
    }

    #[test]
    fn the_bits_behind_the_prefix_are_zero() {
        assert_eq!(text(24, 48, "203.0.113.77"), "203.0.113.0");
        assert_eq!(text(20, 48, "203.0.113.77"), "203.0.112.0");
        assert_eq!(text(24, 48, "2001:DB8:1:2:3:4:5:6"), "2001:db8:1::");
        assert_eq!(text(24, 48, "203.0.113.77/32"), "203.0.113.0/24");
        assert_eq!(text(24, 48, "10.0.0.0/8"), "10.0.0.0/8");
        assert_eq!(text(0, 0, "203.0.113.77"), "0.0.0.0");
        assert_eq!(text(0, 0, "::1"), "::");
    }

    #[test]
    fn all_addresses_of_a_network_are_alike() {
        for last in 0..=255 {
            assert_eq!(text(24, 48, &format!("198.51.100.{last}")), "198.51.100.0");
        }
    }

    #[test]
    fn what_is_no_address_is_masked_as_text() {
        for raw in ["203.0.113", "203.0.113.7:80", "203.0.113.7/33", "Zelda"] {
            assert!(!text(24, 48, raw).contains(&raw[..5]));
        }
    }

    #[test]
    fn options_are_bounded() {
        assert!(IpPrefix::compile(29, 48).is_err());
        assert!(IpPrefix::compile(24, 65).is_err());
    }
}

//! inet and cidr: an address with its prefix length.

use std::net::IpAddr;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::ip::{mask, network, width};
use crate::prf::DomainKey;
use crate::types::reader::Reader;

/// PostgreSQL's own numbers of the address families.
const FAMILY_V4: u8 = 2;
const FAMILY_V6: u8 = 3;

/// Replaces an address or a network.
#[derive(Debug)]
pub(crate) struct Inet {
    key: Arc<DomainKey>,
    /// Whether it is a network, whose bits after the prefix are zero.
    network: bool,
}

impl Inet {
    pub(crate) fn new(key: Arc<DomainKey>, network: bool) -> Self {
        Self { key, network }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some((raw, prefix)) = read(format, cell) else {
            return Outcome::Null;
        };
        let mut masked = mask(&self.key, raw);
        if self.network {
            masked = network(masked, prefix);
        }
        if masked == raw {
            return Outcome::Null;
        }
        write(format, self.network, masked, prefix, out);
        Outcome::Value
    }
}

/// Appends an address, or a network, with its prefix length.
pub(crate) fn write(format: Format, network: bool, address: IpAddr, prefix: u8, out: &mut Vec<u8>) {
    match format {
        Format::Text => {
            out.extend_from_slice(address.to_string().as_bytes());
            if network || prefix != width(address) {
                out.extend_from_slice(format!("/{prefix}").as_bytes());
            }
        }
        Format::Binary => {
            let family = if address.is_ipv4() {
                FAMILY_V4
            } else {
                FAMILY_V6
            };
            out.extend_from_slice(&[family, prefix, u8::from(network), width(address) / 8]);
            match address {
                IpAddr::V4(v4) => out.extend_from_slice(&v4.octets()),
                IpAddr::V6(v6) => out.extend_from_slice(&v6.octets()),
            }
        }
    }
}

/// Address and prefix length.
pub(crate) fn read(format: Format, cell: &[u8]) -> Option<(IpAddr, u8)> {
    if format == Format::Text {
        let text = std::str::from_utf8(cell)
            .ok()
            .filter(|text| text.len() <= 64)?;
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.unwrap_or(width(address));
        return (prefix <= width(address)).then_some((address, prefix));
    }
    let mut reader = Reader::new(cell);
    let (family, prefix, _network, length) =
        (reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?);
    let address = match (family, length) {
        (FAMILY_V4, 4) => IpAddr::from(<[u8; 4]>::try_from(reader.take(4)?).ok()?),
        (FAMILY_V6, 16) => IpAddr::from(<[u8; 16]>::try_from(reader.take(16)?).ok()?),
        _ => return None,
    };
    (reader.is_empty() && prefix <= width(address)).then_some((address, prefix))
}

/// The binary format of an address that is given as text.
pub(crate) fn binary(text: &[u8], cidr: bool) -> Option<Vec<u8>> {
    let (address, prefix) = read(Format::Text, text)?;
    if cidr && network(address, prefix) != address {
        return None;
    }
    let (family, octets) = match address {
        IpAddr::V4(v4) => (FAMILY_V4, v4.octets().to_vec()),
        IpAddr::V6(v6) => (FAMILY_V6, v6.octets().to_vec()),
    };
    let head = [family, prefix, u8::from(cidr), octets.len() as u8];
    Some([&head[..], &octets].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    fn encode(text: &str, cidr: bool) -> Vec<u8> {
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        let octets = match address.parse().unwrap() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let family = if octets.len() == 4 { 2 } else { 3 };
        let prefix = prefix.parse().unwrap_or(octets.len() as u8 * 8);
        [
            &[family, prefix, u8::from(cidr), octets.len() as u8][..],
            &octets,
        ]
        .concat()
    }

    #[test]
    fn formats_agree() {
        for (raw, cidr) in [
            ("192.168.1.7", false),
            ("192.168.1.7/24", false),
            ("10.0.0.0/8", true),
            ("2001:470::1", false),
            ("2001:470:1::/48", true),
            ("192.0.2.1/32", true),
        ] {
            let type_ = if cidr {
                TypeSpec::Cidr {}
            } else {
                TypeSpec::Inet {}
            };
            let masked = masked_text(&type_, raw).unwrap();
            assert_eq!(
                masked_binary(&type_, &encode(raw, cidr)),
                Some(encode(&masked, cidr))
            );
            let prefix = |text: &str| text.split_once('/').map(|(_, prefix)| prefix.to_owned());
            assert_eq!(prefix(&masked), prefix(raw));
        }
    }

    #[test]
    fn a_network_has_no_bits_after_its_prefix() {
        let masked = masked_text(&TypeSpec::Cidr {}, "10.20.0.0/16").unwrap();
        assert!(masked.ends_with(".0.0/16"), "{masked}");
    }

    #[test]
    fn an_address_agrees_with_a_text_column() {
        let spec = crate::spec::OperatorSpec::Ip {};
        let text = crate::operators::tests::mask(&spec, None, "10.1.2.3");
        assert_eq!(
            both(
                &TypeSpec::Inet {},
                "10.1.2.3",
                &encode("10.1.2.3", false),
                |cell| { IpAddr::from(<[u8; 4]>::try_from(&cell[4..]).unwrap()).to_string() }
            ),
            text
        );
    }

    #[test]
    fn what_is_no_address_is_null() {
        for raw in ["", "10.0.0", "10.0.0.1/33", "::1/129", "Zelda", "1.2.3.4/x"] {
            assert_eq!(masked_text(&TypeSpec::Inet {}, raw), None);
        }
        assert_eq!(
            masked_binary(&TypeSpec::Inet {}, &[2, 33, 0, 4, 1, 2, 3, 4]),
            None
        );
        assert_eq!(
            masked_binary(&TypeSpec::Inet {}, &[3, 32, 0, 4, 1, 2, 3, 4]),
            None
        );
    }
}

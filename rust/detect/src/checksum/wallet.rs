//! Addresses of wallets: Base58 and Bech32 with their checksums, and mixed case as a checksum.

use sha2::{Digest as _, Sha256};
use sha3::Keccak256;

/// Alphabet of Bitcoin's Base58.
const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The same characters in the order of the XRP Ledger.
const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
/// Most characters of a Base58 number that is read at once.
const MAX_BASE58: usize = 44;
/// Bytes of the largest such number.
const MAX_BYTES: usize = 33;
/// Bytes of a version, a hash of twenty bytes and a checksum.
const HASH_ADDRESS: usize = 25;

/// Monero reads eight bytes in eleven characters, and fewer at the end.
const MONERO_BLOCK: usize = 11;
const MONERO_BLOCK_BYTES: usize = 8;
const MONERO_TAIL: usize = 7;
const MONERO_TAIL_BYTES: usize = 5;

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32_CHECKSUM: usize = 6;
/// Constants that a checksum of Bech32 and of Bech32m leaves (BIP 173, BIP 350).
const BECH32_CONSTANT: u32 = 1;
const BECH32M_CONSTANT: u32 = 0x2bc8_30a3;

/// A number in Base58, big-endian, with the zero bytes that leading first letters stand for.
struct Base58 {
    bytes: [u8; MAX_BYTES],
    len: usize,
}

impl Base58 {
    fn read(text: &[u8], alphabet: &[u8; 58]) -> Option<Self> {
        if text.len() > MAX_BASE58 {
            return None;
        }
        let mut bytes = [0_u8; MAX_BYTES];
        for byte in text {
            let digit = alphabet.iter().position(|one| one == byte)?;
            let mut carry = u32::try_from(digit).ok()?;
            for place in bytes.iter_mut().rev() {
                carry += u32::from(*place) * 58;
                *place = (carry & 0xff) as u8;
                carry >>= 8;
            }
            if carry > 0 {
                return None;
            }
        }
        let zeros = text.iter().take_while(|&&byte| byte == alphabet[0]).count();
        let used = bytes.iter().position(|&byte| byte != 0);
        let len = MAX_BYTES - used.unwrap_or(MAX_BYTES) + zeros;
        (len <= MAX_BYTES).then_some(Self { bytes, len })
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[MAX_BYTES - self.len..]
    }
}

/// Version byte of an address with a hash of twenty bytes and a correct checksum.
fn hash_address(text: &[u8], alphabet: &[u8; 58]) -> Option<u8> {
    let number = Base58::read(text, alphabet)?;
    let bytes = number.bytes();
    if bytes.len() != HASH_ADDRESS {
        return None;
    }
    let (body, checksum) = bytes.split_at(HASH_ADDRESS - 4);
    let twice = Sha256::digest(Sha256::digest(body));
    (&twice[..4] == checksum).then_some(body[0])
}

/// What a Base58 address with a checksum belongs to, by its version byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chain {
    Bitcoin,
    Litecoin,
    Tron,
}

/// The chain of a Base58 address: Bitcoin's main and test network, Litecoin or Tron.
pub(crate) fn base58_chain(text: &[u8]) -> Option<Chain> {
    match hash_address(text, BITCOIN)? {
        0x00 | 0x05 | 0x6f | 0xc4 => Some(Chain::Bitcoin),
        0x30 | 0x32 => Some(Chain::Litecoin),
        0x41 => Some(Chain::Tron),
        _ => None,
    }
}

/// An account of the XRP Ledger (<https://xrpl.org/docs/references/protocol/data-types/base58-encodings>).
pub(crate) fn is_ripple(text: &[u8]) -> bool {
    hash_address(text, RIPPLE) == Some(0)
}

/// A public key of 32 bytes, as Solana writes it; no checksum says so.
pub(crate) fn is_key(text: &[u8]) -> bool {
    Base58::read(text, BITCOIN).is_some_and(|number| number.len == 32)
}

/// A Monero address: network, two keys, for integrated ones a payment id, and a Keccak checksum
/// (<https://docs.getmonero.org/public-address/standard-address/>).
pub(crate) fn is_monero(text: &[u8]) -> bool {
    let mut bytes = [0_u8; 80];
    let mut filled = 0;
    for block in text.chunks(MONERO_BLOCK) {
        let size = match block.len() {
            MONERO_BLOCK => MONERO_BLOCK_BYTES,
            MONERO_TAIL => MONERO_TAIL_BYTES,
            _ => return false,
        };
        let Some(number) = Base58::read(block, BITCOIN) else {
            return false;
        };
        let (high, low) = number.bytes.split_at(MAX_BYTES - size);
        let Some(place) = bytes.get_mut(filled..filled + size) else {
            return false;
        };
        if high.iter().any(|&byte| byte != 0) {
            return false;
        }
        place.copy_from_slice(low);
        filled += size;
    }
    if !matches!(filled, 69 | 77) || !matches!(bytes[0], 18 | 19 | 42) {
        return false;
    }
    let (body, checksum) = bytes[..filled].split_at(filled - 4);
    &Keccak256::digest(body)[..4] == checksum
}

/// Constant that is left by the checksum of a Bech32 text, and where its data starts.
fn bech32(text: &[u8], prefix: &[u8]) -> Option<u32> {
    let upper = text.iter().any(u8::is_ascii_uppercase);
    if upper && text.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    let (human, rest) = text.split_at_checked(prefix.len())?;
    if !human.eq_ignore_ascii_case(prefix) || rest.first() != Some(&b'1') {
        return None;
    }
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    let mut sum = high.chain([0]).chain(low).fold(1, polymod);
    for byte in &rest[1..] {
        sum = polymod(sum, bech32_value(*byte)?);
    }
    Some(sum)
}

fn bech32_value(byte: u8) -> Option<u8> {
    let lower = byte.to_ascii_lowercase();
    let place = BECH32.iter().position(|&one| one == lower)?;
    u8::try_from(place).ok()
}

fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
    (0..5)
        .filter(|bit| top >> bit & 1 == 1)
        .fold(shifted, |sum, bit| sum ^ GENERATOR[bit])
}

/// A segregated-witness address with this prefix: version 0 by BIP 173, later ones by BIP 350.
pub(crate) fn is_witness(text: &[u8], prefix: &[u8]) -> bool {
    let Some(&version) = text.get(prefix.len() + 1) else {
        return false;
    };
    let characters = text
        .len()
        .saturating_sub(prefix.len() + 2 + BECH32_CHECKSUM);
    let program = characters * 5 / 8;
    match bech32_value(version) {
        Some(0) => matches!(program, 20 | 32) && bech32(text, prefix) == Some(BECH32_CONSTANT),
        Some(1..=16) => {
            (2..=40).contains(&program) && bech32(text, prefix) == Some(BECH32M_CONSTANT)
        }
        _ => false,
    }
}

/// An address of Cardano since Shelley, or of its stake (CIP 19).
pub(crate) fn is_cardano(text: &[u8]) -> bool {
    let long_enough = (50..=110).contains(&text.len());
    long_enough
        && [&b"addr"[..], b"stake"]
            .iter()
            .any(|prefix| bech32(text, prefix) == Some(BECH32_CONSTANT))
}

/// Whether the case of forty hexadecimal digits is what Keccak asks for (EIP-55); none if all
/// letters have the same case, which says nothing.
pub(crate) fn mixed_case(digits: &[u8]) -> Option<bool> {
    let upper = digits.iter().any(u8::is_ascii_uppercase);
    let lower = digits.iter().any(u8::is_ascii_lowercase);
    if !(upper && lower) {
        return None;
    }
    let hash = Keccak256::digest(digits.to_ascii_lowercase());
    let agrees = digits.iter().enumerate().all(|(place, byte)| {
        let byte_of_hash = hash[place / 2];
        let nibble = if place % 2 == 0 {
            byte_of_hash >> 4
        } else {
            byte_of_hash & 15
        };
        byte.is_ascii_digit() || byte.is_ascii_uppercase() == (nibble >= 8)
    });
    Some(agrees)
}

#[cfg(test)]
mod tests {
    use super::{
        base58_chain, is_cardano, is_key, is_monero, is_ripple, is_witness, mixed_case, Chain,
    };

    #[test]
    fn base58_addresses_have_a_version_and_a_checksum() {
        let cases: [(&[u8], Option<Chain>); 6] = [
            (b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Some(Chain::Bitcoin)),
            (b"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", Some(Chain::Bitcoin)),
            (b"1111111111111111111114oLvT2", Some(Chain::Bitcoin)),
            (b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", None),
            (b"LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", Some(Chain::Litecoin)),
            (b"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", Some(Chain::Tron)),
        ];
        for (text, chain) in cases {
            assert_eq!(
                base58_chain(text),
                chain,
                "{}",
                String::from_utf8_lossy(text)
            );
        }
        assert!(is_ripple(b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"));
        assert!(!is_ripple(b"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTj"));
        assert!(is_key(b"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"));
        assert!(is_key(b"11111111111111111111111111111111"));
        assert!(!is_key(b"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D"));
        assert!(!is_key(&[b'z'; 44]));
    }

    #[test]
    fn witness_addresses_have_the_checksum_of_their_version() {
        // The test vectors of BIP 173 and BIP 350.
        assert!(is_witness(
            b"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            b"bc"
        ));
        assert!(is_witness(
            b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            b"bc"
        ));
        assert!(is_witness(b"bc1sw50qgdz25j", b"bc"));
        assert!(!is_witness(
            b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            b"bc"
        ));
        assert!(!is_witness(
            b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7Kv8f3t4",
            b"bc"
        ));
        assert!(!is_witness(
            b"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            b"bc"
        ));
        assert!(!is_witness(b"bc1", b"bc") && !is_witness(b"", b"bc"));
    }

    #[test]
    fn monero_addresses_carry_a_keccak_checksum() {
        let donation = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H";
        assert!(is_monero(donation.as_bytes()));
        assert!(!is_monero(donation.replace('H', "J").as_bytes()));
        assert!(!is_monero(&donation.as_bytes()[1..]));
    }

    #[test]
    fn cardano_addresses_are_bech32_of_any_length() {
        // CIP 19.
        assert!(is_cardano(
            b"addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8"
        ));
        assert!(is_cardano(
            b"stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw"
        ));
        assert!(!is_cardano(
            b"addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl9"
        ));
    }

    #[test]
    fn case_is_a_checksum_where_it_is_mixed() {
        // The examples of EIP-55.
        assert_eq!(
            mixed_case(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            Some(true)
        );
        assert_eq!(
            mixed_case(b"fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
            Some(true)
        );
        assert_eq!(
            mixed_case(b"5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            Some(false)
        );
        assert_eq!(
            mixed_case(b"de709f2102306220921060314715629080e2fb77"),
            None
        );
    }
}

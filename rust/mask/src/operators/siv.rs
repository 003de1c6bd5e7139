//! A token that only the key turns back: AES-SIV over the text, written as letters and digits.

use crate::error::Error;
use crate::operators::token::check_prefix;
use crate::operators::Input;
use crate::siv::TAG_BYTES;
use crate::spec::Encoding;

/// Longer texts would make tokens that no column is made for.
const TEXT_MAX: usize = 1 << 20;
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How tokens are written.
#[derive(Debug)]
pub(crate) struct Siv {
    prefix: String,
    encoding: Encoding,
}

impl Siv {
    pub(crate) fn compile(prefix: &str, encoding: Encoding) -> Result<Self, Error> {
        Ok(Self {
            prefix: check_prefix(prefix)?,
            encoding,
        })
    }

    /// Writes the token; with a key that is turned round, the text of a token.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        if input.key.backwards() {
            self.open(input, out).is_some()
        } else {
            self.seal(input, out).is_some()
        }
    }

    fn seal(&self, input: &Input<'_>, out: &mut Vec<u8>) -> Option<()> {
        let bytes = TAG_BYTES + input.text.len();
        let bits = self.encoding.bits();
        let length = self.prefix.len() + (bytes * 8).div_ceil(bits as usize);
        if input.text.len() > TEXT_MAX || length > input.room {
            return None;
        }
        let sealed = input.key.siv()?.seal(input.text.as_bytes())?;
        out.reserve(length);
        out.extend_from_slice(self.prefix.as_bytes());
        encode(self.encoding, &sealed, out);
        Some(())
    }

    fn open(&self, input: &Input<'_>, out: &mut Vec<u8>) -> Option<()> {
        let token = input.text.strip_prefix(&self.prefix)?;
        if token.len() > (TEXT_MAX + TAG_BYTES) * 2 {
            return None;
        }
        let text = input.key.siv()?.open(&decode(self.encoding, token)?)?;
        // What was sealed was a text, so anything else is no token of this operator.
        let text = String::from_utf8(text).ok()?;
        out.extend_from_slice(text.as_bytes());
        Some(())
    }
}

impl Encoding {
    fn alphabet(self) -> &'static [u8] {
        match self {
            Self::Base32 => BASE32,
            Self::Base64url => BASE64URL,
        }
    }

    /// Bits of a character.
    fn bits(self) -> u32 {
        self.alphabet().len().ilog2()
    }

    fn value(self, byte: u8) -> Option<u8> {
        match (self, byte) {
            // Capitals too, since a collation or a person may not keep the case.
            (Self::Base32, b'a'..=b'z' | b'A'..=b'Z') => Some(byte.to_ascii_lowercase() - b'a'),
            (Self::Base32, b'2'..=b'7') => Some(byte - b'2' + 26),
            (Self::Base64url, b'A'..=b'Z') => Some(byte - b'A'),
            (Self::Base64url, b'a'..=b'z') => Some(byte - b'a' + 26),
            (Self::Base64url, b'0'..=b'9') => Some(byte - b'0' + 52),
            (Self::Base64url, b'-') => Some(62),
            (Self::Base64url, b'_') => Some(63),
            _ => None,
        }
    }
}

/// RFC 4648 without padding.
fn encode(encoding: Encoding, bytes: &[u8], out: &mut Vec<u8>) {
    let (alphabet, bits) = (encoding.alphabet(), encoding.bits());
    let mask = (1 << bits) - 1;
    let (mut buffer, mut held) = (0u32, 0);
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        held += 8;
        while held >= bits {
            held -= bits;
            out.push(alphabet[(buffer >> held & mask) as usize]);
        }
    }
    if held > 0 {
        out.push(alphabet[(buffer << (bits - held) & mask) as usize]);
    }
}

/// The bytes; none where a character is not of the alphabet or the last bits say something.
fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    let bits = encoding.bits();
    let mut bytes = Vec::with_capacity(text.len() * bits as usize / 8);
    let (mut buffer, mut held) = (0u32, 0);
    for byte in text.bytes() {
        buffer = buffer << bits | u32::from(encoding.value(byte)?);
        held += bits;
        if held >= 8 {
            held -= 8;
            bytes.push((buffer >> held) as u8);
        }
    }
    (held < bits && buffer & ((1 << held) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn siv(encoding: Encoding, max_chars: Option<u32>, text: &str) -> String {
        let prefix = "siv_".to_owned();
        mask(&OperatorSpec::Siv { prefix, encoding }, max_chars, text)
    }

    #[test]
    fn both_encodings_are_those_of_rfc_4648() {
        // RFC 4648, section 10, without padding and in small letters.
        for (raw, base32) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foobar", "mzxw6ytboi"),
        ] {
            let mut out = Vec::new();
            encode(Encoding::Base32, raw.as_bytes(), &mut out);
            assert_eq!(out, base32.as_bytes());
            assert_eq!(decode(Encoding::Base32, base32).unwrap(), raw.as_bytes());
        }
        let mut out = Vec::new();
        encode(Encoding::Base64url, &[0xfb, 0xff, 0xbf, 0xff], &mut out);
        assert_eq!(out, b"-_-__w");
        assert_eq!(decode(Encoding::Base64url, "-_-__x"), None, "leftover bits");
        assert_eq!(decode(Encoding::Base32, "m"), None);
        assert_eq!(decode(Encoding::Base32, "m1"), None);
    }

    #[test]
    fn a_token_has_a_prefix_and_says_the_length_only() {
        let masked = siv(Encoding::Base32, None, "zelda@corp.test");
        assert!(masked.starts_with("siv_") && masked.len() == 54, "{masked}");
        assert_ne!(masked, siv(Encoding::Base32, None, "Zelda@corp.test"));
        assert_eq!(siv(Encoding::Base64url, None, "zelda@corp.test").len(), 46);
    }

    #[test]
    fn without_room_for_the_token_keyed_words_stand_in() {
        let masked = siv(Encoding::Base32, Some(40), "zelda@corp.test");
        assert!(
            !masked.starts_with("siv_") && masked.len() <= 40,
            "{masked}"
        );
    }
}

//! A hardware address in a text: the same as in a column of type macaddr, in the layout of the raw one.

use crate::operators::Input;
use crate::types::macaddr::mask;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes a locally administered address, in small letters; other texts are not of its kind.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let text = input.text.as_bytes();
    let mut digits = [0; 16];
    let mut count = 0;
    for byte in text {
        match char::from(*byte).to_digit(16) {
            Some(digit) if count < digits.len() => {
                digits[count] = digit as u8;
                count += 1;
            }
            None if matches!(byte, b':' | b'-' | b'.' | b' ') => {}
            _ => return false,
        }
    }
    if count != 12 && count != 16 {
        return false;
    }
    let mut raw = [0; 8];
    for (byte, pair) in raw.iter_mut().zip(digits.chunks(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    let masked = mask(input.key, &raw[..count / 2]);
    let mut digits = masked.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    out.extend(text.iter().map(|byte| {
        if byte.is_ascii_hexdigit() {
            HEX[usize::from(digits.next().unwrap_or(0))]
        } else {
            *byte
        }
    }));
    true
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::masked_text;

    fn mac(text: &str) -> String {
        mask(&OperatorSpec::Mac {}, None, text)
    }

    #[test]
    fn a_text_has_the_address_that_the_type_has() {
        let raw = "00:1b:44:11:3a:b7";
        let masked = mac(raw);
        assert_eq!(
            Some(masked.clone()),
            masked_text(&TypeSpec::Macaddr {}, raw)
        );
        let first = u8::from_str_radix(&masked[..2], 16).unwrap();
        assert_eq!(first & 3, 2, "locally administered, of one station");
        let raw = "00:1b:44:11:3a:b7:01:02";
        assert_eq!(Some(mac(raw)), masked_text(&TypeSpec::Macaddr8 {}, raw));
    }

    #[test]
    fn layout_stays_and_does_not_matter() {
        let plain = mac("001b44113ab7");
        for raw in ["00-1B-44-11-3A-B7", "001b.4411.3ab7", "00:1b:44:11:3a:b7"] {
            let masked = mac(raw);
            assert_eq!(masked.len(), raw.len());
            assert_eq!(masked.replace(['-', '.', ':'], ""), plain);
        }
    }

    #[test]
    fn addresses_of_vendors_never_meet() {
        let all: std::collections::HashSet<String> =
            (0..5000).map(|i| mac(&format!("001b44{i:06x}"))).collect();
        assert_eq!(all.len(), 5000);
    }

    #[test]
    fn what_is_no_address_is_masked_as_a_text() {
        assert!(!mac("Zelda").contains(':'));
        assert_ne!(mac("00:1b:44").len(), 8);
    }
}

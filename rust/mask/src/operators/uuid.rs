//! A UUID in a text: the same as in a column of type uuid, in the layout of the raw one.

use crate::operators::Input;
use crate::types::uuid::{parse, write as push, Uuid};

const HEX: usize = 32;
const FULL: usize = 36;

/// Writes another UUID of the same version, in small letters; other texts are not of its kind.
pub(crate) fn write(uuid: &Uuid, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let text = input.text.as_bytes();
    let (before, inner, after) = frame(text);
    let bytes = match inner.len() {
        FULL => parse(inner),
        HEX => bare(inner),
        _ => None,
    };
    let Some(bytes) = bytes else {
        return false;
    };
    let Some(masked) = uuid.mask(u128::from_be_bytes(bytes)) else {
        return false;
    };
    out.extend(before.iter().map(u8::to_ascii_lowercase));
    push(&masked.to_be_bytes(), inner.len() == FULL, out);
    out.extend_from_slice(after);
    true
}

/// What stands around the number: braces, or the prefix of a URN.
fn frame(text: &[u8]) -> (&[u8], &[u8], &[u8]) {
    const URN: usize = "urn:uuid:".len();
    if let [b'{', inner @ .., b'}'] = text {
        return (&text[..1], inner, &text[text.len() - 1..]);
    }
    match text.split_at_checked(URN) {
        Some((urn, inner)) if urn.eq_ignore_ascii_case(b"urn:uuid:") => (urn, inner, b""),
        _ => (b"", text, b""),
    }
}

/// The bytes of 32 hexadecimal digits.
fn bare(text: &[u8]) -> Option<[u8; 16]> {
    let mut value = 0u128;
    for byte in text {
        value = value << 4 | u128::from(char::from(*byte).to_digit(16)?);
    }
    Some(value.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::masked_text;

    fn uuid(text: &str) -> String {
        mask(&OperatorSpec::Uuid {}, None, text)
    }

    const RAW: &str = "018f3e2a-7b1c-7def-9abc-0123456789ab";

    #[test]
    fn a_text_has_the_uuid_that_the_type_has() {
        assert_eq!(Some(uuid(RAW)), masked_text(&TypeSpec::Uuid {}, RAW));
    }

    #[test]
    fn version_variant_and_layout_stay() {
        let masked = uuid(RAW);
        assert_eq!(masked.len(), RAW.len());
        assert_eq!(&masked[14..15], "7");
        assert!("89ab".contains(&masked[19..20]), "{masked}");
        assert_eq!(uuid(&RAW.to_uppercase()), masked);
        assert_eq!(uuid(&RAW.replace('-', "")), masked.replace('-', ""));
        assert_eq!(uuid(&format!("{{{RAW}}}")), format!("{{{masked}}}"));
        assert_eq!(
            uuid(&format!("URN:UUID:{RAW}")),
            format!("urn:uuid:{masked}")
        );
    }

    #[test]
    fn what_is_no_uuid_is_masked_as_a_text() {
        assert!(!uuid("Zelda").contains('-'));
        assert!(!uuid(&"g".repeat(32)).contains("ggg"));
    }
}

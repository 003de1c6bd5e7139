//! The kind of the value in its place, such as `<EMAIL>`.

use crate::operators::Input;

/// The last part of a semantic domain's name in capitals, between angle brackets.
pub(crate) fn compile(domain: &str) -> String {
    let last = domain.rsplit('.').next().unwrap_or(domain);
    let name: String = last
        .chars()
        .map(|character| match character.to_ascii_uppercase() {
            upper @ ('A'..='Z' | '0'..='9') => upper,
            _ => '_',
        })
        .collect();
    format!("<{name}>")
}

/// Writes the tag, or number signs where it does not fit.
pub(crate) fn write(tag: &str, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    if tag.len() <= input.room {
        out.extend_from_slice(tag.as_bytes());
    } else {
        out.resize(out.len() + input.room.min(3), b'#');
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    #[test]
    fn a_tag_is_the_last_part_of_the_name() {
        assert_eq!(compile("contact.email"), "<EMAIL>");
        assert_eq!(compile("us.driver_license"), "<DRIVER_LICENSE>");
        assert_eq!(compile("unclassified"), "<UNCLASSIFIED>");
        assert_eq!(compile("own.gerät"), "<GER_T>");
    }

    #[test]
    fn little_room_leaves_number_signs() {
        assert_eq!(mask(&OperatorSpec::Tag {}, None, "Zelda"), "<TEST>");
        assert_eq!(mask(&OperatorSpec::Tag {}, Some(5), "Zelda"), "###");
    }
}

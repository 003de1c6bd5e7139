//! The rules as the deciding side writes them down: types, operators and columns, in JSON.
//!
//! Unknown fields are errors, because a misspelt option must not become a weaker rule.

use serde::{Deserialize, Serialize};

/// What is done with one result column, or with one field of a composite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", deny_unknown_fields)]
pub enum ColumnRule {
    /// The bytes go through as they are.
    Pass {
        /// The type, needed only where a surrounding composite is masked as a whole.
        #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
        type_: Option<TypeSpec>,
    },
    /// Every value becomes NULL.
    Null {},
    /// Every value is replaced by the operator, within the type.
    Mask {
        /// The column's type.
        #[serde(rename = "type")]
        type_: TypeSpec,
        /// The operator.
        operator: OperatorSpec,
        /// The semantic domain whose key is used.
        domain: String,
    },
    /// Texts inside the value are searched, and what is found is replaced.
    Scan {
        /// The column's type.
        #[serde(rename = "type")]
        type_: TypeSpec,
    },
}

/// How a value is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum OperatorSpec {
    /// NULL.
    Null {},
    /// A constant that fits the type.
    Redact {},
    /// Keeps the ends of a text.
    Partial {
        /// Characters kept at the start.
        #[serde(default)]
        keep_first: u32,
        /// Characters kept at the end.
        #[serde(default)]
        keep_last: u32,
        /// What stands for each other character.
        #[serde(default = "default_mask_char")]
        mask_char: char,
    },
    /// A keyed token.
    Token {
        /// What it starts with.
        #[serde(default = "default_prefix")]
        prefix: String,
    },
    /// A person's name.
    Name {
        /// Which part of a name the value is.
        #[serde(default)]
        part: NamePart,
    },
    /// An e-mail address in a reserved domain.
    Email {},
    /// FF1 over the characters of an alphabet, which the key turns back.
    Ff1 {
        /// The alphabet.
        #[serde(default)]
        alphabet: Alphabet,
    },
    /// A phone number of the same layout and country code.
    Phone {},
    /// A street address.
    Address {},
    /// Digits and letters permuted where they stand.
    Digits {},
    /// A card number of the same issuer that passes the Luhn check.
    Card {},
    /// An IBAN of the same country that passes mod 97.
    Iban {},
    /// An AES-SIV token, which the key turns back.
    Siv {
        /// What it starts with.
        #[serde(default = "default_siv_prefix")]
        prefix: String,
        /// How its bytes are written.
        #[serde(default)]
        encoding: Encoding,
    },
    /// A social security number from the never issued range.
    Ssn {},
    /// An address from a reserved network.
    Ip {},
    /// A secret of the same visible kind.
    Secret {},
    /// Keyed words.
    Text {},
    /// Whatever suits the type.
    Auto {},
}

/// The characters that FF1 takes for numerals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alphabet {
    /// 0 to 9.
    #[default]
    Digits,
    /// a to z.
    Lower,
    /// 0 to 9, A to Z and a to z.
    Alnum,
    /// 0 to 9 and a to f.
    Hex,
}

/// How bytes are written as text (RFC 4648, without padding).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Small letters and digits, which survive where case does not count.
    #[default]
    Base32,
    /// Shorter.
    Base64url,
}

/// Which part of a person's name a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NamePart {
    /// Given and family name.
    #[default]
    Full,
    /// Given name.
    Given,
    /// Family name.
    Family,
}

fn default_mask_char() -> char {
    '*'
}

fn default_prefix() -> String {
    "tok_".to_owned()
}

fn default_siv_prefix() -> String {
    "siv_".to_owned()
}

/// A type as it appears on the wire; domains are already resolved to their base type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[allow(missing_docs)] // The names are PostgreSQL's own type names.
pub enum TypeSpec {
    Text {
        /// The declared length in characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_chars: Option<u32>,
        /// Whether values are filled with blanks to that length (`char(n)`).
        #[serde(default)]
        pad: bool,
    },
    Name {},
    Char1 {},
    Bool {},
    Int2 {},
    Int4 {},
    Int8 {},
    Numeric {
        /// Digits in all, where declared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
        /// Digits after the point, where declared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<i32>,
    },
    Float4 {},
    Float8 {},
    Money {},
    Date {},
    Time {},
    Timetz {},
    Timestamp {},
    Timestamptz {},
    Interval {},
    Uuid {},
    Inet {},
    Cidr {},
    Macaddr {},
    Macaddr8 {},
    Json {
        /// Whether member names are replaced too, for values built from data.
        #[serde(default)]
        mask_keys: bool,
    },
    Jsonb {
        /// Whether member names are replaced too, for values built from data.
        #[serde(default)]
        mask_keys: bool,
    },
    Jsonpath {},
    Hstore {
        /// Whether keys are replaced too, for values built from data.
        #[serde(default)]
        mask_keys: bool,
    },
    Xml {
        /// Whether element and attribute names are replaced too, for values built from data.
        #[serde(default)]
        mask_keys: bool,
    },
    Bytea {},
    Bit {
        /// The declared length in bits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    Varbit {
        /// The declared length in bits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    Tsvector {},
    Tsquery {},
    Vector {},
    Halfvec {},
    Sparsevec {},
    Enum {
        /// The labels in their order.
        labels: Vec<String>,
    },
    Array {
        /// The element's type.
        element: Box<TypeSpec>,
        /// The element's OID as it stands in the binary format; 0 accepts any.
        #[serde(default)]
        element_oid: u32,
        /// What separates elements in the text format.
        #[serde(default = "default_delimiter")]
        delimiter: char,
    },
    Range {
        /// The bounds' type.
        subtype: Box<TypeSpec>,
    },
    Multirange {
        /// The bounds' type.
        subtype: Box<TypeSpec>,
    },
    Composite {
        /// A rule for each field, in order.
        fields: Vec<ColumnRule>,
    },
    Unknown {},
}

fn default_delimiter() -> char {
    ','
}

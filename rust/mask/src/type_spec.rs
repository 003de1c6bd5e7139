//! The types of cells as the deciding side writes them down.

use serde::{Deserialize, Serialize};

use crate::spec::ColumnRule;

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

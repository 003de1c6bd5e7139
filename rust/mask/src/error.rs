//! What can be wrong with a rule or a key; cells never cause an error, they become NULL.

use std::fmt;

/// Why a rule could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A key has the wrong number of bytes.
    KeyLength {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// A version of the key is absent, or there twice.
    Version {
        /// The version.
        version: u32,
    },
    /// The semantic domain's name is empty or longer than its bound.
    Domain,
    /// Types nest deeper than the bound.
    Depth,
    /// An option of an operator is outside its bounds.
    Option {
        /// The option's name.
        name: &'static str,
    },
    /// The operator, or the operator on this type, cannot be turned back.
    Irreversible,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyLength { needed, given } => {
                write!(
                    f,
                    "the masking key has {given} bytes; it needs exactly {needed}"
                )
            }
            Self::Version { version } => {
                write!(
                    f,
                    "version {version} of the masking key is absent, or there twice"
                )
            }
            Self::Domain => f.write_str("the semantic domain must have 1 to 200 bytes"),
            Self::Depth => f.write_str("the type nests deeper than 16 levels"),
            Self::Option { name } => write!(f, "the operator's option `{name}` is out of bounds"),
            Self::Irreversible => {
                f.write_str("values of this operator and type cannot be turned back")
            }
        }
    }
}

impl std::error::Error for Error {}

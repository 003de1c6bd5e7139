//! Declarations that a detector is built from.

use std::fmt;

use serde::Deserialize;

/// Most bytes of an entity's name.
const MAX_NAME: usize = 128;

/// One entity, as the catalogue declares it.
///
/// New optional fields may be added; the existing ones keep their meaning.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitySpec {
    /// Dotted name, for example `contact.email`.
    pub name: String,
    /// Native recogniser, or one of the [forms](Self::FORMS) that are declared.
    pub shape: String,
    /// The regular expression of the shapes `pattern`, `token` and `assigned`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Layouts of the shape `code`, such as `###-##-####`.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Literals that a `token` begins with.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Words in the name that an `assigned` value is given to.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The values of the shape `words`.
    #[serde(default)]
    pub words: Vec<String>,
    /// Words that make a value more likely when they stand next to it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Names of columns, and so of keys in a document, that hold the entity.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Names that say it when they are the whole name.
    #[serde(default)]
    pub whole_columns: Vec<String>,
    /// Names that say it only below a name of `tables`.
    #[serde(default)]
    pub weak_columns: Vec<String>,
    /// Names of what has such columns.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Words beside such a name that say that it is something else.
    #[serde(default)]
    pub counter_words: Vec<String>,
    /// What the tagger of free text calls the entity, such as `PERSON`.
    #[serde(default)]
    pub label: Option<String>,
    /// Name of a checksum that a value must pass.
    #[serde(default)]
    pub checksum: Option<String>,
    /// How sure a match is by itself, instead of what its form says.
    #[serde(default)]
    pub confidence: Option<f32>,
    /// The same for a `code` that is written without separators.
    #[serde(default)]
    pub bare_confidence: Option<f32>,
    /// Findings below this confidence are not reported.
    #[serde(default = "default_confidence")]
    pub min_confidence: f32,
}

impl EntitySpec {
    /// The recognisers that are native, by which a value is known for what it is.
    pub const SHAPES: [&'static str; 29] = [
        "email",
        "phone",
        "card",
        "iban",
        "ssn",
        "ipv4",
        "ipv6",
        "aws_access_key",
        "aws_secret_key",
        "jwt",
        "pem_private_key",
        "connection_string",
        "bitcoin",
        "ethereum",
        "litecoin",
        "monero",
        "ripple",
        "tron",
        "cardano",
        "solana",
        "vin",
        "seed_phrase",
        "url",
        "mac",
        "uuid",
        "birth_date",
        "age",
        "coordinates",
        "track_data",
    ];

    /// The recognisers that an entity declares by itself: a regular expression, a layout of letters
    /// and digits, a literal prefix, the name that a value is given to, or a list of words; and
    /// `column` for an entity that is known by its column only.
    pub const FORMS: [&'static str; 6] =
        ["pattern", "code", "token", "assigned", "words", "column"];

    /// An entity of a native shape that is called like it.
    #[must_use]
    pub fn of_shape(shape: &str, keywords: &[&str]) -> Self {
        Self {
            name: shape.to_owned(),
            shape: shape.to_owned(),
            pattern: None,
            formats: Vec::new(),
            prefixes: Vec::new(),
            keys: Vec::new(),
            words: Vec::new(),
            keywords: keywords.iter().copied().map(str::to_owned).collect(),
            columns: Vec::new(),
            whole_columns: Vec::new(),
            weak_columns: Vec::new(),
            tables: Vec::new(),
            counter_words: Vec::new(),
            label: None,
            checksum: None,
            confidence: None,
            bare_confidence: None,
            min_confidence: default_confidence(),
        }
    }

    /// Refuses what no recogniser could be built from.
    ///
    /// # Errors
    /// The name, the confidence, or a field that the shape does not have.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if self.name.is_empty() || self.name.len() > MAX_NAME || !self.name.bytes().all(fits) {
            return Err(Error::new(
                "",
                "a name is empty, too long or has other characters than letters, digits, `.`, `_`, `-`",
            ));
        }
        if !(0.0..=1.0).contains(&self.min_confidence) {
            return Err(Error::new(
                &self.name,
                "`min_confidence` is not between 0 and 1",
            ));
        }
        let declared = ["pattern", "code", "token", "assigned"].contains(&self.shape.as_str());
        if !declared && (self.pattern.is_some() || self.checksum.is_some()) {
            return Err(Error::new(
                &self.name,
                "`pattern` and `checksum` do not belong to this shape",
            ));
        }
        Ok(())
    }
}

const fn default_confidence() -> f32 {
    0.5
}

/// Why a list of entities was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Name of the entity at fault, empty if the list itself is.
    pub entity: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Error {
    pub(crate) fn new(entity: &str, reason: impl Into<String>) -> Self {
        Self {
            entity: entity.to_owned(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entity.is_empty() {
            write!(f, "entities: {}", self.reason)
        } else {
            write!(f, "entity {}: {}", self.entity, self.reason)
        }
    }
}

impl std::error::Error for Error {}

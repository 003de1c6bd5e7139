//! What the tagger can call a span, and the labels of single tokens that spell it.

/// What a tagged span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Label {
    /// The name of a person, whole or in part.
    Person,
    /// The name of a company, an authority, a school, a band.
    Organisation,
    /// A city, a region, a country.
    Place,
    /// A street address, or a part of it on a line by itself.
    StreetAddress,
    /// A form of address or a job.
    Title,
    /// How many years old somebody is.
    Age,
    /// A date, a time of day, a weekday, a year.
    DateTime,
    /// A nationality or an origin.
    Nationality,
    /// A postal code that stands beside a place.
    PostalCode,
}

impl Label {
    /// The labels that the model knows, in the order of its rows.
    pub const MODELLED: [Self; 9] = [
        Self::Person,
        Self::Organisation,
        Self::Place,
        Self::StreetAddress,
        Self::Title,
        Self::Age,
        Self::DateTime,
        Self::Nationality,
        Self::PostalCode,
    ];

    /// Number of labels.
    pub(crate) const COUNT: usize = Self::MODELLED.len();

    /// The label of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let mut all = Self::MODELLED.into_iter();
        all.find(|label| label.name() == name)
    }

    /// The name of the label in training data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Organisation => "ORG",
            Self::Place => "PLACE",
            Self::StreetAddress => "ADDRESS",
            Self::Title => "TITLE",
            Self::Age => "AGE",
            Self::DateTime => "DATE",
            Self::Nationality => "NRP",
            Self::PostalCode => "ZIP",
        }
    }
}

/// Number of labels of a token: outside, and the first and a later token of each kind of span.
pub(super) const TAGS: usize = 1 + 2 * Label::MODELLED.len();

/// The label of a token that is in no span.
pub(super) const OUTSIDE: usize = 0;

/// The label of the first token of a span.
#[cfg(feature = "tagger-training")]
pub(super) const fn first(label: usize) -> usize {
    1 + 2 * label
}

/// The label of a later token of a span.
#[cfg(feature = "tagger-training")]
pub(super) const fn later(label: usize) -> usize {
    2 + 2 * label
}

/// Whether the token begins a span.
pub(super) const fn is_first(tag: usize) -> bool {
    tag % 2 == 1
}

/// The kind of span that a token is in.
pub(super) fn label(tag: usize) -> Option<Label> {
    Label::MODELLED.get(tag.checked_sub(1)? / 2).copied()
}

/// Whether `tag` may stand behind `before`: a later token needs one of its own span before it.
pub(super) const fn follows(before: usize, tag: usize) -> bool {
    tag == OUTSIDE || is_first(tag) || before == tag || before + 1 == tag
}

//! The rules as the deciding side writes them down: types, operators and columns, in JSON.
//!
//! Unknown fields are errors, because a misspelt option must not become a weaker rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::type_spec::TypeSpec;

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
    /// As `mask`, but under a key of its own for each value: equal ones do not look equal.
    Fresh {
        /// The column's type.
        #[serde(rename = "type")]
        type_: TypeSpec,
        /// The operator.
        operator: OperatorSpec,
        /// The semantic domain.
        domain: String,
        /// What the keys follow from: 32 random bytes in hexadecimal digits.
        seed: String,
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
    /// Keeps some classes of characters.
    Classes {
        /// The classes that stay.
        #[serde(default = "default_classes")]
        keep: Vec<CharClass>,
        /// What stands for each other character.
        #[serde(default = "default_mask_char")]
        mask_char: char,
    },
    /// Another operator for each value of another column.
    #[serde(rename = "by_row")]
    ByRow {
        /// The column: the first of these that there is.
        #[serde(default)]
        column: Vec<String>,
        /// The operator for each of its values.
        #[serde(default)]
        cases: BTreeMap<String, OperatorSpec>,
        /// The operator for all others, and where there is no such column.
        #[serde(default)]
        otherwise: Box<OperatorSpec>,
    },
    /// Another word of a list.
    Category {
        /// The list.
        #[serde(default)]
        list: CategoryList,
    },
    /// A name of an invented company.
    Company {},
    /// The same given value for all.
    Constant {
        /// The value in the type's text format.
        #[serde(default)]
        value: String,
    },
    /// Other degrees of latitude and longitude.
    Coordinates {},
    /// Keyed characters.
    Hash {
        /// How many.
        #[serde(default = "default_hash_length")]
        length: u32,
        /// The characters to choose from.
        #[serde(default)]
        encoding: HashEncoding,
        /// Whether texts that differ only in case or composition stay different.
        #[serde(default)]
        exact: bool,
    },
    /// A locally administered hardware address.
    Mac {},
    /// A number that an authority could have issued.
    #[serde(rename = "national_id")]
    NationalId {
        /// The entity whose layouts it has; that of the semantic domain where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<String>,
    },
    /// A town or a state.
    Place {
        /// Which of them.
        #[serde(default)]
        part: PlacePart,
        /// The column with the postal code, where the place is to lie there: the first of these
        /// that there is.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        of: Vec<String>,
    },
    /// A vehicle's registration.
    Plate {},
    /// The name of the entity, such as `<EMAIL>`.
    Tag {},
    /// Characters of the value at named places of a fixed text.
    Template {
        /// The text, with `{first4}` and `{last4}`.
        #[serde(default = "default_template")]
        template: String,
    },
    /// An address in the web, in a reserved domain.
    Url {},
    /// A name that somebody signs in with.
    Username {},
    /// A UUID of the same version.
    Uuid {},
    /// A vehicle's number with a valid check digit.
    Vin {},
    /// A keyed token.
    Token {
        /// What it starts with.
        #[serde(default = "default_prefix")]
        prefix: String,
        /// Whether texts that differ only in case or composition stay different.
        #[serde(default)]
        exact: bool,
    },
    /// A person's name.
    Name {
        /// Which part of a name the value is.
        #[serde(default)]
        part: NamePart,
        /// The column with the full name, of whose replacement a part is to be written: the first of
        /// these that there is.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        of: Vec<String>,
    },
    /// An e-mail address in a reserved domain.
    Email {
        /// Whether the domain stays instead.
        #[serde(default)]
        keep_domain: bool,
    },
    /// FF1 over the characters of an alphabet, which the key turns back.
    Ff1 {
        /// The alphabet.
        #[serde(default)]
        alphabet: Alphabet,
    },
    /// A phone number of the same country that reaches nobody.
    #[serde(rename = "fictional_phone")]
    FictionalPhone {
        /// The country code of numbers without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<String>,
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
    /// Characters and numbers of one size, for what a query made.
    Made {
        /// What replaces a text of its kind, where that shows nothing of it.
        #[serde(default)]
        text: Option<Box<OperatorSpec>>,
    },
    /// The lower end of the age's bin, and 90 for everybody older; a birth date's year.
    #[serde(rename = "age_bin")]
    AgeBin {
        /// Years in a bin.
        #[serde(default = "default_age_width")]
        width: u32,
        /// The day on which ages of birth dates are taken, as `YYYY-MM-DD`.
        #[serde(default)]
        reference: Option<String>,
        /// What becomes of a text that is neither, and of other types.
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// The bin that a number is in.
    Bin {
        /// How wide a bin is, as a decimal number above zero.
        #[serde(default = "default_bin_width")]
        width: String,
        /// Where one of the bins begins.
        #[serde(default = "default_origin")]
        origin: String,
        /// Which number of the bin is the answer.
        #[serde(default)]
        answer: BinAnswer,
    },
    /// A day near the date's.
    #[serde(rename = "date_jitter")]
    DateJitter {
        /// The most days that a date moves.
        #[serde(default = "default_days")]
        days: u32,
        /// Whether a text such as 03/04/2024 begins with the day.
        #[serde(default)]
        day_first: bool,
    },
    /// As many days later or earlier as all dates of the row's subject.
    #[serde(rename = "date_shift")]
    DateShift {
        /// The column that names the subject: the first of these that there is.
        #[serde(default)]
        subject: Vec<String>,
        /// The most days that a date moves.
        #[serde(default = "default_shift")]
        max_days: u32,
        /// Whether a text such as 03/04/2024 begins with the day.
        #[serde(default)]
        day_first: bool,
    },
    /// The beginning of the date's year, month and so on.
    #[serde(rename = "date_trunc")]
    DateTrunc {
        /// What the beginning of is meant.
        #[serde(default)]
        part: DatePart,
        /// Whether a text such as 03/04/2024 begins with the day.
        #[serde(default)]
        day_first: bool,
        /// What becomes of a text that is no date, and of other types.
        #[serde(default)]
        otherwise: Otherwise,
    },
    /// Decimal degrees with few digits.
    #[serde(rename = "geo_round")]
    GeoRound {
        /// Digits after the point.
        #[serde(default = "default_geo_digits")]
        digits: u32,
    },
    /// What a value belongs to, by a table.
    Hierarchy {
        /// What each value belongs to.
        #[serde(default)]
        parents: BTreeMap<String, String>,
        /// How many steps upwards.
        #[serde(default = "default_level")]
        level: u32,
        /// What stands for a value that is not in the table.
        #[serde(default = "default_top")]
        top: String,
    },
    /// The network that an address is in.
    #[serde(rename = "ip_prefix")]
    IpPrefix {
        /// Bits kept of an IPv4 address.
        #[serde(default = "default_v4")]
        v4: u32,
        /// Bits kept of an IPv6 address.
        #[serde(default = "default_v6")]
        v6: u32,
    },
    /// A number near the number.
    Noise {
        /// The most by which a number changes, as a decimal number.
        #[serde(default)]
        amount: Option<String>,
        /// The same in percent of the number.
        #[serde(default)]
        percent: Option<String>,
        /// How likely a small change is against a large one.
        #[serde(default)]
        distribution: Distribution,
    },
    /// Numbers beyond a bound become the bound.
    #[serde(rename = "top_bottom")]
    TopBottom {
        /// The least number.
        #[serde(default)]
        bottom: Option<String>,
        /// The greatest number.
        #[serde(default)]
        top: Option<String>,
    },
    /// The first three digits of a ZIP code, where enough people live there.
    Zip3 {
        /// What becomes of other types.
        #[serde(default)]
        otherwise: Otherwise,
    },
}

/// What becomes of a value that is not of an operator's kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// The type's own keyed operator answers.
    #[default]
    Keyed,
    /// It becomes a constant.
    Redact,
}

impl Default for OperatorSpec {
    /// What shows nothing.
    fn default() -> Self {
        Self::Null {}
    }
}

/// Which number stands for a bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BinAnswer {
    /// Its lower end, which belongs to it.
    #[default]
    Lower,
    /// Its centre.
    Centre,
}

/// What a date is cut back to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // The names of calendars.
pub enum DatePart {
    Hour,
    Day,
    /// From Monday on, as in ISO 8601.
    Week,
    Month,
    Quarter,
    #[default]
    Year,
}

/// How noise is spread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// Every change within the bound is equally likely.
    #[default]
    Uniform,
    /// Small changes are likelier, in a straight line down to none at the bound.
    Triangular,
}

/// A class of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CharClass {
    /// Capital letters of any script.
    Upper,
    /// All other letters.
    Lower,
    /// Numerals.
    Digit,
    /// What is neither a letter nor a numeral nor white space.
    Punctuation,
}

/// The characters of a hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashEncoding {
    /// `0` to `9` and `a` to `f`.
    #[default]
    Hex,
    /// RFC 4648 in small letters.
    Base32,
}

/// Which part of a place a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlacePart {
    /// A town.
    #[default]
    City,
    /// A state or a province.
    State,
    /// A postal code.
    #[serde(rename = "postal_code")]
    PostalCode,
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

/// The words that stand in a column with few values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryList {
    /// A, B, AB and O with the rhesus factor.
    BloodType,
    /// Names and codes of ISO 3166-1.
    #[default]
    Country,
    /// Degrees and levels of schools.
    Education,
    /// What forms ask for.
    Gender,
    /// What people do.
    Job,
    /// Of law.
    MaritalStatus,
    /// What the people of a country are called.
    Nationality,
    /// What stands before a name.
    Title,
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

fn default_age_width() -> u32 {
    5
}

fn default_bin_width() -> String {
    "10".to_owned()
}

fn default_days() -> u32 {
    30
}

fn default_shift() -> u32 {
    365
}

fn default_geo_digits() -> u32 {
    2
}

fn default_level() -> u32 {
    1
}

fn default_origin() -> String {
    "0".to_owned()
}

fn default_top() -> String {
    "*".to_owned()
}

fn default_v4() -> u32 {
    24
}

fn default_v6() -> u32 {
    48
}

fn default_mask_char() -> char {
    '*'
}

fn default_classes() -> Vec<CharClass> {
    vec![CharClass::Punctuation]
}

fn default_template() -> String {
    "***{last4}".to_owned()
}

fn default_hash_length() -> u32 {
    32
}

fn default_prefix() -> String {
    "tok_".to_owned()
}

fn default_siv_prefix() -> String {
    "siv_".to_owned()
}

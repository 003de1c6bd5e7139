//! From the rules as written down to the tree that cells go through.

use std::sync::Arc;

use crate::cell::TextScrubber;
use crate::error::Error;
use crate::keys::Keyring;
use crate::operators::change::Change;
use crate::operators::TextMask;
use crate::prf::DomainKey;
use crate::spec::{ColumnRule, OperatorSpec, TypeSpec};
use crate::types::leaf::{digits_mask, Leaf};
use crate::types::opaque::{ScanWhole, Wording};
use crate::types::{
    array, bit, bytea, changed, char1, composite, constant, date, enumeration, float, hstore, inet,
    integer, interval, json, macaddr, money, numeric, range, text, time, tsvector, uuid, vector,
    xml, Node,
};

/// Types may nest this deep.
const DEPTH_MAX: usize = 16;
/// The bytes of PostgreSQL's type `name`.
const NAME_BYTES: u32 = 63;

/// The semantic domain of whole names of persons.
pub(crate) const NAMES_DOMAIN: &str = "person.full";

/// What to do with every value of a type.
#[derive(Clone)]
pub(crate) enum Rule<'a> {
    /// Replace it.
    Mask {
        operator: &'a OperatorSpec,
        key: Arc<DomainKey>,
        keys: &'a Keyring,
    },
    /// Search the texts in it; the key is for values that cannot be replaced in part.
    Scan {
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        key: Arc<DomainKey>,
        keys: &'a Keyring,
    },
}

impl<'a> Rule<'a> {
    pub(crate) fn mask(
        operator: &'a OperatorSpec,
        domain: &str,
        keys: &'a Keyring,
    ) -> Result<Self, Error> {
        let operator = operator.alone();
        let mut key = keys.domain(operator.domain(domain))?;
        let texts = match operator {
            OperatorSpec::Made { text: Some(texts) } => texts,
            operator => operator,
        };
        if matches!(texts, OperatorSpec::Email { .. }) {
            key = key.with_names(keys.domain(NAMES_DOMAIN)?);
        }
        Ok(Self::Mask {
            operator,
            key: Arc::new(key),
            keys,
        })
    }

    /// The inverse of [`Rule::mask`], for what is a bijection.
    pub(crate) fn reveal(
        operator: &'a OperatorSpec,
        domain: &str,
        keys: &'a Keyring,
    ) -> Result<Self, Error> {
        Ok(Self::Mask {
            operator,
            key: Arc::new(keys.domain(domain)?.turned_round()),
            keys,
        })
    }

    pub(crate) fn scan(
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        keys: &'a Keyring,
    ) -> Result<Self, Error> {
        Ok(Self::Scan {
            scrubber,
            key: Arc::new(keys.domain("scan")?),
            keys,
        })
    }

    fn masks(&self) -> bool {
        matches!(self, Self::Mask { .. })
    }

    fn is_made(&self) -> bool {
        let Self::Mask { operator, .. } = self else {
            return false;
        };
        matches!(operator, OperatorSpec::Made { .. })
    }

    fn keys(&self) -> &'a Keyring {
        match self {
            Self::Mask { keys, .. } | Self::Scan { keys, .. } => keys,
        }
    }

    fn leaf(&self, names: bool) -> Result<Leaf, Error> {
        match self {
            Self::Mask { operator, key, .. } => Leaf::mask(operator, key, names),
            Self::Scan { scrubber, key, .. } => Ok(Leaf::scan(scrubber, key)),
        }
    }
}

impl Node {
    pub(crate) fn compile(type_: &TypeSpec, rule: &Rule<'_>) -> Result<Self, Error> {
        compile(type_, rule, 0)
    }
}

fn compile(type_: &TypeSpec, rule: &Rule<'_>, depth: usize) -> Result<Node, Error> {
    if depth > DEPTH_MAX {
        return Err(Error::Depth);
    }
    if let Some(node) = structured(type_, rule, depth)? {
        return Ok(node);
    }
    match rule {
        Rule::Mask { operator, key, .. } => scalar(type_, operator, key),
        Rule::Scan { scrubber, key, .. } => scan(type_, scrubber, key),
    }
}

/// Types with texts or other types inside, which masks and scans walk in the same way.
fn structured(type_: &TypeSpec, rule: &Rule<'_>, depth: usize) -> Result<Option<Node>, Error> {
    if matches!(
        rule,
        Rule::Mask {
            operator: OperatorSpec::Null {},
            ..
        }
    ) {
        return Ok(Some(Node::Null));
    }
    // How much is in a document is up to the query, too, and in those with marks names stand twice.
    let hidden = match type_ {
        TypeSpec::Json { .. } | TypeSpec::Jsonb { .. } => depth > 0,
        TypeSpec::Hstore { .. } | TypeSpec::Xml { .. } => true,
        _ => false,
    };
    if hidden && rule.is_made() {
        return Ok(Some(Node::Null));
    }
    Ok(Some(match type_ {
        TypeSpec::Json { mask_keys } => Node::Json(json::Json::new(rule.leaf(*mask_keys)?, false)),
        TypeSpec::Jsonb { mask_keys } => Node::Json(json::Json::new(rule.leaf(*mask_keys)?, true)),
        TypeSpec::Hstore { mask_keys } => Node::Hstore(hstore::Hstore::new(rule.leaf(*mask_keys)?)),
        TypeSpec::Xml { mask_keys } => Node::Xml(xml::Xml::new(rule.leaf(*mask_keys)?)),
        // How many there are, and which is the greater, is up to the query.
        TypeSpec::Array { .. } | TypeSpec::Range { .. } | TypeSpec::Multirange { .. }
            if rule.is_made() =>
        {
            Node::Null
        }
        TypeSpec::Array {
            element,
            element_oid,
            delimiter,
        } => {
            let delimiter = u8::try_from(*delimiter)
                .ok()
                .filter(|byte| matches!(byte, b',' | b';' | b'|' | b':'))
                .ok_or(Error::Option { name: "delimiter" })?;
            match compile(element, rule, depth + 1)? {
                node @ (Node::Null | Node::Pass) => node,
                node => Node::Array(array::Array::new(
                    node,
                    *element_oid,
                    delimiter,
                    rule.masks(),
                )),
            }
        }
        TypeSpec::Range { subtype } | TypeSpec::Multirange { subtype } if rule.masks() => {
            let multiple = matches!(type_, TypeSpec::Multirange { .. });
            Node::Range(range::Range::new(
                compile(subtype, rule, depth + 1)?,
                multiple,
            ))
        }
        TypeSpec::Composite { fields } => {
            let fields = fields
                .iter()
                .map(|field| compile_field(field, rule, depth + 1))
                .collect::<Result<_, _>>()?;
            Node::Composite(composite::Composite::new(fields, rule.masks()))
        }
        _ => return Ok(None),
    }))
}

/// A field keeps its own rule, except that a mask over the whole leaves no field as it is.
fn compile_field(field: &ColumnRule, rule: &Rule<'_>, depth: usize) -> Result<Node, Error> {
    match field {
        // A result is fresh as a whole.
        ColumnRule::Null {} | ColumnRule::Fresh { .. } => Ok(Node::Null),
        ColumnRule::Mask { type_, .. } if rule.is_made() => compile(type_, rule, depth),
        ColumnRule::Mask {
            type_,
            operator,
            domain,
        } => compile(type_, &Rule::mask(operator, domain, rule.keys())?, depth),
        ColumnRule::Scan { type_ } => compile(type_, rule, depth),
        ColumnRule::Pass { type_: Some(type_) } if rule.masks() => compile(type_, rule, depth),
        ColumnRule::Pass { .. } => Ok(if rule.masks() { Node::Null } else { Node::Pass }),
    }
}

/// The rule of a type that has no other types inside.
pub(crate) fn scalar(
    type_: &TypeSpec,
    operator: &OperatorSpec,
    key: &Arc<DomainKey>,
) -> Result<Node, Error> {
    if let OperatorSpec::Constant { value } = operator {
        let given = constant::Constant::given(type_, value);
        return Ok(given.map_or(Node::Null, Node::Constant));
    }
    if matches!(operator, OperatorSpec::Redact {} | OperatorSpec::Tag {}) {
        if let Some(constant) = constant::Constant::of(type_) {
            return Ok(Node::Constant(constant));
        }
    }
    if let Some(changed) = changed::Changed::compile(type_, operator, key)? {
        return Ok(Node::Changed(changed));
    }
    let text_type = matches!(type_, TypeSpec::Text { .. } | TypeSpec::Name {});
    if Change::redacts_others(operator) && !text_type {
        return scalar(type_, &OperatorSpec::Redact {}, key);
    }
    let sized = matches!(
        type_,
        TypeSpec::Bytea {}
            | TypeSpec::Bit { .. }
            | TypeSpec::Varbit { .. }
            | TypeSpec::Tsvector {}
            | TypeSpec::Vector {}
            | TypeSpec::Halfvec {}
            | TypeSpec::Sparsevec {}
    );
    // What is not made would be alike for equal values where keys take turns.
    let alike = key.takes_turns() && !text_type && !matches!(type_, TypeSpec::Bool {});
    if alike || sized && matches!(operator, OperatorSpec::Made { .. }) {
        return Ok(Node::Null);
    }
    let text = |max_chars| TextMask::new(operator, Arc::clone(key), max_chars);
    let digits = || digits_mask(operator, key);
    let key = Arc::clone(key);
    Ok(match type_ {
        TypeSpec::Text { max_chars, pad } => Node::Text(text::Text::new(text(*max_chars)?, *pad)),
        TypeSpec::Name {} => Node::Text(text::Text::new(text(Some(NAME_BYTES))?, false)),
        TypeSpec::Char1 {} => Node::Char1(char1::Char1::new(key)),
        TypeSpec::Bool {} => constant::Constant::of(type_).map_or(Node::Null, Node::Constant),
        TypeSpec::Int2 {} => Node::Integer(integer::Integer::new(key, 2, digits()?)),
        TypeSpec::Int4 {} => Node::Integer(integer::Integer::new(key, 4, digits()?)),
        TypeSpec::Int8 {} => Node::Integer(integer::Integer::new(key, 8, digits()?)),
        TypeSpec::Numeric { precision, scale } => {
            Node::Numeric(numeric::Numeric::new(key, *precision, *scale, digits()?))
        }
        TypeSpec::Float4 {} => Node::Float(float::Float::new(key, false)),
        TypeSpec::Float8 {} => Node::Float(float::Float::new(key, true)),
        TypeSpec::Money {} => Node::Money(money::Money::new(key)),
        TypeSpec::Date {} => Node::Date(date::Date::new(key)),
        TypeSpec::Time {} => Node::Time(time::Time::new(key, false)),
        TypeSpec::Timetz {} => Node::Time(time::Time::new(key, true)),
        TypeSpec::Timestamp {} => Node::Timestamp(date::Timestamp::new(key, false)),
        TypeSpec::Timestamptz {} => Node::Timestamp(date::Timestamp::new(key, true)),
        TypeSpec::Interval {} => Node::Interval(interval::Interval::new(key)),
        TypeSpec::Uuid {} => Node::Uuid(uuid::Uuid::new(key)),
        TypeSpec::Inet {} => Node::Inet(inet::Inet::new(key, false)),
        TypeSpec::Cidr {} => Node::Inet(inet::Inet::new(key, true)),
        TypeSpec::Macaddr {} => Node::Macaddr(macaddr::Macaddr::new(key, 6)),
        TypeSpec::Macaddr8 {} => Node::Macaddr(macaddr::Macaddr::new(key, 8)),
        TypeSpec::Bytea {} => Node::Bytea(bytea::Bytea::new(key)),
        TypeSpec::Bit { .. } | TypeSpec::Varbit { .. } => Node::Bit(bit::Bit::new(key)),
        // A lexeme is a piece of a text, so an operator for whole texts makes no sense of it.
        TypeSpec::Tsvector {} => {
            let leaf = Leaf::mask(&OperatorSpec::Auto {}, &key, true)?;
            Node::Tsvector(tsvector::Tsvector::new(leaf))
        }
        TypeSpec::Vector {} => Node::Vector(vector::Vector::new(key, vector::Kind::Single)),
        TypeSpec::Halfvec {} => Node::Vector(vector::Vector::new(key, vector::Kind::Half)),
        TypeSpec::Sparsevec {} => Node::Vector(vector::Vector::new(key, vector::Kind::Sparse)),
        TypeSpec::Enum { labels } => Node::Enumeration(enumeration::Enumeration::new(key, labels)),
        // Queries and paths are programs, and nobody knows what stands in an unknown type.
        _ => Node::Null,
    })
}

fn scan(
    type_: &TypeSpec,
    scrubber: &Arc<dyn TextScrubber + Send + Sync>,
    key: &Arc<DomainKey>,
) -> Result<Node, Error> {
    let texts =
        |max_chars, pad| Node::ScanText(text::ScanText::new(Arc::clone(scrubber), max_chars, pad));
    let whole = |wording| {
        let mask = scalar(type_, &OperatorSpec::Auto {}, key)?;
        Ok(Node::ScanWhole(ScanWhole::new(
            Arc::clone(scrubber),
            wording,
            mask,
        )))
    };
    match type_ {
        TypeSpec::Text { max_chars, pad } => Ok(texts(*max_chars, *pad)),
        TypeSpec::Name {} => Ok(texts(Some(NAME_BYTES), false)),
        TypeSpec::Bytea {} => Ok(Node::ScanBytea(bytea::ScanBytea::new(Arc::clone(scrubber)))),
        TypeSpec::Tsvector {} => Ok(Node::Tsvector(tsvector::Tsvector::new(Leaf::scan(
            scrubber, key,
        )))),
        TypeSpec::Int8 {} => whole(Wording::Integer),
        TypeSpec::Numeric { .. } => whole(Wording::Numeric),
        TypeSpec::Inet {} | TypeSpec::Cidr {} => whole(Wording::Address),
        TypeSpec::Unknown {}
        | TypeSpec::Jsonpath {}
        | TypeSpec::Tsquery {}
        | TypeSpec::Range { .. }
        | TypeSpec::Multirange { .. } => whole(Wording::Unknown),
        // Numbers, times and the like are too short to hold anything that a scan recognises.
        _ => Ok(Node::Pass),
    }
}

//! A parse tree that can be walked without knowing every node type.
//!
//! The grammar has some 270 node types and grows with each server version. A walk by hand that forgets
//! one of them would miss a relation there, and with it a leak. So the typed tree is turned, by its own
//! serialisation, into this one: every field of every node is visited, whatever its type.

use serde::ser::{self, Impossible, Serialize};
use std::fmt;

/// A node, a list of them, or a scalar. Fields with default values are left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// An absent or default value.
    Empty,
    /// A number or an enumeration's number; `true` is 1.
    Int(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// A node: its type and its fields.
    Node(&'static str, Vec<(&'static str, Tree)>),
}

pub(crate) static EMPTY: Tree = Tree::Empty;

impl Tree {
    /// Converts a typed node.
    pub(crate) fn of<T: Serialize>(value: &T) -> Result<Self, Unsupported> {
        value.serialize(Builder)
    }

    /// The node's type, empty for anything else.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Node(kind, _) => kind,
            _ => "",
        }
    }

    /// The field of that name, or `Empty`.
    pub(crate) fn get(&self, name: &str) -> &Tree {
        match self {
            Self::Node(_, fields) => fields
                .iter()
                .find(|(key, _)| *key == name)
                .map_or(&EMPTY, |(_, value)| value),
            _ => &EMPTY,
        }
    }

    /// The text, or an empty one.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Node("String", _) => self.get("sval").text(),
            _ => "",
        }
    }

    /// The number, or 0.
    pub(crate) fn int(&self) -> i64 {
        match self {
            Self::Int(value) => *value,
            _ => 0,
        }
    }

    /// The elements of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Tree] {
        match self {
            Self::List(items) => items,
            // A `List` node inside a list, as in the names of an operator class or rows of VALUES.
            Self::Node("List", _) => self.get("items").items(),
            _ => &[],
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Everything directly below.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Tree> {
        let (list, fields): (&[Tree], &[(&'static str, Tree)]) = match self {
            Self::List(items) => (items, &[]),
            Self::Node(_, fields) => (&[], fields),
            _ => (&[], &[]),
        };
        list.iter().chain(fields.iter().map(|(_, value)| value))
    }

    /// The texts of a list of name parts.
    pub(crate) fn names(&self) -> Vec<String> {
        self.items()
            .iter()
            .map(|item| item.text().to_owned())
            .collect()
    }
}

/// A typed tree held something that no parse tree holds.
#[derive(Debug)]
pub(crate) struct Unsupported(String);

impl fmt::Display for Unsupported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Unsupported {}

impl ser::Error for Unsupported {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Builder;

struct ListBuilder(Vec<Tree>);

struct NodeBuilder(&'static str, Vec<(&'static str, Tree)>);

fn integer(value: i64) -> Tree {
    if value == 0 {
        Tree::Empty
    } else {
        Tree::Int(value)
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<Tree, Unsupported> {
            Ok(integer(i64::from(value)))
        })*
    };
}

impl ser::Serializer for Builder {
    type Ok = Tree;
    type Error = Unsupported;
    type SerializeSeq = ListBuilder;
    type SerializeTuple = Impossible<Tree, Unsupported>;
    type SerializeTupleStruct = Impossible<Tree, Unsupported>;
    type SerializeTupleVariant = Impossible<Tree, Unsupported>;
    type SerializeMap = Impossible<Tree, Unsupported>;
    type SerializeStruct = NodeBuilder;
    type SerializeStructVariant = Impossible<Tree, Unsupported>;

    integers!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    fn serialize_u64(self, value: u64) -> Result<Tree, Unsupported> {
        i64::try_from(value)
            .map(integer)
            .map_err(ser::Error::custom)
    }

    fn serialize_f32(self, value: f32) -> Result<Tree, Unsupported> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<Tree, Unsupported> {
        Ok(Tree::Text(value.to_string()))
    }

    fn serialize_char(self, value: char) -> Result<Tree, Unsupported> {
        Ok(Tree::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Tree, Unsupported> {
        Ok(if value.is_empty() {
            Tree::Empty
        } else {
            Tree::Text(value.to_owned())
        })
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<Tree, Unsupported> {
        Err(ser::Error::custom("bytes in a parse tree"))
    }

    fn serialize_none(self) -> Result<Tree, Unsupported> {
        Ok(Tree::Empty)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree, Unsupported> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree, Unsupported> {
        Ok(Tree::Empty)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Tree, Unsupported> {
        Ok(Tree::Empty)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Tree, Unsupported> {
        Ok(Tree::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Tree, Unsupported> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<Tree, Unsupported> {
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListBuilder, Unsupported> {
        Ok(ListBuilder(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(ser::Error::custom("a tuple in a parse tree"))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleStruct, Unsupported> {
        Err(ser::Error::custom("a tuple in a parse tree"))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Unsupported> {
        Err(ser::Error::custom("a tuple in a parse tree"))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, Unsupported> {
        Err(ser::Error::custom("a map in a parse tree"))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _length: usize,
    ) -> Result<NodeBuilder, Unsupported> {
        Ok(NodeBuilder(name, Vec::new()))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(ser::Error::custom("a struct variant in a parse tree"))
    }
}

impl ser::SerializeSeq for ListBuilder {
    type Ok = Tree;
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.0.push(value.serialize(Builder)?);
        Ok(())
    }

    fn end(self) -> Result<Tree, Unsupported> {
        Ok(if self.0.is_empty() {
            Tree::Empty
        } else {
            Tree::List(self.0)
        })
    }
}

impl ser::SerializeStruct for NodeBuilder {
    type Ok = Tree;
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        match value.serialize(Builder)? {
            Tree::Empty => {}
            // `Node` is only the box that holds one node of any type.
            value if self.0 == "Node" => self.1.push((name, value)),
            value => self.1.push((name, value)),
        }
        Ok(())
    }

    fn end(mut self) -> Result<Tree, Unsupported> {
        if self.0 == "Node" {
            return Ok(self.1.pop().map_or(Tree::Empty, |(_, value)| value));
        }
        Ok(Tree::Node(self.0, self.1))
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;

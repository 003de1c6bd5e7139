//! The queries of a statement: what their columns are made of, and what influences their rows.

use crate::facts::{is_false, is_zero_size, Name};
use serde::Serialize;

/// A column as written: `qualifier` is empty, `[table]`, `[schema, table]` or longer; `name` is `*`
/// for all columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ColumnName {
    /// What stands before the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub qualifier: Vec<String>,
    /// The name.
    pub name: String,
}

/// A query: what it takes rows from and what each of its columns is made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools)] // facts that have nothing to do with each other
pub struct Query {
    /// Queries that `WITH` names here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ctes: Vec<Cte>,
    /// Both sides of a set operation; then `targets` and `sources` are empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Query>,
    /// What rows are taken from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// The result columns, or what expands to them. For `VALUES`, one target for each position.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// How the sources are joined, where that changes what `*` expands to or what a column's name
    /// means: by `USING` or `NATURAL`. Empty where `*` gives the columns of one source after another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Joined>,
    /// Whether rows of the second of the branches are taken away, so that no value is from there.
    #[serde(skip_serializing_if = "is_false")]
    pub subtracts: bool,
    /// Whether it contains something that this analysis does not see through.
    #[serde(skip_serializing_if = "is_false")]
    pub opaque: bool,
    /// For a subquery in an expression, whether its value is altered there.
    #[serde(skip_serializing_if = "is_false")]
    pub altered: bool,
    /// For a subquery in an expression, whether its value goes into an aggregate there.
    #[serde(skip_serializing_if = "is_false")]
    pub aggregated: bool,
    /// Columns that are compared with values of the statement, or get them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
    /// Subqueries in its expressions, and the query of an `INSERT`, if anything is compared in them,
    /// or asked by them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Query>,
    /// What decides which rows there are and how they are put together, without being in a value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub row_influences: Vec<RowInfluence>,
    /// What of it is a question about values, and what may fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Asking>,
}

/// Something that decides about the rows of a query without being in its result.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct Asking {
    /// Its number in the statement: its values are known by it, see [`crate::influencing`].
    pub number: usize,
    /// `equal` (a column is equal to values of the statement, or not), `compare` (compared with such
    /// values in another way), `columns` (two columns are equal, or not), `merged` (the same by `USING`,
    /// and `*` for `NATURAL`), `sort` (rows are sorted, or two columns compared in another way), `group`
    /// (rows are grouped or made distinct), `set` (rows of a set operation are, or are sorted), `limit`,
    /// `rows` (how many rows a function makes), `combined` (an expression of several columns, without
    /// values), `derived` (one of one column), `cast` (a cast to a text) or `expression` (anything else).
    pub form: &'static str,
    /// What it is made of.
    #[serde(flatten)]
    pub flow: Flow,
    /// Whether it may be something else each time, by other means than functions.
    #[serde(skip_serializing_if = "is_false")]
    pub unstable: bool,
    /// Position from 1 of the column that the rows of a set operation are sorted by.
    #[serde(skip_serializing_if = "is_zero_size")]
    pub position: usize,
    /// In a statement that `PREPARE` keeps, whether any of its values is a parameter.
    #[serde(skip_serializing_if = "is_false")]
    pub parameters: bool,
    /// It is the name of a result column, which is asked of by itself: it counts only where a source
    /// has a column of that name, too.
    #[serde(skip_serializing_if = "is_false")]
    pub optional: bool,
    /// It does nothing but put texts together, if what it names are texts.
    #[serde(skip_serializing_if = "is_false")]
    pub joining: bool,
}

/// What decides which rows there are, how they are put together or in which order they stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RowInfluence {
    /// `filter`, `join`, `group` or `order`; `inside` for what only has influences in itself, such as
    /// the subquery of `EXISTS`.
    pub kind: &'static str,
    /// Number of the result column that it is, from 1.
    #[serde(skip_serializing_if = "is_zero_size")]
    pub position: usize,
    /// Name of the result column that it is; `*` for all of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// Whether it is every column that several sources have, as in `NATURAL JOIN`.
    #[serde(skip_serializing_if = "is_false")]
    pub natural: bool,
    /// Whether there may be no column of that name, so that it is another influence.
    #[serde(skip_serializing_if = "is_false")]
    pub optional: bool,
    /// What it is made of.
    #[serde(flatten)]
    pub flow: Flow,
}

/// A column that is compared with literals or parameters of the statement, or is given their values.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Compared {
    /// The column; its name is empty where an `INSERT` names no columns.
    pub column: ColumnName,
    /// Its number in the statement: where the values stand is known by it, see [`crate::places`].
    pub number: usize,
    /// `compared`, `inserted` or `updated`. What is written is a column of the first source. `merged`
    /// for what a join names by `USING`, and `*` for all that `NATURAL` joins.
    pub role: &'static str,
    /// Position of the value in the row, where the column has no name.
    #[serde(skip_serializing_if = "is_zero_size")]
    pub position: usize,
    /// In a statement that `PREPARE` keeps, whether any of the values is a parameter.
    #[serde(skip_serializing_if = "is_false")]
    pub parameters: bool,
    /// Whether one of the parameters is used for something else, too.
    #[serde(skip_serializing_if = "is_false")]
    pub elsewhere: bool,
    /// Numbers of others that one of the parameters is compared with, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<usize>,
    /// What else it is compared with: columns, and expressions of constants alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Flow>,
    /// Types that the values are cast to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Name>,
}

/// A source, or a join of two.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Joined {
    /// Position of the source among the sources; of no meaning for a join.
    #[serde(skip_serializing_if = "is_zero_size")]
    pub source: usize,
    /// Both sides of a join.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Joined>,
    /// Columns that `USING` merges.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub using: Vec<String>,
    /// Whether it merges all columns that both sides have.
    #[serde(skip_serializing_if = "is_false")]
    pub natural: bool,
    /// Which side a merged column has its values from: `left`, `right`, `inner` (either, as types
    /// have it), or `full` (both).
    #[serde(skip_serializing_if = "str::is_empty")]
    pub kind: &'static str,
}

/// A column that `SEARCH` or `CYCLE` adds to a table expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// The columns of the table expression that it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// A function in `FROM`, or a column of `XMLTABLE` or `JSON_TABLE`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RowFunction {
    /// Schema of the function, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name of the function; empty for what is not a call by name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Names of its columns, where the statement defines them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defined: Vec<String>,
    /// What its values are made of.
    #[serde(flatten)]
    pub flow: Flow,
}

/// `(row).field`, where the row is a column or a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools)] // facts that have nothing to do with each other
pub struct RowField {
    /// Name of the column or the source.
    pub row: String,
    /// Name of the field; `*` for all of them.
    pub field: String,
    /// Whether the row is written as `name.*`, so that it cannot be a column.
    #[serde(skip_serializing_if = "is_false")]
    pub starred: bool,
    /// Whether its value is altered.
    #[serde(skip_serializing_if = "is_false")]
    pub altered: bool,
    /// Whether its value goes into an aggregate.
    #[serde(skip_serializing_if = "is_false")]
    pub aggregated: bool,
}

/// A common table expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// New names for its first columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Whether `WITH RECURSIVE` lets it name itself and later ones.
    #[serde(skip_serializing_if = "is_false")]
    pub recursive: bool,
    /// Its query.
    pub query: Query,
    /// Columns that are added to those of the query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// One item that a query takes rows from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Source {
    /// `relation`, `cte`, `query`, `function`, `merged` (the alias of what `USING` merges) or `other`.
    pub kind: &'static str,
    /// Schema of a relation, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name of the relation, the common table expression or the only function.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The name that it has in the query, when it is not its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// New names for its first columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Whether a subquery may refer to the items before it.
    #[serde(skip_serializing_if = "is_false")]
    pub lateral: bool,
    /// Whether `*` leaves it out, as it does the `old` and `new` rows of `RETURNING`.
    #[serde(skip_serializing_if = "is_false")]
    pub by_name_only: bool,
    /// The query of a subquery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// Functions whose columns stand side by side.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<RowFunction>,
    /// What every one of these columns is made of as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared: Option<Flow>,
    /// Whether a last column numbers the rows.
    #[serde(skip_serializing_if = "is_false")]
    pub ordinality: bool,
}

/// What an expression is made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Flow {
    /// Columns whose values can be in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnName>,
    /// Those of them of which a part or another spelling can be in it, rather than the value itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub altered_columns: Vec<ColumnName>,
    /// Those of `altered_columns` of which a part can be in it, or a number made of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_columns: Vec<ColumnName>,
    /// Those of them that go into an aggregate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aggregated_columns: Vec<ColumnName>,
    /// Those of `columns` that are only compared or measured: no value of theirs is in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measured_columns: Vec<ColumnName>,
    /// Columns that are only counted or ranked, by the built-in functions of that name; they flow
    /// when a function of the user's has taken that name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counted_columns: Vec<ColumnName>,
    /// Functions called in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<Name>,
    /// Those of them whose result is altered further.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub altered_functions: Vec<Name>,
    /// `(row).field` of a column or a source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowField>,
    /// Names after the dot of `(value).name`: fields, or functions of one argument.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Types that what is not constant is cast to or read as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Name>,
    /// Subqueries whose columns can be in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subqueries: Vec<Query>,
    /// Whether it contains something that this analysis does not see through.
    #[serde(skip_serializing_if = "is_false")]
    pub opaque: bool,
    /// Whether a function in it works on a window of rows, so that values of other rows are in it.
    #[serde(skip_serializing_if = "is_false")]
    pub windowed: bool,
}

impl Flow {
    /// What `*` is made of.
    pub(crate) fn of_all_columns() -> Self {
        Self {
            columns: vec![ColumnName {
                qualifier: Vec::new(),
                name: "*".to_owned(),
            }],
            ..Self::default()
        }
    }
}

/// One item of a select or `RETURNING` list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Target {
    /// The name after `AS`, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `column` (nothing but a column), `star` (expands to any number of columns), `constant`
    /// (nothing but constants and parameters) or `expression`.
    pub kind: &'static str,
    /// What it is made of.
    #[serde(flatten)]
    pub flow: Flow,
}

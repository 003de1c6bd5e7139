//! What is known about one statement, as it is handed on (in JSON, absent means empty or false).

use crate::held::Values;
use crate::places::RawPlace;
pub use crate::queries::{
    Asking, ColumnName, Compared, Cte, Flow, Joined, Mark, Query, RowField, RowFunction,
    RowInfluence, Source, Target,
};
use serde::Serialize;

/// What is known about one statement.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    /// What the statement does: `select insert update delete merge copy_in copy_out create_table_as
    /// create_view create_function ddl admin call do explain set reset show transaction prepare execute
    /// deallocate declare fetch close listen unlisten notify lock truncate refresh discard`. A
    /// statement of a kind that is not known here is `admin`.
    pub operation: &'static str,
    /// The grammar's name of the statement, such as `SelectStmt`.
    pub statement: &'static str,
    /// Position in the statement string, from 0.
    pub index: usize,
    /// First byte of the statement in the string.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// Every verb in it, also in `WITH` and below `EXPLAIN`: `select insert update delete merge`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<&'static str>,
    /// Every relation named, but for names of common table expressions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Every function called by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<Function>,
    /// Names of the functions whose results a query that is the whole statement selects as they are, and
    /// that it calls nowhere else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<String>,
    /// Every operator used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Name>,
    /// Every type named, as in casts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Name>,
    /// Every column referenced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnName>,
    /// Columns that decide which rows there are: `WHERE`, join conditions, `HAVING`, `FILTER`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predicate_columns: Vec<ColumnName>,
    /// Columns that decide how rows are grouped, sorted or made distinct.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ordering_columns: Vec<ColumnName>,
    /// The query, or the `RETURNING` list, that makes the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// What is stored from other data: for each relation written, the query whose columns go there.
    /// Values that the statement brings itself do not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<Write>,
    /// What its foreign keys refer to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Whether it only adds or drops columns of a relation, or changes what new rows get.
    #[serde(skip_serializing_if = "is_false")]
    pub additive: bool,
    /// What `COPY` moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<Copy>,
    /// The setting that is changed or shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
    /// Name of the prepared statement, cursor, channel or savepoint; absent for all of them or none.
    /// For `ALTER ... RENAME TO`, the new name; for `CREATE TYPE`, and `CREATE` and `ALTER DOMAIN`, that of the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The statement inside: of `PREPARE`, `DECLARE`, `EXPLAIN`, `COPY (query)`, `CREATE ... AS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner: Option<Box<Facts>>,
    /// Options of `EXPLAIN`, `DECLARE` and the like, in lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, OptionValue)>,
    /// Kind of a transaction statement: `begin commit rollback savepoint release rollback_to prepare
    /// commit_prepared rollback_prepared`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<&'static str>,
    /// Highest number of a parameter.
    #[serde(skip_serializing_if = "is_zero")]
    pub parameters: i64,
    /// Where the values of each [`Compared`] of `query` stand; see [`crate::places`].
    #[serde(skip)]
    pub(crate) places: Vec<Vec<RawPlace>>,
    /// The values of each [`Asking`] of `query`; see [`crate::influencing`].
    #[serde(skip)]
    pub(crate) influencing: Vec<Values>,
}

/// A name with its schema as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Name {
    /// Schema, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}

/// A relation and what the statement does with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Relation {
    /// Schema, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name of the relation.
    pub name: String,
    /// `read`, `write` or `ddl`.
    pub role: &'static str,
    /// `select insert update delete merge truncate copy create reference ddl lock`.
    pub verb: &'static str,
}

/// What a foreign key refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Reference {
    /// The relation.
    pub relation: Name,
    /// The columns there; none for those of its primary key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// A function that is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Function {
    /// Schema, absent when not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name of the function.
    pub name: String,
    /// Whether every argument is a constant.
    #[serde(skip_serializing_if = "is_false")]
    pub constant_args: bool,
    /// Whether an argument is made of columns or subqueries.
    #[serde(skip_serializing_if = "is_false")]
    pub reads_columns: bool,
    /// Whether it is written as an attribute, `(value).name`: it may be a field of the value just as
    /// well as a function called with it.
    #[serde(skip_serializing_if = "is_false")]
    pub attribute: bool,
    /// The arguments of `set_config`, null where one is no constant; empty for other functions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<Option<String>>,
}

/// Data that goes from a query into a relation, or a definition that keeps the query.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Write {
    /// The relation; absent for what has no relation of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Name>,
    /// Whether each target is assigned to the column that its alias names, as `SET` does. Otherwise
    /// the columns are a matter of position.
    #[serde(skip_serializing_if = "is_false")]
    pub assigned: bool,
    /// Whether a list of columns says of each target to which column of a new row it goes: that which
    /// its alias names.
    #[serde(skip_serializing_if = "is_false")]
    pub listed: bool,
    /// The query.
    pub query: Query,
}

/// What `COPY` moves, where, and in which format.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Copy {
    /// The relation; absent when a query is copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Name>,
    /// Columns listed after the relation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// First and last-but-one byte of the query between the parentheses, in the statement string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_span: Option<(usize, usize)>,
    /// `stdin`, `stdout`, `program` or `file`.
    pub destination: &'static str,
    /// Options by name in lower case: `format delimiter null quote escape header encoding force_quote`
    /// and so on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, OptionValue)>,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum OptionValue {
    /// No value, which means that the option is on.
    On(bool),
    /// A word, string or number.
    Text(String),
    /// A list of names; `["*"]` for all columns.
    List(Vec<String>),
}

/// A setting that is changed, reset or shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Setting {
    /// Its name in lower case; empty for `RESET ALL`.
    pub name: String,
    /// The new value, several joined by `, `; absent for the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether for this transaction only.
    #[serde(skip_serializing_if = "is_false")]
    pub local: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde asks for
pub(crate) fn is_false(value: &bool) -> bool {
    !*value
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde asks for
pub(crate) fn is_zero_size(value: &usize) -> bool {
    *value == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature that serde asks for
fn is_zero(value: &i64) -> bool {
    *value == 0
}

//! Keys, operators and column plans.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes};
use scrim_mask::{CellReveal, Keyring, OperatorSpec, TenantKey, TypeSpec};
use scrim_relay::{ColumnsRecord, Planned};
use scrim_rows::arrow::{FixedWidth, Texts, Validity};
use scrim_rows::data_row::{self, Formats, Rewritten};
use scrim_rows::{Counters, Format, Masker, Plan};
use zeroize::Zeroizing;

use crate::arrow::{self, Counts, MaskedBuffers, PyBeside};
use crate::detect::PyDetector;

/// The entities whose numbers the operator `national_id` has a form of.
#[pyfunction]
pub(crate) fn national_id_entities() -> Vec<&'static str> {
    scrim_mask::national_id_entities().collect()
}

#[pyclass(name = "Keyring", frozen, module = "scrim._kernel")]
pub(crate) struct PyKeyring(pub(crate) Keyring);

#[pymethods]
impl PyKeyring {
    /// Copies the keys, each as `bytes` or `bytearray`, by their versions.
    #[new]
    fn new(keys: Vec<(u32, Bound<'_, PyAny>)>, active: u32) -> PyResult<Self> {
        let mut tenants = Vec::with_capacity(keys.len());
        for (version, key) in keys {
            tenants.push((version, tenant_key(&key)?));
        }
        Keyring::with_versions(tenants, active)
            .map(Self)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The version that masks.
    #[getter]
    fn version(&self) -> u32 {
        self.0.version()
    }

    /// Every version that there is a key of, the active one first.
    #[getter]
    fn versions(&self) -> Vec<u32> {
        self.0.versions().collect()
    }

    /// The same keys with another version in use.
    fn at(&self, version: u32) -> PyResult<Self> {
        let missing = || PyValueError::new_err(format!("the masking key has no version {version}"));
        self.0.at(version).map(Self).ok_or_else(missing)
    }

    #[expect(clippy::unused_self, reason = "Python calls it on an object")]
    fn __repr__(&self) -> &'static str {
        "Keyring(..)"
    }
}

/// Copies a key out of Python's memory; what lay between is overwritten.
fn tenant_key(key: &Bound<'_, PyAny>) -> PyResult<TenantKey> {
    let made = if let Ok(array) = key.cast::<PyByteArray>() {
        TenantKey::from_slice(&Zeroizing::new(array.to_vec()))
    } else {
        TenantKey::from_slice(key.cast::<PyBytes>()?.as_bytes())
    };
    made.map_err(|error| PyValueError::new_err(error.to_string()))
}

#[pyclass(name = "Masker", frozen, module = "scrim._kernel")]
pub(crate) struct PyMasker(Arc<Masker>);

impl PyMasker {
    pub(crate) fn keys(&self) -> &Keyring {
        self.0.keys()
    }
}

#[pymethods]
impl PyMasker {
    #[new]
    #[pyo3(signature = (keys, detector, config, version=1))]
    fn new(
        keys: &Bound<'_, PyAny>,
        detector: &PyDetector,
        config: &str,
        version: u32,
    ) -> PyResult<Self> {
        let keys = match keys.cast::<PyKeyring>() {
            Ok(ring) => ring.get().0.clone(),
            Err(_) => Keyring::new(tenant_key(keys)?, version),
        };
        let masker = Masker::new(keys, Arc::clone(&detector.0), config)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Arc::new(masker)))
    }

    /// The version of the key that it masks with.
    #[getter]
    fn version(&self) -> u32 {
        self.0.keys().version()
    }

    /// Every version that it has a key of, the one it masks with first.
    #[getter]
    fn versions(&self) -> Vec<u32> {
        self.0.keys().versions().collect()
    }

    /// Replaces what is found in a text; None when nothing is.
    fn scrub(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        self.0.scrubber().scrub(text, &mut out).then_some(out)
    }

    /// Turns masked values back; None for what this operator has not masked with this key.
    #[pyo3(signature = (operator, type_spec, domain, values, version=None, *, binary=false))]
    #[expect(
        clippy::needless_pass_by_value,
        clippy::too_many_arguments,
        reason = "Python's lists are copied, and a rule has so many parts"
    )]
    fn reveal<'py>(
        &self,
        py: Python<'py>,
        operator: &str,
        type_spec: &str,
        domain: &str,
        values: Vec<PyBackedBytes>,
        version: Option<u32>,
        binary: bool,
    ) -> PyResult<Vec<Option<Bound<'py, PyBytes>>>> {
        let malformed = |what: &str| PyValueError::new_err(format!("the {what} is malformed"));
        let operator: OperatorSpec =
            serde_json::from_str(operator).map_err(|_| malformed("operator"))?;
        let type_spec: TypeSpec = serde_json::from_str(type_spec).map_err(|_| malformed("type"))?;
        let keys = self.0.keys();
        let version = version.unwrap_or(keys.version());
        let missing = || PyValueError::new_err(format!("the masking key has no version {version}"));
        let keys = keys.at(version).ok_or_else(missing)?;
        let reveal = CellReveal::compile(&type_spec, &operator, domain, &keys)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let format = if binary { Format::Binary } else { Format::Text };
        let revealed: Vec<Option<Vec<u8>>> = py.detach(|| {
            let one = |masked: &PyBackedBytes| reveal.reveal(format, masked);
            values.iter().map(one).collect()
        });
        let bytes = |raw: Option<Vec<u8>>| raw.map(|raw| PyBytes::new(py, &raw));
        Ok(revealed.into_iter().map(bytes).collect())
    }

    /// What searches found and replaced since the last call, by entity.
    fn take_findings(&self) -> Vec<(String, u64)> {
        self.0.take_findings()
    }
}

#[pyclass(name = "Plan", frozen, module = "scrim._kernel")]
pub(crate) struct PyPlan(pub(crate) Planned);

#[pymethods]
impl PyPlan {
    #[new]
    #[pyo3(signature = (rules, masker, context=None, *, record=None, epoch=None))]
    fn new(
        rules: &str,
        masker: &PyMasker,
        context: Option<Py<PyAny>>,
        record: Option<(Vec<u8>, Vec<Vec<u8>>)>,
        epoch: Option<u64>,
    ) -> PyResult<Self> {
        let plan = Plan::compile(rules, &masker.0)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let plan = match context {
            Some(context) => plan.with_context(Arc::new(context)),
            None => plan,
        };
        let record = record.map(|(head, columns)| Arc::new(ColumnsRecord { head, columns }));
        Ok(Self(Planned {
            plan: Arc::new(plan),
            record,
            epoch,
        }))
    }

    /// Whether every cell goes through unchanged.
    #[getter]
    fn passes(&self) -> bool {
        self.0.plan.passes()
    }

    /// Masks a column of Arrow's texts; offsets, values and validity, None where nothing differs.
    #[pyo3(signature = (
        column, offsets, data, validity, *, first=0, wide=false, binary=false, beside=None
    ))]
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one array, by name in Python"
    )]
    fn mask_texts(
        &self,
        py: Python<'_>,
        column: usize,
        offsets: &[u8],
        data: &[u8],
        validity: Option<&[u8]>,
        first: usize,
        wide: bool,
        binary: bool,
        beside: Option<&PyBeside>,
    ) -> PyResult<(Option<MaskedBuffers>, Counts)> {
        let format = arrow::format(binary);
        let beside = beside.map(PyBeside::values);
        arrow::masked(py, |counters| {
            let texts = Texts {
                offsets,
                wide,
                data,
                validity: Validity {
                    bits: validity,
                    first,
                },
                format,
            };
            self.0
                .plan
                .mask_texts(column, &texts, beside.as_ref(), counters)
        })
    }

    /// Masks a column of Arrow's values of one width; as `mask_texts`.
    #[pyo3(signature = (column, layout, data, validity, *, first=0, beside=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one array, by name in Python"
    )]
    fn mask_fixed(
        &self,
        py: Python<'_>,
        column: usize,
        layout: &str,
        data: &[u8],
        validity: Option<&[u8]>,
        first: usize,
        beside: Option<&PyBeside>,
    ) -> PyResult<(Option<MaskedBuffers>, Counts)> {
        let layout = arrow::layout(layout)?;
        let beside = beside.map(PyBeside::values);
        arrow::masked(py, |counters| {
            let values = FixedWidth {
                data,
                layout,
                validity: Validity {
                    bits: validity,
                    first,
                },
            };
            self.0
                .plan
                .mask_fixed(column, &values, beside.as_ref(), counters)
        })
    }

    /// Rewrites whole DataRow messages, for tests, benchmarks and datasets.
    #[pyo3(signature = (rows, formats=Vec::new()))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "Python's list is copied into it"
    )]
    fn rewrite<'py>(
        &self,
        py: Python<'py>,
        rows: &[u8],
        formats: Vec<u8>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let result = py.detach(|| rewrite_rows(&self.0.plan, rows, &formats));
        result
            .map(|out| PyBytes::new(py, &out))
            .map_err(PyValueError::new_err)
    }
}

fn rewrite_rows(plan: &Plan, rows: &[u8], formats: &[u8]) -> Result<Vec<u8>, String> {
    let formats = match formats {
        [] | [0] => Formats::All(Format::Text),
        [1] => Formats::All(Format::Binary),
        _ => Formats::Each(formats),
    };
    let mut out = Vec::with_capacity(rows.len());
    let mut counters = Counters::default();
    let mut rest = rows;
    while let [b'D', a, b, c, d, ..] = rest {
        let total = u32::from_be_bytes([*a, *b, *c, *d]) as usize + 1;
        let body = rest.get(5..total).ok_or("a row is incomplete")?;
        let rewritten = data_row::rewrite(plan, formats, body, &mut out, &mut counters)
            .map_err(|error| error.to_string())?;
        if rewritten == Rewritten::Same {
            out.extend_from_slice(&rest[..total]);
        }
        rest = &rest[total..];
    }
    if rest.is_empty() {
        Ok(out)
    } else {
        Err("a row is incomplete".into())
    }
}

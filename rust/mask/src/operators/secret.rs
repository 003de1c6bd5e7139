//! A secret of the same visible kind; nothing of the raw one is kept.

use crate::operators::{purpose, Input};
use crate::prf::Stream;

const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH_MIN: usize = 12;
const LENGTH_MAX: usize = 128;
/// The header of a JWT with the algorithm HS256, in base64url.
const JWT_HEADER: &[u8] = b"eyJhbGciOiJIUzI1NiJ9";
/// What keys of well-known services start with; these say the kind and nothing else.
const KINDS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "sk_test_",
    "pk_live_",
    "rk_live_",
    "sk-",
    "npm_",
    "pypi-",
    "hf_",
    "SG.",
    "AIza",
];

/// Writes keyed characters after what shows the kind.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let raw = input.text;
    let mut stream = input.key.stream(purpose::SECRET, raw.as_bytes());
    if raw.len() == 20 && (raw.starts_with("AKIA") || raw.starts_with("ASIA")) {
        out.extend_from_slice(&raw.as_bytes()[..4]);
        stream.letters(BASE32, 16, out);
    } else if raw.starts_with("eyJ") && raw.matches('.').count() == 2 {
        out.extend_from_slice(JWT_HEADER);
        out.push(b'.');
        stream.letters(BASE64URL, 32, out);
        out.push(b'.');
        stream.letters(BASE64URL, 43, out);
    } else if let Some(kind) = pem_kind(raw) {
        write_pem(kind, &mut stream, out);
    } else if let Some((scheme, _)) = raw.split_once("://").filter(|(s, _)| is_scheme(s)) {
        write_url(scheme, &mut stream, out);
    } else {
        let kind = KINDS
            .iter()
            .find(|kind| raw.starts_with(**kind))
            .copied()
            .unwrap_or("");
        out.extend_from_slice(kind.as_bytes());
        let length = raw
            .len()
            .saturating_sub(kind.len())
            .clamp(LENGTH_MIN, LENGTH_MAX);
        stream.letters(
            BASE62,
            length.min(input.room.saturating_sub(kind.len())),
            out,
        );
    }
    true
}

/// The label between the dashes, where it is one of the labels in use.
fn pem_kind(raw: &str) -> Option<&'static str> {
    const LABELS: &[&str] = &[
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PRIVATE KEY",
        "PUBLIC KEY",
        "CERTIFICATE",
    ];
    let rest = raw.strip_prefix("-----BEGIN ")?;
    LABELS.iter().copied().find(|label| {
        rest.strip_prefix(label)
            .is_some_and(|after| after.starts_with("-----"))
    })
}

fn write_pem(kind: &str, stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"-----BEGIN ");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"-----\n");
    for _ in 0..4 {
        stream.letters(BASE62, 64, out);
        out.push(b'\n');
    }
    out.extend_from_slice(b"-----END ");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"-----");
}

fn is_scheme(scheme: &str) -> bool {
    const SCHEMES: &[&str] = &[
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongodb",
        "mongodb+srv",
        "redis",
        "rediss",
        "amqp",
        "amqps",
        "mssql",
        "sqlserver",
        "oracle",
        "http",
        "https",
        "ftp",
        "sftp",
        "ldap",
        "ldaps",
        "smtp",
        "jdbc:postgresql",
        "jdbc:mysql",
        "clickhouse",
        "kafka",
        "nats",
    ];
    SCHEMES.contains(&scheme)
}

fn write_url(scheme: &str, stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(scheme.as_bytes());
    out.extend_from_slice(b"://user:");
    stream.letters(BASE62, 16, out);
    out.extend_from_slice(b"@db.example.net/main");
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn secret(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Secret {}, max_chars, text)
    }

    #[test]
    fn an_access_key_keeps_its_kind_only() {
        let raw = format!("{}{}", "AKIA", "IOSFODNN7EXAMPLE");
        let masked = secret(None, &raw);
        assert!(masked.starts_with("AKIA") && masked.len() == 20, "{masked}");
        assert!(!masked.contains("EXAMPLE"));
    }

    #[test]
    fn a_token_keeps_three_parts() {
        let masked = secret(None, &format!("{}.{}.{}", "eyJ0eXAi", "eyJzdWIi", "c2ln"));
        assert!(
            masked.starts_with("eyJ") && masked.split('.').count() == 3,
            "{masked}"
        );
    }

    #[test]
    fn a_pem_key_keeps_its_label() {
        let dashes = "-".repeat(5);
        let raw = format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIEraw\n{dashes}END");
        let masked = secret(None, &raw);
        assert!(
            masked.starts_with(&raw[..31]) && !masked.contains("MIIEraw"),
            "{masked}"
        );
    }

    #[test]
    fn a_connection_string_keeps_its_scheme() {
        let masked = secret(
            None,
            &format!("postgresql://{}:{}@db/prod", "app", "hunter2"),
        );
        assert!(masked.starts_with("postgresql://user:"), "{masked}");
        assert!(!masked.contains("hunter2") && !masked.contains("prod"));
    }

    #[test]
    fn anything_else_becomes_keyed_characters() {
        assert_eq!(secret(None, "correct horse battery").len(), 21);
        assert_eq!(secret(Some(8), "passwd").len(), 8);
    }
}

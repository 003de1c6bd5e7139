//! An address in the web: a host in a reserved domain, a path and a query of the raw one's layout.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Input};
use crate::prf::Stream;
use crate::words::{family, Word};

/// Domains reserved for documentation (RFC 2606).
static DOMAINS: [Word; 3] = [
    Word::new(".example.com"),
    Word::new(".example.net"),
    Word::new(".example.org"),
];
/// Schemes that tell nothing.
const SCHEMES: &[&str] = &[
    "http", "https", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss",
];
/// Ends of file names that tell nothing but what is in the file.
const EXTENSIONS: &[&str] = &[
    "asp", "aspx", "avi", "css", "csv", "doc", "docx", "gif", "gz", "htm", "html", "ico", "jpeg",
    "jpg", "js", "json", "jsp", "mov", "mp3", "mp4", "pdf", "php", "png", "ppt", "pptx", "rss",
    "svg", "tar", "txt", "webp", "xls", "xlsx", "xml", "zip",
];
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Eight characters of 32 behind a family name make 53 bits.
const HOST_SUFFIX: usize = 8;
/// Thirteen make 65 bits, which is what keeps addresses apart that differ anywhere.
const LEAF: usize = 13;
/// The others only look like what they replace.
const SEGMENT: usize = 6;
/// Parts of a path or a query that are replaced one by one; what follows goes.
const PARTS_MAX: usize = 16;

/// Writes the address; texts without a host are not of its kind.
///
/// The host follows from the raw host alone, in any case, so that pages of one site stay together.
/// Path and query follow from the whole address, in which case counts.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let Some(parts) = Parts::of(input.text) else {
        return false;
    };
    if let Some(scheme) = parts.scheme {
        out.extend_from_slice(scheme.as_bytes());
        out.extend_from_slice(b"://");
    }
    let folded = Folded::new(parts.host);
    let mut host = folded.stream(input.key, purpose::URL);
    let domain = host.pick(&DOMAINS);
    for part in family(&mut host) {
        part.small().push(out);
    }
    out.push(b'-');
    host.letters(ALPHABET, HOST_SUFFIX, out);
    domain.push(out);
    let host_end = out.len();
    let mut stream = input
        .key
        .stream(purpose::URL_PATH, &in_one_case(input.text));
    let leaf = path(parts.path, &mut stream, out);
    if let Some(raw) = parts.query {
        query(raw, !leaf, &mut stream, out);
    }
    if parts.fragment {
        out.push(b'#');
        stream.letters(ALPHABET, SEGMENT, out);
    }
    // Where the whole does not fit, a path of one part keeps addresses apart.
    if out.len() - start > input.room {
        out.truncate(host_end);
        if !parts.path.is_empty() || parts.query.is_some() {
            out.push(b'/');
            stream.letters(ALPHABET, LEAF, out);
        }
    }
    out.len() - start <= input.room
}

/// The address with what is before its path in small letters (RFC 3986, section 6.2.2.1).
fn in_one_case(text: &str) -> Vec<u8> {
    let authority = text.find("://").map_or(0, |scheme| scheme + "://".len());
    let ahead = text[authority..].find(['/', '?', '#']);
    let ahead = ahead.map_or(text.len(), |path| authority + path);
    let mut address = text.as_bytes().to_vec();
    address[..ahead].make_ascii_lowercase();
    address
}

/// An address taken apart; user, password and port are left out.
struct Parts<'a> {
    scheme: Option<&'static str>,
    host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        if text.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return None;
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((raw, rest)) => {
                let known = |known: &&&str| known.eq_ignore_ascii_case(raw);
                (Some(*SCHEMES.iter().find(known)?), rest)
            }
            None => (None, text),
        };
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, _)) => (rest, true),
            None => (rest, false),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let slash = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(slash);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let port = host.rfind(':').filter(|_| !host.ends_with(']'));
        let host = port.map_or(host, |colon| &host[..colon]);
        // Without a scheme only a host with a point, and without a user, is told from other words.
        let plain = scheme.is_some() || (host.contains('.') && !authority.contains('@'));
        (plain && !host.is_empty()).then_some(Self {
            scheme,
            host,
            path,
            query,
            fragment,
        })
    }
}

/// Writes as many parts as the path has, and says whether one of them keeps addresses apart.
fn path(raw: &str, stream: &mut Stream<'_>, out: &mut Vec<u8>) -> bool {
    let named = raw.split('/').filter(|part| !part.is_empty()).count();
    let last = named.min(PARTS_MAX);
    let mut count = 0;
    for part in raw.split('/').skip(1).take(PARTS_MAX + 1) {
        out.push(b'/');
        if part.is_empty() {
            continue;
        }
        count += 1;
        stream.letters(ALPHABET, if count == last { LEAF } else { SEGMENT }, out);
        if let Some(extension) = extension(part) {
            out.push(b'.');
            out.extend_from_slice(extension.as_bytes());
        }
        if count == last {
            break;
        }
    }
    if raw.ends_with('/') && out.last() != Some(&b'/') {
        out.push(b'/');
    }
    count > 0
}

fn extension(part: &str) -> Option<&'static str> {
    let (_, raw) = part.rsplit_once('.')?;
    let known = |known: &&&str| known.eq_ignore_ascii_case(raw);
    EXTENSIONS.iter().find(known).copied()
}

/// Writes as many pairs as the query has; the first value is long where no part of the path was.
fn query(raw: &str, long: bool, stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    for (at, pair) in raw.split('&').take(PARTS_MAX).enumerate() {
        out.push(if at == 0 { b'?' } else { b'&' });
        let leaf = long && at == 0;
        stream.letters(ALPHABET, if leaf { LEAF } else { SEGMENT }, out);
        if pair.contains('=') {
            out.push(b'=');
            stream.letters(ALPHABET, SEGMENT, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn url(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Url {}, max_chars, text)
    }

    fn host(url: &str) -> &str {
        url.split("://")
            .last()
            .unwrap()
            .split(['/', '?', '#'])
            .next()
            .unwrap()
    }

    #[test]
    fn layout_stays_and_the_host_is_reserved() {
        let masked = url(
            None,
            "https://shop.corp.test/orders/77/invoice.pdf?user=zelda&page=2#top",
        );
        assert!(masked.starts_with("https://"), "{masked}");
        assert!(host(&masked).contains(".example."), "{masked}");
        assert_eq!(masked.matches('/').count(), 5);
        assert!(
            masked.contains(".pdf?") && masked.matches('=').count() == 2 && masked.contains('#')
        );
        assert!(
            !masked.contains("zelda") && !masked.contains("orders"),
            "{masked}"
        );
    }

    #[test]
    fn the_case_of_a_host_does_not_matter_and_that_of_a_path_does() {
        let page = url(None, "https://corp.test/A/b?C");
        assert_eq!(url(None, "HTTPS://Corp.Test/A/b?C"), page);
        assert_ne!(url(None, "https://corp.test/a/b?C"), page);
    }

    #[test]
    fn pages_of_a_site_stay_together() {
        let home = url(None, "http://Corp.Test");
        let page = url(None, "https://zelda:pw@corp.test:8443/a/b/");
        assert_eq!(host(&home), host(&page));
        assert!(page.ends_with('/') && !page.contains("8443"), "{page}");
        assert_eq!(host(&home), host(&url(None, "corp.test/x")));
        assert_eq!(host(&home), &home["http://".len()..]);
    }

    #[test]
    fn addresses_stay_distinct() {
        for (before, after) in [("a/", ""), ("", "/"), ("?q=", ""), ("a/b/", ".html?x=1")] {
            let all: std::collections::HashSet<String> = (0..2000)
                .map(|i| url(Some(60), &format!("https://corp.test/{before}{i}{after}")))
                .collect();
            assert_eq!(all.len(), 2000);
        }
    }

    #[test]
    fn what_is_no_address_is_masked_as_a_text() {
        for raw in [
            "Zelda",
            "z@corp.test",
            "javascript://x",
            "https://",
            "a b.c",
        ] {
            assert!(!url(None, raw).contains("example"), "{raw}");
        }
    }

    #[test]
    fn endless_paths_end() {
        let masked = url(
            None,
            &format!("https://c.test/{}?{}", "a/".repeat(500), "x&".repeat(500)),
        );
        assert!(masked.len() < 500, "{}", masked.len());
    }
}

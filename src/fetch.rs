//! The one client for what is asked of machines elsewhere (time-stamps, revocation, issuers' certificates, remote
//! signing): addresses come from certificates, that is from strangers, so what may be asked is guarded.
//!
//! `http`, as most of what is fetched is signed by itself, and `https`; no redirect; no proxy; a name is resolved once and
//! the connection goes to the very address that was checked; private, loopback and other special addresses
//! only where the host and port are named by configuration; answers are bounded in size and time. What authorises goes by
//! `https`, or to a host that was named.

mod tls;

pub use tls::{RootError, Roots, use_our_provider};

use crate::ports::{Fetch, FetchFailed, Outgoing};
use reqwest::Url;
use reqwest::blocking::Client;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the guard lets through.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For one whole exchange. Authorities answer within a second or two; people wait for it.
    pub time: Duration,
    /// For connecting.
    pub connect: Duration,
    /// Hosts with port, as `host:port`, whose private address may be asked.
    pub allowed: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), connect: Duration::from_secs(4), allowed: Vec::new() }
    }
}

/// The guarded client.
#[derive(Debug, Clone)]
pub struct Guarded {
    limits: Limits,
    roots: Arc<Roots>,
}

impl Guarded {
    /// A client within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        use_our_provider();
        Self { limits, roots: Arc::default() }
    }

    /// Believes servers by these roots.
    #[must_use]
    pub fn trusting(self, roots: Roots) -> Self {
        Self { roots: Arc::new(roots), ..self }
    }

    /// Lets the host of `url` be asked wherever it is: it was named by the person who asks.
    #[must_use]
    pub fn allowing(mut self, url: &str) -> Self {
        if let Some(host) = Url::parse(url).ok().and_then(|url| host_and_port(&url)) {
            self.limits.allowed.push(host);
        }
        self
    }

    /// The addresses that may be connected to.
    fn addresses(&self, url: &Url, authorised: bool) -> Result<Vec<SocketAddr>, FetchFailed> {
        let forbidden = |why| FetchFailed::Forbidden { url: url.to_string(), why };
        if !["http", "https"].contains(&url.scheme()) {
            return Err(forbidden("only http and https are asked"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(forbidden("it holds a name or password"));
        }
        let host = host_and_port(url).ok_or_else(|| forbidden("it names no host"))?;
        let resolved = host.to_socket_addrs().map_err(|error| no_answer(url.as_str(), error))?;
        let found: Vec<SocketAddr> = resolved.collect();
        let is_private = found.iter().any(|address| !is_public(address.ip()));
        let is_named = self.limits.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host));
        if authorised && url.scheme() == "http" && !(is_named && is_private) {
            return Err(forbidden("a secret would go over the internet without https"));
        }
        if !is_named && is_private {
            return Err(forbidden("its address is not a public one, and it is not among the hosts allowed"));
        }
        if found.is_empty() { Err(no_answer(url.as_str(), "no address")) } else { Ok(found) }
    }
}

impl Fetch for Guarded {
    fn fetch(&self, request: &Outgoing<'_>) -> Result<Vec<u8>, FetchFailed> {
        let failed = |why: &dyn std::fmt::Display| no_answer(request.url, why);
        let url = Url::parse(request.url)
            .map_err(|_| FetchFailed::Forbidden { url: request.url.to_owned(), why: "it is no address" })?;
        let addresses = self.addresses(&url, request.authorization.is_some())?;
        let until = Instant::now() + self.limits.time;
        let mut client = Client::builder();
        if url.scheme() == "https" {
            client = client.use_preconfigured_tls(self.roots.client().ok_or_else(|| failed(&"no TLS"))?);
        }
        let client = client
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(self.limits.time)
            .connect_timeout(self.limits.connect)
            .pool_max_idle_per_host(0)
            .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
            .build()
            .map_err(|error| failed(&error))?;
        let call = match request.body {
            Some((kind, body)) => client.post(url).header("Content-Type", kind).body(body.to_vec()),
            None => client.get(url),
        };
        let call = match request.authorization {
            Some(words) => call.header("Authorization", words),
            None => call,
        };
        let mut answer = call.send().map_err(|error| failed(&causes(&error)))?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(FetchFailed::Status {
                url: request.url.to_owned(),
                status: answer.status().as_u16(),
            });
        }
        // Read piece by piece: a responder that dribbles must not hold us beyond the time either.
        let mut body = Vec::new();
        let mut piece = vec![0; 16 * 1024];
        loop {
            let count = answer.read(&mut piece).map_err(|error| failed(&error))?;
            if count == 0 {
                return Ok(body);
            }
            body.extend_from_slice(piece.get(..count).unwrap_or_default());
            if body.len() > request.limit {
                return Err(failed(&"the answer is larger than it may be"));
            }
            if Instant::now() > until {
                return Err(failed(&"the answer took too long"));
            }
        }
    }
}

/// With what lies below: that a certificate is unknown stands there.
fn causes(error: &dyn std::error::Error) -> String {
    let below = std::iter::successors(error.source(), |error| error.source());
    below.fold(error.to_string(), |said, error| format!("{said}: {error}"))
}

fn no_answer(url: &str, why: impl std::fmt::Display) -> FetchFailed {
    FetchFailed::NoAnswer { url: url.to_owned(), why: why.to_string() }
}

/// `host:port`, an IPv6 address in brackets.
fn host_and_port(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

/// Whether an address is one of the public internet (the special-purpose registries of IANA).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        // "This network", shared space of carriers, protocol assignments, benchmarks, reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    // Only 2000::/3 is given out; of it Teredo, documentation and 6to4 lead elsewhere.
    let [first, second, ..] = address.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    #[test]
    fn addresses_of_one_s_own_network_are_not_public() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "113.190.0.1", "2606:4700::1111"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    /// Answers one connection with `answer`, then closes it.
    fn server(answer: Vec<u8>, pause: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().take(2) {
                let mut stream = stream.unwrap();
                let mut seen = [0; 4096];
                let _ = stream.read(&mut seen);
                for piece in answer.chunks(64) {
                    if stream.write_all(piece).is_err() {
                        break;
                    }
                    std::thread::sleep(pause);
                }
            }
        });
        format!("http://{address}/")
    }

    fn get(url: &str, limit: usize, allowed: bool) -> Result<Vec<u8>, FetchFailed> {
        let limits = Limits { time: Duration::from_millis(600), ..Limits::default() };
        let guard = Guarded::new(limits);
        let guard = if allowed { guard.allowing(url) } else { guard };
        guard.fetch(&Outgoing::get(url, limit))
    }

    fn ok(body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    }

    #[test]
    fn a_private_host_is_asked_only_when_it_is_named() {
        let url = server(ok(b"hello"), Duration::ZERO);
        assert!(matches!(get(&url, 100, false), Err(FetchFailed::Forbidden { .. })));
        assert_eq!(get(&url, 100, true).unwrap(), b"hello");
    }

    #[test]
    fn other_schemes_and_passwords_are_refused() {
        for url in
            ["gopher://1.1.1.1/", "file:///etc/passwd", "ftp://1.1.1.1/", "https://a:b@1.1.1.1/", "no", ""]
        {
            assert!(matches!(get(url, 100, false), Err(FetchFailed::Forbidden { .. })), "{url}");
        }
    }

    #[test]
    fn a_redirect_is_not_followed() {
        let aim = server(ok(b"secret"), Duration::ZERO);
        let url =
            server(format!("HTTP/1.1 302 Found\r\nLocation: {aim}\r\n\r\n").into_bytes(), Duration::ZERO);
        assert!(matches!(get(&url, 100, true), Err(FetchFailed::Status { status: 302, .. })));
    }

    #[test]
    fn what_authorises_is_not_sent_in_the_clear_over_the_internet() {
        let guard = Guarded::new(Limits::default()).allowing("http://1.1.1.1/");
        let outgoing =
            Outgoing { authorization: Some("Bearer a-secret"), ..Outgoing::get("http://1.1.1.1/", 9) };
        assert!(matches!(guard.fetch(&outgoing), Err(FetchFailed::Forbidden { .. })));
        assert!(!format!("{outgoing:?}").contains("a-secret"));
    }

    #[test]
    fn an_answer_larger_than_the_limit_is_refused() {
        let url = server(ok(&[7; 5000]), Duration::ZERO);
        assert!(matches!(get(&url, 4999, true), Err(FetchFailed::NoAnswer { .. })));
    }

    #[test]
    fn a_dribbling_responder_is_left() {
        let url = server(ok(&[7; 64 * 200]), Duration::from_millis(50));
        let before = Instant::now();
        assert!(matches!(get(&url, 1 << 20, true), Err(FetchFailed::NoAnswer { .. })));
        assert!(before.elapsed() < Duration::from_secs(3));
    }

    #[test]
    fn a_dead_port_is_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert!(matches!(get(&url, 100, true), Err(FetchFailed::NoAnswer { .. })));
    }
}

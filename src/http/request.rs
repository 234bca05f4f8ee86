//! What is asked: a method, a path below the door's base, and whether asking twice does harm.

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;

use crate::base::{Error, Result};

#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Bytes>,
    /// The class of its rate limit
    pub(super) class: &'static str,
    /// It may be sent again when nobody knows whether the first one was carried out
    pub(super) repeatable: bool,
    /// A refusal is an answer, and no redirect is followed
    pub(super) exchange: bool,
    /// The most bytes of the answer's body; `None`: what the way out allows
    pub(super) largest_body: Option<usize>,
    /// How often it is sent at most; `None`: what the way out allows
    pub(super) most_attempts: Option<u32>,
}

impl Request {
    fn new(method: Method, path: impl Into<String>, repeatable: bool) -> Self {
        let (query, headers) = (Vec::new(), Vec::new());
        let (exchange, largest_body, most_attempts) = (false, None, None);
        let (path, body, class) = (path.into(), None, "");
        Request { method, path, query, headers, body, class, repeatable, exchange, largest_body, most_attempts }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Request::new(Method::GET, path, true)
    }

    /// A request that changes something: it is not repeated when its outcome is unknown.
    pub fn post(path: impl Into<String>) -> Self {
        Request::new(Method::POST, path, false)
    }

    /// A replacement. As any write it is not repeated when its outcome is unknown, unless [`Request::repeatable`] says so.
    pub fn put(path: impl Into<String>) -> Self {
        Request::new(Method::PUT, path, false)
    }

    /// A change of a part; see [`Request::put`] about repeating.
    pub fn patch(path: impl Into<String>) -> Self {
        Request::new(Method::PATCH, path, false)
    }

    /// A removal; see [`Request::put`] about repeating.
    pub fn delete(path: impl Into<String>) -> Self {
        Request::new(Method::DELETE, path, false)
    }

    /// A question that has to be a POST because it is long (a search, a batch to read): as safe to repeat as a GET.
    pub fn read_by_post(path: impl Into<String>) -> Self {
        Request::new(Method::POST, path, true)
    }

    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// It does no harm when it arrives twice.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// It is sent once, whatever happens.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.most_attempts = Some(1);
        self
    }

    /// An answer with a larger body, after decompression, is refused.
    #[must_use]
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.largest_body = Some(bytes);
        self
    }

    /// A body as a web form sends it (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body = Some(Bytes::from(body));
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    pub fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(|error| Error::failed(format!("writing JSON: {error}")))?;
        self.body = Some(Bytes::from(body));
        Ok(self.header("content-type", "application/json"))
    }
}

/// Paths, queries, headers and bodies may hold secrets, so only their sizes are shown.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = self.body.as_ref().map_or(0, Bytes::len);
        write!(f, "Request({}, {} bytes of path, {body} bytes of body)", self.method, self.path.len())
    }
}

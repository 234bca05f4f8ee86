//! What is asked: a method, a path below the door's base, and whether asking twice does harm.

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;

use crate::base::{Error, Result};

#[derive(Clone, Debug)]
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
}

impl Request {
    fn new(method: Method, path: impl Into<String>, repeatable: bool) -> Self {
        let (query, headers) = (Vec::new(), Vec::new());
        Request { method, path: path.into(), query, headers, body: None, class: "", repeatable }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Request::new(Method::GET, path, true)
    }

    /// A request that changes something: it is not repeated when its outcome is unknown.
    pub fn post(path: impl Into<String>) -> Self {
        Request::new(Method::POST, path, false)
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

    pub fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(|error| Error::failed(format!("writing JSON: {error}")))?;
        self.body = Some(Bytes::from(body));
        Ok(self.header("content-type", "application/json"))
    }
}

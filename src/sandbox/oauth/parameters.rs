//! What a call to one of the endpoints says: form, JSON or query, and the client's credentials wherever they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::dialects::Bodies;
use super::errors::Cause;
use crate::sandbox::json::loose_text;
use crate::sandbox::wire::{Request, decode, pairs};

#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    /// User and password of HTTP Basic, form-decoded (RFC 6749 section 2.3.1)
    pub(crate) basic: Option<(String, String)>,
    pub(crate) bearer: Option<String>,
    /// How the body was written; `None` when it was empty
    written: Option<Written>,
    /// The client says who it is in a way that nobody here knows (`Digest …`), or so that it cannot be read
    strange: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Form,
    Json,
    /// Some other type, which was not looked at
    Otherwise,
}

impl Parameters {
    /// The parameters of the query (`authorize`, GET) or of the body (POST).
    pub(crate) fn of(request: &Request) -> Result<Parameters, Cause> {
        let mut parameters = Parameters::default();
        parameters.credentials(request.header("authorization").unwrap_or_default());
        if request.method == "GET" || request.method == "HEAD" {
            parameters.pairs = request.query.clone();
            return Ok(parameters);
        }
        if request.body.is_empty() {
            return Ok(parameters);
        }
        let kind = request.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let written = match kind.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Written::Form,
            kind if kind == "application/json" || kind.ends_with("+json") => Written::Json,
            _ => Written::Otherwise,
        };
        parameters.written = Some(written);
        parameters.pairs = match written {
            Written::Form => pairs(std::str::from_utf8(&request.body).map_err(|_| Cause::BadBody)?),
            Written::Json => {
                let body: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_slice(&request.body).map_err(|_| Cause::BadBody)?;
                body.iter().map(|(name, value)| (name.clone(), loose_text(value))).collect()
            }
            Written::Otherwise => Vec::new(),
        };
        Ok(parameters)
    }

    /// As the vendor takes it, and each parameter once (RFC 6749 sections 3.1 and 3.2).
    pub(crate) fn check(&self, taken: Bodies) -> Result<(), Cause> {
        let right = match self.written {
            None => true,
            Some(Written::Form) => taken != Bodies::Json,
            Some(Written::Json) => taken != Bodies::Form,
            Some(Written::Otherwise) => false,
        };
        if right && !repeated(&self.pairs) { Ok(()) } else { Err(Cause::BadBody) }
    }

    /// The user and password of HTTP Basic, if they were sent. Credentials that cannot be read are wrong ones.
    pub(crate) fn basic(&self) -> Result<Option<&(String, String)>, Cause> {
        if self.strange { Err(Cause::BadSecret) } else { Ok(self.basic.as_ref()) }
    }

    fn credentials(&mut self, header: &str) {
        let Some((scheme, rest)) = header.split_once(' ') else {
            self.strange = !header.is_empty();
            return;
        };
        match scheme.to_ascii_lowercase().as_str() {
            // GitHub's own older word is `token`.
            "bearer" | "token" => self.bearer = Some(rest.trim().to_owned()),
            "basic" => {
                let text = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                self.strange = text.is_none();
                self.basic = text.map(|text| {
                    let (user, password) = text.split_once(':').unwrap_or((&text, ""));
                    (decode(user, true), decode(password, true))
                });
            }
            _ => self.strange = true,
        }
    }

    /// A parameter that is sent without a value counts as left out (RFC 6749 section 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn need(&self, name: &'static str) -> Result<&str, Cause> {
        self.get(name).ok_or(Cause::Missing(name))
    }

    /// Takes what a query says into account as well (Google's revocation).
    pub(crate) fn with_query(mut self, request: &Request) -> Parameters {
        for pair in &request.query {
            if !self.pairs.contains(pair) {
                self.pairs.push(pair.clone());
            }
        }
        self
    }
}

/// Whether a parameter came more than once, which is forbidden (RFC 6749 sections 3.1 and 3.2).
pub(crate) fn repeated(pairs: &[(String, String)]) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|two| two[0] == two[1])
}

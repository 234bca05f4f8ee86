//! What a call to one of the endpoints says: form, JSON or query, and the client's credentials wherever they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::errors::Cause;
use crate::sandbox::json::loose_text;
use crate::sandbox::wire::{Request, decode, pairs};

#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    /// User and password of HTTP Basic, form-decoded (RFC 6749 section 2.3.1)
    pub(crate) basic: Option<(String, String)>,
    pub(crate) bearer: Option<String>,
    /// The body was JSON
    pub(crate) json: bool,
}

impl Parameters {
    /// The parameters of the query (`authorize`, GET) or of the body (POST).
    pub(crate) fn of(request: &Request) -> Result<Parameters, Cause> {
        let mut parameters = Parameters::default();
        parameters.credentials(request.header("authorization").unwrap_or_default())?;
        if request.method == "GET" || request.method == "HEAD" {
            parameters.pairs = request.query.clone();
            return Ok(parameters);
        }
        let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.contains("json") {
            parameters.json = true;
            let body: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(&request.body).map_err(|_| Cause::BadBody)?;
            parameters.pairs = body.iter().map(|(name, value)| (name.clone(), loose_text(value))).collect();
        } else {
            let body = std::str::from_utf8(&request.body).map_err(|_| Cause::BadBody)?;
            parameters.pairs = pairs(body);
        }
        Ok(parameters)
    }

    fn credentials(&mut self, header: &str) -> Result<(), Cause> {
        let Some((scheme, rest)) = header.split_once(' ') else { return Ok(()) };
        match scheme.to_ascii_lowercase().as_str() {
            // GitHub's own older word is `token`.
            "bearer" | "token" => self.bearer = Some(rest.trim().to_owned()),
            "basic" => {
                let text = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let text = text.ok_or(Cause::BadSecret)?;
                let (user, password) = text.split_once(':').unwrap_or((&text, ""));
                self.basic = Some((decode(user, true), decode(password, true)));
            }
            _ => {}
        }
        Ok(())
    }

    /// A parameter that is sent without a value counts as left out (RFC 6749 section 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn need(&self, name: &'static str) -> Result<&str, Cause> {
        self.get(name).ok_or(Cause::Missing(name))
    }

    /// A parameter that came more than once, which is forbidden (RFC 6749 sections 3.1 and 3.2).
    pub(crate) fn repeated(&self) -> bool {
        let mut names: Vec<&str> = self.pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|two| two[0] == two[1])
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

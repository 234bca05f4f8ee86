//! What is asked for: what the sign-in itself needs, what is usual, and what somebody wants besides.

use super::{Method, Provider, Site};
use crate::base::{Error, Result};

impl Provider {
    /// The scopes to ask for, each once, in the vendor's order. `more` are wanted besides the usual ones; a scope may be
    /// given by its name or, where the vendor's names are addresses, by the last part of it (`drive.readonly`).
    /// `Kind::Usage` when the device flow cannot grant one of `more`.
    pub fn scopes_to_ask(&self, method: Method, more: &[String], site: &Site) -> Result<Vec<String>> {
        let Some(facts) = self.oauth else { return Ok(Vec::new()) };
        if method == Method::Token {
            return Ok(Vec::new());
        }
        let mut asked: Vec<String> = Vec::new();
        let mut ask = |name: &str| {
            if !asked.iter().any(|known| known == name) {
                asked.push(name.to_owned());
            }
        };
        // A service account is nobody who could be asked who it is.
        if method != Method::ServiceAccount {
            facts.always.iter().for_each(|name| ask(name));
        }
        let allowed = |name: &str| match facts.device_scopes {
            Some(scopes) if method == Method::Device => scopes.contains(&name),
            _ => true,
        };
        self.scopes.iter().filter(|scope| scope.usual && allowed(scope.name)).for_each(|scope| ask(scope.name));
        let given = site.settings.get("scopes").map(String::as_str).unwrap_or_default();
        given.split_whitespace().for_each(&mut ask);
        for wanted in more {
            let name = self.scope_named(wanted);
            if !allowed(&name) {
                return Err(Error::usage(format!("{}'s device flow cannot grant `{wanted}`", self.title))
                    .hint("sign in with `--method oauth`; add `--no-browser` where there is no browser"));
            }
            ask(&name);
        }
        Ok(asked)
    }

    /// The full name of a scope that was given in short.
    fn scope_named(&self, text: &str) -> String {
        let short = |name: &str| name.rsplit_once('/').is_some_and(|(_, last)| last == text);
        match self.scopes.iter().find(|scope| scope.name == text || short(scope.name)) {
            Some(scope) => scope.name.to_owned(),
            None => text.to_owned(),
        }
    }

    /// What a scope allows, in words; its name where it is not known here.
    pub fn scope_title<'a>(&self, name: &'a str) -> &'a str {
        self.scopes.iter().find(|scope| scope.name == name).map_or(name, |scope| scope.title)
    }
}

//! What is asked for: what the sign-in itself needs, what is usual, and what somebody wants besides.

use super::{Method, Provider, Site};
use crate::base::{Error, Result};

impl Provider {
    /// The scopes to ask for, each once, in the vendor's order. `more` are wanted besides the usual ones, or instead
    /// of them when it is `only` those; a scope may be
    /// given by its name or, where the vendor's names are addresses, by the last part of it (`drive.readonly`).
    /// `Kind::Usage` when the device flow cannot grant one of `more`.
    pub fn scopes_to_ask(&self, method: Method, more: &[String], only: bool, site: &Site) -> Result<Vec<String>> {
        let Some(facts) = self.oauth else { return Ok(Vec::new()) };
        let is_machine = matches!(method, Method::ClientCredentials | Method::ServiceAccount);
        if matches!(method, Method::Token | Method::TwoStep) || (is_machine && !facts.machine_scopes) {
            return Ok(Vec::new());
        }
        let mut asked: Vec<String> = Vec::new();
        let mut ask = |name: &str| {
            if !asked.iter().any(|known| known == name) {
                asked.push(name.to_owned());
            }
        };
        // A machine is nobody who could be asked who it is, and needs no refresh token.
        if !is_machine {
            facts.always.iter().for_each(|name| ask(name));
        }
        let allowed = |name: &str| match facts.device_scopes {
            Some(scopes) if method == Method::Device => scopes.contains(&name),
            _ => true,
        };
        if !only {
            self.scopes.iter().filter(|scope| scope.usual && allowed(scope.name)).for_each(|scope| ask(scope.name));
            let given = site.settings.get("scopes").map(String::as_str).unwrap_or_default();
            given.split_whitespace().for_each(&mut ask);
        }
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

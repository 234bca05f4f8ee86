//! What somebody wants of a sign-in, as far as it is said: by flags, and by answers to questions.

use crate::accounts::{self, Client, ConnectRequest, Method, Provider, Sharing, Site, Way};
use crate::app::App;
use crate::base::{Error, Interrupt, Result, Secret};
use crate::cli::ui::words;

/// The request that a sign-in begins with, and what of its client is said so far.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its provider is empty while nobody has said it, and its client is made of the next two
    pub request: ConnectRequest,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
}

/// Something that is needed and not said: the flag that says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    pub flag: String,
}

impl Wanted {
    pub fn of(request: ConnectRequest) -> Self {
        Wanted { request, client_id: None, client_secret: None }
    }

    /// What is asked of the engine, by whoever can be interrupted so.
    pub fn request(&self, interrupt: Interrupt) -> ConnectRequest {
        let method = self.provider().ok().map(|provider| self.method(provider));
        ConnectRequest { method, client: self.client(), interrupt, ..self.request.clone() }
    }

    /// Takes what is known of a custom API that is named, so that it need not be said again.
    pub fn recall(&mut self, app: &App) -> Result<()> {
        if self.request.provider.is_empty() { Ok(()) } else { accounts::recall(app, &mut self.request) }
    }

    pub fn provider(&self) -> Result<&'static Provider> {
        accounts::provider(&self.request.provider)
    }

    /// The way that is meant: the one that was named, else the one that what was given belongs to, else the usual one.
    pub fn method(&self, provider: &Provider) -> Method {
        let first = |wanted: &[Method]| provider.methods.iter().copied().find(|method| wanted.contains(method));
        let given = match (&self.request.secret, &self.client_id) {
            (Some(_), _) => first(&[Method::Token, Method::ServiceAccount, Method::TwoStep]),
            (None, Some(_)) => first(&[Method::Code, Method::Device, Method::ClientCredentials]),
            (None, None) => None,
        };
        self.request.method.or(given).or_else(|| provider.methods.first().copied()).unwrap_or_default()
    }

    /// What the way needs, as the provider describes it.
    pub fn way(&self, provider: &Provider) -> Result<Way> {
        let method = self.method(provider).word();
        let ways = accounts::describe(provider, &self.site()).methods;
        ways.into_iter().find(|way| way.method == method).ok_or_else(|| {
            let known: Vec<_> = provider.methods.iter().map(|method| format!("`--method {}`", method.word())).collect();
            Error::usage(format!("{} has no sign-in with `--method {method}`", provider.title))
                .hint(format!("use {}", known.join(" or ")))
        })
    }

    /// The client that the flags give; `None` when they give none.
    pub fn client(&self) -> Option<Client> {
        let id = self.client_id.clone()?;
        Some(Client { id, secret: self.client_secret.clone() })
    }

    /// Whether a client is there already, from an earlier sign-in.
    pub fn has_client(&self, app: &App) -> Result<bool> {
        let sharing = self.request.sharing.unwrap_or_default();
        Ok(accounts::clients::find(app, self.provider()?, &self.site(), sharing)?.is_some())
    }

    /// Why nobody could come back, where the vendor sends nobody to this machine and no page of the person's own is said.
    pub fn abroad(&self, app: &App) -> Result<Option<Error>> {
        let provider = self.provider()?;
        if self.method(provider) != Method::Code {
            return Ok(None);
        }
        let known = match self.client() {
            Some(client) => Some(client),
            None => accounts::clients::find(app, provider, &self.site(), self.request.sharing.unwrap_or_default())?,
        };
        let secret = known.and_then(|client| client.secret);
        Ok(provider.check_landing(&self.request.settings, secret.as_ref()).err())
    }

    fn site(&self) -> Site {
        Site { endpoint: self.request.endpoint.clone(), settings: self.request.settings.clone(), ..Site::default() }
    }

    /// Everything that this sign-in cannot do without and that nobody has said, in the order of the questions.
    pub fn missing(&self, app: &App) -> Result<Vec<Missing>> {
        let provider = self.provider()?;
        let way = self.way(provider)?;
        let mut missing = Vec::new();
        let mut need = |flag: String| missing.push(Missing { flag });
        // What an issuer says of itself need not be set.
        let discovered = self.request.issuer.is_some();
        for key in way.needs.iter().filter(|key| !self.request.settings.contains_key(**key) && !discovered) {
            need(format!("--set {key}=VALUE"));
        }
        if way.client {
            // Which client an issuer has given is known once the issuer was asked.
            let there = self.client_id.is_none() && (discovered || self.has_client(app)?);
            if self.client_id.is_none() && !there {
                need("--client-id ID".to_owned());
            }
            if way.client_secret == Some(true) && self.client_secret.is_none() && !there {
                need("--client-secret-stdin".to_owned());
            }
        }
        // With a setting that says so it is among what the way needs already.
        if self.abroad(app)?.is_some() && !way.needs.contains(&"redirect_url") {
            need("--set redirect_url=VALUE".to_owned());
        }
        let from_environment = self.request.label.as_ref().is_some_and(|label| app.config.token(label).is_some());
        if self.request.secret.is_none() && !from_environment {
            match self.method(provider) {
                Method::Token if !provider.secret_optional => need("--token-stdin".to_owned()),
                Method::ServiceAccount | Method::TwoStep => need("--token-file FILE".to_owned()),
                _ => {}
            }
        }
        Ok(missing)
    }

    /// `Kind::Usage` that names every flag that is missing, and where what they want is made.
    pub fn refuse_missing(&self, app: &App) -> Result<()> {
        let missing = self.missing(app)?;
        if missing.is_empty() {
            return Ok(());
        }
        let provider = self.provider()?;
        provider.check_page(&self.request.settings)?;
        let way = self.way(provider)?;
        let flags: Vec<&str> = missing.iter().map(|missing| missing.flag.as_str()).collect();
        let verb = if flags.len() > 1 { "are" } else { "is" };
        let mut error = Error::usage(format!("{} {verb} missing for {}", words::names(&flags), provider.title));
        let mut hints = Vec::new();
        if let Some(page) = &way.page {
            hints.push(format!("what they ask for is made at {page}"));
        }
        match (self.abroad(app)?, &way.redirect_uri) {
            (Some(abroad), _) => hints.push(format!("its redirect URI is an https page of yours: {}", abroad.message)),
            (None, Some(uri)) if way.client => hints.push(format!("its redirect URI is {uri}")),
            _ => {}
        }
        if let Some(label) = self.request.label.as_ref().filter(|_| self.method(provider) == Method::Token) {
            hints.push(format!("or set `{}`", accounts::variable(label)));
        }
        if !hints.is_empty() {
            error = error.hint(hints.join("; "));
        }
        Err(error)
    }

    /// The command that asks nothing and does the same. Secrets are not in it.
    pub fn command(&self) -> String {
        let mut all: Vec<String> =
            ["appctl", "integrations", "connect", &self.request.provider].map(str::to_owned).to_vec();
        let mut option = |name: &str, value: &str| all.extend([format!("--{name}"), words::shell(value)]);
        if let Some(label) = &self.request.label {
            option("label", label.as_str());
        }
        if let Some(method) = self.request.method {
            option("method", method.word());
        }
        if let Some(issuer) = &self.request.issuer {
            option("issuer", issuer.as_str());
        }
        for (key, value) in &self.request.settings {
            match key.as_str() {
                "name" => option("name", value),
                key => option("set", &format!("{key}={value}")),
            }
        }
        if let Some(endpoint) = &self.request.endpoint {
            option("endpoint", endpoint.as_str());
        }
        if let Some(port) = self.request.port {
            option("port", &port.to_string());
        }
        if let Some(id) = &self.client_id {
            option("client-id", id);
        }
        self.request.scopes.iter().for_each(|scope| option("scope", scope));
        let flags = [
            (self.request.only_scopes, "--only-scopes"),
            (self.client_secret.is_some(), "--client-secret-stdin"),
            (self.request.secret.is_some(), "--token-stdin"),
            (self.request.sharing == Some(Sharing::Team), "--team"),
            (self.request.sharing == Some(Sharing::Private), "--private"),
        ];
        all.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag.to_owned()));
        all.join(" ")
    }
}

//! One sign-in at a provider by any of its ways, up to tokens and the knowledge whose they are. Nothing is kept here.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use super::bundle::Bundle;
use super::grant::Grant;
use super::person::{Browse, Event, Person, unless_interrupted};
use super::{Identity, Method, Provider, Site};
use crate::app::App;
use crate::base::{Error, Interrupt, Kind, Result, Secret, Unfinished};
use crate::oauth::code::{Callback, Code, Flow};
use crate::oauth::loopback::Loopback;
use crate::oauth::{Client, Failure, Server, Tokens, device, revoke};
use crate::providers::{Auth, Http};

/// What a sign-in needs to know.
pub(super) struct SignIn<'a> {
    pub app: &'a App,
    pub provider: &'static Provider,
    pub method: Method,
    pub site: Site,
    pub scopes: Vec<String>,
    pub client: Option<Client>,
    /// A key, or what signs a service account's assertions
    pub secret: Option<Secret>,
    /// Whose it is, where that is known already
    pub known: Option<Identity>,
    pub port: Option<u16>,
    pub limit: Duration,
    pub interrupt: Interrupt,
    /// Names the rate limits
    pub label: String,
}

/// What a sign-in brought.
pub(super) struct Obtained {
    pub method: Method,
    pub what: What,
    /// The person's settings with those that the provider's answer brought
    pub site: Site,
    pub granted: Vec<String>,
    pub identity: Identity,
}

pub(super) enum What {
    /// `None`: it needs none, or the one that is here stays
    Key(Option<Secret>),
    Tokens(Box<Bundle>),
}

impl SignIn<'_> {
    pub async fn run(mut self, person: &mut dyn Person) -> Result<Obtained> {
        if self.method == Method::Token {
            return self.by_key(person).await;
        }
        let asked_at = self.app.clock.now();
        let (tokens, method) = match self.method {
            Method::Code => self.by_code(&self.provider.server(&self.site)?, person).await?,
            Method::Device => (self.by_device(&self.provider.server(&self.site)?, person).await?, Method::Device),
            _ => (self.by_grant().await?, self.method),
        };
        person.tell(Event::Exchanged);
        let lifetime = tokens.expires_in.or_else(|| self.provider.oauth.and_then(|facts| facts.lifetime));
        let bundle = Bundle {
            access: tokens.access.clone(),
            refresh: tokens.refresh.clone(),
            key: self.secret.clone().filter(|_| method.keeps_key()),
            rotates: None,
            expires_at: lifetime.map(|lifetime| asked_at.plus(lifetime)),
            issued_at: asked_at,
            generation: 1,
        };
        // When this fails, whose the tokens are is not known, so taking them back could end an account that is here.
        let (identity, granted) = self.settle(&tokens, &bundle, person).await?;
        Ok(Obtained { method, what: What::Tokens(Box::new(bundle)), site: self.site, granted, identity })
    }

    /// What the tokens are good for, and whose they are.
    async fn settle(
        &mut self,
        tokens: &Tokens,
        bundle: &Bundle,
        person: &mut dyn Person,
    ) -> Result<(Identity, Vec<String>)> {
        self.site.settings.extend(self.provider.keep(&tokens.said, &self.site)?);
        // RFC 6749 section 5.1: an answer without scopes grants what was asked for.
        let granted = tokens.scopes.clone().unwrap_or_else(|| self.scopes.clone());
        if !self.scopes.is_empty() {
            person.tell(Event::Scopes { asked: self.scopes.clone(), granted: granted.clone() });
        }
        let identity = self.identity(Auth::Bearer(bundle.access.clone()), &tokens.said, person).await?;
        Ok((identity, granted))
    }

    async fn by_key(self, person: &mut dyn Person) -> Result<Obtained> {
        let provider = self.provider;
        if let Some(identity) = self.known {
            person.tell(Event::Identity { identity: identity.clone() });
            let what = What::Key(self.secret.filter(|secret| !secret.is_empty()));
            return Ok(Obtained { method: Method::Token, what, site: self.site, granted: Vec::new(), identity });
        }
        let Some(secret) = self.secret.clone().filter(|secret| !secret.is_empty()) else {
            return Err(Error::usage(format!("{} needs a {}", provider.title, provider.secret)).hint(format!(
                "give it with `--token-stdin` or `--token-file FILE`; make one at {}",
                provider.console
            )));
        };
        let auth = provider.auth(secret.clone(), &self.site)?;
        let identity = self.identity(auth, &Json::Null, person).await?;
        let (method, site) = (Method::Token, self.site);
        Ok(Obtained { method, what: What::Key(Some(secret)), site, granted: Vec::new(), identity })
    }

    async fn identity(&self, auth: Auth, said: &Json, person: &mut dyn Person) -> Result<Identity> {
        let door = self.provider.door(&self.site, &self.label, auth)?;
        let asking = self.provider.identity(&self.app.http, &door, said, &self.site);
        let found = unless_interrupted(&self.interrupt, asking).await??;
        let identity = Identity { id: found.id, name: found.name };
        person.tell(Event::Identity { identity: identity.clone() });
        Ok(identity)
    }

    async fn by_code(&self, server: &Server, person: &mut dyn Person) -> Result<(Tokens, Method)> {
        let client = self.client()?;
        self.provider.check_landing(&self.site.settings, client.secret.as_ref())?;
        if let Some(own) = &server.redirect.own {
            let tokens = self.by_own_page(server, client, own, person).await?;
            return Ok((tokens, Method::Code));
        }
        let mut redirect = server.redirect.clone();
        redirect.port = self.port.or(redirect.port);
        let listener = Loopback::open(&redirect)?;
        let mut flow = Flow::begin(server, client, &self.scopes, listener.redirect_uri())?;
        let code = match person.browse(flow.url())? {
            Browse::Opened => {
                person.tell(Event::Waiting { limit: self.limit });
                unless_interrupted(&self.interrupt, listener.wait(&mut flow, self.limit)).await?
            }
            Browse::NoBrowser => {
                if let Some(tokens) = self.device_instead(server, person).await? {
                    return Ok((tokens, Method::Device));
                }
                person.tell(Event::Elsewhere { url: flow.url().clone() });
                self.pasted(Some(listener), &mut flow, person).await?
            }
        };
        Ok((self.exchanged(&flow, server, code).await?, Method::Code))
    }

    /// The browser comes back to a page of the person's own: nothing listens here, and where it ended is pasted.
    async fn by_own_page(
        &self,
        server: &Server,
        client: &Client,
        own: &str,
        person: &mut dyn Person,
    ) -> Result<Tokens> {
        if self.port.is_some_and(|port| port != 0) {
            return Err(Error::usage("`--port` and `redirect_url` exclude each other")
                .hint("leave `--port` away: the browser comes back to the page, not to this machine"));
        }
        person.tell(Event::Landing { at: own.to_owned() });
        person.can_paste()?;
        let mut flow = Flow::begin(server, client, &self.scopes, own)?;
        if person.browse(flow.url())? == Browse::NoBrowser {
            person.tell(Event::Elsewhere { url: flow.url().clone() });
        }
        let code = self.pasted(None, &mut flow, person).await?;
        self.exchanged(&flow, server, code).await
    }

    async fn exchanged(&self, flow: &Flow, server: &Server, code: Result<Code, Failure>) -> Result<Tokens> {
        let code = code.map_err(|failure| failure.into_error(self.provider.title))?;
        let exchange = flow.exchange(&self.app.http, server, self.client()?, code);
        let tokens = unless_interrupted(&self.interrupt, exchange).await?;
        tokens.map_err(|failure| self.refused(failure))
    }

    /// A device code, where this provider has them and lets this client use them.
    async fn device_instead(&self, server: &Server, person: &mut dyn Person) -> Result<Option<Tokens>> {
        if !self.provider.methods.contains(&Method::Device) || server.device.is_none() {
            return Ok(None);
        }
        let Ok(scopes) = self.provider.scopes_to_ask(Method::Device, &self.scopes, false, &self.site) else {
            return Ok(None);
        };
        let begun = device::begin(&self.app.http, server, self.client()?, &scopes);
        match unless_interrupted(&self.interrupt, begun).await? {
            Ok(device) => self.poll(server, device, person).await.map(Some),
            Err(Failure::Refused { .. }) => Ok(None),
            Err(failure) => Err(self.refused(failure)),
        }
    }

    async fn by_device(&self, server: &Server, person: &mut dyn Person) -> Result<Tokens> {
        let begun = device::begin(&self.app.http, server, self.client()?, &self.scopes);
        let device = unless_interrupted(&self.interrupt, begun).await?.map_err(|failure| self.refused(failure))?;
        self.poll(server, device, person).await
    }

    async fn poll(&self, server: &Server, mut device: device::Device, person: &mut dyn Person) -> Result<Tokens> {
        person.device(&device.user_code, &device.verification_uri, device.verification_uri_complete.as_ref());
        let client = self.client()?;
        let mut sleep = |time| -> futures_util::future::BoxFuture<'static, ()> { Box::pin(tokio::time::sleep(time)) };
        let polling = device::poll(&self.app.http, server, client, &mut device, &mut sleep);
        let tokens = unless_interrupted(&self.interrupt, polling).await?;
        tokens.map_err(|failure| self.refused(failure))
    }

    /// The code of an address that a person pastes, or that a browser brings after all.
    async fn pasted(
        &self,
        mut listener: Option<Loopback>,
        flow: &mut Flow,
        person: &mut dyn Person,
    ) -> Result<Result<Code, Failure>> {
        let end = tokio::time::Instant::now() + self.limit;
        loop {
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            let either = async {
                match listener.take() {
                    Some(listener) => tokio::select! {
                        code = listener.wait(flow, left) => Ok(code),
                        text = person.paste() => Err(text),
                    },
                    None => {
                        Err(tokio::time::timeout(left, person.paste()).await.unwrap_or_else(|_| Err(self.too_late())))
                    }
                }
            };
            let text = match unless_interrupted(&self.interrupt, either).await? {
                Ok(code) => return Ok(code),
                Err(text) => text?,
            };
            let why = match flow.pasted(&text) {
                Err(error) => error.message,
                Ok(address) => match flow.accept(&address) {
                    Ok(code) => return Ok(Ok(code)),
                    Err(Callback::Denied(failure)) => return Ok(Err(failure)),
                    Err(Callback::Foreign(why)) => why.to_owned(),
                },
            };
            person.tell(Event::NotIt { why });
        }
    }

    fn too_late(&self) -> Error {
        Error::failed(format!("nobody signed in within {} seconds", self.limit.as_secs())).hint("start again")
    }

    /// Tokens that no person has to be asked for.
    async fn by_grant(&mut self) -> Result<Tokens> {
        let key = |what: &str| {
            self.secret.as_ref().ok_or_else(|| {
                Error::usage(format!("{} needs the key of {what}", self.provider.title))
                    .hint("give it with `--token-stdin` or `--token-file FILE`")
            })
        };
        let grant = if self.method == Method::TwoStep {
            let key = key("an app")?;
            Grant::Exchange { provider: self.provider, site: &self.site, key }
        } else if self.method == Method::ServiceAccount {
            let server = self.provider.server(&self.site)?;
            let secret = key("a service account")?;
            let client = self.client.as_ref().map(|client| client.id.as_str());
            let signing = self.provider.signing(&self.site, secret, client)?;
            self.site.settings.extend(signing.settings.clone());
            Grant::Assertion { server, signing, scopes: &self.scopes }
        } else {
            let server = self.provider.server(&self.site)?;
            Grant::Client { server, client: self.client()?.clone(), scopes: &self.scopes }
        };
        let asking = grant.ask(&self.app.http, self.app.clock.now());
        let tokens = unless_interrupted(&self.interrupt, asking).await?;
        tokens.map_err(|failure| self.refused(failure))
    }

    fn client(&self) -> Result<&Client> {
        self.client.as_ref().ok_or_else(|| {
            Error::usage(format!("signing in to {} needs a client of your own", self.provider.title)).hint(format!(
                "give it with `--client-id ID` and `--client-secret-stdin`; make one at {}",
                self.provider.console
            ))
        })
    }

    fn refused(&self, failure: Failure) -> Error {
        if let (Method::TwoStep, Failure::Refused { description, .. }) = (self.method, &failure)
            && !description.is_empty()
        {
            let needed =
                self.provider.settings.iter().filter(|setting| setting.required_for.contains(&Method::TwoStep));
            let needed: Vec<_> = needed.map(|setting| format!("`{}`", setting.key)).collect();
            return Error::failed(format!("{} refused the key: {description}", self.provider.title))
                .hint(format!("check the key, and the settings {}", needed.join(", ")));
        }
        let error = failure.into_error(self.provider.title);
        // A sign-in that fails needs no other sign-in but another try.
        let kind = if error.kind == Kind::SignIn { Kind::Failed } else { error.kind };
        Error { kind, ..error }
    }
}

/// How fresh tokens that nobody keeps are taken back; as well as it goes, because whoever is here has something else to
/// hear of.
#[derive(Clone)]
pub(super) struct Farewell {
    http: Http,
    server: Server,
    client: Client,
    bundle: Bundle,
}

/// The longest that it may take.
const FAREWELL: Duration = Duration::from_secs(2);

impl Farewell {
    /// `None` for a key, which a person made, and where nobody can be told.
    pub fn of(http: &Http, provider: &Provider, client: &Client, obtained: &Obtained) -> Option<Farewell> {
        let What::Tokens(bundle) = &obtained.what else { return None };
        let server = provider.server(&obtained.site).ok()?;
        Some(Farewell { http: http.clone(), server, client: client.clone(), bundle: (**bundle).clone() })
    }

    /// In a task of its own, because a signal that ends the question drops whoever waits here.
    pub async fn say(self) {
        let unfinished = Unfinished::begin();
        let saying = tokio::spawn(async move {
            self.ask().await;
            drop(unfinished);
        });
        let _ = saying.await;
    }

    async fn ask(self) {
        let Bundle { access, refresh, .. } = self.bundle;
        let subject = revoke::Subject { access: Some(access), refresh, id: None };
        let _ = revoke::revoke(&self.http.ending_in(FAREWELL), &self.server, &self.client, &subject).await;
    }

    /// The same from a thread of its own, while this process ends: what is asked through the program's connections could
    /// wait for a thread that waits for a person.
    pub fn say_alone(self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(Farewell { http: self.http.anew(), ..self }.ask());
        }
    }
}

/// Settings of which the person's own go first.
pub(super) fn merged(found: BTreeMap<String, String>, given: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut settings = found;
    settings.extend(given.clone());
    settings
}

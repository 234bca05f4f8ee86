//! Device authorization (RFC 8628): a person types a short code into a browser that may be anywhere, and the server is
//! asked now and then whether they did.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value as Json;
use tokio::time::Instant;
use url::Url;

use super::answer::{self, Tokens};
use super::endpoint::{Ask, Said};
use super::failure::Failure;
use super::{Client, Server};
use crate::base::{Error, Secret};
use crate::http::{self, Http};

/// Between two questions, unless the server says otherwise (RFC 8628 section 3.2), and what `slow_down` adds (section 3.5).
const STEP: Duration = Duration::from_secs(5);
/// How long a code is good for where the server does not say, though it must.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// What the person needs, and what the server is asked with.
#[derive(Debug)]
pub struct Device {
    /// What the person types, fit to be shown
    pub user_code: String,
    /// Where they type it
    pub verification_uri: Url,
    /// The same with the code in it
    pub verification_uri_complete: Option<Url>,
    pub expires_in: Duration,
    /// Between two questions; grows when the server is asked too often
    pub interval: Duration,
    code: Secret,
}

/// Asks for a code. `scopes` may be empty.
pub async fn begin(http: &Http, server: &Server, client: &Client, scopes: &[String]) -> Result<Device, Failure> {
    let Some(url) = &server.device else {
        return Err(Failure::Other(Error::usage("this server has no sign-in by a device code")));
    };
    let scope = server.joined(scopes);
    let scope = scope.as_deref().map(|scope| (server.scope_parameter.as_str(), scope));
    let parameters = scope.into_iter().chain(server.token_parameters()).collect();
    let ask = Ask { server, url, client: Some(client), parameters, body: server.body, repeatable: true, once: false };
    let said = ask.send(http).await?;
    let document = answer::granted(server, &said)?;
    read(&said, &document).ok_or_else(|| {
        let refusal = answer::refusal(server, &said, &document);
        refusal.unwrap_or_else(|| said.unclear("without a code that could be shown"))
    })
}

fn read(said: &Said, document: &Json) -> Option<Device> {
    let text = |name: &str| document.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    let address = |name: &str| text(name)?.parse().ok().filter(http::is_safe);
    let seconds = |name: &str| document.get(name).and_then(answer::lifetime);
    Some(Device {
        user_code: said.tidy(text("user_code")?),
        // `verification_url` is what Google calls it.
        verification_uri: address("verification_uri").or_else(|| address("verification_url"))?,
        verification_uri_complete: address("verification_uri_complete")
            .or_else(|| address("verification_url_complete")),
        expires_in: seconds("expires_in").unwrap_or(LIFE),
        interval: seconds("interval").unwrap_or(STEP),
        code: Secret::new(text("device_code")?),
    })
}

/// A wait that a test can make short.
pub type Sleep<'a> = &'a mut (dyn FnMut(Duration) -> BoxFuture<'static, ()> + Send);

/// Asks until the person has decided or the code has run out, never more often than the server wants.
///
/// `slow_down` makes this and all later gaps longer, by five seconds or to what the server says; a server that cannot be
/// understood is asked half as often until it can (RFC 8628 section 3.5).
pub async fn poll(
    http: &Http,
    server: &Server,
    client: &Client,
    device: &mut Device,
    sleep: Sleep<'_>,
) -> Result<Tokens, Failure> {
    let begin = Instant::now();
    let (mut slept, mut gap, mut lost) = (Duration::ZERO, device.interval, None);
    loop {
        if slept.max(begin.elapsed()) + gap > device.expires_in {
            return Err(lost.map_or_else(ran_out, Failure::Unclear));
        }
        sleep(gap).await;
        slept += gap;
        let (failure, interval) = match ask(http, server, client, device).await {
            Ok(tokens) => return Ok(tokens),
            Err(failure) => failure,
        };
        match failure {
            Failure::Unclear(error) => {
                gap = gap.saturating_mul(2).max(error.retry_after.unwrap_or_default());
                lost = Some(error);
                continue;
            }
            _ if failure.is("slow_down") => {
                let longer = device.interval + STEP;
                device.interval = interval.filter(|said| *said > device.interval).unwrap_or(longer);
            }
            _ if failure.is("authorization_pending") => {}
            _ => return Err(failure),
        }
        (gap, lost) = (device.interval, None);
    }
}

/// One question. A refusal comes with the new interval that the server may have said (GitHub).
async fn ask(
    http: &Http,
    server: &Server,
    client: &Client,
    device: &Device,
) -> Result<Tokens, (Failure, Option<Duration>)> {
    let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    let parameters = vec![grant, ("device_code", device.code.expose())];
    let ask = Ask { once: true, ..Ask::token(server, client, parameters) };
    let said = ask.send(http).await.map_err(|failure| (failure, None))?;
    answer::tokens(server, &said).map_err(|failure| {
        let interval = said.document().and_then(|document| answer::lifetime(document.get("interval")?));
        (failure, interval)
    })
}

fn ran_out() -> Failure {
    let description = "nobody entered the code in time".to_owned();
    Failure::Refused { code: "expired_token".to_owned(), description, uri: None }
}

//! The loop around one request: wait for the limit, spend the budget, send, follow, read, check, and perhaps again.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use super::answer::Answer;
use super::failure::{Again, Failure};
use super::limiter::Limiter;
use super::{Auth, Door, Http, Request, body};
use crate::base::{Error, Kind, Result};
use std::sync::atomic::Ordering;

/// How many redirects of one request are followed.
const HOPS: usize = 3;

impl Http {
    /// Asks, and reads the whole answer as JSON of this form.
    pub async fn json<T: DeserializeOwned>(&self, door: &Door, request: &Request) -> Result<T> {
        self.read(door, request, |answer| serde_json::from_slice(answer.body())).await
    }

    /// Asks, and lets `parse` make something of a successful answer. An answer that is cut off, a web page or broken JSON
    /// is asked for again, as far as the request is repeatable, so `parse` may be called several times.
    ///
    /// Fails with `SignIn` (401), `Denied` (403), `NotFound` (404), `Failed` (other refusals, answers over the caps),
    /// `Remote` (unreachable, too slow, overloaded, at its limit, broken) or `Partial` (the budget); what the door's
    /// `explain` says about a refusal goes first.
    pub async fn read<T>(
        &self,
        door: &Door,
        request: &Request,
        mut parse: impl FnMut(&Answer) -> serde_json::Result<T> + Send,
    ) -> Result<T> {
        self.repeat(door, request, |answer| {
            body::check_document(answer)?;
            parse(answer).map_err(|error| Failure::of_document(&error))
        })
        .await
    }

    /// Asks, and gives the successful answer as it is, whatever is in its body.
    pub async fn send(&self, door: &Door, request: &Request) -> Result<Answer> {
        self.repeat(door, request, |answer| Ok(answer.clone())).await
    }

    /// One exchange with a server whose refusals are worth reading: an answer of 4xx comes back as it is (but 408, 423, 425,
    /// 429 and 477, which go away by themselves). No redirect is followed, and nothing is sent again when nobody knows
    /// whether it was carried out. Everything else is an error as in [`Http::send`]; no error holds anything of the body
    /// that was sent.
    pub async fn exchange(&self, door: &Door, request: &Request) -> Result<Answer> {
        self.send(door, &Request { exchange: true, ..request.clone() }).await
    }

    async fn repeat<T>(
        &self,
        door: &Door,
        request: &Request,
        mut take: impl FnMut(&Answer) -> Result<T, Failure> + Send,
    ) -> Result<T> {
        let options = &self.inner.options;
        let end = Instant::now() + options.deadline;
        let end = self.end.map_or(end, |run| run.min(end));
        let most = request.most_attempts.unwrap_or(options.attempts);
        let (mut attempts, mut renewed, mut token) = (0, false, None);
        loop {
            attempts += 1;
            let present = door.present(token.take()).await?;
            let mut failure = match self.attempt(&present, request, end).await? {
                Ok(answer) => match take(&answer) {
                    Ok(taken) => return Ok(taken),
                    Err(failure) => failure,
                },
                Err(failure) => failure,
            };
            // A request that was refused was not carried out, so it goes again with another token; once.
            if failure.error.kind == Kind::SignIn
                && !renewed
                && let (Auth::Live(bearer), Auth::Bearer(refused)) = (&door.auth, &present.auth)
            {
                token = Some(bearer.after_refusal(refused).await?);
                (renewed, attempts) = (true, attempts - 1);
                continue;
            }
            if request.exchange
                && let Some(answer) = failure.refusal.take()
            {
                match take(&answer) {
                    Ok(taken) => return Ok(taken),
                    Err(other) => failure = other,
                }
            }
            let wait = self.wait_after(door, request, &failure, attempts);
            let again = failure.again == Again::Always || (failure.again == Again::IfRepeatable && request.repeatable);
            if !again || attempts >= most || wait > options.patience || Instant::now() + wait >= end {
                return Err(told(door, request, failure, attempts, wait));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait after a failure. When we were too fast, everybody who shares the limit waits too.
    fn wait_after(&self, door: &Door, request: &Request, failure: &Failure, attempts: u32) -> Duration {
        let backoff = &self.inner.backoff;
        if !failure.too_fast {
            return failure.asked.unwrap_or_else(|| backoff.wait(attempts));
        }
        let span = Limiter::span(door, request.class);
        let wait = failure.asked.unwrap_or_else(|| backoff.slow_down(span, attempts));
        self.inner.limiter.pause(door, request.class, wait);
        wait
    }

    /// One attempt. The outer error is final (budget, limit, an unusable request).
    async fn attempt(&self, door: &Door, request: &Request, end: Instant) -> Result<Result<Answer, Failure>> {
        let mut url = door.url(&request.path, &request.query)?;
        let headers = headers(door, request)?;
        for _ in 0..=HOPS {
            let turn = self.inner.limiter.acquire(door, request.class, end).await?;
            door.budget.spend()?;
            self.inner.calls.fetch_add(1, Ordering::Relaxed);
            let time = self.inner.options.attempt_timeout.min(end.saturating_duration_since(Instant::now()));
            let client = self.inner.clients.for_url(&url, door.reach)?;
            let mut sent = client.request(request.method.clone(), url.clone()).headers(headers.clone()).timeout(time);
            if let Some(body) = &request.body {
                sent = sent.body(body.clone());
            }
            let sent = sent.send().await;
            self.inner.limiter.settle(&turn);
            let response = match sent {
                Ok(response) => response,
                Err(error) => return Ok(Err(Failure::of_transport(&error.without_url()))),
            };
            match redirect(door, request, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(self.finish(door, request, response).await),
            }
        }
        Err(Error::failed(format!("`{}` redirects more than {HOPS} times", door.host())))
    }

    async fn finish(&self, door: &Door, request: &Request, mut response: Response) -> Result<Answer, Failure> {
        let body = body::read(&mut response, &self.inner.options, request.largest_body).await;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        // A refusal is a refusal, even when its explanation got lost on the way.
        let lost = body.is_err();
        let answer = Answer { status, headers, body: body.or_else(|lost| refused(status, lost))? };
        self.inner.limiter.learn(door, &answer);
        if !status.is_success() || lost {
            return Err(Failure::of_status(&answer, door));
        }
        match door.error_in_200.then(|| (door.explain)(&answer)).flatten() {
            Some(error) => Err(Failure::explained(error, door)),
            None => Ok(answer),
        }
    }
}

fn refused(status: StatusCode, lost: Failure) -> Result<bytes::Bytes, Failure> {
    if status.is_success() { Err(lost) } else { Ok(bytes::Bytes::new()) }
}

fn headers(door: &Door, request: &Request) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    for (name, text) in door.headers.iter().chain(&request.headers) {
        let value = HeaderValue::from_str(text).map_err(|_| {
            Error::usage(format!("header `{name}` would have a line break or another forbidden character"))
        })?;
        headers.insert(HeaderName::from_static(name), value);
    }
    if let Some((name, value)) = door.auth.header()? {
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Where a redirect leads, when it may be followed: to the same scheme, host and port, for a request that may be repeated
/// as it is. Anything else is refused, because the credentials and the request would go where nobody chose to send them.
fn redirect(door: &Door, request: &Request, from: &Url, response: &Response) -> Result<Option<Url>> {
    let status = response.status();
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = response.headers().get(LOCATION).and_then(|target| from.join(target.to_str().ok()?).ok());
    let Some(target) = target else {
        return Err(Error::remote(format!("`{}` redirects to nowhere ({status})", door.host())));
    };
    if !door.leads_to(&target) || request.exchange {
        let host = target.host_str().unwrap_or("another place").to_owned();
        return Err(Error::failed(format!("`{}` redirects to `{host}`, which is refused", door.host()))
            .hint("check the connection's endpoint"));
    }
    let same_request = request.method == Method::GET || matches!(status.as_u16(), 307 | 308);
    if same_request { Ok(Some(target)) } else { Err(Error::failed(format!("`{}` redirects a POST", door.host()))) }
}

/// The error that the caller sees: who failed, what it did, how often, and when to come back.
fn told(door: &Door, request: &Request, failure: Failure, attempts: u32, wait: Duration) -> Error {
    let times = if attempts > 1 { format!(", {attempts} times") } else { String::new() };
    let mut error = failure.error;
    error.message = format!("`{}` {}{times}", door.host(), error.message);
    if failure.again == Again::IfRepeatable && !request.repeatable {
        error.kind = Kind::Remote;
        error = error.hint("nobody knows whether it was carried out: look before you repeat it");
    }
    let later = failure.again != Again::Never && (failure.asked.is_some() || failure.too_fast);
    if later && error.retry_after.is_none() { error.retry_after(wait) } else { error }
}

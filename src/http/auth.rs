//! How a request says who asks: a secret that stays as it is, or one that somebody renews while it is used.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderName, HeaderValue};

use crate::base::{Error, Result, Secret};

#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Bearer(Secret),
    Basic {
        user: String,
        password: Secret,
    },
    Header {
        name: Cow<'static, str>,
        value: Secret,
    },
    /// A bearer token that lapses and is renewed
    Live(Arc<dyn Bearer>),
}

/// Who has the token of the moment. Many requests may ask at once, so it must see to it that they share one renewal.
#[async_trait]
pub trait Bearer: Send + Sync + std::fmt::Debug {
    /// The token to send now; renewed first when it is about to lapse.
    async fn token(&self) -> Result<Secret>;

    /// The server answered 401 to this one: another token, or `Kind::SignIn`. Requests that were refused with the same
    /// token all ask here; only the first of them may lead to a renewal.
    async fn after_refusal(&self, refused: &Secret) -> Result<Secret>;
}

impl Auth {
    /// The sign-in header, marked so that nothing prints it. A live sign-in has none before it is asked for its token.
    pub(super) fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>> {
        let (name, text) = match self {
            Auth::None | Auth::Live(_) => return Ok(None),
            Auth::Bearer(secret) => ("authorization", Secret::new(format!("Bearer {}", secret.expose()))),
            Auth::Basic { user, password } => {
                let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
                ("authorization", Secret::new(format!("Basic {pair}")))
            }
            Auth::Header { name, value } => (name.as_ref(), value.clone()),
        };
        let mut value = HeaderValue::from_str(text.expose())
            .map_err(|_| Error::usage("the secret has a line break or another character that no header can carry"))?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::usage(format!("`{}` is no name of a header", name.escape_debug())))?;
        Ok(Some((name, value)))
    }

    /// What must not be seen in anything that comes back.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            Auth::None | Auth::Live(_) => Vec::new(),
            Auth::Bearer(secret) | Auth::Header { value: secret, .. } => vec![secret.clone()],
            // A key alone goes as the user's name (Stripe).
            Auth::Basic { user, password } => {
                let part = if password.is_empty() { Secret::new(user.as_str()) } else { password.clone() };
                vec![Secret::new(format!("{user}:{}", password.expose())), part]
            }
        }
    }
}

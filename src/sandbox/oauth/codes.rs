//! Authorization codes: what somebody consented to, waiting to be exchanged once.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::errors::Cause;
use super::people::Identity;

/// What somebody allowed a client.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) client: String,
    pub(crate) identity: Identity,
    pub(crate) scopes: Vec<String>,
    /// Slack's second list
    pub(crate) user_scopes: Vec<String>,
    /// A refresh token comes with it
    pub(crate) offline: bool,
    pub(crate) nonce: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) consent: Consent,
    /// As the authorization named it; it must be named again, letter by letter
    pub(crate) redirect: Option<String>,
    /// The S256 challenge
    pub(crate) challenge: Option<String>,
    /// Milliseconds
    pub(crate) at: i64,
    /// What it was exchanged for, to be taken back when it is used again (RFC 6749 section 4.1.2)
    pub(crate) families: Option<Vec<u64>>,
}

#[derive(Debug, Default)]
pub(crate) struct Codes(HashMap<String, Code>);

impl Codes {
    pub(crate) fn keep(&mut self, text: String, code: Code) {
        self.0.insert(text, code);
    }

    pub(crate) fn find(&mut self, text: &str) -> Option<&mut Code> {
        self.0.get_mut(text)
    }
}

impl Code {
    /// Whether it may be exchanged now, with this redirect URI and verifier. `lifetime` in seconds.
    pub(crate) fn check(
        &self,
        redirect: Option<&str>,
        verifier: Option<&str>,
        longest_verifier: usize,
        now: i64,
        lifetime: u64,
    ) -> Result<(), Cause> {
        if now - self.at > i64::try_from(lifetime).unwrap_or(i64::MAX / 1000) * 1000 {
            return Err(Cause::OldCode);
        }
        if self.redirect.is_some() && self.redirect.as_deref() != redirect {
            return Err(Cause::OtherRedirect);
        }
        match (&self.challenge, verifier) {
            (None, None) => Ok(()),
            // A verifier without a challenge means that somebody took the challenge away (RFC 9700 section 2.1.1).
            (None, Some(_)) | (Some(_), None) => Err(Cause::BadVerifier),
            (Some(challenge), Some(verifier))
                if is_verifier(verifier, longest_verifier) && *challenge == s256(verifier) =>
            {
                Ok(())
            }
            (Some(_), Some(_)) => Err(Cause::BadVerifier),
        }
    }
}

/// RFC 7636 section 4.2.
pub(crate) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// RFC 7636 section 4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str, longest: usize) -> bool {
    (43..=longest).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// What a challenge of the S256 method looks like.
pub(crate) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_challenge_of_the_rfc_fits_its_verifier() {
        assert_eq!(s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(!is_verifier("too-short", 128));
    }
}

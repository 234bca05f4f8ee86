//! What nobody can guess: states and verifiers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::base::{Error, Result, Secret};

/// So many bytes of the operating system's random numbers, as base64url: four letters for three bytes.
pub(super) fn text(bytes: usize) -> Result<Secret> {
    let mut drawn = vec![0; bytes];
    SystemRandom::new()
        .fill(&mut drawn)
        .map_err(|_| Error::failed("the operating system has no random numbers to give"))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(drawn)))
}

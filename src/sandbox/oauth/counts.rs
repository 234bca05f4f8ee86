//! What an authorization server saw, so that a test knows how often something was asked, whatever became of it.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Counted since the start, or since the last reset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OauthCounts {
    /// Authorization requests, refused ones included
    pub authorizations: u64,
    pub approvals: u64,
    pub denials: u64,
    /// POSTs to the token endpoint by their grant, those that met a fault included
    pub grants: BTreeMap<String, u64>,
    pub codes_exchanged: u64,
    /// Refreshes that were carried out, whether or not their answer arrived
    pub refreshes: u64,
    /// POSTs with each refresh token, carried out or not, by a fingerprint of the token
    pub refresh_posts: BTreeMap<String, u64>,
    /// Refusals by their code
    pub refused: BTreeMap<String, u64>,
    /// Consents that live
    pub families: u64,
    /// Consents that ended because a spent refresh token came again
    pub families_revoked: u64,
    pub revoke_calls: u64,
    /// Calls that took something back
    pub revocations: u64,
    pub introspections: u64,
    pub device_codes: u64,
    pub device_polls: Vec<Poll>,
    pub identity_calls: u64,
    /// API calls with a token that opens nothing
    pub dead_tokens: u64,
}

/// One poll of a device.
#[derive(Clone, Debug, Serialize)]
pub struct Poll {
    pub user_code: String,
    /// By the server's clock
    pub at_ms: i64,
    /// `ok`, or the code of the refusal as RFC 8628 has it
    pub answer: String,
}

impl OauthCounts {
    /// How often the refresh token that came most often came.
    pub fn most_posts_per_refresh_token(&self) -> u64 {
        self.refresh_posts.values().copied().max().unwrap_or(0)
    }

    pub(crate) fn add(&mut self, other: &OauthCounts) {
        let OauthCounts {
            authorizations,
            approvals,
            denials,
            grants,
            codes_exchanged,
            refreshes,
            refresh_posts,
            refused,
            families,
            families_revoked,
            revoke_calls,
            revocations,
            introspections,
            device_codes,
            device_polls,
            identity_calls,
            dead_tokens,
        } = other;
        for (sum, part) in [
            (&mut self.authorizations, authorizations),
            (&mut self.approvals, approvals),
            (&mut self.denials, denials),
            (&mut self.codes_exchanged, codes_exchanged),
            (&mut self.refreshes, refreshes),
            (&mut self.families, families),
            (&mut self.families_revoked, families_revoked),
            (&mut self.revoke_calls, revoke_calls),
            (&mut self.revocations, revocations),
            (&mut self.introspections, introspections),
            (&mut self.device_codes, device_codes),
            (&mut self.identity_calls, identity_calls),
            (&mut self.dead_tokens, dead_tokens),
        ] {
            *sum += part;
        }
        for (sum, part) in
            [(&mut self.grants, grants), (&mut self.refresh_posts, refresh_posts), (&mut self.refused, refused)]
        {
            for (key, count) in part {
                *sum.entry(key.clone()).or_default() += count;
            }
        }
        self.device_polls.extend(device_polls.iter().cloned());
    }
}

/// Enough of a hash to tell tokens apart, and nothing of the token.
pub(crate) fn fingerprint(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

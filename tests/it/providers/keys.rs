//! A friendly look at a key: it warns, and refuses nothing.

use appctl::base::Secret;
use appctl::http::Auth;
use appctl::providers::Site;

use super::provider;

fn advice(id: &str, key: &str) -> Option<String> {
    let said = provider(id).key_advice(&Secret::new(key));
    if let Some(said) = &said {
        let rest = key.get(12..).filter(|rest| rest.len() > 8);
        assert!(rest.is_none_or(|rest| !said.contains(rest)), "the key is in the advice: {said}");
    }
    said
}

#[test]
fn the_right_kind_of_key_needs_no_words() {
    for (id, key) in [
        ("stripe", "rk_live_51HCanaryCanary"),
        ("stripe", "rk_test_51HCanaryCanary"),
        ("stripe", "sk_test_51HCanaryCanary"),
        ("hubspot", "pat-eu1-11111111-2222-3333-4444-555555555555"),
        ("airtable", "patCanary.0123456789abcdef"),
        ("github", "ghp_CanaryCanaryCanaryCanary"),
        ("github", "github_pat_CanaryCanaryCanary"),
        ("slack", "xoxb-1234-5678-Canary"),
        ("slack", "xoxp-1234-5678-Canary"),
        ("notion", "ntn_CanaryCanaryCanary"),
        ("notion", "secret_CanaryCanaryCanary"),
    ] {
        assert_eq!(advice(id, key), None, "{id}");
    }
}

#[test]
fn a_wrong_kind_of_key_is_named() {
    for (id, key, words) in [
        ("stripe", "sk_live_51HCanaryCanary", "this looks like a secret key: it may do everything"),
        ("stripe", "pk_live_51HCanaryCanary", "this looks like a publishable key: it cannot read anything"),
        ("stripe", "whsec_CanaryCanary", "this looks like a webhook's signing secret"),
        ("airtable", "keyCanaryCanary12", "this looks like an API key of the old kind"),
        ("github", "ghr_CanaryCanaryCanary", "this looks like a refresh token"),
        ("github", "ghs_CanaryCanaryCanary", "it ends after an hour"),
        ("slack", "xapp-1-CanaryCanary", "this looks like an app's own token"),
        ("slack", "xoxe.xoxp-1-Canary", "this looks like a token that is rotated"),
        ("slack", "https://hooks.slack.com/services/T0/B0/Canary", "this looks like a webhook's address"),
        ("google", "AIzaCanaryCanaryCanary", "this looks like an API key"),
        ("google", "{\"type\":\"service_account\"}", "use `--method service-account`"),
    ] {
        let said = advice(id, key).unwrap_or_default();
        assert!(said.contains(words), "{id}: {said}");
    }
}

#[test]
fn the_key_of_another_vendor_is_recognised() {
    assert_eq!(advice("stripe", "xoxb-1234-Canary").unwrap(), "this looks like a key of Slack, not of Stripe");
    assert_eq!(advice("github", "pat-eu1-Canary-1111").unwrap(), "this looks like a key of HubSpot, not of GitHub");
    assert_eq!(advice("hubspot", "ghp_CanaryCanary").unwrap(), "this looks like a key of GitHub, not of HubSpot");
}

#[test]
fn a_kind_that_nobody_knows_is_tried_all_the_same() {
    assert_eq!(
        advice("github", "ghz_something_new").unwrap(),
        "GitHub's keys usually begin with `github_pat_…` or `ghp_…` or `gho_…`; this one does not, and is tried all the same"
    );
    assert_eq!(advice("custom", "whatever"), None);
    assert_eq!(advice("postgres", "correct horse battery staple"), None);
}

#[test]
fn what_was_copied_with_the_key_is_noticed() {
    assert!(advice("github", " ghp_CanaryCanary\n").unwrap().contains("blanks or a line break"));
    assert!(advice("github", "Bearer ghp_CanaryCanary").unwrap().contains("give the key alone"));
    assert!(advice("github", "\"ghp_CanaryCanary\"").unwrap().contains("give the key alone"));
}

#[test]
fn keys_are_sent_as_each_vendor_wants_them() {
    let auth = |id: &str| provider(id).auth(Secret::new("canary"), &Site::default());
    for id in ["airtable", "github", "google", "hubspot", "notion", "slack"] {
        assert!(matches!(auth(id), Ok(Auth::Bearer(secret)) if secret.expose() == "canary"), "{id}");
    }
    let Ok(Auth::Basic { user, password }) = auth("stripe") else { panic!("Stripe's key is a user's name") };
    assert_eq!((user.as_str(), password.expose()), ("canary", ""));
    let error = auth("salesforce").unwrap_err();
    assert_eq!(error.message, "Salesforce takes no key");
}

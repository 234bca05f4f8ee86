//! A sign-in that comes back to a page of the person's own: nothing is heard of it here until somebody pastes where the
//! browser ended, and nothing of a paste is believed that is not at that very page (F43).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use appctl::base::Kind;
use appctl::oauth::code::{Callback, Code, Flow};
use appctl::oauth::{Client, Failure, Server};
use url::Url;

use crate::support::authority::{client, form, http, public_client, says, server};
use crate::support::wire::Wire;

const PAGE: &str = "https://acme.example/callback";
const ISSUER: &str = "https://issuer.example/tenant";

fn asked(flow: &Flow, name: &str) -> Option<String> {
    flow.url().query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

fn begun(sends_issuer: bool) -> Flow {
    let server = Server {
        authorize: Some("https://issuer.example/authorize".parse().unwrap()),
        issuer: Some(ISSUER.to_owned()),
        sends_issuer,
        ..Server::new("https://issuer.example/token".parse().unwrap())
    };
    Flow::begin(&server, &client(), &[], PAGE).unwrap()
}

/// What comes of this paste; `STATE` and `ISS` stand for the right ones.
fn pasted(flow: &mut Flow, text: &str) -> Result<Code, String> {
    let iss: String = url::form_urlencoded::byte_serialize(ISSUER.as_bytes()).collect();
    let text = text.replace("STATE", &asked(flow, "state").unwrap()).replace("ISS", &iss);
    let address = flow.pasted(&text).map_err(|error| error.message)?;
    flow.accept(&address).map_err(|outcome| match outcome {
        Callback::Foreign(why) => why.to_owned(),
        Callback::Denied(failure) => panic!("{text}: {failure:?}"),
    })
}

#[tokio::test]
async fn the_page_is_sent_letter_by_letter_as_it_is_registered() {
    for page in ["https://acme.example", "https://ACME.example:443/CallBack", "https://acme.example/a%2fb/"] {
        let wire = Wire::new(vec![says(200, r#"{"access_token":"a"}"#)]);
        let server = server(&wire);
        let mut flow = Flow::begin(&server, &client(), &[], page).unwrap();
        assert_eq!(asked(&flow, "redirect_uri").unwrap(), page);
        // Browsers show it in their own way.
        let ended = Url::parse(&format!("{page}?code=c&state={}", asked(&flow, "state").unwrap())).unwrap();
        let address = flow.pasted(ended.as_str()).unwrap();
        let code = flow.accept(&address).unwrap();
        flow.exchange(&http(), &server, &client(), code).await.unwrap();
        assert_eq!(form(&wire.heard()[0])["redirect_uri"], page);
    }
    let error = Flow::begin(&server(&Wire::new(vec![says(200, "")])), &client(), &[], "acme.example").unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
}

#[test]
fn nothing_of_a_wrong_paste_is_believed_and_the_right_one_is_taken_after_it() {
    let long = format!("{PAGE}?state=STATE&code={}", "x".repeat(1 << 20));
    for (wrong, why) in [
        ("http://acme.example/callback?code=c&state=STATE&iss=ISS", "not at the address"),
        ("https://evil.example/callback?code=c&state=STATE&iss=ISS", "not at the address"),
        ("https://acme.example.evil.example/callback?code=c&state=STATE", "not at the address"),
        ("https://www.acme.example/callback?code=c&state=STATE", "not at the address"),
        ("https://acme.example:8443/callback?code=c&state=STATE", "not at the address"),
        ("https://acme.example@evil.example/callback?code=c&state=STATE", "not at the address"),
        ("https://acme.example/callback/?code=c&state=STATE", "not at the address"),
        ("https://acme.example/Callback?code=c&state=STATE", "not at the address"),
        ("https://acme.example/?code=c&state=STATE", "not at the address"),
        ("https://acme.example/callback/../other?code=c&state=STATE", "not at the address"),
        ("https://evil.example/?next=https://acme.example/callback?code=c&state=STATE", "not at the address"),
        ("http://localhost:17871/callback?code=c&state=STATE", "not at the address"),
        ("http://127.0.0.1/callback?code=c&state=STATE", "not at the address"),
        ("evil.example/callback?code=c&state=STATE", "not at the address"),
        ("myapp://acme.example/callback?code=c&state=STATE", "not the address that the browser"),
        ("https://acme.example/callback?code=c", "not the address that the browser"),
        ("https://acme.example/callback#code=c&state=STATE", "no state"),
        ("https://acme.example/callback?code=c&state=&iss=ISS", "state is not the one"),
        ("https://acme.example/callback?code=c&state=other&iss=ISS", "state is not the one"),
        ("https://acme.example/callback?code=c&state=STATEx&iss=ISS", "state is not the one"),
        ("https://acme.example/callback?code=c&state=STATE&state=STATE&iss=ISS", "something twice"),
        ("https://acme.example/callback?code=c&code=d&state=STATE&iss=ISS", "something twice"),
        ("https://acme.example/callback?code=c&error=access_denied&state=STATE&iss=ISS", "both a code and an error"),
        ("https://acme.example/callback?state=STATE&iss=ISS", "neither a code nor an error"),
        ("https://acme.example/callback?code=&state=STATE&iss=ISS", "neither a code nor an error"),
        ("https://acme.example/callback?code=c&state=STATE", "does not say which server"),
        ("https://acme.example/callback?code=c&state=STATE&iss=ISS/", "comes from another server"),
        ("https://acme.example/callback?error=access_denied&state=STATE&iss=https://evil.example", "another server"),
        ("what?", "not the address that the browser"),
        ("", "not the address that the browser"),
        (long.as_str(), "does not say which server"),
    ] {
        let mut flow = begun(true);
        let refused = pasted(&mut flow, wrong).unwrap_err();
        assert!(refused.contains(why), "{wrong:.100}: {refused}");
        pasted(&mut flow, "acme.example/callback?code=c&state=STATE&iss=ISS").unwrap();
        let again = pasted(&mut flow, "https://acme.example/callback?code=c&state=STATE&iss=ISS").unwrap_err();
        assert_eq!(again, "this sign-in was answered already");
    }
}

#[test]
fn a_refusal_that_comes_back_to_the_page_ends_the_sign_in() {
    let mut flow = begun(false);
    let state = asked(&flow, "state").unwrap();
    let address = flow.pasted(&format!("{PAGE}?error=access_denied&state={state}")).unwrap();
    let Err(Callback::Denied(Failure::Refused { code, .. })) = flow.accept(&address) else {
        panic!("it is a refusal");
    };
    assert_eq!(code, "access_denied");
    assert!(matches!(flow.accept(&address), Err(Callback::Foreign("this sign-in was answered already"))));
}

#[tokio::test]
async fn where_a_challenge_is_for_public_clients_alone_a_secret_takes_its_place() {
    let wire = Wire::new(vec![says(200, r#"{"access_token":"a"}"#)]);
    let server = Server { challenge_beside_secret: false, ..server(&wire) };
    let challenge = |client: &Client| asked(&Flow::begin(&server, client, &[], PAGE).unwrap(), "code_challenge");
    assert_eq!(challenge(&client()), None);
    assert!(challenge(&public_client()).is_some());
    let mut flow = Flow::begin(&server, &client(), &[], PAGE).unwrap();
    let code = flow.accept(&flow.pasted(&format!("{PAGE}?code=c&state={}", asked(&flow, "state").unwrap())).unwrap());
    flow.exchange(&http(), &server, &client(), code.unwrap()).await.unwrap();
    assert!(!form(&wire.heard()[0]).contains_key("code_verifier"));
}

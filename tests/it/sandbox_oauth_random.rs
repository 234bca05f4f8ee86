//! Random lives of tokens in the sandbox against a second, plainer idea of the rules: whichever tokens are used in
//! whichever order, both must say the same of every one. `APPCTL_TEST_DEEP` plays more of them; a failure names its
//! seed.

use std::time::Duration;

use appctl::sandbox::{Rotation, Rules, Sandbox};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::postgres::{is_deep, variable};
use crate::support::sandbox::sandbox;
use crate::support::signin::{Signin, text};

/// What is remembered of a token, by the order in which things happened to it.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    family: usize,
    born: i64,
    used: i64,
    spent: Option<i64>,
    dead: bool,
}

#[derive(Clone, Debug)]
struct Law {
    lifetime: i64,
    rotation: Rotation,
    grace: i64,
    idle: Option<i64>,
    age: Option<i64>,
    kills: bool,
}

impl Law {
    fn draw(dice: &mut StdRng) -> Law {
        let maybe = |dice: &mut StdRng, most: i64| dice.random_bool(0.5).then(|| dice.random_range(1..=most));
        Law {
            lifetime: dice.random_range(1..=100),
            rotation: [Rotation::Stable, Rotation::Rotates, Rotation::Strict][dice.random_range(0..3)],
            grace: maybe(dice, 60).unwrap_or(0),
            idle: maybe(dice, 200),
            age: maybe(dice, 400),
            kills: dice.random_bool(0.3),
        }
    }

    fn put(&self, rules: &mut Rules) {
        rules.lifetime = Some(self.lifetime as u64);
        rules.rotation = self.rotation;
        rules.grace = self.grace as u64;
        rules.idle = self.idle.map(|seconds| seconds as u64);
        rules.refresh_lifetime = self.age.map(|seconds| seconds as u64);
        rules.kills_access = self.kills;
    }
}

#[derive(Default)]
struct World {
    now: i64,
    /// Whether each consent lives
    families: Vec<bool>,
    access: Vec<Token>,
    refresh: Vec<Token>,
    ended_by_reuse: u64,
}

impl World {
    fn opens(&self, at: usize, law: &Law) -> bool {
        let token = &self.access[at];
        self.families[token.family] && !token.dead && self.now < token.born + law.lifetime
    }

    /// Whether a refresh with this token is carried out, and what that does to the others.
    fn refresh(&mut self, at: usize, law: &Law) -> bool {
        let token = self.refresh[at].clone();
        let idle = law.idle.is_some_and(|idle| self.now >= token.used + idle);
        let old = law.age.is_some_and(|age| self.now >= token.born + age);
        if !self.families[token.family] || idle || old {
            return false;
        }
        // Without a grace a second use is one even in the same moment.
        if token.spent.is_some_and(|spent| law.grace == 0 || self.now > spent + law.grace) {
            if law.rotation == Rotation::Strict {
                self.families[token.family] = false;
                self.ended_by_reuse += 1;
            }
            return false;
        }
        if law.kills {
            self.access.iter_mut().filter(|other| other.family == token.family).for_each(|other| other.dead = true);
        }
        match law.rotation {
            Rotation::Stable => self.refresh[at].used = self.now,
            _ => self.refresh[at].spent = self.refresh[at].spent.or(Some(self.now)),
        }
        true
    }

    fn keep(&mut self, family: usize, access: String, refresh: Option<String>) {
        let token = |text, now| Token { text, family, born: now, used: now, spent: None, dead: false };
        self.access.push(token(access, self.now));
        self.refresh.extend(refresh.map(|text| token(text, self.now)));
    }
}

#[tokio::test]
async fn tokens_live_and_die_as_a_second_reading_of_the_rules_says() {
    let lives = if is_deep() { 400 } else { 12 };
    let (sandbox, _) = sandbox(0, "").await;
    sandbox.clock().set(appctl::base::Timestamp::parse("2026-11-24T06:00:00Z").unwrap());
    for _ in 0..lives {
        let seed = variable("APPCTL_TEST_SEED").map_or_else(rand::random, |seed| seed.parse().unwrap());
        println!("seed {seed}");
        live(&sandbox, seed).await;
    }
}

async fn live(sandbox: &Sandbox, seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let law = Law::draw(&mut dice);
    let oauth = sandbox.oauth();
    oauth.change_rules("oidc", |rules| law.put(rules)).unwrap();
    oauth.revoke("oidc", "").unwrap();
    oauth.reset_counts("oidc").unwrap();
    let mut signin = Signin::of(sandbox);
    let mut world = World::default();
    for step in 0..60 {
        let said = format!("seed {seed}, step {step}, {law:?}");
        match dice.random_range(0..10) {
            0 | 1 => {
                let minted = oauth.mint("oidc", "ada@example.com", &["openid"]).unwrap();
                world.families.push(true);
                let refresh = minted.refresh.map(|refresh| refresh.expose().to_owned());
                world.keep(world.families.len() - 1, minted.access.expose().to_owned(), refresh);
            }
            2 | 3 => {
                let seconds: i64 = dice.random_range(0..40);
                sandbox.clock().advance(Duration::from_secs(seconds as u64));
                world.now += seconds;
            }
            4 if !world.refresh.is_empty() && dice.random_bool(0.3) => {
                let at = dice.random_range(0..world.refresh.len());
                let token = world.refresh[at].clone();
                assert_eq!(signin.token("/oidc/revoke", &[("token", &token.text)]).await.status, 200, "{said}");
                world.families[token.family] = false;
            }
            5..=7 if !world.refresh.is_empty() => {
                // The newest ones are those that programs use; the others are what goes wrong.
                let most = world.refresh.len();
                let newest = most - 1 - dice.random_range(0..most.min(2));
                let at = if dice.random_bool(0.6) { newest } else { dice.random_range(0..most) };
                let expected = world.refresh(at, &law);
                let answer = signin.refresh("/oidc/token", &world.refresh[at].text.clone()).await;
                assert_eq!(answer.status == 200, expected, "{said}: {:?}", world.refresh[at]);
                let body = answer.json();
                if expected {
                    let next = body["refresh_token"].as_str().map(str::to_owned);
                    assert_eq!(next.is_some(), law.rotation != Rotation::Stable, "{said}");
                    world.keep(world.refresh[at].family, text(&body, "access_token"), next);
                } else {
                    assert_eq!(body["error"], "invalid_grant", "{said}");
                }
            }
            _ if !world.access.is_empty() => {
                let at = dice.random_range(0..world.access.len());
                let token = world.access[at].text.clone();
                let opens = signin.ask("/oidc/userinfo", &token).await.status == 200;
                assert_eq!(opens, world.opens(at, &law), "{said}: {:?}", world.access[at]);
            }
            _ => {}
        }
    }
    let seen = oauth.counts("oidc").unwrap();
    let living = world.families.iter().filter(|lives| **lives).count() as u64;
    assert_eq!((seen.families, seen.families_revoked), (living, world.ended_by_reuse), "seed {seed}, {law:?}");
}

//! Which account is meant, against an oracle that was written from the rule's words.

use appctl::accounts::{self, Account, Identity, Method, Sharing};
use appctl::app::App;
use appctl::base::{Clock, Kind, Label, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::accounts::seed;

/// `acme` and `beta` are custom APIs.
const PRODUCTS: [&str; 4] = ["github", "slack", "acme", "beta"];

fn account(number: usize, product: &str, sharing: Sharing, owner: &str, default: bool) -> Account {
    let is_custom = matches!(product, "acme" | "beta");
    Account {
        label: Label::parse(&format!("a{number}")).unwrap(),
        provider: if is_custom { "custom" } else { product }.to_owned(),
        id: format!("{number:016x}"),
        identity: Identity { id: number.to_string(), name: format!("nr {number}") },
        endpoint: None,
        settings: is_custom.then(|| ("name".to_owned(), product.to_owned())).into_iter().collect(),
        sharing,
        owner: owner.to_owned(),
        method: Method::Token,
        scopes: Vec::new(),
        refused: Vec::new(),
        client: None,
        default,
        on_its_own: true,
        created: Timestamp(0),
        authorised: Timestamp(0),
    }
}

fn any_account() -> impl Strategy<Value = (usize, bool, u8, bool)> {
    (0..PRODUCTS.len(), any::<bool>(), 0..3_u8, any::<bool>())
}

const OWNERS: [&str; 3] = ["ada", "bob", ""];

proptest! {
    #![proptest_config(ProptestConfig { cases: if crate::support::postgres::is_deep() { 2000 } else { 60 }, rng_seed: RngSeed::Fixed(seed()), ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_given_an_account_that_is_not_theirs_or_was_guessed(
        made in proptest::collection::vec(any_account(), 0..6),
        chosen in proptest::collection::vec((0..6_usize, any::<bool>()), 0..4),
    ) {
        let mut app = App::temporary(Clock::fixed(Timestamp(0))).unwrap();
        let all: Vec<Account> = made.iter().enumerate().map(|(number, (product, team, owner, default))| {
            let sharing = if *team { Sharing::Team } else { Sharing::Private };
            account(number, PRODUCTS[*product], sharing, OWNERS[usize::from(*owner)], *default)
        }).collect();
        app.store.change(&app.person(), "x", |change| all.iter().try_for_each(|one| accounts::put(change, one))).unwrap();
        for (number, as_bob) in chosen {
            app.config.user = if as_bob { "bob" } else { "ada" }.to_owned();
            let label = Label::parse(&format!("a{number}")).unwrap();
            if let Ok(account) = accounts::set_default(&app, &label) {
                prop_assert_eq!(accounts::pick(&app, account.product(), None).unwrap().label, label,
                    "what somebody has just chosen is what they get");
            }
        }
        for user in ["ada", "bob"] {
            app.config.user = user.to_owned();
            let visible = accounts::list(&app).unwrap();
            for one in &visible {
                prop_assert!(one.sharing == Sharing::Team || one.owner.is_empty() || one.owner == user);
            }
            for product in PRODUCTS {
                let mine: Vec<_> = visible.iter().filter(|one| one.product() == product).collect();
                let own: Vec<_> = mine.iter().filter(|one| one.default && one.sharing == Sharing::Private).collect();
                let team: Vec<_> = mine.iter().filter(|one| one.default && one.sharing == Sharing::Team).collect();
                let expected = match (mine.as_slice(), own.as_slice(), team.as_slice()) {
                    ([], _, _) => Err(Kind::NotFound),
                    ([only], _, _) => Ok(only.label.clone()),
                    (_, [one], _) => Ok(one.label.clone()),
                    (_, [], [one]) => Ok(one.label.clone()),
                    _ => Err(Kind::Usage),
                };
                let picked = accounts::pick(&app, product, None);
                if matches!(product, "acme" | "beta") && mine.is_empty() {
                    // An API without an account is no word that anybody knows.
                    prop_assert_eq!(picked.unwrap_err().kind, Kind::NotFound);
                    continue;
                }
                if let Err(error) = &picked {
                    for hidden in accounts_of_others(&all, user) {
                        prop_assert!(!error.message.contains(&format!("`{hidden}`")), "{}", error.message);
                    }
                }
                prop_assert_eq!(picked.map(|one| one.label).map_err(|error| error.kind), expected);
            }
        }
    }
}

fn accounts_of_others<'a>(all: &'a [Account], user: &'a str) -> impl Iterator<Item = &'a Label> {
    let hidden = move |one: &&Account| one.sharing == Sharing::Private && !one.owner.is_empty() && one.owner != user;
    all.iter().filter(hidden).map(|one| &one.label)
}

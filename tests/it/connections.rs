//! `appctl connections` as a person and a script meet it: what it says, prints and exits with.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::seed;

/// A home with connection `crm`, which cannot be reached.
fn with_crm() -> Home {
    let home = Home::new();
    seed::crm(&home);
    home
}

#[test]
fn an_empty_app_says_how_to_begin() {
    let home = Home::new();
    assert_data_eq!(
        home.run("connections list"),
        str![[r#"

[status 0]
[stderr]
there are no connections yet; add one with `appctl connections add`

"#]]
    );
    assert_data_eq!(
        home.run("connections status"),
        str![[r#"

[status 0]
[stderr]
there are no connections yet; add one with `appctl connections add`

"#]]
    );
    assert_data_eq!(
        home.run("connections sync --all"),
        str![[r#"

[status 0]
[stderr]
there are no connections yet; add one with `appctl connections add`

"#]]
    );
    assert_data_eq!(
        home.run("connections list --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
    assert_data_eq!(
        home.run("connections status --check --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
    assert_data_eq!(
        home.run("connections run --once"),
        str![[r#"

[status 0]

"#]]
    );
}

#[test]
fn a_connection_that_does_not_exist() {
    let home = Home::new();
    for verb in [
        "show nope",
        "edit nope --set a=b",
        "test nope",
        "preview nope --object a",
        "plan nope",
        "sync nope",
        "status nope",
        "history nope",
        "schedule nope --every 15m",
        "schedule nope",
        "pause nope",
        "resume nope",
        "reauth nope",
        "undo nope",
        "remove nope --yes",
    ] {
        let ran = home.run_with(None, &[], &format!("connections {verb}"));
        assert_eq!(ran.status, 3, "{verb}: {ran}");
        assert_eq!(ran.stderr, "error: no connection is named `nope`\nhint: see `appctl connections list`\n", "{verb}");
    }
    assert_data_eq!(
        home.run("connections discover nope"),
        str![[r#"

[status 3]
[stderr]
error: no connection and no source is named `nope`
hint: see `appctl connections list`; the sources are hubspot, postgres

"#]]
    );
}

#[test]
fn adding_with_something_missing_names_the_flag() {
    let home = Home::new();
    assert_data_eq!(
        home.run("connections add"),
        str![[r#"

[status 2]
[stderr]
error: source is missing
hint: give it with `appctl connections add SOURCE`

"#]]
    );
    assert_data_eq!(
        home.run("connections add sugarcrm"),
        str![[r#"

[status 3]
[stderr]
error: no source is called `sugarcrm`
hint: use one of hubspot, postgres

"#]]
    );
    assert_data_eq!(
        home.run("connections add hubspot --object contacts"),
        str![[r#"

[status 2]
[stderr]
error: HubSpot needs a service key
hint: give it with `--token-stdin` or `--token-file FILE`, or set `APPCTL_TOKEN_HUBSPOT`; make one at https://app.hubspot.com

"#]]
    );
    assert_data_eq!(
        home.run("connections add postgres --object public.orders"),
        str![[r#"

[status 2]
[stderr]
error: PostgreSQL needs the setting `url`: postgresql://user@host:port/database?sslmode=verify-full, without the password (sslmode as in libpq: disable, allow, prefer, require, verify-ca, verify-full; sslrootcert=FILE)
hint: add `--set url=VALUE`

"#]]
    );
    assert_data_eq!(
        home.run("connections add hubspot --name CRM"),
        str![[r#"

[status 2]
[stderr]
error: `--name`: connection name `CRM` cannot be used
hint: use lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 64

"#]]
    );
}

#[test]
fn adding_with_something_wrong_says_what() {
    let home = Home::new();
    let token = [("APPCTL_TOKEN_HUBSPOT", "pat-1")];
    let run =
        |arguments: &str| home.run_with(None, &token, &format!("connections add hubspot {arguments}")).to_string();
    assert_data_eq!(
        run("--field email"),
        str![[r#"

[status 2]
[stderr]
error: `--field`: `email` names no object and column
hint: for example `contacts.email` or `contacts.email=mail`

"#]]
    );
    assert_data_eq!(
        run("--where \"stage = 'won'\" --object contacts --since yesterday"),
        str![[r#"

[status 2]
[stderr]
error: `--since`: `yesterday` is no date or time
hint: for example `2026-01-31` or `[TIME]`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --every 10s"),
        str![[r#"

[status 2]
[stderr]
error: `10s` is shorter than a minute
hint: use `1m` or longer

"#]]
    );
    assert_data_eq!(
        run("--object contacts --cron 'every day'"),
        str![[r#"

[status 2]
[stderr]
error: `every day` is no cron line: Invalid pattern: Pattern must have between 5 and 7 fields.
hint: for example `0 6 * * 1-5`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --cron '0 6 * * *' --zone Mars/Base"),
        str![[r#"

[status 2]
[stderr]
error: `Mars/Base` is no time zone
hint: for example `Europe/Berlin`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --zone Europe/Berlin"),
        str![[r#"

[status 2]
[stderr]
error: `--cron` is missing
hint: see `appctl connections add --help`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --every 15m --cron '0 6 * * *'"),
        str![[r#"

[status 2]
[stderr]
error: `--every` and `--cron` cannot be used together
hint: see `appctl connections add --help`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --set speed=high"),
        str![[r#"

[status 2]
[stderr]
error: HubSpot has no setting `speed`
hint: it has archived_every, reconcile_every, calculated_every, associations_every, max_time

"#]]
    );
    assert_data_eq!(
        run("--object contacts --endpoint http://api.example.com"),
        str![[r#"

[status 2]
[stderr]
error: `http://api.example.com/` is not encrypted; http is for this machine only
hint: give `--endpoint https://HOST`

"#]]
    );
    assert_data_eq!(
        run("--object contacts --token VALUE"),
        str![[r#"

[status 2]
[stderr]
error: `appctl connections add` has no option `--token`
hint: did you mean `--token-file`? see `appctl connections add --help`

"#]]
    );
    assert_data_eq!(
        run("--object =people"),
        str![[r#"

[status 2]
[stderr]
error: `--object`: `=people` names no object
hint: for example `--object contacts=people`

"#]]
    );
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    let ran = Home::new().run_with(
        None,
        &[],
        "connections add postgres --set url=postgresql://ada:hunter2@db/shop --object a",
    );
    assert!(!ran.to_string().contains("hunter2"), "{ran}");
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 2]
[stderr]
error: `--set`: `url` holds a password, which other processes could read
hint: leave it out of the address and give it with `--token-stdin`, `--token-file FILE` or in the environment

"#]]
    );
}

#[test]
fn tokens_come_over_stdin_or_from_a_private_file_only() {
    let home = Home::new();
    let add = "connections add hubspot --object contacts --endpoint http://127.0.0.1:9";
    assert_data_eq!(
        home.run_with(Some(""), &[], &format!("{add} --token-stdin")).to_string(),
        str![[r#"

[status 2]
[stderr]
error: the token is empty
hint: check what is piped in: `printf %s "$TOKEN" | appctl …`

"#]]
    );
    assert_data_eq!(
        home.run_with(Some("two\nlines"), &[], &format!("{add} --token-stdin")).to_string(),
        str![[r#"

[status 2]
[stderr]
error: the token has more than one line
hint: give the token alone

"#]]
    );
    assert_data_eq!(
        home.run(&format!("{add} --token-file missing")),
        str![[r#"

[status 3]
[stderr]
error: reading `missing`: No such file or directory (os error 2)

"#]]
    );
    std::fs::write(home.path().join("token"), "pat-canary\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(home.path().join("token"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_data_eq!(
            home.run(&format!("{add} --token-file token")),
            str![[r#"

[status 5]
[stderr]
error: `token` can be read by others (0644)
hint: run `chmod 600 token` and make a new token if somebody may have read it

"#]]
        );
    }
    assert_data_eq!(
        home.run(&format!("{add} --token-file token --token-stdin")),
        str![[r#"

[status 2]
[stderr]
error: `--token-file` and `--token-stdin` cannot be used together
hint: see `appctl connections add --help`

"#]]
    );
}

#[test]
fn a_connection_is_listed_and_shown() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections list"),
        str![[r#"

[status 0]
[stdout]
connection  source   account  endpoint             tables               schedule
crm         hubspot  crm      http://127.0.0.1:9/  contacts, companies  by hand

"#]]
    );
    assert_data_eq!(
        home.run("connections list --json"),
        str![[r#"

[status 0]
[stdout]
[{"connection":"crm","source":"hubspot","account":"crm","endpoint":"http://127.0.0.1:9/","objects":["contacts","companies"],"tables":["contacts","companies"],"schedule":null,"paused":false,"created":"[TIME]"}]

"#]]
    );
    assert_data_eq!(
        home.run("connections show crm"),
        str![[r#"

[status 0]
[stdout]
connection  crm
source      hubspot
account     crm (portal 1234)
endpoint    http://127.0.0.1:9/
schedule    by hand

object     table      key  cursor  filter                                            fields
contacts   contacts   id           lifecyclestage = 'customer' (runs at the source)  id, email=mail
companies  companies  id                                                             id, domain

"#]]
    );
    assert_data_eq!(
        home.run("connections show crm --json"),
        str![[r#"

[status 0]
[stdout]
{"connection":"crm","source":"hubspot","account":"crm","identity":"portal 1234","endpoint":"http://127.0.0.1:9/","settings":{},"schedule":null,"paused":false,"created":"[TIME]","objects":[{"object":"contacts","table":"contacts","key":["id"],"cursor":null,"filter":"lifecyclestage = 'customer'","filter_runs":"source","filter_moves":false,"since":null,"auto_fields":false,"fields":[{"column":"id","field":"id"},{"column":"email","field":"mail"}],"left_out":["phone"]},{"object":"companies","table":"companies","key":["id"],"cursor":null,"filter":null,"filter_runs":null,"filter_moves":false,"since":null,"auto_fields":false,"fields":[{"column":"id","field":"id"},{"column":"domain","field":"domain"}],"left_out":["phone"]}]}

"#]]
    );
    assert_data_eq!(
        home.run("connections show crm -o csv"),
        str![[r#"

[status 0]
[stdout]
object,table,key,cursor,filter,fields
contacts,contacts,id,,lifecyclestage = 'customer' (runs at the source),"id, email=mail"
companies,companies,id,,,"id, domain"

"#]]
    );
    assert_data_eq!(
        home.run("connections show crm --jq '.objects[].table'"),
        str![[r#"

[status 0]
[stdout]
contacts
companies

"#]]
    );
}

#[test]
fn a_connection_that_never_ran() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections status"),
        str![[r#"

[status 0]
[stdout]
connection  source   status        fresh  next run  new  changed  removed  calls  trouble  fix
crm         hubspot  never synced                     0        0        0      0           appctl connections sync crm

"#]]
    );
    assert_data_eq!(
        home.run("connections status crm --json"),
        str![[r#"

[status 0]
[stdout]
[{"connection":"crm","source":"hubspot","status":"never synced","freshness":null,"next_run":null,"last_error":null,"account":"crm","endpoint":"http://127.0.0.1:9/","schedule":null,"inserted":0,"updated":0,"deleted":0,"calls":0,"interrupted":null,"fix":"appctl connections sync crm","objects":[{"object":"contacts","table":"contacts","status":"never synced","freshness":null,"rows":null,"drift":{"new":[],"gone":[],"retyped":[]},"last_error":null},{"object":"companies","table":"companies","status":"never synced","freshness":null,"rows":null,"drift":{"new":[],"gone":[],"retyped":[]},"last_error":null}]}]

"#]]
    );
    assert_data_eq!(
        home.run("connections status --check"),
        str![[r#"

[status 1]
[stdout]
connection  source   status        fresh  next run  new  changed  removed  calls  trouble  fix
crm         hubspot  never synced                     0        0        0      0           appctl connections sync crm
[stderr]
error: `crm` was never synced
hint: run `appctl connections sync crm`

"#]]
    );
    assert_data_eq!(
        home.run("connections status --check --json --jq '.[].status'"),
        str![[r#"

[status 1]
[stdout]
never synced
[stderr]
{"error":{"kind":"failed","message":"`crm` was never synced","hint":"run `appctl connections sync crm`"}}

"#]]
    );
    assert_data_eq!(
        home.run("connections history crm"),
        str![[r#"

[status 0]
[stderr]
`crm` has not run yet; run `appctl connections sync crm`

"#]]
    );
    assert_data_eq!(
        home.run("connections history crm --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
    assert_data_eq!(
        home.run("connections undo crm"),
        str![[r#"

[status 3]
[stderr]
error: connection `crm` has no run to take back
hint: see `appctl connections history crm`

"#]]
    );
}

#[test]
fn a_schedule_is_set_shown_paused_and_taken_away() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections schedule crm"),
        str![[r#"

[status 0]
[stdout]
connection  crm
schedule    by hand
paused      no
next run

"#]]
    );
    assert_data_eq!(
        home.run("connections schedule crm --every 15m"),
        str![[r#"

[status 0]
[stdout]
connection  crm
schedule    every 15m
paused      no
next run    [TIME]
[stderr]
`crm` runs every 15m, as long as `appctl connections run` or a timer (`appctl connections install-timer`) is there

"#]]
    );
    assert_data_eq!(
        home.run("connections schedule crm --cron '0 6 * * 1-5' --zone Europe/Berlin --json --jq .schedule"),
        str![[r#"

[status 0]
[stdout]
0 6 * * 1-5 Europe/Berlin

"#]]
    );
    assert_data_eq!(
        home.run("connections pause crm"),
        str![[r#"

[status 0]
[stderr]
`crm` is paused; its schedule goes on with `appctl connections resume crm`

"#]]
    );
    assert_data_eq!(
        home.run("connections schedule crm --json"),
        str![[r#"

[status 0]
[stdout]
{"connection":"crm","schedule":"0 6 * * 1-5 Europe/Berlin","paused":true,"next_run":null}

"#]]
    );
    assert_data_eq!(
        home.run("connections status"),
        str![[r#"

[status 0]
[stdout]
connection  source   status  fresh  next run  new  changed  removed  calls  trouble  fix
crm         hubspot  paused                     0        0        0      0           appctl connections resume crm

"#]]
    );
    assert_data_eq!(
        home.run("connections resume crm"),
        str![[r#"

[status 0]
[stderr]
`crm` is resumed

"#]]
    );
    assert_data_eq!(
        home.run("connections schedule crm --off"),
        str![[r#"

[status 0]
[stdout]
connection  crm
schedule    by hand
paused      no
next run
[stderr]
`crm` runs by hand only

"#]]
    );
    assert_data_eq!(
        home.run("connections schedule crm --off --every 15m"),
        str![[r#"

[status 2]
[stderr]
error: `--off` and `--every` cannot be used together
hint: see `appctl connections schedule --help`

"#]]
    );
}

#[test]
fn a_missing_token_is_a_sign_in_with_the_variable_named() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections test crm"),
        str![[r#"

[status 4]
[stderr]
error: account `crm` has no service key here
hint: run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`

"#]]
    );
    assert_data_eq!(
        home.run("connections plan crm --json"),
        str![[r#"

[status 4]
[stderr]
{"error":{"kind":"sign_in","message":"account `crm` has no service key here","hint":"run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`"}}

"#]]
    );
    assert_data_eq!(
        home.run("connections reauth crm"),
        str![[r#"

[status 2]
[stderr]
error: HubSpot needs a new service key
hint: give it with `--token-stdin` or `--token-file FILE`, or set `APPCTL_TOKEN_CRM`

"#]]
    );
}

#[test]
fn a_sync_without_its_token_fails_and_is_remembered() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections sync crm"),
        str![[r#"

[status 4]
[stderr]
error: connection `crm` was not synced: account `crm` has no service key here
hint: run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`

"#]]
    );
    assert_data_eq!(
        home.run("connections sync crm --json --jq '.runs[0] | {status, error}'"),
        str![[r#"

[status 4]
[stdout]
{"status":"failed","error":{"kind":"sign_in","message":"account `crm` has no service key here","hint":"run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`"}}
[stderr]
{"error":{"kind":"sign_in","message":"connection `crm` was not synced: account `crm` has no service key here","hint":"run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`"}}

"#]]
    );
    assert_data_eq!(
        home.run("connections status --json --jq '.[0] | {status, last_error, fix}'"),
        str![[r#"

[status 0]
[stdout]
{"status":"needs re-auth","last_error":{"kind":"sign_in","message":"account `crm` has no service key here","hint":"run `appctl connections reauth crm`, or set `APPCTL_TOKEN_CRM`"},"fix":"appctl connections reauth crm"}

"#]]
    );
}

#[test]
fn what_cannot_be_combined() {
    let home = with_crm();
    for wrong in [
        "sync",
        "sync crm --all",
        "sync crm --plan --dry-run",
        "sync crm --max-calls many",
        "sync crm --max-time soon",
        "sync crm --max-time 0s",
        "sync crm --plan --max-time 5m",
        "status --watch --check",
        "status --interval 0",
        "plan",
        "edit",
        "preview crm --limit -1",
        "edit crm --auto-fields --no-auto-fields",
        "reauth crm --token-stdin --token-file x",
        "install-timer --with windows",
    ] {
        let ran = home.run_with(None, &[], &format!("connections {wrong}"));
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{wrong}: {ran}");
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert!(
            lines.len() == 2 && lines[0].starts_with("error: ") && lines[1].starts_with("hint: "),
            "{wrong}: {ran}"
        );
    }
    assert_data_eq!(
        home.run("connections sync"),
        str![[r#"

[status 2]
[stderr]
error: `NAME` is missing
hint: see `appctl connections sync --help`

"#]]
    );
    assert_data_eq!(
        home.run("connections edit crm"),
        str![[r#"

[status 2]
[stderr]
error: nothing was said to change
hint: see `appctl connections edit --help`

"#]]
    );
    assert_data_eq!(
        home.run("connections edit crm --key contacts=email"),
        str![[r#"

[status 2]
[stderr]
error: the key and the cursor of `contacts` are settled when it is added
hint: take it out with `--remove-object contacts` and add it again

"#]]
    );
    assert_data_eq!(
        home.run("connections edit crm --remove-field contacts.phone"),
        str![[r#"

[status 3]
[stderr]
error: `contacts` brings no column `phone`

"#]]
    );
    assert_data_eq!(
        home.run("connections edit crm --remove-field contacts.id"),
        str![[r#"

[status 2]
[stderr]
error: `id` is the key of `contacts` and cannot be left out

"#]]
    );
    assert_data_eq!(
        home.run("connections sync crm --object deals"),
        str![[r#"

[status 3]
[stderr]
error: connection `crm` has no object `deals`
hint: it brings contacts, companies; add one with `appctl connections edit crm --object deals`

"#]]
    );
    assert_data_eq!(
        home.run("connections preview crm"),
        str![[r#"

[status 2]
[stderr]
error: `--object` is missing
hint: use one of contacts, companies

"#]]
    );
}

#[test]
fn an_edit_that_needs_no_source() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections edit crm --remove-field contacts.email --remove-object companies --auto-fields"),
        str![[r#"

[status 0]
[stderr]
changed connection `crm`; the next `appctl connections sync crm` brings what is new

"#]]
    );
    assert_data_eq!(
        home.run("connections show crm"),
        str![[r#"

[status 0]
[stdout]
connection  crm
source      hubspot
account     crm (portal 1234)
endpoint    http://127.0.0.1:9/
schedule    by hand

object    table     key  cursor  filter                                            fields
contacts  contacts  id           lifecyclestage = 'customer' (runs at the source)  id

"#]]
    );
    assert_data_eq!(
        home.run("connections edit crm --remove-object contacts"),
        str![[r#"

[status 2]
[stderr]
error: a connection brings at least one object
hint: take it away with `appctl connections remove crm`

"#]]
    );
}

#[test]
fn removing_asks_first() {
    let home = with_crm();
    assert_data_eq!(
        home.run("connections remove crm"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Remove connection `crm` with all records of `contacts` and `companies`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("connections remove crm --keep-data --no-input"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Remove connection `crm` and keep `contacts` and `companies`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("connections remove crm --yes"),
        str![[r#"

[status 0]
[stderr]
removed connection `crm` with `contacts` and `companies`; `appctl log` has the operation to undo

"#]]
    );
    assert_data_eq!(
        home.run("connections list --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
}

#[test]
fn a_timer_is_shown_and_written() {
    let home = Home::new();
    let config = home.path().join("config");
    let variables = [("XDG_CONFIG_HOME", config.to_str().unwrap())];
    let run = |arguments: &str| {
        home.run_with(None, &variables, &format!("connections install-timer {arguments}")).to_string()
    };
    let shown = |text: String| text.replace(crate::support::home::APPCTL, "[APPCTL]");
    assert_data_eq!(
        shown(run("--with systemd --print")),
        str![[r#"

[status 0]
[stdout]
# [HOME]/config/systemd/user/appctl-default.service
[Unit]
Description=Sync what is due in app default of appctl

[Service]
Type=oneshot
ExecStart="[APPCTL]" "--home" "[HOME]" "--app" "default" "--no-input" "connections" "run" "--once"

# [HOME]/config/systemd/user/appctl-default.timer
[Unit]
Description=Look for what is due in app default of appctl

[Timer]
OnCalendar=minutely
RandomizedDelaySec=5
Persistent=true

[Install]
WantedBy=timers.target

systemctl --user daemon-reload
systemctl --user enable --now appctl-default.timer

"#]]
    );
    assert_data_eq!(
        shown(run("--with cron")),
        str![[r#"

[status 0]
[stdout]
* * * * * '[APPCTL]' '--home' '[HOME]' '--app' 'default' '--no-input' 'connections' 'run' '--once'
[stderr]
add this line with `crontab -e`

"#]]
    );
    assert_data_eq!(
        run("--with systemd"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Write `[HOME]/config/systemd/user/appctl-default.service` and `[HOME]/config/systemd/user/appctl-default.timer`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        run("--with systemd --yes"),
        str![[r#"

[status 0]
[stderr]
wrote `[HOME]/config/systemd/user/appctl-default.service` and `[HOME]/config/systemd/user/appctl-default.timer`; start it with
  systemctl --user daemon-reload
  systemctl --user enable --now appctl-default.timer

"#]]
    );
    assert!(config.join("systemd/user/appctl-default.timer").is_file());
}

#[test]
fn names_are_completed() {
    let home = with_crm();
    let ask = |index: &str, line: &str| {
        let variables = [
            ("COMPLETE", "bash"),
            ("_CLAP_COMPLETE_INDEX", index),
            ("_CLAP_IFS", " "),
            ("_CLAP_COMPLETE_COMP_TYPE", "9"),
        ];
        let ran = home.run_with(None, &variables, &format!("-- {line}"));
        assert_eq!(ran.stderr, "");
        ran.stdout
    };
    assert_eq!(ask("3", "appctl connections sync c"), "crm");
    assert_eq!(ask("5", "appctl connections sync crm --object co"), "contacts companies");
    assert_eq!(ask("3", "appctl connections add post"), "postgres");
    assert_eq!(ask("5", "appctl --app other connections sync c"), "");
    assert!(!home.path().join("apps/other").exists(), "a completion makes nothing");
}

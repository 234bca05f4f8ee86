//! `appctl tables rename`, `drop`, `rename-field`, `drop-field`, `change-field`, and computed fields: what they say and do,
//! and every way to use them wrongly.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::synced::synced;

/// A home with people and their tasks: operations 1 to 9.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email");
    home.run("tables create tasks title:text! owner:relation=people estimate:text note hours:decimal");
    home.run("tables add-field people open_tasks:rollup=tasks.owner:count");
    home.run("tables add-field tasks owner_email:lookup=owner.email");
    home.run("tables add-field tasks 'cost:formula=hours * 2'");
    home.run("records create people name=Ada email=ada@example.com");
    home.run("records create tasks title=Call owner=1 estimate=3");
    home.run("records create tasks title=Write owner=1 estimate=007");
    home.run("records create tasks title=Wait estimate=soon");
    home
}

#[test]
fn a_table_is_shown_with_what_is_worked_out_and_what_points_to_it() {
    let home = home();
    assert_data_eq!(home.run("tables show people"), str![]);
    assert_data_eq!(home.run("tables show people --json"), str![]);
    assert_data_eq!(home.run("tables show tasks"), str![]);
    home.run("tables add-field tasks reviewer:relation=people:clear");
    assert_data_eq!(home.run("tables show people --jq .inverse"), str![]);
}

#[test]
fn computed_fields_that_refer_to_nothing_are_not_added() {
    let home = home();
    for (arguments, expected) in [
        ("tables add-field people x:lookup=email", str![]),
        ("tables add-field tasks x:lookup=owner.emial", str![]),
        ("tables add-field tasks x:lookup=title.email", str![]),
        ("tables add-field tasks x:lookup=boss.email", str![]),
        ("tables add-field people x:lookup=name.email", str![]),
        ("tables add-field people x:rollup=tasks.owner", str![]),
        ("tables add-field people x:rollup=task.owner:count", str![]),
        ("tables add-field people x:rollup=tasks.title:count", str![]),
        ("tables add-field tasks x:rollup=tasks.owner:count", str![]),
        ("tables add-field people x:rollup=tasks.owner:median:hours", str![]),
        ("tables add-field people x:rollup=tasks.owner:sum", str![]),
        ("tables add-field people x:rollup=tasks.owner:sum:title", str![]),
        ("tables add-field people x:rollup=tasks.owner:count:title", str![]),
        ("tables add-field people x:formula=", str![]),
        ("tables add-field people x:lookup!", str![]),
        ("tables add-field people Open_Tasks:text", str![]),
        ("tables add-field people EMAIL:formula=name", str![]),
        ("tables add-field people x:formula=name --unique", str![]),
        ("tables create x a:rollup=tasks.owner:count", str![]),
        ("tables create x a:formula=b b --key a", str![]),
        ("tables create x a A:formula=a", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
}

#[test]
fn names_are_any_unicode_in_quotes_where_they_need_them() {
    let home = Home::new();
    assert_data_eq!(home.run("tables create 'Größe \"XL\"' '\"due: date\":date!' 'überall 🦀' 'a.b:integer'"), str![]);
    assert_data_eq!(home.run("tables rename-field 'Größe \"XL\"' 'due: date' \"it's due\""), str![]);
    assert_data_eq!(home.run("tables add-field 'Größe \"XL\"' '\"due: x'"), str![]);
    assert_data_eq!(home.run("tables add-field 'Größe \"XL\"' 'ÜBERALL 🦀:text'"), str![]);
}

#[test]
fn a_table_is_renamed_and_what_refers_to_it_follows() {
    let home = home();
    assert_data_eq!(home.run("tables rename people contacts"), str![]);
    assert_data_eq!(home.run("tables show tasks --jq '[.fields[].relation]'"), str![]);
    assert_data_eq!(home.run("log --table people --limit 1 --jq '.[].what'"), str![]);
    assert_data_eq!(home.run("log --table contacts --limit 1 --jq '.[].what'"), str![]);
    assert_data_eq!(home.run("undo 10"), str![]);
    assert_data_eq!(home.run("tables list"), str![]);
}

#[test]
fn wrong_names_for_tables() {
    let home = home();
    for (arguments, expected) in [
        ("tables rename", str![]),
        ("tables rename people", str![]),
        ("tables rename peple contacts", str![]),
        ("tables rename people tasks", str![]),
        ("tables rename people TASKS", str![]),
        ("tables rename people people", str![]),
        ("tables rename people _appctl_people", str![]),
        ("tables rename people sqlite_people", str![]),
        ("tables rename people ''", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(synced().run("tables rename contacts people"), str![]);
}

#[test]
fn tables_are_dropped_and_brought_back() {
    let home = home();
    assert_data_eq!(home.run("tables drop tasks"), str![]);
    assert_data_eq!(home.run("tables drop people tasks"), str![]);
    assert_data_eq!(home.run("tables drop people tasks --yes"), str![]);
    assert_data_eq!(home.run("tables list"), str![]);
    assert_data_eq!(home.run("undo 10"), str![]);
    assert_data_eq!(home.run("records list tasks --fields id,title,owner"), str![]);
    home.run("tables create x");
    assert_data_eq!(home.run("tables drop x --yes --json"), str![]);
}

#[test]
fn tables_that_are_not_dropped() {
    let home = home();
    for (arguments, expected) in [
        ("tables drop", str![]),
        ("tables drop taks --yes", str![]),
        ("tables drop people --yes", str![]),
        ("tables drop tasks --yes", str![]),
        ("tables drop people nothing --yes", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(synced().run("tables drop contacts --yes"), str![]);
}

#[test]
fn a_field_is_renamed_and_what_refers_to_it_follows() {
    let home = home();
    assert_data_eq!(home.run("tables rename-field people email mail"), str![]);
    home.run("tables rename-field tasks owner 'who does it'");
    home.run("tables rename-field tasks hours 'hours spent'");
    assert_data_eq!(home.run("tables show tasks --jq .computed"), str![]);
    assert_data_eq!(home.run("tables show people --jq .computed"), str![]);
    assert_data_eq!(home.run("tables rename-field people open_tasks tasks"), str![]);
}

#[test]
fn wrong_names_for_fields() {
    let home = home();
    for (arguments, expected) in [
        ("tables rename-field people", str![]),
        ("tables rename-field people email", str![]),
        ("tables rename-field peple email mail", str![]),
        ("tables rename-field people emial mail", str![]),
        ("tables rename-field people email name", str![]),
        ("tables rename-field people email Open_Tasks", str![]),
        ("tables rename-field people email email", str![]),
        ("tables rename-field people email sqlite_x", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(synced().run("tables rename-field contacts email mail"), str![]);
    assert_data_eq!(synced().run("tables rename-field contacts score points"), str![]);
}

#[test]
fn a_field_is_dropped_and_brought_back() {
    let home = home();
    assert_data_eq!(home.run("tables drop-field tasks estimate"), str![]);
    assert_data_eq!(home.run("tables drop-field tasks estimate --yes"), str![]);
    assert_data_eq!(home.run("undo 10"), str![]);
    assert_data_eq!(home.run("records list tasks --fields title,estimate"), str![]);
    assert_data_eq!(home.run("tables drop-field tasks note"), str![]);
    assert_data_eq!(home.run("tables drop-field people open_tasks --json"), str![]);
    assert_data_eq!(synced().run("tables drop-field contacts score"), str![]);
}

#[test]
fn fields_that_are_not_dropped() {
    let home = home();
    for (arguments, expected) in [
        ("tables drop-field people", str![]),
        ("tables drop-field peple email --yes", str![]),
        ("tables drop-field people emial --yes", str![]),
        ("tables drop-field people id --yes", str![]),
        ("tables drop-field people email --yes", str![]),
        ("tables drop-field tasks owner --yes", str![]),
        ("tables drop-field tasks hours --yes", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(synced().run("tables drop-field contacts email --yes"), str![]);
}

#[test]
fn values_that_cannot_be_converted_are_listed_and_nothing_is_changed() {
    let home = home();
    assert_data_eq!(home.run("tables change-field tasks estimate:integer"), str![]);
    assert_data_eq!(home.run("tables change-field tasks estimate:integer --dry-run --json"), str![]);
    assert_data_eq!(home.run("tables change-field tasks estimate:integer -o csv"), str![]);
    home.run("records update tasks 2 estimate=7");
    home.run("records update tasks 3 estimate:=null");
    assert_data_eq!(home.run("tables change-field tasks estimate:integer --dry-run"), str![]);
    assert_data_eq!(home.run("tables show tasks --jq .fields[3].type"), str![]);
    assert_data_eq!(home.run("tables change-field tasks estimate:integer"), str![]);
    assert_data_eq!(home.run("records list tasks --fields estimate --json"), str![]);
    assert_data_eq!(home.run("undo 12"), str![]);
    assert_data_eq!(home.run("records list tasks --fields estimate --json"), str![]);
}

#[test]
fn only_the_first_values_that_cannot_be_converted_are_shown() {
    let home = Home::new();
    home.run("tables create t a");
    let lines: String = (0..30).map(|number| format!("{{\"a\":\"x{number}\"}}\n")).collect();
    home.run_with(Some(&lines), &[], "records create t -");
    assert_data_eq!(home.run("tables change-field t a:integer"), str![]);
}

#[test]
fn the_rules_of_a_field_are_changed() {
    let home = home();
    for (arguments, expected) in [
        ("tables change-field tasks estimate --required", str![]),
        ("tables change-field tasks owner --required", str![]),
        ("tables change-field tasks owner --unique --dry-run", str![]),
        ("tables change-field tasks owner --on-delete cascade", str![]),
        ("tables change-field people email --unique --required", str![]),
        ("tables change-field people email --no-unique --optional", str![]),
        ("tables change-field tasks note:relation=people", str![]),
        ("tables change-field people name:select=Ada,Bob", str![]),
        ("tables change-field people name:select=Bob", str![]),
        ("tables change-field people open_tasks:rollup=tasks.owner:max:hours", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(home.run("tables show tasks"), str![]);
}

#[test]
fn changes_of_a_field_that_make_no_sense() {
    let home = home();
    for (arguments, expected) in [
        ("tables change-field tasks", str![]),
        ("tables change-field tasks note", str![]),
        ("tables change-field taks note:integer", str![]),
        ("tables change-field tasks noet:integer", str![]),
        ("tables change-field tasks note:text", str![]),
        ("tables change-field tasks note:txt", str![]),
        ("tables change-field tasks note:select", str![]),
        ("tables change-field tasks note:relation=nobody", str![]),
        ("tables change-field tasks note:formula=title", str![]),
        ("tables change-field tasks note --on-delete clear", str![]),
        ("tables change-field tasks owner --on-delete explode", str![]),
        ("tables change-field tasks note --required --optional", str![]),
        ("tables change-field tasks note --unique --no-unique", str![]),
        ("tables change-field tasks id:text", str![]),
        ("tables change-field tasks owner:text", str![]),
        ("tables change-field tasks cost:integer", str![]),
        ("tables change-field tasks cost --required", str![]),
        ("tables change-field tasks 'cost:formula=hours * 2'", str![]),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(synced().run("tables change-field contacts email:text"), str![]);
    assert_data_eq!(synced().run("tables change-field contacts score --required"), str![]);
    assert_data_eq!(synced().run("tables change-field contacts score:text"), str![]);
}

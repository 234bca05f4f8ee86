//! The words of the command line: help, usage errors, completions and the manual. `SNAPSHOTS=overwrite cargo test --test
//! it help` writes what changed.

use snapbox::{assert_data_eq, file, str};

use crate::support::home::Home;

/// Every command of the tree with the words that lead to it, depth first.
fn commands() -> Vec<(String, clap::Command)> {
    fn walk(path: &str, command: &clap::Command, all: &mut Vec<(String, clap::Command)>) {
        all.push((path.to_owned(), command.clone()));
        for child in command.get_subcommands() {
            walk(&format!("{path} {}", child.get_name()), child, all);
        }
    }
    let mut root = appctl::cli::command();
    root.build();
    let mut all = Vec::new();
    walk("appctl", &root, &mut all);
    all
}

#[test]
fn the_help_of_every_command() {
    let mut text = String::new();
    for (path, mut command) in commands() {
        // The global options are the same everywhere and stand under `appctl` once.
        if path != "appctl" {
            command = command.mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
        }
        text.push_str(&format!("\n# {path}\n{}", command.render_help()));
    }
    assert_data_eq!(text, file!["snapshots/help.txt"]);
}

#[test]
fn help_lines_begin_with_a_capital_and_have_no_final_stop() {
    for (path, command) in commands() {
        let mut lines = vec![(path.clone(), command.get_about().map(ToString::to_string))];
        for arg in command.get_arguments() {
            lines.push((format!("{path} {}", arg.get_id()), arg.get_help().map(ToString::to_string)));
        }
        for (place, line) in lines {
            let line = line.unwrap_or_else(|| panic!("{place} has no help"));
            assert!(line.starts_with(|first: char| first.is_uppercase()), "{place}: {line}");
            assert!(!line.ends_with('.') && !line.is_empty(), "{place}: {line}");
            assert!(!line.contains('\n'), "{place} has more than one line: {line}");
        }
    }
}

#[test]
fn the_completions_are_current() {
    let home = Home::new();
    for (shell, name) in [
        ("bash", "../../completions/appctl.bash"),
        ("zsh", "../../completions/_appctl"),
        ("fish", "../../completions/appctl.fish"),
        ("powershell", "../../completions/_appctl.ps1"),
        ("elvish", "../../completions/appctl.elv"),
    ] {
        let ran = home.run_with(None, &[], &format!("completions {shell}"));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name);
        assert_data_eq!(ran.stdout, snapbox::Data::read_from(&path, None).raw());
    }
}

#[test]
fn a_shell_can_ask_for_words() {
    let home = Home::new();
    let complete =
        [("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "1"), ("_CLAP_IFS", "\n"), ("_CLAP_COMPLETE_COMP_TYPE", "9")];
    let ran = home.run_with(None, &complete, "-- appctl comp");
    assert_eq!((ran.status, ran.stdout.trim(), ran.stderr.as_str()), (0, "completions", ""));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run_with(None, &[], &format!("completions {shell} --names"));
        assert!(script.status == 0 && script.stdout.contains("COMPLETE"), "{shell}: {script}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let home = Home::new();
    let ran = home.run_with(None, &[], "man --dir pages");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "wrote the manual to `pages`\n"));
    for (path, _) in commands() {
        let page = home.path().join("pages").join(format!("{}.1", path.replace(' ', "-")));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("there is no page for `{path}`"));
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{path}");
    }
    assert!(home.run("man completions").contains(".SH SYNOPSIS"));
}

#[test]
fn no_command_at_all_shows_the_help() {
    let ran = Home::new().run_with(None, &[], "");
    assert!(ran.status == 0 && ran.stdout.contains("Usage: appctl") && ran.stderr.is_empty(), "{ran}");
}

#[test]
fn the_exit_codes_are_listed() {
    let ran = Home::new().run_with(None, &[], "help exit-codes");
    assert_eq!(ran.status, 0);
    for status in [0, 1, 2, 3, 4, 5, 6, 7, 8, 130] {
        assert!(ran.stdout.lines().any(|line| line.trim_start().starts_with(&format!("{status}  "))), "{status}");
    }
}

#[test]
fn a_word_that_is_no_command() {
    assert_data_eq!(
        Home::new().run("completion bash"),
        str![[r#"

[status 2]
[stderr]
error: `appctl` has no command `completion`
hint: did you mean `completions`? see `appctl --help`

"#]]
    );
}

#[test]
fn an_option_that_does_not_exist() {
    assert_data_eq!(
        Home::new().run("completions bash --nmes"),
        str![[r#"

[status 2]
[stderr]
error: `appctl completions` has no option `--nmes`
hint: did you mean `--names`? see `appctl completions --help`

"#]]
    );
}

#[test]
fn an_argument_that_is_missing() {
    assert_data_eq!(
        Home::new().run("completions"),
        str![[r#"

[status 2]
[stderr]
error: `SHELL` is missing
hint: see `appctl completions --help`

"#]]
    );
}

#[test]
fn a_value_that_is_not_among_the_known_ones() {
    assert_data_eq!(
        Home::new().run("completions tcsh"),
        str![[r#"

[status 2]
[stderr]
error: `SHELL` takes no `tcsh`: use bash, elvish, fish, powershell, zsh
hint: did you mean `zsh`? see `appctl completions --help`

"#]]
    );
}

#[test]
fn a_name_that_cannot_be_used() {
    assert_data_eq!(
        Home::new().run("--app 'My App' man"),
        str![[r#"

[status 2]
[stderr]
error: `--app`: app name `My App` cannot be used
hint: use lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 64

"#]]
    );
}

#[test]
fn a_usage_error_for_a_script() {
    assert_data_eq!(
        Home::new().run("completions tcsh --json"),
        str![[r#"

[status 2]
[stderr]
{"error":{"kind":"usage","message":"`SHELL` takes no `tcsh`: use bash, elvish, fish, powershell, zsh","hint":"did you mean `zsh`? see `appctl completions --help`"}}

"#]]
    );
    assert_data_eq!(
        Home::new().run("man --jq '.runs['"),
        str![[r#"

[status 2]
[stderr]
{"error":{"kind":"usage","message":"the `--jq` expression cannot be used: `[` is not closed","hint":"see https://jqlang.org/manual for the language; `--jq .` prints everything"}}

"#]]
    );
}

#[test]
fn help_for_something_unknown() {
    assert_data_eq!(
        Home::new().run("help complitions"),
        str![[r#"

[status 2]
[stderr]
error: there is no command or topic `complitions`
hint: did you mean `completions`? see `appctl help`

"#]]
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_a_quiet_end() {
    let home = Home::new();
    let mut child = home
        .command(&["completions", "zsh"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()), (Some(0), String::new()));
}

#[test]
fn the_smallest_screen_still_gets_help() {
    let ran = Home::new().run_with(None, &[("COLUMNS", "20"), ("NO_COLOR", "1")], "--help");
    assert!(ran.status == 0 && !ran.stdout.contains('\u{1b}'), "{ran}");
}

//! The program: everything it does is in `cli` and below.

fn main() -> std::process::ExitCode {
    appctl::cli::main()
}

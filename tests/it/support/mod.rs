//! What the tests share: servers, homes and checks.

pub mod accounts;
pub mod authority;
pub mod changing;
#[cfg(unix)]
pub mod desk;
pub mod dice;
pub mod home;
#[cfg(target_os = "linux")]
pub mod keyring;
#[cfg(target_os = "linux")]
pub mod killing;
pub mod mirror;
pub mod ods;
pub mod old;
#[cfg(unix)]
pub mod port;
pub mod portal;
pub mod postgres;
pub mod sandbox;
pub mod seed;
pub mod signin;
pub mod synced;
#[cfg(unix)]
pub mod terminal;
pub mod truth;
pub mod wire;

//! What the tests share: servers, homes and checks.

pub mod accounts;
pub mod changing;
pub mod home;
pub mod mirror;
pub mod ods;
pub mod old;
pub mod portal;
pub mod postgres;
pub mod sandbox;
pub mod seed;
pub mod signin;
pub mod synced;
pub mod truth;
pub mod wire;

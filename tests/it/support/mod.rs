//! What the tests share: servers, homes and checks.

pub mod home;
pub mod seed;
pub mod postgres;
pub mod mirror;
pub mod portal;
pub mod wire;
pub mod truth;

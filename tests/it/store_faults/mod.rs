//! What a machine does to a store: full and read-only disks, too few files, too little memory, crowds, forgetful readers,
//! wrong clocks, odd texts and huge values. The letters are those of the fault plan.

mod clocks;
mod crowd;
mod deferred;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(target_os = "linux")]
mod limits;
mod odd_texts;
#[cfg(target_os = "linux")]
mod read_only;
#[cfg(unix)]
mod readers;
mod size;
pub mod support;

//! Wakes, asks connections what is due, and runs it.

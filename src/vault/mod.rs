//! Where secrets are: the OS keyring, the environment (CI), or memory (tests). The only user of keyring.

//! Scripts that broke something once.

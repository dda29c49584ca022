//! Neighbours that mean no good.

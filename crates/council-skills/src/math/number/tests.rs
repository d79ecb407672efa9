//! Numbers are written without loss.

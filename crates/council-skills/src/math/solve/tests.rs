//! Equations are solved exactly.

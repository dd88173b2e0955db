//! Whole runs against a portal inside the test: what is asked, in which order, how often, and what is handed over.

mod robust;
mod tls;
mod site;
mod order;
mod requisites;
mod manners;
mod answers;
mod addresses;

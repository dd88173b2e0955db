//! gongkai: harvests, keeps, searches and compares published Chinese government information.

pub mod model;
pub mod text;
pub mod config;
pub mod page;
pub mod crawl;
pub mod archive;
pub mod catalogue;
pub mod extract;
pub mod resolve;
pub mod analysis;
pub mod index;
pub mod search;
pub mod export;
pub mod serve;
pub mod demo;
pub mod cli;

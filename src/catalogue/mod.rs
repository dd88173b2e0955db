//! SQLite: what the crawler knows (`state.sqlite`) and the documents (`catalogue.sqlite`).
//!
//! The state is on the disk before anyone is told that something is kept. The catalogue can be made again from the
//! archive, so it only has to be whole, not the newest after a power cut. Reading handles may be shared between
//! threads; every call takes a connection of its own. Calls block: async parts make them from blocking threads.
//!
//! **In:** pages, captures, documents, figures. **Out:** the same, by key or in order. **Never:** network, clock.

mod database;
mod values;
mod lock;
mod state;
mod documents;

pub use documents::{
    Catalogue, Changed, ChangesWanted, Derived, Edition, Effect, FetchedFile, FigureMarks,
    FigureQuery, FigureRow, Filter, HeldReport, Holding, KeyedPrint, Kin, Leaders, Places,
    PutCounts, Reading, Report, Reported, Source, Version,
};
pub use lock::{Busy, DataLock};
pub use state::{
    Asked, Batch, CaptureRow, ColumnLists, Counts, FateCount, FetchRow, ImportRow, Measured,
    PageNumber, Request, Run, State,
};

//! The address under which others reach the service, where the operator told it.

use url::Url;

/// The address of a document's page under the public one.
pub(crate) fn document_address(public: Option<&Url>, id: &str) -> Option<String> {
    public.map(|public| format!("{}/document/{id}", base(public)))
}

/// An address without the slash at its end.
pub(crate) fn base(public: &Url) -> &str {
    public.as_str().trim_end_matches('/')
}

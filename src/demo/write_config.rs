//! Portal files for the crawler.

use std::{fs, path::Path};

use anyhow::Context;
use include_dir::{Dir, DirEntry};

use crate::demo::FILES;

/// Writes the portal files of the sample portal into a folder that can be given as `--config`; what is there
/// under the same names is replaced.
pub fn write_config(dir: &Path) -> anyhow::Result<()> {
    let config = FILES.get_dir("config").context("tests/portal/config is not compiled in")?;
    write_files(config, dir)
}

fn write_files(from: &Dir<'_>, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in from.entries() {
        let target = to.join(entry.path().file_name().unwrap_or_default());
        match entry {
            DirEntry::Dir(folder) => write_files(folder, &target)?,
            DirEntry::File(file) => fs::write(&target, file.contents())
                .with_context(|| format!("cannot write {}", target.display()))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_portal_file_is_written() {
        let folder = tempfile::tempdir().unwrap();
        write_config(folder.path()).unwrap();
        write_config(folder.path()).unwrap();
        let files = fs::read_dir(folder.path().join("portals")).unwrap().count();
        assert_eq!(files, 7);
    }
}

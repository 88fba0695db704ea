//! Writes what the fuzzer begins with: `seeds FOLDER`, from the root of the
//! repository.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let to = std::env::args_os().nth(1).ok_or("usage: seeds FOLDER")?;
    for (target, seeds) in sscard_fuzz::seeds::seeds()? {
        let folder = Path::new(&to).join(target);
        std::fs::create_dir_all(&folder)?;
        for (number, bytes) in seeds.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), bytes)?;
        }
    }
    Ok(())
}

//! `sscard virtual`: a card model in a virtual reader.

use std::path::Path;

use super::arguments::Serve;
use super::card;
use super::failure::Failure;
use super::output::Output;
use crate::emulate::vpcd::{self, Ended, Event, ServeError};
use crate::emulate::{self, Faulty, Model, VirtualCard};
use crate::report::{Exit, Words};

pub(super) fn run(arguments: &Serve, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if arguments.model == "list" {
        output.plain("virtual", &card::models(output.language()))?;
        return Ok(Exit::Healthy);
    }
    let model = model(&arguments.model)?;
    let faults = card::faults(&arguments.fault, &arguments.scenario)?;
    let mut card = Faulty::new(VirtualCard::new(model), faults);
    let mut exchanges: u64 = 0;
    let ended = vpcd::serve(&mut card, &arguments.vpcd, &mut |event| match event {
        Event::Connected => output.tell(&connected(arguments)),
        Event::Inserted => output.tell(&inserted(arguments)),
        Event::Exchange(..) => exchanges = exchanges.saturating_add(1),
    });
    match ended {
        Ok(ended) => {
            output.tell(&farewell(ended, exchanges));
            Ok(Exit::Healthy)
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            let detail = format!("{error}{}", cause.unwrap_or_default());
            Err(match error {
                ServeError::Connect { .. } => Failure::no_virtual_reader(&detail),
                ServeError::Broken(_) => Failure::with_detail(Exit::Io, &detail),
            })
        }
    }
}

fn model(name: &str) -> Result<Model, Failure> {
    if emulate::builtin(name).is_some() {
        return card::model(name);
    }
    if looks_like_a_file(name) {
        return card::parse_file(Path::new(name), Model::parse);
    }
    let names = emulate::names().join(", ");
    let detail = format!("virtual {name}: one of {names}, list, or a file of your own (.toml)");
    Err(Failure::with_detail(Exit::Usage, &detail))
}

fn looks_like_a_file(name: &str) -> bool {
    name.ends_with(".toml") || name.contains(['/', '\\']) || Path::new(name).exists()
}

fn connected(Serve { model, vpcd, .. }: &Serve) -> Words {
    Words {
        zh: format!("{model}：已连接 {vpcd}；读卡器里没有别的卡，就会插入"),
        en: format!(
            "{model}: connected to {vpcd}; goes in as soon as no other card is in the reader"
        ),
    }
}

fn inserted(Serve { model, vpcd, .. }: &Serve) -> Words {
    Words {
        zh: format!("{model}：已在虚拟读卡器 {vpcd} 中"),
        en: format!("{model}: in the virtual reader at {vpcd}"),
    }
}

fn farewell(ended: Ended, exchanges: u64) -> Words {
    match ended {
        Ended::ReaderClosed => Words {
            zh: format!("虚拟读卡器已关闭，共 {exchanges} 次指令往来"),
            en: format!("the virtual reader closed after {exchanges} exchanges"),
        },
        Ended::CardRemoved => Words {
            zh: format!("虚拟卡已移开，共 {exchanges} 次指令往来"),
            en: format!("the virtual card left after {exchanges} exchanges"),
        },
    }
}

//! Command and response APDUs (ISO/IEC 7816-4, 5), status words, and the table
//! of the only instructions that may ever leave this program. Knows no card.

mod command;
mod instruction;
mod response;

pub use command::{Command, CommandError};
pub use instruction::{
    Instruction, Permission, Refusal, Use, instruction_name, instructions, listed, permit,
};
pub use response::{Response, StatusWord};
